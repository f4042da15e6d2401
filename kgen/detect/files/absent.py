"""
Files that a program needs and that are not in the repository: modules and settings that ``.gitignore`` keeps out, and
what is somewhere else than the source.
"""

import ast
import re
import shlex
from collections.abc import Iterable, Iterator

from kgen.detect.found import Doubt, Part, Program
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.reached import names
from kgen.detect.source.syntax import nodes
from kgen.detect.source.tree import join

_IGNORED = re.compile(
    r"/?(?:[\w-]+/)*([\w-]+\.py|(?:config|configuration|settings|secrets?|client_secrets?|credentials|tokens?|auth|keys)"
    r"\.(?:json|ya?ml|ini|toml|cfg|conf|txt))"
)
_ELSEWHERE = re.compile(r"/(?:app|dev|proc|sys|tmp|var/tmp|bin|usr|run|etc/(?:ssl|nginx|supervisor))(?:/|$)")
"""Places that every image has, or kgen's."""

_PATH = re.compile(r"(?:--?[\w-]+=)?(/[\w.-]+(?:/[\w.-]+)*/?)")


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return the doubts about what is missing."""
    return Part(doubts=(*_ignored(project), *_copied(project), *_given(programs)))


def _has_content(project: Project, folder: str) -> bool:
    """Tell whether there is more in a folder than what keeps it in the repository: ``.gitkeep``."""
    return any(not each.rpartition("/")[2].startswith(".git") for each in project.tree.below(folder))


_PLAIN = re.compile(r"(?:\./)?(\.?[\w-][\w.-]*(?:/[\w.-]+)*)/?")
_MADE = re.compile(r"(?:^|/)(?:dist|build|target|wheels?|wheelhouse|node_modules|out|\.env[\w.]*|[\w.-]*\.lock)(?:/|$)")
"""What is made before an image is, or comes from elsewhere."""


def _copied(project: Project) -> Iterator[Doubt]:
    """Yield what the project's own Dockerfile copies and the repository has not: a model, what a notebook makes."""
    for container in containers(project.tree, project.folder)[:1]:
        places = (project.folder, "", container.file.rpartition("/")[0])
        for source, _ in container.copies:
            match = _PLAIN.fullmatch(source)
            if not match or _MADE.search(match[1]):
                continue
            tried = [join(place, match[1]) for place in places]
            if not any(each in project.tree or _has_content(project, each) for each in tried):
                yield Doubt(
                    path=("build",),
                    question=f"{container.file} copies {match[1]}, which the repository has not",
                    help="let it be there when the image is built, or mount it with `files` or `volumes`",
                )


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
    quoted = [f"{start}{name}{mark}".encode() for mark in "'\"" for start in (mark, "/")]
    for path in project.modules.having(stem):
        if project.modules.is_side(path):
            continue
        if name.endswith(".py"):
            places = (path.rpartition("/")[0], project.folder, project.path(project.source or "src"))
            is_asked = stem in {each.lstrip(".").partition(".")[0] for each in names(project, path)}
            if is_asked and not any(join(place, name) in project.tree for place in places):
                yield from (path for each in [project.modules.module(path)] if each and _is_sure(each.tree, stem))
        elif project.tree.mentions(path, quoted):
            yield path


def _is_sure(tree: ast.Module, stem: str) -> bool:
    """Tell whether a module is imported whatever happens: not only under a condition, or if it is there."""
    aside = [node for node in tree.body if isinstance(node, ast.If | ast.Try)]
    lines = [range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in aside]
    for node in nodes(tree, ast.Import, ast.ImportFrom):
        match node:
            case ast.Import(names=named) | ast.ImportFrom(names=named):
                whole = [getattr(node, "module", None) or "", *(each.name for each in named)]
                is_named = any(stem in each.split(".") for each in whole)
                if is_named and not any(node.lineno in each for each in lines):
                    return True
            case _:
                pass
    return False


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
