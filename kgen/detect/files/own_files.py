"""
Files that a program writes beside its source: logs, folders, databases.

Nobody may, in the image that kgen builds, and what is written there is lost with the pod.
"""

import ast
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from kgen.detect.files import log_settings, made_folders
from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project
from kgen.detect.source.syntax import NOWHERE, Module, imported, meaning, nodes

_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
"""What is not run by an import."""

_WRITERS = ("makedirs(", "mkdir(", "FileHandler", "basicConfig")
_WRITING = re.compile("|".join(map(re.escape, _WRITERS)).encode())
_OUTER = re.compile(rb"^\S.*", re.MULTILINE)
_INNER = (b"def ", b"class ", b"async ", b"@", b")")
"""How lines at the left edge start below which nothing is run by an import."""

_ANYWHERE = ("/tmp", "tempfile", "gettempdir")  # noqa: S108  # the one place that can be written
_SQLITE = ("sqlite:///", "sqlite+", "sqlite3.connect(", "aiosqlite.connect(", "SqliteDatabase(")
_OPENED = frozenset({"sqlite3.connect", "aiosqlite.connect"})


def part(project: Project) -> Part:
    """Return the doubt about the first such log, and the first such folder."""
    logs: list[Doubt] = []
    folders: list[Doubt] = []
    own = [path for path in project.modules.paths if not project.modules.is_side(path)]
    tree = project.tree
    likely = (path for path in project.modules.having(*_WRITERS, among=own) if _is_at_top(tree.content(path)))
    for module in project.modules.those(likely, NOWHERE):
        for call in _calls(module.tree):
            where = f"{module.path}:{call.lineno}"
            if name := _log(call):
                logs.append(_log_doubt(where, name))
            elif is_made(call) and (what := _folder(project, call)):
                folders.append(_folder_doubt(where, what))
    if not logs:
        logs += _logs_of_functions(project, own)
    if not logs:
        logs += [_log_doubt(where, name) for where, name in log_settings.logs(project, own)]
    if not folders:
        folders += [_folder_doubt(where, f"the folder {name}") for where, name in made_folders.made(project, own)]
    return Part(doubts=(*logs[:1], *folders[:1]))


_FILE_LOG = re.compile(rb"FileHandler\(\s*(?:filename\s*=\s*)?[\"'][^/\"'\s]")
_SETTING_UP = re.compile(
    r"create_app|init_app|main|_*(?:setup|set_up|init|configure|config|get|make|create)\w*log\w*|\w*logg\w*"
)
"""Functions that set up where a program writes its log, as they are usually called."""


def _logs_of_functions(project: Project, own: list[str]) -> Iterator[Doubt]:
    """Yield the doubts about logs that a program opens when it is set up."""
    for module in project.modules.those(project.modules.matching(_FILE_LOG, (b"FileHandler\n",), own)):
        for function in nodes(module.tree, ast.FunctionDef):
            for call in ast.walk(function) if _SETTING_UP.fullmatch(function.name) else ():
                if isinstance(call, ast.Call) and (name := _log(call)):
                    yield _log_doubt(f"{module.path}:{call.lineno}", name)


def _is_at_top(content: bytes) -> bool:
    r"""
    Tell whether a module may write something when it is imported, by its text: parsing takes far longer.

    >>> _is_at_top(b"if a:\n    os.makedirs(b)\n"), _is_at_top(b"def a():\n    os.makedirs(b)\n")
    (True, False)
    """
    outer = [(match.start(), match[0]) for match in _OUTER.finditer(content)]
    starts = [start for start, _ in outer]
    places = (bisect_right(starts, match.start()) - 1 for match in _WRITING.finditer(content))
    return any(place < 0 or not outer[place][1].startswith(_INNER) for place in places)


def _log_doubt(where: str, name: str) -> Doubt:
    return Doubt(
        path=("components",),
        question=f"{where} writes {name}, which it cannot in the image",
        help="log to the output, where Kubernetes has it, or to a file in `/tmp`",
    )


def _folder_doubt(where: str, what: str) -> Doubt:
    return Doubt(
        path=("components",),
        question=f"{where} makes {what} when it starts, which it cannot in the image",
        help="let it be in `/tmp`, or mount a volume there",
    )


