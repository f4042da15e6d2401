"""Near misses: the name that somebody probably meant when they named one that is not there."""

from __future__ import annotations

from kgen.check.cross.providers import EVERYWHERE, exists, known, may_be_made
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import text
from kgen.check.resource import DEFAULT_NAMESPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_NAMESPACE = ("metadata", "namespace")
_MOST_NAMES = 100
"""Of more names, only those are compared that begin or end alike: a set may have thousands."""

_ALIKE = 3
ELSEWHERE = "XREF026"
"""Row for what is not there, where nothing says that such objects are kept in the set."""

_MOST_COMPARISONS = 5_000
"""Names of a run that are compared sign by sign for a hint: that takes a second, and nobody reads more hints."""

_LONG_NAME = 8
_LONG_WORD = 4
_SHORT_NAME = 5


def near_miss(resources: Resources, group: str, kind: str, namespace: str, name: str) -> tuple[str, Resource | None]:
    """
    Return the way out for a missing object, and the object that was probably meant: it has the same name in another
    namespace, almost the same name, or the same one with a prefix or a suffix (as kustomize and helm add).
    """
    there = known(resources, group, kind)
    for other, objects in there.items():
        if name in objects and other != EVERYWHERE:
            same = objects[name]
            return f"there is one in namespace `{other}`: names are looked up in `{namespace}`", same
    here = there.get(namespace, {})
    names = _comparable(resources, group, kind, namespace, name)
    affixed = [each for each in names if _is_affixed(name, each)]
    near = affixed[0] if len(affixed) == 1 else _nearest(resources, name, names)
    return (f"did you mean `{near}`?", here[near]) if near else ("", None)


def is_typo(one: str, other: str) -> bool:
    """
    Tell whether one name is the other with a slip: one sign too many, too few, another or swapped, in long names two.
    Names that are apart by a number only are two of a series.

    >>> is_typo("web-confg", "web-config"), is_typo("wbe", "web"), is_typo("redis-1", "redis-2"), is_typo("app", "api")
    (True, True, False, False)
    """
    shorter = min(len(one), len(other))
    if one != other and shorter > 2 and sorted(one) == sorted(other):  # noqa: PLR2004  # `ab` and `ba` are two names
        return True
    most = 0 if shorter < _SHORT_NAME else 1 if shorter < _LONG_NAME else 2
    if one == other or abs(len(one) - len(other)) > most or not most:
        return False
    if one.rstrip("0123456789") == other.rstrip("0123456789") or _without_digits(one) == _without_digits(other):
        return False
    return _differ(one, other) <= most and _slips(one, other, most) <= most


