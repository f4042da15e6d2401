"""Where a start command finds what it names: folders that Python has to look in, and a server's settings file."""

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from kgen.detect.commands.started import Start
from kgen.detect.evidence import targets
from kgen.detect.folders import WORKDIR
from kgen.detect.frameworks.starts import search_path
from kgen.detect.packages import installed
from kgen.detect.project import Project
from kgen.detect.source.tree import join

_TARGET = re.compile(r"(?P<module>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?::(?P<name>[A-Za-z_]\w*)[\w.]*(?:\(.*\))?)?")
_FOLDERS = ("--app-dir", "--chdir", "--pythonpath")
"""Options of servers for a folder to look in."""

_LEAST = 1024


def search(project: Project, start: Start, path: str) -> Mapping[str, str]:
    """
    Return the variable by which Python finds what ``start`` names, if it is somewhere in the project but not at hand.

    Args:
        project: The project.
        start: What is started.
        path: The file that it runs, if that is known.
    """
    if "PYTHONPATH" in start.env:
        return {}
    if start.folder:
        return _from_above(project, start)
    if start.role.startswith("module ") and path and project.source:
        folder = project.source if project.below(path).startswith(f"{project.source}/") else ""
        return {name: str(fact.value) for name, fact in search_path(project, folder, path).items()}
    module = _served(start.words) if start.role == "web" else _worked(project, start)
    if not module or any(_is_in(project, folder, module) for folder in ("", *_said(start.words))):
        return {}
    if project.source and (file := _is_in(project, project.source, module)):
        return {name: str(fact.value) for name, fact in search_path(project, project.source, file).items()}
    folders = [each for each in _holding(project, module) if each]
    return {"PYTHONPATH": f"{WORKDIR}/{folders[0]}"} if len(folders) == 1 else {}


def _from_above(project: Project, start: Start) -> Mapping[str, str]:
    """Return the variable by which Python finds what is started in a folder, but imported from the project's own."""
    kind, _, what = start.role.partition(" ")
    module = _served(start.words) if kind == "web" else what if kind == "module" else _worked(project, start)
    is_near = not module or any(_is_in(project, folder, module) for folder in (start.folder, *_said(start.words)))
    return {} if is_near or not _is_in(project, "", module) else {"PYTHONPATH": WORKDIR}


def is_lost(project: Project, words: Sequence[str], where: str = "") -> bool:
    """Tell whether a server, started in ``where``, is to serve a module that is neither the project's nor installed."""
    module = _served(words)
    folders = ("", where, project.source, *_said(words))
    if not module or project.has(module.partition(".")[0].replace("_", "-")):
        return False
    if any(_is_in(project, folder, module) for folder in folders) or _holding(project, module):
        return False
    stem = module.replace(".", "/")  # in a package of a workspace
    ends = (f"/{stem}.py", f"/{stem}/__init__.py")
    return not any(name.endswith(ends) for name in project.tree.below(project.folder))


def lacking(project: Project, words: Sequence[str], where: str = "") -> str:
    """Return in words that the module that a server is to serve has no such object: often nothing."""
    module, name = _target(words)
    folders = (where, "", project.source, *_said(words))
    files = [file for folder in folders if module and (file := _is_in(project, folder, module))]
    found = project.modules.module(files[0]) if files and name else None
    if found is None or targets.has(found.tree, name):
        return ""
    inner = f"{module}.{name}"  # a module of a package
    is_inner = any(_is_in(project, folder, inner) for folder in folders)
    return "" if is_inner else f"{found.path} has no `{name}`, which it is to serve"


def _served(words: Sequence[str]) -> str:
    """Return the module that a server is told to serve."""
    return _target(words)[0]


def _target(words: Sequence[str]) -> tuple[str, str]:
    """Return the module that a server is told to serve, and the name of the object or function in there."""
    found = [match for word in words[1:] if (match := _TARGET.fullmatch(word))]
    sure = [each for each in found if ":" in each[0] or each["module"].endswith((".wsgi", ".asgi"))]
    return (sure[-1]["module"], sure[-1]["name"] or "") if sure else ("", "")


def _worked(project: Project, start: Start) -> str:
    """Return the module that Celery is told to look in, which may be the parent of what the option names."""
    if not start.role.startswith("celery "):
        return ""
    for place, word in enumerate(start.words):
        name, sign, value = word.partition("=")
        if name in {"-A", "--app"}:
            module = (value if sign else next(iter(start.words[place + 1 : place + 2]), "")).partition(":")[0]
            return next((each for each in (module, module.rpartition(".")[0]) if each and _holding(project, each)), "")
    return ""


def _said(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name in _FOLDERS:
            given = value if sign else next(iter(words[place + 1 : place + 2]), "")
            yield posixpath.normpath(given.removeprefix(f"{WORKDIR}/"))


def _is_in(project: Project, folder: str, module: str) -> str:
    """Return the file of ``module`` if it is in ``folder``."""
    stem = posixpath.join(folder, module.replace(".", "/"))
    files = (project.path(f"{stem}{end}") for end in (".py", "/__init__.py"))
    return next((file for file in files if file in project.tree), "")


def _holding(project: Project, module: str) -> list[str]:
    """Return the folders of the project that have ``module`` in them, those of tests left out."""
    stem = module.replace(".", "/")
    ends = (f"/{stem}.py", f"/{stem}/__init__.py")
    own = [project.below(path) for path in project.modules.paths if not project.modules.is_side(path)]
    found = [below.removesuffix(end) for below in own for end in ends if below.endswith(end)]
    package = installed.name(project).replace("-", "_")
    return [each for each in dict.fromkeys(found) if each != package or not project.source]


def settings_of_gunicorn(project: Project, words: Sequence[str], folder: str) -> int | None:
    """
    Return the port that the settings file of Gunicorn on a command line names.

    ``None`` if there is no such file, or if what it listens on cannot be reached: a socket, or the machine itself.
    """
    if "gunicorn" not in words:
        return None
    for place, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name in {"-c", "--config"}:
            file = value if sign else next(iter(words[place + 1 : place + 2]), "")
            path = file.removeprefix("file:").removeprefix("./").removeprefix(f"{WORKDIR}/")
            return _bound(project.text(join(folder, path)) or project.text(path) or "")
    return None


def _bound(text: str) -> int | None:
    """
    Return the port of ``bind`` in such a file.

    >>> _bound("bind = '0.0.0.0:5005'"), _bound("bind = ['unix:/tmp/a.sock']"), _bound("bind = f'0.0.0.0:{p}'")
    (5005, None, None)
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="bind")], value=ast.Constant(value=str(address))):
                host, _, port = address.rpartition(":")
                is_open = host in {"0.0.0.0", "", "[::]", "::", "*"}  # noqa: S104  # what a container listens on
                return int(port) if is_open and port.isdecimal() and int(port) >= _LEAST else None
            case _:
                pass
    return None