def databases(project: Project) -> Iterator[Doubt]:
    """Yield the doubt about the first SQLite file; that of Django's settings is theirs to tell."""
    for module in () if project.has("django") else project.modules.about(*_SQLITE):
        if module.is_side or module.path.endswith("env.py"):
            continue
        if line := next(_sqlite(module), 0):
            why = ", which the image cannot write, nor pods share"
        elif line := next(_sqlite(module, _is_lost), 0):
            why = " that each pod has for itself, and loses"
        if line:
            yield Doubt(
                path=("components",),
                question=f"{module.path}:{line} is a SQLite file{why}",
                help="read its address from the environment and name a server under `needs`, or mount a volume there",
            )
            return


def _is_kept(name: str) -> bool:
    """Tell whether a database is a file that the image cannot write."""
    return bool(name) and " " not in name and ":memory:" not in name and not name.startswith(_ANYWHERE)


def _is_lost(name: str) -> bool:
    """Tell whether a database is a file that can be written, and is in its pod alone."""
    return " " not in name and name.startswith(_ANYWHERE[:1])


def _sqlite(module: Module, is_meant: Callable[[str], bool] = _is_kept) -> Iterator[int]:
    """Yield the lines that name a SQLite file."""
    names = imported(module.tree)
    for node in nodes(module.tree, ast.Constant, ast.JoinedStr, ast.BinOp, ast.Call):
        match node:
            case ast.Constant(value=str(text)) if text.startswith("sqlite") and is_meant(text.partition(":///")[2]):
                yield node.lineno
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]) if text.startswith("sqlite") and (
                (text.endswith(":///") and is_meant("a")) or is_meant(text.partition(":///")[2])
            ):
                yield node.lineno
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add(), right=name) if (
                text.startswith("sqlite") and text.endswith(":///") and is_meant(_name(name))
            ):
                yield node.lineno
            case ast.Call(func=func, args=[given, *_]) if meaning(func, names) in _OPENED or meaning(
                func, names
            ).endswith("SqliteDatabase"):
                if is_meant(_name(given)):
                    yield node.lineno
            case _:
                pass


def _name(node: ast.expr) -> str:
    """Return the name of a file, as far as it stands there."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "" if any(each in ast.unparse(node) for each in _ANYWHERE) else "file"


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that every import of a module makes; those of which a failure is caught left out."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, _LATER) or (isinstance(each, ast.Try) and each.handlers):
            continue
        if isinstance(each, ast.If) and not (_asks_for_folder(each.test) or _is_usual(each.test)):
            continue
        if isinstance(each, ast.Call):
            yield each
        yield from _calls(each)


def _asks_for_folder(test: ast.expr) -> bool:
    """Tell whether a condition is that a folder is missing."""
    return any(word in ast.unparse(test) for word in ("exists(", "isdir(", "is_dir("))


def _is_usual(test: ast.expr) -> bool:
    """Tell whether a condition holds unless settings say otherwise: ``settings.get("log", True)``."""
    match test:
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, ast.Constant(value=True)]):
            return True
        case _:
            return False


def _log(call: ast.Call) -> str:
    """
    Return the file that a call opens for a log, if it is in the folder that the program runs in.

    >>> _log(ast.parse("FileHandler('a.log')", mode="eval").body)
    'a.log'
    """
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [key.value for key in call.keywords if key.arg == "filename"]
    if name.endswith("FileHandler"):
        given += call.args[:1]
    elif name != "basicConfig":
        return ""
    match given:
        case [ast.Constant(value=str(path)), *_] if path and not path.startswith("/"):
            return path
        case _:
            return ""


def is_made(call: ast.Call) -> bool:
    """
    Tell whether a call makes a folder.

    >>> [is_made(ast.parse(each, mode="eval").body) for each in ("os.makedirs(a)", "Path('b').mkdir()", "f.read()")]
    [True, True, False]
    """
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in {"makedirs", "mkdir"}


def _folder(project: Project, call: ast.Call) -> str:
    """Return what folder a call makes, in words; nothing if it is there, or may be written."""
    is_os = not isinstance(call.func, ast.Attribute) or ast.unparse(call.func.value) == "os"
    given = call.args[0] if is_os and call.args else call.func
    if any(word in ast.unparse(given) for word in _ANYWHERE):
        return ""
    texts = [node.value for node in ast.walk(given) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    name = "/".join(each.strip("/") for each in texts) if texts else ""
    if name and project.tree.has_folder(project.path(name.removeprefix("./"))):
        return ""
    return f"the folder {texts[-1]}" if texts and not texts[-1].isupper() else "a folder"
