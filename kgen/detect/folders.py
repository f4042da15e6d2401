"""
The folders that programs start in.

Until it is known which programs an app has, their commands have paths as they are seen from the project's folder, and a
`PYTHONPATH` where imports start elsewhere. Here they move to where their files are at hand: `workingDir`.
"""

import posixpath
import re
import shlex
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from kgen.detect.found import Choice, Doubt, Fact, Part, Program
from kgen.detect.project import Project
from kgen.detect.source.tree import join
from kgen.diag import Path
from kgen.record import replace

WORKDIR = "/app"
"""Where the generated Dockerfile puts the project."""

PATH = "PYTHONPATH"
IMPORTS = "imports of "
"""Start of the origin of a path that nobody wrote down: the source has it."""

NO_PACKAGE = " is no package"
"""The end of another one."""

_SELF = frozenset({"--chdir", "--app-dir", "--working-dir", "--workdir", "--pythonpath"})
"""Options of servers for folders: who says one has thought of it."""

_LOOKING = frozenset(
    {
        *("arq", "celery", "daphne", "dramatiq", "faust", "flask", "granian", "gunicorn", "huey_consumer", "hypercorn"),
        *("litestar", "rq", "sanic", "scrapy", "taskiq", "uvicorn", "waitress-serve"),
    }
)
"""Programs that look for modules where they are called."""

_WRITTEN = 80
"""Rank from which on somebody wrote down how a program is called, and so where."""

_MOST = 200
"""Files that are looked through for names of others."""

_NAME = re.compile(
    rb"""["']((?:[\w.-]+/)*[\w-]+\.(?:json|ya?ml|toml|ini|cfg|csv|tsv|txt|html?|sql|db|xlsx?|pkl|md))["']"""
)
"""What is likely to be a file that a program opens."""


def seen_from(project: Project, folder: str, words: Iterable[str]) -> list[str]:
    """Return ``words``, in which files and folders are those of the project, as they are seen from its ``folder``."""
    return [_seen_from(project, folder, word) for word in words] if folder else list(words)


def _seen_from(project: Project, folder: str, word: str) -> str:
    start, sign, path = word.rpartition("=")
    if path.startswith(f"{folder}/") and _is_there(project, path):
        return f"{start}{sign}{path[len(folder) + 1 :]}"
    is_path = "/" in path or path.endswith(".py")
    is_ours = is_path and not path.startswith(("/", "../")) and _is_there(project, path)
    if is_ours and not _is_there(project, f"{folder}/{path}"):
        return f"{start}{sign}{posixpath.relpath(path, folder)}"
    return word


def _is_there(project: Project, path: str) -> bool:
    there = project.path(posixpath.normpath(path))
    return there in project.tree or project.tree.has_folder(there)


def at_home(project: Project, programs: Sequence[Program]) -> list[Program]:
    """Return all programs of an app as they are called where they start, if each has such a place or needs none."""
    moved = [_moved(project, each) for each in programs]
    homes = {(one.command.folder, one.command.reason) for one in moved if one.command.reason}
    if not all(_may_move(one, {folder for folder, _ in homes}) for one in moved):
        return [_called(project, each) for each in programs]  # a variable of the app is for all of them
    if len(homes) == 1:
        folder, reason = homes.pop()
        moved = [_with_others(project, each, folder, reason) for each in moved]
    return [_called(project, each) for each in moved]


def _may_move(program: Program, homes: Collection[str]) -> bool:
    """Tell whether a program does well without a path that others have: it starts there, or needs none."""
    folder, path = program.command.folder, program.env.get(PATH)
    if folder in homes and program.release and folder != _beside(program.release, folder).folder:
        return False
    return bool(folder) or path is None or (not search(program) and posixpath.relpath(path.value, WORKDIR) not in homes)


def _with_others(project: Project, program: Program, folder: str, reason: str) -> Program:
    """Return a program that was found in the source in the ``folder`` of the others: it may import what they do."""
    is_free = program.rank < _WRITTEN and PATH not in program.env and not program.command.folder
    files = [word for word in str(program.command.value).split() if word.endswith(".py")]
    if not is_free or any(_is_there(project, file) and not file.startswith(f"{folder}/") for file in files):
        return program
    return replace(program, command=replace(program.command, folder=folder, reason=reason))


def search(program: Program) -> str:
    """Return the folder of the project that its imports start at, as far as its files alone say so."""
    fact = program.env.get(PATH)
    if fact is None or not (fact.origin.startswith(IMPORTS) or fact.origin.endswith(NO_PACKAGE)):
        return ""
    below = posixpath.relpath(str(fact.value), WORKDIR)
    return "" if below.startswith("..") or below == "." else below


