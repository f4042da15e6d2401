"""Which package manager installs a project: the one whose lock file is there."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgen.detect.found import Doubt, Fact
from kgen.detect.packages.requirements import is_development, packaged, requirements_files
from kgen.detect.packages.setup_files import setups
from kgen.detect.rules import SEVERAL_MANAGERS
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.texts import table, toml
from kgen.detect.source.tree import Tree, join
from kgen.diag import Diagnostic, Label
from kgen.locking import belonging
from kgen.record import dataclass
from kgen.words import listed

LOCKS = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
"""Manager → its lock file."""

ENVIRONMENTS = ("environment.yml", "environment.yaml", "conda.yml", "conda.yaml")
"""Files of conda."""

_PYLOCK = re.compile(r"pylock(?:\.(?:prod|production|deploy|main))?\.toml")

MARKERS = ("pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "setup.cfg", *ENVIRONMENTS, "pylock.toml")
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
    here = frozenset(tree.here(folder))
    for manager, lock in LOCKS.items():
        if lock in here:
            return _left_over(tree, folder, manager, lock) or _locked(tree, folder, manager, lock)
    if name := next((name for name in sorted(here) if _PYLOCK.fullmatch(name)), ""):
        return Managed(manager=Fact("pip", name), requirements=name)
    if "requirements.txt" in requirements_files(tree, folder):
        return Managed(manager=Fact("pip", "requirements.txt"), requirements="requirements.txt")
    if name := packaged(tree, folder):
        file = f"{name}/requirements.txt"
        return Managed(manager=Fact("pip", file), requirements=file)
    if workspace := _workspace(tree, folder):
        return workspace
    return _unlocked(tree, folder, here)


def asks_for_nothing(tree: Tree, folder: str) -> bool:
    """Tell whether the files of a folder name nothing to install: settings of tools, a `Pipfile` without packages."""
    found = managed(tree, folder)
    if not found:
        return True
    packages = table(toml(tree.text(join(folder, "Pipfile"))), "packages")
    return found.manager.origin == "Pipfile" and not packages


def _locked(tree: Tree, folder: str, manager: str, lock: str) -> Managed:
    doubts = (*_outdated(tree, folder, manager, lock), *_beside(tree, folder, manager, lock))
    return Managed(manager=Fact(manager, lock), doubts=doubts)


def _outdated(tree: Tree, folder: str, manager: str, lock: str) -> Iterator[Doubt]:
    """Yield that the build will stop at the lock file."""
    belongs = belonging(manager, tree.text(join(folder, lock)) or "", lambda name: toml(tree.text(join(folder, name))))
    if belongs.refused or belongs.ways == frozenset():
        own = "Pipfile" if manager == "pipenv" else "pyproject.toml"
        old = f"{lock} is out of date: {belongs.why or f'it was made for another {own}'}"
        yield Doubt(
            path=("build", "python", "manager"),
            question=f"Pipfile is not as Pipenv wants it: {belongs.refused}" if belongs.refused else old,
            help=f"run `{manager} lock` and commit the lock file",
        )


_REQUIREMENTS = re.compile(r"\bpip3?\b[^&;|]*\binstall\b[^&;|]*\brequirements\.txt\b")


def _left_over(tree: Tree, folder: str, manager: str, lock: str) -> Managed | None:
    """Return that pip installs what a lock file stands beside, if the image has it so and the metadata is nobody's."""
    pyproject = toml(tree.text(join(folder, "pyproject.toml")))
    backend = str(table(pyproject, "build-system").get("build-backend", ""))
    is_own = bool(table(pyproject, "tool", manager)) or manager in backend
    if manager == "pipenv" or is_own or (manager == "uv" and pyproject):
        return None
    by_pip = _step(tree, folder, _REQUIREMENTS)
    if not by_pip or _step(tree, folder, re.compile(rf"\b{manager}\b")) or join(folder, "requirements.txt") not in tree:
        return None
    doubt = Doubt(
        path=("build", "python", "manager"),
        question=f"{lock} is there too; {by_pip} installs requirements.txt, which is what counts",
        help=f"remove {lock} if nobody uses it, or say `manager: {manager}`",
    )
    return Managed(manager=Fact("pip", "requirements.txt"), requirements="requirements.txt", doubts=(doubt,))