def _nearest(resources: Resources, name: str, names: Iterable[str]) -> str | None:
    """Return the name with the fewest slips, if they are few for its length."""
    best, most = None, max(1, len(name) // _LONG_WORD)
    for each in names:
        if abs(len(each) - len(name)) <= most and _differ(name, each) <= most:
            left = resources.memo["comparisons"] = resources.memo.get("comparisons", _MOST_COMPARISONS) - 1
            if left < 0:
                return None
            slips = _slips(name, each, most)
            if slips <= most and each != name:
                best, most = each, slips - 1
    return best


def _differ(one: str, other: str) -> int:
    """Return how many signs one text has that the other has not: there are no fewer slips, and this is soon counted."""
    left = list(other)
    alone = 0
    for sign in one:
        if sign in left:
            left.remove(sign)
        else:
            alone += 1
    return max(alone, len(left))


def dangling(
    row: str,
    resources: Resources,
    resource: Resource,
    path: Path,
    target: tuple[str, str, str, str],
    *,
    evident: bool | None = None,
) -> Iterator[Finding]:
    """
    Yield the finding for a reference to an object that is neither there nor declared to exist outside.

    Args:
        resource: The object with the reference, which stands at ``path`` in it.
        target: API group, kind, namespace and name of what it names.
        evident: Only the findings for which something speaks (``True``): objects of the kind are kept in the set, in
            this namespace, or one of almost this name. Only those for which nothing does (``False``). All (``None``).
    """
    group, kind, namespace, name = target
    if not is_missing(resources, *target):
        return
    if evident is not None and evident is not _speaks_for(resources, *target):
        return
    where = f" in namespace `{namespace}`" if namespace else ""
    helped, near = near_miss(resources, group, kind, namespace, name)
    out = helped or f"add it, or declare in kgen.yaml that it comes from elsewhere: `external: [{kind}/{name}]`"
    message = f"names the {kind} `{name}`, which is not there{where}"
    fault = Fault(keyword=Keyword.NOT_FOUND, path=path, message=message, help=out, row=row)
    yield Finding(resource, fault, [(near, ("metadata", "name"), "this one is there")] if near else ())


def unresolved(
    row: str,
    resources: Resources,
    resource: Resource,
    path: Path,
    target: tuple[str, str, str, str],
    *,
    plain: bool,
) -> Iterator[Finding]:
    """
    Yield the finding for a reference to what is often not in a set, even if others of its kind are.

    Args:
        resource: The object with the reference, which stands at ``path`` in it.
        target: API group, kind, namespace and name of what it names.
        plain: Only if it is plain that there is a slip, as something similar is there; otherwise only if it is not:
            then the row is ``ELSEWHERE``.
    """
    if is_missing(resources, *target) and is_near(resources, *target) is plain:
        yield from dangling(row if plain else ELSEWHERE, resources, resource, path, target)


def is_missing(resources: Resources, group: str, kind: str, namespace: str, name: str) -> bool:
    """Tell whether an object is neither there, nor made by one that is, nor declared to exist outside."""
    return (
        bool(name)
        and not exists(resources, group, kind, namespace, name)
        and not may_be_made(resources, namespace, name)
    )


def _speaks_for(resources: Resources, group: str, kind: str, namespace: str, name: str) -> bool:
    is_kept = bool(namespace and known(resources, group, kind).get(namespace))
    return is_kept or is_near(resources, group, kind, namespace, name)


def is_near(resources: Resources, group: str, kind: str, namespace: str, name: str) -> bool:
    """
    Tell whether the set has an object that is surely meant: of almost this name, or in another namespace.

    An object that names no namespace may be put into any when it is applied, so it is not in another one.
    """
    memo = f"near {group}/{kind} {namespace}/{name}"
    found: bool | None = resources.memo.get(memo)
    if found is None:  # the same name is often missing in many places
        found = resources.memo[memo] = _is_near(resources, group, kind, namespace, name)
    return found


def _is_near(resources: Resources, group: str, kind: str, namespace: str, name: str) -> bool:
    others = (names.get(name) for names in known(resources, group, kind).values())
    if namespace != DEFAULT_NAMESPACE and any(each and text(each.value, *_NAMESPACE) for each in others):
        return True
    names = _comparable(resources, group, kind, namespace, name)
    return any(is_typo(name, each) or _is_affixed(name, each) for each in names)


def _is_affixed(name: str, other: str) -> bool:
    return other.startswith(f"{name}-") or other.endswith(f"-{name}")


def _comparable(resources: Resources, group: str, kind: str, namespace: str, name: str) -> Iterable[str]:
    here = known(resources, group, kind).get(namespace, {})
    if len(here) <= _MOST_NAMES:
        return here
    memo = f"alike {group}/{kind} {namespace}"
    index: dict[str, list[str]] | None = resources.memo.get(memo)
    if index is None:
        index = resources.memo[memo] = {}
        for each in here:
            for sign in (f"{each[:_ALIKE]}…", f"…{each[-_ALIKE:]}"):
                index.setdefault(sign, []).append(each)
    starting, ending = index.get(f"{name[:_ALIKE]}…", []), index.get(f"…{name[-_ALIKE:]}", [])
    return dict.fromkeys((*starting[:_MOST_NAMES], *ending[:_MOST_NAMES]))


def _without_digits(name: str) -> str:
    return "".join(sign for sign in name if not sign.isdigit())


def _slips(one: str, other: str, most: int) -> int:
    """Return how many signs have to change to make one text the other; a swap of neighbours is one change."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for number, sign in enumerate(one, 1):
        earlier, before, row = before, row, [number]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, row[column - 1] + 1, before[column - 1] + (sign != wanted))
            if number > 1 and column > 1 and sign == other[column - 2] and one[number - 2] == wanted:
                cost = min(cost, earlier[column - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
