"""Paths of another image in the project's files: its own Dockerfile may put the source elsewhere than kgen's does."""

import re
from collections.abc import Iterator

from kgen.detect.found import Doubt, Part, listed
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container, containers

_HERE = "/app"
_COMMON = frozenset({"/", _HERE, "/tmp", "/usr", "/usr/src", "/etc", "/root", "/home", "/opt", "/var", "/srv", "/mnt"})  # noqa: S108
"""Folders that are no source of an app alone, and kgen's own."""

_ENDS = (".py", ".ini", ".cfg", ".conf", ".toml", ".json", ".yaml", ".yml", ".env", ".properties")
_OTHERS = re.compile(
    r"compose[\w.-]*\.ya?ml|nginx|caddy|supervisor|apache|httpd|cloudbuild|buildspec|package(?:-lock)?\.json"
    r"|pyproject\.toml|setup\.cfg|tox\.ini|k8s|kubernetes|helm|charts?/|ansible|terraform"
)
"""Names of files for other programs, and for what starts containers."""

_DEEPEST = 3
_MOST = 3


def part(project: Project) -> Part:
    """Return the doubt about the files that name a folder which only another image has."""
    for container in containers(project.tree, project.folder)[:1]:
        for folder in _folders(container):
            places = list(_places(project, folder))
            if places:
                doubt = Doubt(
                    path=("components",),
                    question=f"{listed(places, _MOST)} {'name' if len(places) > 1 else 'names'} {folder}, "
                    f"where {container.file} has the source: it is in {_HERE} here",
                    help="write paths relative to the folder that the program starts in",
                )
                return Part(doubts=(doubt,))
    return Part()


def _folders(container: Container) -> list[str]:
    """Return the folders of the image that the whole source is copied to, or that commands start in."""
    found = [container.workdir, *(target.rstrip("/") for source, target in container.copies if source in {".", "./"})]
    return [
        each for each in dict.fromkeys(found) if each.startswith("/") and each not in _COMMON and not _is_here(each)
    ]


def _is_here(folder: str) -> bool:
    return folder.startswith(f"{_HERE}/")


def _places(project: Project, folder: str) -> Iterator[str]:
    end = rf"{re.escape(folder)}(?![\w.-])"
    pattern = re.compile(rf"^(?!\s*[#;]).*(?<![\w./~:<-]){end}", re.MULTILINE)
    literal = re.compile(rf"^(?!\s*#).*(?:[\"']|:///){end}", re.MULTILINE)  # not in what is told to people
    word = folder.encode()
    for file in project.tree.below(project.folder):
        name = file.rpartition("/")[2]
        below = project.below(file)
        is_asked = name.endswith(_ENDS) and not _OTHERS.search(below) and not below.startswith(".")
        if not is_asked or (not name.endswith(".py") and below.count("/") > _DEEPEST) or project.modules.is_side(file):
            continue
        kind = literal if name.endswith(".py") else pattern
        if project.tree.mentions(file, (word,)) and (match := kind.search(project.tree.text(file) or "")):
            yield f"{below}:{(project.tree.text(file) or '').count(chr(10), 0, match.start()) + 1}"
