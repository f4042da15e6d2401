"""Which environment variables the project's code reads, and which of them it cannot do without."""

import ast
import re
from collections.abc import Container, Iterable, Iterator

from kgen.detect.found import Program
from kgen.detect.project import Project
from kgen.detect.source.syntax import Module, meaning, name_of, nodes, walk
from kgen.detect.source.values import constants, is_main, value
from kgen.detect.source.words import Sought, sought
from kgen.detect.variables import looped, own_readers
from kgen.detect.variables.either import only_ways
from kgen.detect.variables.insisted import STARTING, insisted, listed, reraises, used_at_once
from kgen.detect.variables.readers import readers
from kgen.detect.variables.settings_classes import classes as classes_of
from kgen.detect.variables.settings_classes import fields
from kgen.detect.variables.variable import Variable, as_text
from kgen.record import replace

_READING: Sought = (
    *(
        (mark, re.compile(pattern))
        for mark, pattern in (
            (b"environ\n", rb"environ\b"),
            (b"\nconfig\n", rb"config(?<![\w.]config)\("),
            (b"\nConfig\n", rb"Config(?<!\wConfig)\("),
            (b"\nenv\n", rb"env(?<![\w.]env)[(.]"),
            (b"\nEnv\n", rb"Env(?<!\wEnv)\("),
        )
    ),
    *sought("getenv", "decouple.config", "dj_database_url", "from_envvar"),
)
"""What stands in a module that reads variables, but for those of settings classes."""

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
    classes = classes_of(project)
    named = ((name.encode(), re.compile(rf"\({re.escape(name)}\b".encode())) for name in sorted(classes))
    reading = (*_READING, *sought("BaseSettings"), *named)
    own = [path for path in project.modules.paths if not _is_aside(project, path)]
    for module in project.modules.those(project.modules.telling(reading, own), (*reading, *STARTING)):
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
                default=as_text(one.default),
                has_default=one.has_default,
            )
    own_names = _given(project, own)
    return [
        replace(each, is_required=False, has_default=True) if each.name in own_names else each
        for each in found.values()
    ]


_GIVEN = re.compile(rb"""\benviron\[\s*["'](\w+)["']\s*\]\s*=(?!=)([^\n]*)""")


def _given(project: Project, paths: Iterable[str]) -> frozenset[str]:
    """Return the variables that the source sets itself, for others of its modules to read."""
    there = project.modules.having("environ[", among=paths)
    found = (pair for path in there for pair in _GIVEN.findall(project.tree.content(path)))
    return frozenset(name.decode() for name, said in found if name not in said)  # which would read it


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


ASIDE = frozenset({"bin", "commands", "release", "packaging", "ci"})
"""Folders of programs for developers, among them Django's commands: what they read, the app does not need."""


def _is_aside(project: Project, path: str) -> bool:
    return project.modules.is_side(path) or not ASIDE.isdisjoint(path.split("/")[:-1])


def _in_module(project: Project, module: Module, classes: frozenset[str]) -> Iterator[Variable]:
    how = readers(project, module)
    in_loops = list(looped.read(module, how.names))
    must = listed(module.tree) if in_loops else frozenset()
    for one in in_loops:
        yield replace(one, is_required=True, default=None, has_default=False) if one.name in must else one
    found = list(_prefixed(module, _read(project, module, how.names, how.objects, classes)))
    if not found:
        return
    always = only_ways(project, module)
    perhaps, asked = _conditional(module.tree, always)
    at_once = used_at_once(module.tree, always)
    musts, names, own = insisted(module.tree), listed(module.tree), _set(module, how.names)
    spared, switches = _spared(module, how.names), _switches(module)
    for each, node in ((replace(one, is_text=False) if node in switches else one, node) for one, node in found):
        if each.name in own:
            continue
        if each.name in names or (node in musts and not each.default) or (node in at_once and not each.has_default):
            yield replace(each, is_required=True, has_default=False)
        elif (
            each.name in how.defaults
            or each.name in spared
            or _is_in(node, perhaps if each.is_required else [*perhaps, *asked])
        ):
            yield replace(each, is_required=False, has_default=True)
        else:
            yield each


def _prefixed(module: Module, found: Iterable[tuple[Variable, ast.AST]]) -> Iterator[tuple[Variable, ast.AST]]:
    """Yield what is found with the names that it has in ``with env.prefixed("SHOP_")``, as environs reads it."""
    blocks: list[tuple[ast.With, str, str]] = []
    for within in nodes(module.tree, ast.With):
        for item in within.items:
            match item.context_expr:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="prefixed"),
                    args=[ast.Constant(value=str(prefix)), *_],
                ):
                    blocks.append((within, name, prefix))
                case _:
                    pass
    blocks.sort(key=lambda each: _span(each[0]))  # the outer ones first
    for one, node in found:
        reader = _source(node).partition(".")[0] if isinstance(node, ast.Call) else ""
        before = "".join(prefix for block, name, prefix in blocks if name == reader and _is_in(node, [block]))
        yield (replace(one, name=before + one.name) if before else one), node


