"""Which package manager installs a project: the one whose lock file is there."""

from collections.abc import Iterator

from kgen.detect.found import Doubt, Fact
from kgen.detect.rules import SEVERAL_MANAGERS
from kgen.detect.texts import table, toml
from kgen.detect.tree import Tree, join
from kgen.diag import Diagnostic, Label
from kgen.record import dataclass
from kgen.words import listed

LOCKS = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
"""Manager → its lock file."""

MARKERS = ("pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "setup.cfg", "environment.yml", "pylock.toml")
"""Files that make a folder a Python project, besides lock files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """How a project is installed."""

    manager: Fact
    """``uv poetry pdm pipenv pip conda``; its origin is the file that says so."""

    requirements: str = ""
    """File for pip, relative to the project: ``requirements.txt``, ``requirements/prod.txt``, ``pylock.toml``."""

    doubts: tuple[Doubt, ...] = ()


def faults(tree: Tree, folder: str) -> Iterator[Diagnostic]:
    """Yield a finding if two lock files contradict each other."""
    locks = [name for name in LOCKS.values() if join(folder, name) in tree]
    if len(locks) > 1:
        yield Diagnostic(
            rule=SEVERAL_MANAGERS,
            message=f"{listed(sorted(locks), 'and')} are both there",
            at=Label(file=join(folder, min(locks))),
            help="remove the one that is not used any more",
        )


def managed(tree: Tree, folder: str) -> Managed | None:
    """Return how the project in ``folder`` is installed; ``None`` if it says nothing. ``faults`` has found nothing."""
    for manager, lock in LOCKS.items():
        if join(folder, lock) in tree:
            return Managed(manager=Fact(manager, lock))
    for name in ("pylock.toml", "requirements.txt"):
        if join(folder, name) in tree:
            return Managed(manager=Fact("pip", name), requirements=name)
    if "environment.yml" in tree.here(folder):
        return Managed(manager=Fact("conda", "environment.yml"))
    return _unlocked(tree, folder)


def _unlocked(tree: Tree, folder: str) -> Managed | None:
    """Return how a project without lock file is installed."""
    pyproject = toml(tree.text(join(folder, "pyproject.toml")))
    if table(pyproject, "tool", "poetry"):
        return Managed(manager=Fact("poetry", "pyproject.toml"), doubts=(_not_locked("poetry lock"),))
    if join(folder, "Pipfile") in tree:
        return Managed(manager=Fact("pipenv", "Pipfile"), doubts=(_not_locked("pipenv lock"),))
    for name in ("pyproject.toml", "setup.py", "setup.cfg"):
        if join(folder, name) in tree:
            return Managed(manager=Fact("pip", name))
    return None


def _not_locked(command: str) -> Doubt:
    return Doubt(
        path=("build", "python", "manager"),
        question="its lock file is not there",
        help=f"run `{command}` and commit the lock file",
    )
