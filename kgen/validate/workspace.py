"""What a repository tells ``kgen validate``: kgen.yaml, custom kinds that it declares, and where the cache is."""

from __future__ import annotations

import os

from kgen.filenames import PLATFORM_FILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.validate.selection import Ignored

FOLDER = ".kgen"
FIELDS = frozenset(
    {
        *("argocd", "backups", "configuration", "crds", "defaults", "environments", "external", "images"),
        *("kubernetes", "manifests", "monitoring", "needs", "network", "nodes", "output", "overrides", "quota"),
        *("routing", "rules", "scaling", "secrets", "security", "storage"),
    }
)
"""What a kgen.yaml may say. A test compares them with the model, which takes longer to load than this command."""


class Settings:
    """What kgen.yaml says to ``kgen validate``."""

    __slots__ = ("also", "external", "ignored", "profile", "severities", "text", "versions")

    def __init__(
        self,
        *,
        versions: tuple[str, ...] = (),
        profile: str = "",
        also: frozenset[str] = frozenset(),
        ignored: Sequence[Ignored] = (),
        severities: Mapping[str, str] | None = None,
        external: tuple[str, ...] = (),
        text: str = "",
    ) -> None:
        self.versions = versions
        self.profile = profile
        self.also = also
        self.ignored = ignored
        self.severities = severities or {}
        self.external = external
        """Objects outside of the repository, as ``Secret/db``."""

        self.text = text
        """The whole file, where something in it may have to be shown."""


DEFINITIONS = os.path.join(FOLDER, "crds")
CACHE = os.path.join(FOLDER, "cache")


def root(folder: str) -> str | None:
    """Return the folder at or above ``folder`` that is a workspace: it has a kgen.yaml, a .kgen folder, or a .git."""
    here = os.path.abspath(folder)
    while True:
        if any(_is_ours(os.path.join(here, name)) for name in (PLATFORM_FILE, FOLDER, ".git")):
            return here
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def _is_ours(path: str) -> bool:
    """Tell whether ``path`` exists, and nobody else has put it into a folder above, as anybody may into /tmp."""
    try:
        owner = os.lstat(path).st_uid
    except OSError:
        return False
    return not hasattr(os, "getuid") or owner in {0, os.getuid(), os.stat(os.curdir).st_uid}


def plain_settings(data: bytes) -> Settings | None:
    r"""
    Return what the text of a kgen.yaml says, as written; ``None`` if it is not plain to see.

    >>> plain_settings(b"kubernetes: 1.30\nexternal: [Secret/db]").versions, plain_settings(b"kubernets: 1.30")
    (('1.30',), None)
    """
    from kgen.read.quick import SYNTAX, Unusual, compose  # noqa: PLC0415  # only where there is a kgen.yaml

    try:
        node = compose(data)
    except (SYNTAX, Unusual):
        return None
    if node is None:
        return Settings()
    pairs = node.value if node.id == "mapping" else []
    found = {key.value: item for key, item in pairs if isinstance(key.value, str)}
    if not pairs or len(found) < len(pairs) or not found.keys() <= FIELDS or "rules" in found:
        return None
    versions = _texts(found.get("kubernetes"))
    if "kubernetes" in found and not versions:
        return None
    external = _texts(found.get("external"), is_list=True)
    if versions is None or external is None or not all(map(_is_plain, external)):
        return None
    return Settings(versions=versions, external=external)


def _texts(node: Any, *, is_list: bool = False) -> tuple[str, ...] | None:
    """Return the text, or the texts, of a node; ``None`` if it has another form."""
    if node is None:
        return ()
    if node.id == "mapping" or (is_list and node.id == "scalar"):
        return None
    items = [node] if node.id == "scalar" else node.value
    return tuple(each.value for each in items) if all(each.id == "scalar" for each in items) else None


def _is_plain(declared: str) -> bool:
    """Tell whether an external object is written so that nobody would ask about it."""
    kind, _, rest = declared.partition("/")
    return kind.isascii() and kind.isalpha() and "/" not in rest and rest.replace("-", "a").isalnum() and rest.isascii()


def definition_files(folder: str) -> Iterator[str]:
    """Yield the files that the workspace ``folder`` declares custom kinds in."""
    from kgen.validate.files import search  # noqa: PLC0415

    declared = os.path.join(folder, DEFINITIONS)
    if os.path.isdir(declared):
        yield from search(declared)
