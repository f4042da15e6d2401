"""Made-up projects for the tests of detection: a folder of files, and what is seen in it."""

from collections.abc import Mapping
from pathlib import Path

from kgen.detect.packages import managers
from kgen.detect.project import Project
from kgen.detect.proposal import look, propose
from kgen.detect.source.tree import Tree


def grown(folder: Path, files: Mapping[str, str]) -> Tree:
    """Write ``files`` into ``folder`` and look at it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return Tree(str(folder))


def seen(folder: Path, files: Mapping[str, str], inner: str = "") -> Project:
    """Return the project that ``files`` are, as finders look at it."""
    tree = grown(folder, files)
    return look(tree, inner, managers.managed(tree, inner))


def commands(folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Return component → command, of all that `kgen init` would write for ``files``."""
    made = propose(grown(folder, files)).value or ()
    return {program.name: str(program.command.value) for each in made for program in each.programs}