def _moved(project: Project, program: Program) -> Program:
    """Return ``program`` in the folder that its imports start at, unless its files seem to be elsewhere."""
    folder = search(program)
    if program.command.folder or not folder or not project.tree.has_folder(project.path(folder)):
        return program
    if not _looks_around(str(program.command.value).split(), folder):
        return program
    if _opens_from_root(project, folder):
        return program
    command = replace(program.command, folder=folder, reason=program.env[PATH].origin)
    return replace(program, command=command)


def _looks_around(words: Sequence[str], folder: str) -> bool:
    """Tell whether Python looks for modules where a command is called, as it does not for what is installed."""
    if words[:1] == ["python"]:
        return words[1:2] == ["-m"] or posixpath.dirname(next(iter(words[1:2]), "")) == folder
    return words[:1] != [] and words[0] in _LOOKING and not {word.partition("=")[0] for word in words} & _SELF


def _opens_from_root(project: Project, folder: str) -> bool:
    """Tell whether the source in ``folder`` names more files as seen from the project's folder than from there."""
    counts = {"": 0, folder: 0}
    files = [each for each in project.modules.paths if each.startswith(f"{project.path(folder)}/")]
    for file in files[:_MOST]:
        for name in {match[1].decode("ascii", "ignore") for match in _NAME.finditer(project.tree.content(file))}:
            for start in counts:
                path = project.path(f"{start}/{name}" if start else name)
                counts[start] += path in project.tree
    return counts[""] > counts[folder]


def _called(project: Project, program: Program) -> Program:
    """Return ``program`` with the words that it is called with in its folder."""
    folder = program.command.folder
    kept = {name: fact for name, fact in program.env.items() if name != PATH or search(program) != folder}
    return replace(
        program,
        command=_line(project, program.command),
        release=_line(project, _beside(program.release, folder)) if program.release else None,
        env=kept if folder else program.env,
        doubts=tuple(_asked(project, program, each) for each in program.doubts),
    )


def _beside(command: Fact, folder: str) -> Fact:
    """Return a command in the folder of its program if it is a script in there, or has its files there."""
    words = str(command.value).split()
    paths = [word for word in words if "/" in word]
    is_there = words[:1] in (["python"], ["flask"]) and all(path.startswith(f"{folder}/") for path in paths)
    return replace(command, folder=folder) if folder and not command.folder and paths and is_there else command


def _line(project: Project, command: Fact) -> Fact:
    return replace(command, value=_said(project, command.folder, command.value))


def _said(project: Project, folder: str | None, value: Any) -> Any:
    if not folder or not isinstance(value, str):
        return value
    words = shlex.split(value)
    made = seen_from(project, folder, words)
    return shlex.join(made) if made != words else value


def _asked(project: Project, program: Program, doubt: Doubt) -> Doubt:
    """Return a doubt about a command with choices that are called where they start."""
    if doubt.path != ("command",) or not doubt.choices:
        return doubt
    first, *others = doubt.choices
    own = program.command.folder
    made = [Choice(_said(project, own, first.value), first.reason, own)]
    made += [Choice(_said(project, each.folder, each.value), each.reason, each.folder) for each in others]
    return replace(doubt, choices=tuple(made))


def placed(folder: str) -> str:
    """Return a folder of the project as app.yaml names it."""
    return join(WORKDIR, folder) if folder else WORKDIR


_OF_SOURCE = frozenset({"aerich", "alembic", "flask"})
"""Commands that import the project, wherever they are called."""


def release(programs: Sequence[Program], image: Sequence[Program]) -> Part:
    """
    Return the release of an app.

    It starts where the component does that its image is made for, unless it says something else.

    Args:
        programs: All programs; the first one with a release counts.
        image: Those that run the same image as the release.
    """
    command = next((each.release for each in programs if each.release), None)
    if command is None:
        return Part()
    main = next((each for each in image if each.type == "web"), image[0] if image else None)
    usual = main.command.folder if main else ""
    if command.folder == usual:
        return Part(data={"release": command.value}, comments={("release",): command.origin})
    data: dict[str, Any] = {"command": command.value, "workingDir": placed(command.folder)}
    if usual and str(command.value).split()[0] in _OF_SOURCE:
        data["env"] = {PATH: placed(usual)}  # what it imports starts there
    comments: dict[Path, str] = {("release", "command"): command.origin}
    return Part(data={"release": data}, comments=comments)