def _set(module: Module, names: dict[str, str]) -> frozenset[str]:
    """Return the variables that a module itself gives a value, whatever they were before."""
    return frozenset(
        target.slice.value
        for node in module.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript)
        and meaning(target.value, names) == "os.environ"
        and isinstance(target.slice, ast.Constant)
        and isinstance(target.slice.value, str)
        and target.slice.value not in ast.unparse(node.value)  # which would read it
    )


def _switches(module: Module) -> frozenset[ast.AST]:
    """Return what a module makes a switch of: ``as_bool(os.environ.get("USE_TOKEN") or "no")``."""
    makers = (call for call in nodes(module.tree, ast.Call) if "bool" in name_of(call.func).lower())
    return frozenset(each for call in makers for given in call.args for each in ast.walk(given))


def _spared(module: Module, names: dict[str, str]) -> frozenset[str]:
    """Return the variables without which a function leaves something out: ``if "KEY" not in os.environ: return []``."""
    found = set()
    for node in nodes(module.tree, ast.If):
        match node:
            case ast.If(
                test=ast.Compare(left=left, ops=[ast.NotIn()], comparators=[where]), body=[*_, ast.Return()]
            ) if meaning(where, names) == "os.environ":
                found.add(_named(module, left))
            case _:
                pass
    return frozenset(found)


def _conditional(tree: ast.Module, always: Container[ast.If]) -> tuple[list[ast.AST], list[ast.AST]]:
    """
    Return the nodes that run only if something holds, and those that are asked whether there is something.

    Args:
        tree: A module.
        always: What holds whenever the program runs.
    """
    perhaps: list[ast.AST] = []
    asked: list[ast.AST] = []
    for node in walk(tree):
        match node:
            case ast.If(body=body, orelse=other) if node in always:
                perhaps += other
            case ast.If(test=test, body=body, orelse=other) if not is_main(test):
                perhaps += [*body, *other]
                asked.append(test)
            case ast.Try(body=body, handlers=[_, *_] as handlers) if not reraises(handlers):
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
    project: Project, module: Module, names: dict[str, str], objects: frozenset[str], classes: frozenset[str]
) -> Iterator[tuple[Variable, ast.AST]]:
    for node in nodes(module.tree, ast.Subscript, ast.Call, ast.ClassDef):
        match node:
            case ast.Subscript(value=what, slice=ast.Constant(value=str(name)), ctx=ast.Load()) if (
                meaning(what, names) == "os.environ"
            ):
                yield Variable(name=name, origin=f"{module.path}:{node.lineno}", is_required=True), node
            case ast.Subscript(value=what, slice=ast.Name() as key, ctx=ast.Load()) if meaning(
                what, names
            ) == "os.environ" and (name := _named(module, key)):
                yield Variable(name=name, origin=f"{module.path}:{node.lineno}", is_required=True), node
            case ast.Call(func=func):
                yield from ((each, node) for each in _called(module, node, meaning(func, names), objects))
            case ast.ClassDef(bases=bases) if any(name_of(base).rpartition(".")[2] in classes for base in bases):
                own = [each for each in node.body if not _reads(module, each, names, objects)]
                is_old = names.get("BaseSettings") in {"pydantic.BaseSettings", "pydantic.v1.BaseSettings"}
                yield from ((each, node) for each in fields(project, module, node, own, is_old=is_old))
            case _:
                pass


def _called(module: Module, call: ast.Call, full: str, objects: frozenset[str]) -> Iterator[Variable]:
    where = f"{module.path}:{call.lineno}"
    first = (
        call.args[0]
        if call.args
        else next((each.value for each in call.keywords if each.arg in {"var", "key", "name"}), None)
    )
    name = _named(module, first) if full in _READERS else _text(first)
    given = call.args[1] if len(call.args) > 1 else None
    given = given or next((each.value for each in call.keywords if each.arg == "default"), None)
    if full in _READERS:
        if name and full != "os.environ.setdefault":
            yield Variable(
                name=name, origin=where, is_required=False, default=as_text(given), has_default=not _is_nothing(given)
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
            default=as_text(given),
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
            default=as_text(given) if given else None,
            has_default=given is not None,
            is_text=method not in _NO_TEXTS and cast not in _NO_TEXTS,
        )


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _named(module: Module, node: ast.expr | None) -> str:
    """Return the name of a variable, which a constant of the module may have: ``LABEL = "LABEL"``."""
    if isinstance(node, ast.Name) and node.id.isupper():
        given = constants(module.tree).get(node.id)
        return given if isinstance(given, str) else ""
    return _text(node)


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


def _reads(module: Module, field: ast.stmt, names: dict[str, str], objects: frozenset[str]) -> bool:
    """Tell whether a field gets its value from a variable of another name, as ``HOST: str = config("DB_HOST")``."""
    match field:
        case ast.AnnAssign(value=ast.Subscript(value=what)):
            return meaning(what, names) == "os.environ"
        case ast.AnnAssign(value=ast.Call(func=func) as call):
            return any(_called(module, call, meaning(func, names), objects))
        case _:
            return False
