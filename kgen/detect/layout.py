"""Where in a folder Python projects are: at its root, one below, or several side by side."""

from collections.abc import Iterable

from kgen.detect.packages.managers import LOCKS, MARKERS, asks_for_nothing
from kgen.detect.packages.requirements import is_requirements, packaged
from kgen.detect.source.syntax import SIDE
from kgen.detect.source.tree import Tree

_NAMES = frozenset({*LOCKS.values(), *MARKERS})

_OF_TOOLS = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "dodo.py"})
"""Python files that developers have at the root of a repository, whatever is in it."""


def folders(tree: Tree) -> list[str]:
    """Return the folders of the projects in ``tree``: its root if it is one, else those that are in no other."""
    marked = {folder for folder, _, name in (each.rpartition("/") for each in tree.files) if _marks(name)}
    found = {folder for folder in marked if SIDE.isdisjoint(folder.split("/"))} or marked
    if "" in found and (_is_roof(tree, found - {""}) or _is_sum(tree, found - {""})):
        found.discard("")
    if "" in found or not found:
        return [""] if found or any(name.endswith(".py") for name in tree.files) else []
    outer = sorted(folder for folder in found if not any(folder.startswith(f"{other}/") for other in found))
    return [_above(tree, folder, outer) for folder in outer]


def _above(tree: Tree, folder: str, others: Iterable[str]) -> str:
    """Return the folder that a project starts in: the one above if it is a package that it imports by its name."""
    above = folder.rpartition("/")[0]
    alone = not any(other != folder and other.startswith(f"{above}/" if above else "") for other in others)
    return above if alone and packaged(tree, above) else folder


def _is_roof(tree: Tree, inner: Iterable[str]) -> bool:
    """Tell whether the root is only what projects in folders of it have in common: settings of tools."""
    has_source = any(name.endswith(".py") for folder in inner for name in tree.below(folder))
    is_bare = "Procfile" not in tree and not any(
        name.endswith(".py") and name not in _OF_TOOLS for name in tree.here("")
    )
    return has_source and is_bare and asks_for_nothing(tree, "")


def _is_sum(tree: Tree, inner: Iterable[str]) -> bool:
    """Tell whether the root only lists what the projects in folders of it need: each has its own list, and image."""
    own = [folder for folder in inner if f"{folder}/Dockerfile" in tree]
    here = set(tree.here(""))
    is_bare = not here & {"Procfile", "Dockerfile", "pyproject.toml", "setup.py", "setup.cfg", *LOCKS.values()}
    if len(own) < len(("two", "of them")) or not is_bare:
        return False
    source = [each for each in tree.files if each.endswith(".py") and SIDE.isdisjoint(each.split("/"))]
    return all(each.startswith(tuple(f"{folder}/" for folder in own)) for each in source)


def _marks(name: str) -> bool:
    """Tell whether a file of this name makes its folder a project."""
    return name in _NAMES or (name.endswith((".txt", ".in")) and is_requirements(name))


def source(tree: Tree, folder: str) -> str:
    """Return where imports start: ``src`` if packages are in there, else nothing."""
    start = f"{folder}/src/" if folder else "src/"
    packages = any(
        name.startswith(start) and name.count("/") > start.count("/")
        for name in tree.below(folder)
        if name.endswith(".py")
    )
    return "src" if packages and f"{start}__init__.py" not in tree else ""
