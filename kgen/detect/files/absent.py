"""
Files that a program needs and that are not in the repository: modules and settings that ``.gitignore`` keeps out, and
what is somewhere else than the source.
"""

import re
import shlex
from collections.abc import Iterable, Iterator

from kgen.detect.found import Doubt, Part, Program
from kgen.detect.project import Project
from kgen.detect.source.reached import names
from kgen.detect.source.tree import join

_IGNORED = re.compile(
    r"/?(?:[\w-]+/)*([\w-]+\.py|(?:config|configuration|settings|secrets?|client_secrets?|credentials|tokens?|auth|keys)"
    r"\.(?:json|ya?ml|ini|toml|cfg|conf))"
)
_ELSEWHERE = re.compile(r"/(?:app|dev|proc|sys|tmp|var/tmp|bin|usr|run|etc/(?:ssl|nginx|supervisor))(?:/|$)")
"""Places that every image has, or kgen's."""

_PATH = re.compile(r"(?:--?[\w-]+=)?(/[\w.-]+(?:/[\w.-]+)*/?)")


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return the doubts about what is missing."""
    return Part(doubts=(*_ignored(project), *_given(programs)))


def _ignored(project: Project) -> Iterator[Doubt]:
    """Yield the files that the source asks for, and that are only on the machines of developers."""
    here = {path.rpartition("/")[2] for path in project.tree.below(project.folder)}
    for line in (project.tree.text(".gitignore") or "").splitlines():
        match = _IGNORED.fullmatch(line.strip())
        if (
            match
            and "version" not in match[1]  # which is made when a package is
            and (match[1].endswith(".py") or match[1] not in here)
            and (where := next(_asking(project, match[1]), ""))
        ):
            yield Doubt(
                path=("build",),
                question=f"{where} needs {match[1]}, which `.gitignore` keeps out of the repository",
                help="let it be there when the image is built, or mount it with `files`",
            )


def _asking(project: Project, name: str) -> Iterator[str]:
    """Yield the files of the program that import the module ``name``, or open the file."""
    stem = name.removesuffix(".py")
    quoted = [f"{mark}{name}{mark}".encode() for mark in "'\""]
    for path in project.modules.paths:
        if project.modules.is_side(path) or not project.tree.mentions(path, (stem.encode(),)):
            continue
        if name.endswith(".py"):
            places = (path.rpartition("/")[0], project.folder, project.path(project.source or "src"))
            is_asked = stem in {each.lstrip(".").partition(".")[0] for each in names(project, path)}
            if is_asked and not any(join(place, name) in project.tree for place in places):
                yield path
        elif project.tree.mentions(path, quoted):
            yield path


def _given(programs: Iterable[Program]) -> Iterator[Doubt]:
    """Yield the paths that programs are started with and that are not in kgen's image."""
    for program in programs:
        words = shlex.split(program.command.value) if isinstance(program.command.value, str) else program.command.value
        if words and _is_elsewhere(str(words[0])):
            yield Doubt(
                path=("components", program.name, "command"),
                question=f"`{words[0]}` is not in the image",
                help="start what kgen's image has, or build with a Dockerfile of your own",
            )
        for word in words[1:]:
            match = _PATH.fullmatch(str(word))
            if match and not _ELSEWHERE.match(match[1]) and "." not in str(word).partition("/")[0]:
                yield Doubt(
                    path=("components", program.name, "command"),
                    question=f"`{match[1]}` is not in the image",
                    help="mount it with `files` or `volumes`, or let the path be one of the source",
                )


_PROGRAMS = frozenset({"python", "python3", "sh", "bash", "env", "dash"})
"""What images of Python have, wherever somebody looks for it."""


def _is_elsewhere(program: str) -> bool:
    """Tell whether a program is named by a path that only another image has."""
    folder, _, name = program.rpartition("/")
    is_here = folder.startswith(("/app", "/venv")) or re.fullmatch(r"(?:python|pip)[\d.]*", name) or name in _PROGRAMS
    return program.startswith("/") and not is_here
