"""Which application the `flask` command is told to take: files for development say so, and it is the one to serve."""

import re

from kgen.detect.project import Project
from kgen.detect.source.tree import join

_SAID = re.compile(
    r"""(?:\bFLASK_APP["']?\s*[=:\s]|\bflask\s+(?:--app|-A)[=\s])\s*["']?(?P<file>[\w./-]*\w)(?::(?P<name>\w+))?"""
)
_FILES = re.compile(
    r"\.flaskenv|(?:[\w-]+\.)?Dockerfile(?:\.[\w-]+)?|(?:docker-)?compose[\w.-]*\.ya?ml|[\w-]+\.(?:sh|bash)|Procfile|"
    r"Makefile|\.env\.(?:example|sample|template)|README(?:\.\w+)?"
)
"""Files that set the variable, or start the command."""

_FOLDERS = ("", "docker", "bin", "scripts")


def said(project: Project) -> tuple[str, str]:
    """Return the file, by its path in the tree, and the name of the application; both empty if nothing says so."""
    if not project.has("flask"):
        return "", ""
    for inner in _FOLDERS:
        folder = project.path(inner) if inner else project.folder
        for name in sorted(project.tree.here(folder), key=lambda name: (not name.startswith(".flask"), name)):
            if not _FILES.fullmatch(name):
                continue
            for match in _SAID.finditer(project.tree.text(join(folder, name)) or ""):
                if path := _file(project, match["file"]):
                    return path, match["name"] or ""
    return "", ""


def _file(project: Project, said: str) -> str:
    """Return the file that ``shop/web.py``, ``shop.web`` or ``shop`` is; nothing if it is not there."""
    stem = said.removeprefix("./").strip("/").removeprefix("app/" if said.startswith("/app/") else "")
    stem = stem.removesuffix(".py") if stem.endswith(".py") else stem.replace(".", "/")
    for start in dict.fromkeys(("", project.source)):
        for end in ("/__init__.py", ".py") if not said.endswith(".py") else (".py",):
            path = project.path(join(start, f"{stem}{end}"))
            if path in project.tree:
                return path
    return ""