def _beside(tree: Tree, folder: str, manager: str, lock: str) -> Iterator[Doubt]:
    """Yield what else says what to install, and does not count."""
    written = str(toml(tree.text(join(folder, "pylock.toml"))).get("created-by", manager))
    for name in ("requirements.txt", "pylock.toml"):
        if join(folder, name) in tree and (name == "requirements.txt" or written != manager):
            yield Doubt(
                path=("build", "python", "manager"),
                question=f"{name} is there too; {lock} is what counts",
                help=f"remove {name} if nobody uses it",
            )


def _workspace(tree: Tree, folder: str) -> Managed | None:
    """Return that a folder above has the lock file for this one: a workspace of uv."""
    above = folder
    while above:
        above = above.rpartition("/")[0]
        lock = join(above, LOCKS["uv"])
        if lock in tree and table(toml(tree.text(join(above, "pyproject.toml"))), "tool", "uv", "workspace"):
            return Managed(manager=Fact("uv", lock))
    return None


def _unlocked(tree: Tree, folder: str, here: frozenset[str]) -> Managed | None:
    """Return how a project without lock file is installed."""
    pyproject = toml(tree.text(join(folder, "pyproject.toml")))
    if said := _said(tree, folder, pyproject, here):
        return said
    requirements = next(requirements_files(tree, folder), "")
    has_dependencies = "dependencies" in table(pyproject, "project")
    if requirements and not has_dependencies:
        return Managed(manager=Fact("pip", requirements), requirements=requirements)
    groups = [name for name in table(pyproject, "dependency-groups") if not is_development(name)]
    is_package = table(pyproject, "project") or "build-system" in pyproject or groups
    plain = [*(["pyproject.toml"] if is_package else []), "setup.py"]
    plain += (
        ["setup.cfg"] if any(each.file.endswith("cfg") and each.is_package for each in setups(tree, folder)) else []
    )
    found = next(((name, name in ENVIRONMENTS) for name in (*ENVIRONMENTS, *plain) if name in here), None)
    if found and found[1]:
        return Managed(manager=Fact("conda", found[0]), doubts=(_conda(found[0]),))
    return Managed(manager=Fact("pip", found[0])) if found else None


def _said(tree: Tree, folder: str, pyproject: Mapping[str, Any], here: frozenset[str]) -> Managed | None:
    """Return the manager that has a table of its own, or that the project's own Dockerfile calls."""
    for manager, keys in (("poetry", {"dependencies"}), ("pdm", set()), ("uv", {"sources", "workspace"})):
        wanted = table(pyproject, "tool", manager)
        if wanted and (not keys or keys & wanted.keys()):
            if by_pip := "dependencies" in table(pyproject, "project") and _step(tree, folder, _PIP_INSTALL):
                return Managed(manager=Fact("pip", f"pyproject.toml, as in {by_pip}"))
            return Managed(manager=Fact(manager, "pyproject.toml"), doubts=(_not_locked(f"{manager} lock"),))
    if by_uv := "dependencies" in table(pyproject, "project") and _step(tree, folder, _UV_SYNC):
        return Managed(manager=Fact("pip", "pyproject.toml"), doubts=(_unlocked_by_uv(by_uv),))
    if "Pipfile" in here:
        return Managed(manager=Fact("pipenv", "Pipfile"), doubts=(_not_locked("pipenv lock"),))
    return None


_PIP_INSTALL = re.compile(r"\bpip3?\s+install\s+(?:-\S+\s+)*[\"']?\.(?:\[[\w,-]+\])?[\"']?(?:\s|$)")


_UV_SYNC = re.compile(r"\buv\s+sync\b")


def _step(tree: Tree, folder: str, pattern: re.Pattern[str]) -> str:
    """Return the line of the project's own Dockerfile that has what is looked for; often nothing."""
    for own in containers(tree, folder)[:1]:
        return next((f"{own.file}:{line}" for text, line in own.steps if pattern.search(text)), "")
    return ""


def _conda(file: str) -> Doubt:
    return Doubt(
        path=("build", "python"),
        question=f"{file} is conda's, which kgen does not install from",
        help="write what pip installs into `requirements.txt`, or build with a Dockerfile of your own: "
        "`build: {dockerfile: Dockerfile}`",
    )


def _unlocked_by_uv(where: str) -> Doubt:
    return Doubt(
        path=("build", "python", "manager"),
        question=f"{where} calls uv, and there is no uv.lock: here pip takes the newest versions that fit",
        help="run `uv lock`, commit the lock file, and say `manager: uv`",
    )


def _not_locked(command: str) -> Doubt:
    return Doubt(
        path=("build", "python", "manager"),
        question="its lock file is not there",
        help=f"run `{command}` and commit the lock file",
    )
