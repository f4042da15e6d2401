"""
Which objects of a run belong together.

A repository often has the same object several times, once for each environment, in folders of their own:
``deploy/dev/shop/…`` and ``deploy/prod/shop/…``. Such folders are sets of their own: a Service of `dev` does not clash
with that of `prod`. What lies outside of them belongs to each set that has no object of that name itself.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    from kgen.check.resource import Resource

    Folder: TypeAlias = tuple[str, ...]


def together(objects: Sequence[Resource], path: Callable[[Resource], str]) -> list[list[Resource]]:
    """
    Return the sets.

    Args:
        path: Returns the file that an object stands in, with `/`.
    """
    if len({path(each).rpartition("/")[0] for each in objects}) < 2:  # noqa: PLR2004  # all in one folder
        return [list(objects)]
    roots = _roots(objects, path)
    if not roots:
        return [list(objects)]
    by_root: dict[Folder, list[Resource]] = {}
    for each in objects:
        by_root.setdefault(_root(_folder(path(each)), roots), []).append(each)
    shared = by_root.pop((), [])
    made = [_completed(own, _above(root, by_root), shared) for root, own in by_root.items()]
    return [shared, *made] if shared else made


def _roots(objects: Iterable[Resource], path: Callable[[Resource], str]) -> set[Folder]:
    """Return the folders in which an object stands that stands in another folder too, cut off where the two part."""
    places: dict[tuple[str, str, str, str], set[Folder]] = {}
    for each in objects:
        if each.name:
            places.setdefault((each.group, each.kind, each.namespace, each.name), set()).add(_folder(path(each)))
    roots: set[Folder] = set()
    for folders in places.values():
        if len(folders) > 1:
            length = _common(folders)
            roots |= {folder[: length + 1] for folder in folders if len(folder) > length}
    return roots


def _common(folders: Iterable[Folder]) -> int:
    """Return how many names all ``folders`` start with."""
    names = list(folders)
    count = 0
    for parts in zip(*names, strict=False):
        if len(set(parts)) > 1:
            break
        count += 1
    return count


def _folder(path: str) -> Folder:
    return tuple(path.split("/")[:-1])


def _root(folder: Folder, roots: set[Folder]) -> Folder:
    """Return the innermost root that ``folder`` is in; ``()`` if it is in none."""
    for length in range(len(folder), 0, -1):
        if folder[:length] in roots:
            return folder[:length]
    return ()


def _above(root: Folder, by_root: dict[Folder, list[Resource]]) -> list[Resource]:
    """Return the objects of the roots that ``root`` lies in."""
    return [each for length in range(1, len(root)) for each in by_root.get(root[:length], ())]


def _completed(own: list[Resource], *others: Iterable[Resource]) -> list[Resource]:
    names = {(each.group, each.kind, each.namespace, each.name) for each in own}
    lent = [each for some in others for each in some if (each.group, each.kind, each.namespace, each.name) not in names]
    return own + lent
