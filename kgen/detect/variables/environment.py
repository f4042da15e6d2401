"""Which environment variables the project's code reads, and which of them it cannot do without."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any

from kgen.detect.found import Program
from kgen.detect.project import Project
from kgen.detect.source.syntax import Module, meaning, name_of, nodes, walk
from kgen.detect.source.values import is_main, value
from kgen.detect.variables import own_readers
from kgen.detect.variables.insisted import insisted
from kgen.detect.variables.readers import readers
from kgen.record import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """An environment variable that is read."""

    name: str
    origin: str
    is_required: bool
    """Whether the program fails without it."""

    default: str | None = None
    """What it is otherwise, as the source says it; ``None``: nothing."""

    is_optional: bool = False
    """Whether the source says that it may be missing: its default is ``None``."""

    has_default: bool = False
    """Whether the code says what it is otherwise: somebody has thought of running without it."""

    is_text: bool = True
    """Whether it may be any text; not, if it is read as a number or a switch."""


_WORDS = (
    *(r"environ\b", "getenv", r"config(?<!\wconfig)\(", r"Config(?<!\wConfig)\("),
    *("from_envvar", r"env(?<![\w.]env)[(.]", r"Env(?<!\wEnv)\(", r"BaseSettings\b"),
)
"""What stands in a module that reads variables; ``dj_database_url.config(`` is among it."""
_READERS = frozenset({"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault"})
_METHODS = frozenset(
    {
        *(
            "str",
            "int",
            "bool",
            "float",
            "list",
            "dict",
            "json",
            "url",
            "path",
            "tuple",
            "db",
            "db_url",
            "cache",
            "email",
        ),
        *("cache_url", "email_url", "decimal", "date", "datetime", "timedelta", "uuid", "log_level", "enum", "unicode"),
        *("dj_db_url", "dj_email_url", "dj_cache_url", "list_int", "bytes", "search_url", "channels"),
    }
)
"""What ``Env`` objects of environs and django-environ are asked for."""

_USUAL = {"db": "DATABASE_URL", "cache": "CACHE_URL", "email": "EMAIL_URL"}
"""Method → the variable that it reads if it is given none."""


def variables(project: Project) -> list[Variable]:
    """Return the variables that the project reads, in the order of their first use; required wins over optional."""
    found: dict[str, Variable] = {}
    classes = _settings_classes(project)
    words = "|".join((*_WORDS, *(rf"\({re.escape(name)}\b" for name in sorted(classes))))
    own = [path for path in project.modules.paths if not _is_aside(project, path)]
    for module in project.modules.matching(re.compile(words.encode()), own):
        for each in _in_module(project, module, classes):
            known = found.get(each.name)
            if known is None or _is_stronger(each, known):
                found[each.name] = each
    for one in own_readers.read(project, own):
        if one.name not in found or (one.is_required and not found[one.name].is_required):
            found[one.name] = Variable(
                name=one.name,
                origin=one.origin,
                is_required=one.is_required,
                default=_text(one.default),
                has_default=one.has_default,
            )
    return list(found.values())


def _is_stronger(one: Variable, other: Variable) -> bool:
    """Tell whether one place needs a variable more than another one does."""
    if one.is_required != other.is_required:
        return one.is_required
    return other.has_default and other.default is None and not one.has_default and not other.is_optional


_ASKED = re.compile(r"\$(?:\{([A-Z][A-Z0-9_]*)\}|([A-Z][A-Z0-9_]*))")


def asked(programs: Iterable[Program]) -> list[Variable]:
    """Return the variables that commands have in them, and that nothing says the value of."""
    return [
        Variable(name=match[1] or match[2], origin=each.command.origin, is_required=True)
        for each in programs
        for match in _ASKED.finditer(str(each.command.value))
        if (match[1] or match[2]) not in each.env
    ]


ASIDE = frozenset({"bin", "commands"})
"""Folders of programs for developers, among them Django's commands: what they read, the app does not need."""


def _is_aside(project: Project, path: str) -> bool:
    return project.modules.is_side(path) or not ASIDE.isdisjoint(path.split("/")[:-1])


def _settings_classes(project: Project) -> frozenset[str]:
    """Return the names of the classes of pydantic's settings, those that derive from the project's own too."""
    known = {"BaseSettings"}
    modules = {module.path: module for module in project.modules.mentioning("BaseSettings")}
    while True:
        new = {
            node.name
            for module in modules.values()
            for node in nodes(module.tree, ast.ClassDef)
            if any(name_of(base).rpartition(".")[2] in known for base in node.bases)
        }
        if new <= known:
            return frozenset(known)
        words = [f"({name}" for name in new - known]
        modules |= {module.path: module for module in project.modules.mentioning(*words)}
        known |= new


def _in_module(project: Project, module: Module, classes: frozenset[str]) -> Iterator[Variable]:
    how = readers(project, module)
    found = list(_read(module, how.names, how.objects, classes))
    perhaps, asked = _conditional(module.tree) if found else ([], [])
    musts = insisted(module.tree) if found else frozenset()
    for each, node in found:
        if node in musts and not each.default:
            yield replace(each, is_required=True, has_default=False)
        elif each.name in how.defaults or _is_in(node, perhaps if each.is_required else [*perhaps, *asked]):
            yield replace(each, is_required=False, has_default=True)
        else:
            yield each


def _conditional(tree: ast.Module) -> tuple[list[ast.AST], list[ast.AST]]:
    """Return the nodes that run only if something holds, and those that are asked whether there is something."""
    perhaps: list[ast.AST] = []
    asked: list[ast.AST] = []
    for node in walk(tree):
        match node:
            case ast.If(test=test, body=body, orelse=other) if not is_main(test):
                perhaps += [*body, *other]
                asked.append(test)
            case ast.Try(body=body, handlers=[_, *_] as handlers):
                perhaps += [*body, *handlers]
            case ast.IfExp(test=test, body=one, orelse=two):
                perhaps += [one, two]
                asked.append(test)
            case ast.BoolOp(values=[first, *later]):
                perhaps += later
                asked.append(first)
            case _:
                pass
    return perhaps, asked


def _is_in(node: ast.AST, parts: list[ast.AST]) -> bool:
    """Tell whether a node is one of ``parts`` or in one, by where they stand."""
    start, end = _span(node)
    return any(first <= start and end <= last for first, last in map(_span, parts))


def _span(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    place = vars(node)
    return (place["lineno"], place["col_offset"]), (place["end_lineno"], place["end_col_offset"])


def _read(
    module: Module, names: dict[str, str], objects: frozenset[str], classes: frozenset[str]
) -> Iterator[tuple[Variable, ast.AST]]:
    for node in nodes(module.tree, ast.Subscript, ast.Call, ast.ClassDef):
        match node:
            case ast.Subscript(value=what, slice=ast.Constant(value=str(name)), ctx=ast.Load()) if (
                meaning(what, names) == "os.environ"
            ):
                yield Variable(name=name, origin=f"{module.path}:{node.lineno}", is_required=True), node
            case ast.Call(func=func):
                yield from ((each, node) for each in _called(module, node, meaning(func, names), objects))
            case ast.ClassDef(bases=bases) if any(name_of(base).rpartition(".")[2] in classes for base in bases):
                own = [each for each in node.body if not _reads(module, each, names, objects)]
                yield from ((each, node) for each in _fields(module, node, own))
            case _:
                pass


def _called(module: Module, call: ast.Call, full: str, objects: frozenset[str]) -> Iterator[Variable]:
    where = f"{module.path}:{call.lineno}"
    first = (
        call.args[0] if call.args else next((each.value for each in call.keywords if each.arg in {"var", "key"}), None)
    )
    name = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    given = call.args[1] if len(call.args) > 1 else None
    given = given or next((each.value for each in call.keywords if each.arg == "default"), None)
    if full in _READERS:
        if name and full != "os.environ.setdefault":
            yield Variable(
                name=name, origin=where, is_required=False, default=_text(given), has_default=not _is_nothing(given)
            )
        return
    if full.endswith(".from_envvar") and name:  # Flask's, of a file with settings
        silent = value(next((each.value for each in call.keywords if each.arg == "silent"), given))
        yield Variable(name=name, origin=where, is_required=not silent, has_default=bool(silent))
        return
    if full == "dj_database_url.config":
        said = next((each.value for each in call.keywords if each.arg == "env"), first)
        yield Variable(
            name=said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else "DATABASE_URL",
            origin=where,
            is_required=False,
            default=_text(given),
            has_default=not _is_nothing(given),
        )
        return
    reader, _, method = _source(call).rpartition(".")
    is_reader = (method in objects and not reader) or (reader in objects and method in _METHODS)
    is_reader = is_reader or full == "decouple.config"
    cast = next((name_of(each.value) for each in call.keywords if each.arg == "cast"), "")
    if is_reader and (name or method in _USUAL):
        yield Variable(
            name=name or _USUAL[method],
            origin=where,
            is_required=given is None,
            default=_text(given) if given else None,
            has_default=given is not None,
            is_text=method not in _NO_TEXTS and cast not in _NO_TEXTS,
        )


_NO_TEXTS = frozenset({"int", "bool", "float", "decimal", "date", "datetime", "timedelta", "log_level"})


def _is_nothing(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _source(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            return f"{name}.{attr}"
        case _:
            return ""


def _text(node: ast.expr | None) -> str | None:
    """Return a default as text; ``None`` if there is none."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return None
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)


def _reads(module: Module, field: ast.stmt, names: dict[str, str], objects: frozenset[str]) -> bool:
    """Tell whether a field gets its value from a variable of another name, as ``HOST: str = config("DB_HOST")``."""
    match field:
        case ast.AnnAssign(value=ast.Subscript(value=what)):
            return meaning(what, names) == "os.environ"
        case ast.AnnAssign(value=ast.Call(func=func) as call):
            return any(_called(module, call, meaning(func, names), objects))
        case _:
            return False


def _fields(module: Module, node: ast.ClassDef, body: list[ast.stmt]) -> Iterator[Variable]:
    """Yield the fields of pydantic's settings: without a default they are required."""
    prefix = _prefix(node)
    for each in body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), value=given) if name != "model_config" and (
                "ClassVar" not in ast.unparse(each.annotation)
            ):
                alias, default, is_required = _field(given)
                said = ast.unparse(each.annotation)
                optional = "None" in said and given is not None
                yield Variable(
                    name=(alias or f"{prefix}{name}").upper(),
                    origin=f"{module.path}:{each.lineno}",
                    is_required=is_required and not optional,
                    default=default,
                    has_default=not is_required or optional,
                    is_text=_NUMBER.search(said) is None,
                )
            case _:
                pass


_NUMBER = re.compile(r"\b(?:int|float|bool|Decimal|timedelta|PositiveInt|conint)\b")


def _field(given: ast.expr | None) -> tuple[str, str | None, bool]:
    """Return alias, default, and whether a value is required, of what a field is set to."""
    if given is None:
        return "", None, True
    if not (isinstance(given, ast.Call) and ast.unparse(given.func).rpartition(".")[2] == "Field"):
        return "", _text(given), False
    keys = {each.arg: each.value for each in given.keywords}
    first: Any = given.args[0] if given.args else keys.get("default")
    alias = next((_text(keys[key]) or "" for key in ("validation_alias", "env", "alias") if key in keys), "")
    if isinstance(first, ast.Constant) and first.value is ...:
        return alias, None, True
    factory = keys.get("default_factory")
    return alias, _text(first or factory), first is None and factory is None


def _prefix(node: ast.ClassDef) -> str:
    for each in ast.walk(node):
        match each:
            case ast.keyword(arg="env_prefix", value=ast.Constant(value=str(prefix))):
                return prefix
            case ast.Assign(targets=[ast.Name(id="env_prefix")], value=ast.Constant(value=str(prefix))):
                return prefix
            case _:
                pass
    return ""
