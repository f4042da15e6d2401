"""Which kinds are where: for those who named one that a Kubernetes version does not have."""

from collections.abc import Sequence
from functools import lru_cache

from kgen.check.store import Store
from kgen.words import listed, nearest


@lru_cache(maxsize=256)
def where_it_is(api_version: str, kind: str, lacking: str, store: Store) -> str:
    """Say where ``kind`` is in the version that lacks it, which versions have it, or what was probably meant."""
    kinds = store.kinds(lacking)
    if other := sorted(api for api, name in kinds if name == kind):
        return f"Kubernetes {lacking} has it in {listed(other, 'and')}"
    versions = [version for version in store.versions() if store.schema(version, api_version, kind)]
    if versions:
        return f"Kubernetes {having(versions)} it"
    near = nearest(kind, {name for _, name in kinds})
    if near is None or not is_built_in(api_version, store):
        return ""
    groups = sorted(api for api, name in kinds if name == near)
    where = "" if api_version in groups else f" in {listed(groups, 'or')}"
    return f"did you mean `{near}`{where}?"


@lru_cache(maxsize=256)
def is_built_in(api_version: str, store: Store) -> bool:
    """Tell whether any version serves the group of ``api_version`` by itself; others come from CRDs only."""
    wanted = group(api_version)
    return any(group(known) == wanted for version in store.versions() for known, _ in store.kinds(version))


def group(api_version: str) -> str:
    """
    Return the API group of ``api_version``.

    >>> group("apps/v1"), group("v1")
    ('apps', '')
    """
    name, slash, _ = api_version.partition("/")
    return name if slash else ""


def having(versions: Sequence[str]) -> str:
    """
    Return versions and the verb that fits them.

    >>> having(["1.33"]), having(["1.33", "1.34"])
    ('1.33 has', '1.33 and 1.34 have')
    """
    return f"{joined(versions)} {'have' if len(versions) > 1 else 'has'}"


def joined(versions: Sequence[str]) -> str:
    """
    Return versions as words.

    >>> joined(["1.33"]), joined(["1.32", "1.33", "1.34"])
    ('1.33', '1.32, 1.33 and 1.34')
    """
    *others, last = versions
    return f"{', '.join(others)} and {last}" if others else last
