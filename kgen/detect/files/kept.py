"""
What a program keeps in files, which it cannot in the image, and what would be lost with the pod: uploads, data, states.

The best evidence is the volumes of the project's own containers; then the settings for uploads, and what the source
opens to write.
"""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgen.detect.evidence.compose import compose_files, is_for_development, services
from kgen.detect.folders import WORKDIR
from kgen.detect.found import Doubt, Part, Program, listed
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container, containers
from kgen.detect.source.image import Image
from kgen.detect.source.syntax import Module, imported, meaning, name_of, nodes
from kgen.detect.source.texts import table, yaml
from kgen.detect.source.tree import join
from kgen.detect.source.values import constants, is_main, keyword
from kgen.detect.source.words import sought
from kgen.detect.variables.addresses import OTHERS
from kgen.detect.variables.environment import ASIDE

_MOST = 3
_MOUNT = "mount a volume, or pods lose it: `volumes: {data: {path: …, size: 1Gi}}`"


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return the doubts about what is kept in files."""
    doubts: list[Doubt] = []
    volumes: dict[str, str] = {}
    for path, where in _volumes(project):
        volumes.setdefault(path, where)
    if volumes:
        question = f"your containers have volumes for {_listed(volumes)}"
        doubts.append(Doubt(path=("components",), question=question, help=_MOUNT))
    commands = " ".join(str(each.command.value) for each in programs)
    mounted = "".join(f"{path}/" for path in volumes)
    written: dict[str, str] = {}
    for what, where in _written(project, commands):
        if f"/{what.partition('/')[0]}/" not in mounted:
            written.setdefault(what, where)
    if written:
        question = f"the source writes {_listed(written)}, which it cannot in the image"
        doubts.append(Doubt(path=("components",), question=question, help=_MOUNT))
    return Part(doubts=tuple(doubts))


def _listed(found: Mapping[str, str]) -> str:
    return listed((f"{what} ({where})" for what, where in found.items()), _MOST)


def _volumes(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the folders that the project's own containers have volumes for, with the place that says so."""
    for container in (each for each in containers(project.tree, project.folder)[:1] if _is_pythons(each)):
        yield from ((_here(project, container, path), container.file) for path in container.volumes)
    files = [each for each in compose_files(project.tree, project.folder) if not is_for_development(each)]
    for file in files:
        found = list(_of_services(project, file))
        yield from found
        if found:
            return


def _of_services(project: Project, file: str) -> Iterator[tuple[str, str]]:
    """Yield the folders that the services of one compose file have volumes for."""
    about = table(yaml(project.tree.text(file)), "services")
    for each in services(project, file):
        if each.container and not (each.container.python or each.container.start or each.command):
            continue  # another's image, with settings in it
        for source, target in _mounted(about.get(each.name, {})):
            if _is_data(project, file, source, target, each.container):
                yield _here(project, each.container, target), file


def _is_pythons(container: Container) -> bool:
    """Tell whether an image is for a program in Python, by its base or by what it starts."""
    start = container.start if isinstance(container.start, str) else " ".join(container.start)
    return bool(container.python) or "python" in start or ".py" in start


def _here(project: Project, container: Container | None, path: str) -> str:
    return Image(project, container).here(path.rstrip("/"))


