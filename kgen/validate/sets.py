"""
Which objects of a run belong together.

A repository often has the same object several times, once for each environment, in folders of their own:
``deploy/dev/shop/…`` and ``deploy/prod/shop/…``. Such folders are sets of their own: a Service of `dev` does not clash
with that of `prod`. What lies outside of them belongs to each set that has no object of that name itself.

What a set borrows so is not held against an object that took the place of another: a route beside the Gateway `web` is
for that one, and not for the Gateway `web` of a folder further down.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    from kgen.check.cross.resources import Finding
    from kgen.check.resource import Resource

    Folder: TypeAlias = tuple[str, ...]
    Name: TypeAlias = tuple[str, str, str, str]


class Members(list["Resource"]):
    """The objects of one set: those of its folder, and those that it borrows from outside."""

    __slots__ = ("_far", "_replaced")

    def __init__(self, own: Iterable[Resource], others: Sequence[Iterable[Resource]] = ()) -> None:
        """
        Args:
            own: Those of its folder.
            others: Those outside of it, the nearest first; it takes what none nearer has the name of.
        """
        super().__init__(own)
        names = {_name(each) for each in self} if others else set()
        self._far: dict[Resource, int] = {}
        self._replaced: dict[Name, int] = {}
        for far, group in enumerate(others, 1):
            borrowed = []
            for each in group:
                if (name := _name(each)) in names:
                    self._replaced[name] = far
                else:
                    borrowed.append(each)
            self += borrowed
            self._far |= dict.fromkeys(borrowed, far)
            names |= {_name(each) for each in borrowed}

    def concerns(self, finding: Finding) -> bool:
        """Tell whether a finding is not about a borrowed object beside a replacement of what it is for."""
        far = self._far.get(finding.resource, 0)
        return not far or not any(
            self._far.get(each, 0) < far <= self._replaced.get(_name(each), 0) for each, _, _ in finding.related
        )


def together(objects: Sequence[Resource], path: Callable[[Resource], str]) -> list[Members]:
    """
    Return the sets.

    Args:
        path: Returns the file that an object stands in, with `/`.
    """
    if len({path(each).rpartition("/")[0] for each in objects}) < 2:  # noqa: PLR2004  # all in one folder
        return [Members(objects)]
    roots = _roots(objects, path)
    if not roots:
        return [Members(objects)]
    by_root: dict[Folder, list[Resource]] = {}
    for each in objects:
        by_root.setdefault(_root(_folder(path(each)), roots), []).append(each)
    shared = by_root.pop((), [])
    made = [Members(own, (*_above(root, by_root), shared)) for root, own in by_root.items()]
    return [Members(shared), *made] if _is_whole(shared, by_root.values()) else made


def _roots(objects: Iterable[Resource], path: Callable[[Resource], str]) -> set[Folder]:
    """Return the folders in which an object stands that stands in another folder too, cut off where the two part."""
    places: dict[Name, set[Folder]] = {}
    for each in objects:
        if each.name:
            places.setdefault(_name(each), set()).add(_folder(path(each)))
    roots: set[Folder] = set()
    for folders in places.values():
        roots |= _parting(folders)
    return roots


def _parting(folders: set[Folder]) -> set[Folder]:
    """Return where ``folders`` part from each other, those that part later on too: `dev`, `prod`, and `prod/eu`."""
    length = _common(folders)
    branches: dict[Folder, set[Folder]] = {}
    for folder in folders:
        if len(folder) > length:
            branches.setdefault(folder[: length + 1], set()).add(folder)
    made = set(branches)
    for branch in branches.values():
        if len(branch) > 1:
            made |= _parting(branch)
    return made


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


def _is_whole(shared: Iterable[Resource], others: Iterable[Iterable[Resource]]) -> bool:
    """Tell whether what lies outside of all sets is one too: a base, of which another set has its own version."""
    names = {_name(each) for some in others for each in some}
    return any(_name(each) in names for each in shared)


def _name(resource: Resource) -> Name:
    return resource.group, resource.kind, resource.namespace, resource.name


def _above(root: Folder, by_root: dict[Folder, list[Resource]]) -> list[list[Resource]]:
    """Return the objects of the roots that ``root`` lies in, the innermost first."""
    return [by_root[root[:length]] for length in range(len(root) - 1, 0, -1) if root[:length] in by_root]
