"""Where in a folder Python projects are: at its root, one below, or several side by side."""

from kgen.detect.managers import LOCKS, MARKERS
from kgen.detect.tree import Tree

_NAMES = frozenset({*LOCKS.values(), *MARKERS})


def folders(tree: Tree) -> list[str]:
    """Return the folders of the projects in ``tree``: its root if it is one, else those nearest to it."""
    found = {name.rpartition("/")[0] for name in tree.files if name.rpartition("/")[2] in _NAMES}
    if "" in found or not found:
        return [""] if found or any(name.endswith(".py") for name in tree.here("")) else []
    depth = min(folder.count("/") for folder in found)
    return sorted(folder for folder in found if folder.count("/") == depth)


def source(tree: Tree, folder: str) -> str:
    """Return where imports start: ``src`` if packages are in there, else nothing."""
    start = f"{folder}/src/" if folder else "src/"
    packages = any(
        name.startswith(start) and name.count("/") > start.count("/")
        for name in tree.below(folder)
        if name.endswith(".py")
    )
    return "src" if packages and f"{start}__init__.py" not in tree else ""