def _mounted(service: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield source and target of what a service mounts and may write."""
    for each in service.get("volumes") or ():
        if isinstance(each, Mapping):
            if each.get("type") != "tmpfs" and not each.get("read_only"):
                yield str(each.get("source") or ""), str(each.get("target") or "")
        else:
            source, _, rest = str(each).rpartition("}")[2].partition(":") if "}" not in str(each) else ("", "", "")
            target, _, mode = rest.partition(":")
            if target and mode != "ro":
                yield source, target


_NO_DATA = re.compile(
    r"static|node_modules|\.venv|/venv|cache|\.sock$|docker\.sock|/tests?$|/logs?(?:/|$)|\.\w{2,4}$|^/tmp|^/etc|^/dev"
)
"""Targets that are no data: what an image has, what may be lost, single files, sockets."""

_MODELS = re.compile(r"/\.cache/(?:huggingface|torch|whisper)(?:/|$)")
"""Caches that take long to fill, and that some programs are told to fill by hand."""


def _is_data(project: Project, file: str, source: str, target: str, container: Container | None) -> bool:
    """Tell whether a volume is for data, and not the source that developers work on."""
    workdir = container.workdir if container else "/app"
    path = target.rstrip("/")
    if not path.startswith("/") or f"{workdir}/".startswith(f"{path}/"):
        return False
    if _NO_DATA.search(path) and not _MODELS.search(path):
        return False
    if not source.startswith((".", "/", "~")):
        return bool(source)  # a volume by its name
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(file), source))
    there = [name.rpartition("/")[2] for name in project.tree.below(folder.lstrip("./"))]
    if any(name.endswith((".py", ".html", ".conf", ".sql")) for name in there):
        return False
    is_same = Image(project, container).here(path) == f"{WORKDIR}/{project.below(folder)}"
    return not (is_same and any(_SOURCE.search(name) for name in there)) or bool(_OF_DATA.search(path))


_SOURCE = re.compile(r"\.(?:md|rst|txt|in|js|ts|tsx|jsx|css|scss|toml|ya?ml|po|graphql)$")
"""Ends of files that people write."""

_OF_DATA = re.compile(r"data|db|database|media|upload|storage|var|state", re.IGNORECASE)


_WRITES = re.compile(rb"open\([^\n]*[\"'](?:[wax]b?\+?|[wax]\+b|r\+)[\"']")
_WORDS = (
    "shelve.open(",
    "TinyDB(",
    ".write_text(",
    ".write_bytes(",
    ".to_csv(",
    ".to_parquet(",
    ".to_pickle(",
    "UPLOAD_FOLDER",
    "MEDIA_ROOT",
    "UPLOADED_",
)
_WRITING = sought("open(", "TinyDB(", ".write_", "UPLOAD", "MEDIA", "Path(", '/ "', "/ '", '/ f"')
"""What stands in each function that writes, or that says to which path."""

_MODE = re.compile(r"[wax]b?\+?|[wax]\+b|r\+")
_TABLES = frozenset({"to_csv", "to_parquet", "to_pickle"})
"""Methods of pandas that write a file."""

_ANYWHERE = ("/tmp", "/dev/", "/proc/", "/var/tmp")  # noqa: S108  # what can be written
_FOLDERS = re.compile(r"(?:UPLOAD|MEDIA|UPLOADED_\w+_)(?:S?_FOLDER|_ROOT|_DIR|S?_PATH|_DEST)|UPLOAD_FOLDER|MEDIA_ROOT")
_STORES = (b"S3Boto3", b"s3boto3", b"s3.S3", b"gcloud.", b"azure_storage", b"CloudinaryStorage", b"MediaCloudinary")


def _written(project: Project, commands: str) -> Iterator[tuple[str, str]]:
    """Yield the files and folders that the source writes, with the places."""
    tree, modules = project.tree, project.modules
    paths = [
        path
        for path in modules.paths
        if not modules.is_side(path)
        and ASIDE.isdisjoint(path.split("/"))
        and not OTHERS.search(path.rpartition("/")[2].removesuffix(".py").replace(".", "_"))
    ]
    likely = dict.fromkeys([*modules.having(*_WORDS, among=paths), *modules.matching(_WRITES, (b"open\n",), paths)])
    for module in modules.those(likely, _WRITING):
        if not (_is_tool(module, commands) or tree.mentions(module.path, _STORES)):
            yield from _in(module)


def _is_tool(module: Module, commands: str) -> bool:
    """Tell whether a module is a script that developers run: nothing that is started names it."""
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    is_script = any(isinstance(node, ast.If) and is_main(node.test) for node in module.tree.body)
    return stem == "setup" or (is_script and re.search(rf"\b{re.escape(stem)}\b", commands) is None)


def named(node: ast.expr, module: Module) -> str:
    """Return the path that an expression in a module is, if it is known, and not one that can be written."""
    return _path(node, _known(module))


def _known(module: Module) -> dict[str, Any]:
    """Return the names at the top of a module that say something, the paths too."""
    known = dict(constants(module.tree))
    return known | dict(_of_module(module, known))


def _in(module: Module) -> Iterator[tuple[str, str]]:
    known = _known(module)
    known |= dict(_of_objects(module, known))
    names = imported(module.tree)
    for node in nodes(module.tree, ast.Call, ast.Assign):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name) | ast.Subscript(slice=ast.Constant(value=str(name)))], value=given
            ):
                found, line = _path(given, known) if _FOLDERS.fullmatch(name) else "", node.lineno
            case ast.Call():
                found, line = _opened(node, names, known), node.lineno
            case _:
                found, line = "", 0
        if found:
            yield found, f"{module.path}:{line}"


def _of_module(module: Module, known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the names at the top of a module that are paths: ``PID_FILE = Path("bot.pid")``."""
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as given) if name not in known:
                yield name, _text(given, known)
            case _:
                pass


def _of_objects(module: Module, known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the attributes of objects that are paths, as the module names them: ``self.path``."""
    for node in nodes(module.tree, ast.Assign, ast.AnnAssign):
        match node:
            case (
                ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=given)
                | ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), value=given)
            ) if given:
                yield f"self.{name}", _text(given, known)
            case _:
                pass


def _opened(call: ast.Call, names: Mapping[str, str], known: Mapping[str, Any]) -> str:
    """Return the file that a call opens to write, or writes."""
    full = meaning(call.func, dict(names))
    first = call.args[0] if call.args else None
    if full in {"open", "io.open", "codecs.open", "aiofiles.open"}:
        mode = call.args[1] if len(call.args) > 1 else keyword(call, "mode")
        text = mode.value if isinstance(mode, ast.Constant) else ""
        return _path(first, known) if isinstance(text, str) and set(text) & set("wax+") else ""
    if full in {"shelve.open", "tinydb.TinyDB"}:
        return _path(first, known)
    if isinstance(call.func, ast.Attribute) and call.func.attr in {"write_text", "write_bytes"}:
        return _path(call.func.value, known)
    if isinstance(call.func, ast.Attribute) and call.func.attr == "open":  # of a path
        mode = call.args[0] if call.args else keyword(call, "mode")
        text = mode.value if isinstance(mode, ast.Constant) else ""
        return _path(call.func.value, known) if _MODE.fullmatch(str(text)) else ""
    if isinstance(call.func, ast.Attribute) and call.func.attr in _TABLES:
        return _path(first, known)
    return ""


def _path(node: ast.expr | None, known: Mapping[str, Any]) -> str:
    """Return the path that an expression is, as far as it stands there; nothing if it is not known, or is temporary."""
    if node is None or "tmp" in (text := ast.unparse(node).lower()) or "temp" in text or "std" in text:
        return ""
    made = posixpath.normpath(_text(node, known)).removeprefix("//").removeprefix("../")
    is_data = made not in {".", "/"} and " " not in made and not made.startswith(_ANYWHERE)
    return made if is_data and not made.endswith((".py", ".env")) else ""


def _usual(node: ast.expr) -> ast.expr:
    """Return what a variable is unless it is set, if an expression reads one."""
    match node:
        case ast.Call(func=func, args=[_, given]) if ast.unparse(func).endswith(("environ.get", "getenv")):
            return given
        case ast.Call(func=ast.Name(id="str"), args=[given]):
            return _usual(given)
        case _:
            return node


def _text(node: ast.expr, known: Mapping[str, Any]) -> str:
    match _usual(node):
        case ast.Constant(value=str(text)):
            return text
        case ast.Name() | ast.Attribute(value=ast.Name(id="self")) as name:
            given = known.get(name_of(name))
            return given if isinstance(given, str) else ""
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return posixpath.dirname(text)
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return join(_text(left, known), _text(right, known)).strip("/") if _text(right, known) else ""
        case ast.Call(func=func, args=args) if ast.unparse(func).endswith(("path.join", "Path", "root", "path")):
            is_own = not any("dirname(" in (said := ast.unparse(each)) and "__file__" not in said for each in args)
            return "/".join(filter(None, (_text(each, known) for each in args))) if is_own else ""
        case _:
            return ""
