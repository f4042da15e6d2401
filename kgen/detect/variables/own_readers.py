"""Functions of the project's own that read the environment variable that they are given the name of."""

import ast
import re
from collections.abc import Iterator, Mapping

from kgen.detect.project import Project
from kgen.detect.source.syntax import imported, meaning, name_of, nodes
from kgen.detect.source.values import keyword
from kgen.detect.source.words import sought
from kgen.record import dataclass

_READING = re.compile(rb"(?:getenv|environ\.get|config)\(\s*(?:key\s*=\s*)?[a-z_]\w*\s*[,)]|environ\[\s*[a-z_]\w*\s*\]")
"""What stands in such a function, and hardly anywhere else."""

_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A call of such a function."""

    name: str
    origin: str
    is_required: bool
    default: ast.expr | None
    has_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Such a function."""

    place: int
    """Which of its arguments is the name."""

    called: str
    """What that argument is called."""

    is_strict: bool
    """Whether it fails if there is no such variable, and no default is given."""

    has_default: bool
    """Whether it has a default itself."""


def read(project: Project, own: list[str]) -> Iterator[Read]:
    """Yield what the modules ``own`` read by such functions."""
    known = _known(project, own)
    if not known:
        return
    calls = sought(*(f"{name}(" for name in sorted(known)))
    for module in project.modules.those(project.modules.telling(calls, own), calls):
        for call in nodes(module.tree, ast.Call):
            name = name_of(call.func).rpartition(".")[2]
            reader = known.get(name)
            given = _given(call, reader) if reader else None
            if reader and isinstance(given, ast.Constant) and _NAME.fullmatch(str(given.value)):
                rest = call.args[reader.place + 1] if len(call.args) > reader.place + 1 else None
                default = keyword(call, "default", "fallback") or rest
                yield Read(
                    name=str(given.value),
                    origin=f"{module.path}:{call.lineno}",
                    is_required=reader.is_strict and default is None,
                    default=default,
                    has_default=default is not None or reader.has_default,
                )


def _given(call: ast.Call, reader: _Reader) -> ast.expr | None:
    """Return what a call gives such a function as the name, by place or by keyword."""
    return call.args[reader.place] if len(call.args) > reader.place else keyword(call, reader.called)


def _known(project: Project, own: list[str]) -> Mapping[str, _Reader]:
    """Return name → how it reads, of such functions, and of those beside them that only pass the name on."""
    found: dict[str, _Reader] = {}
    functions: list[ast.FunctionDef] = []
    tree, modules = project.tree, project.modules
    words = (b"environ", b"getenv", b"decouple")
    likely = [path for path in own if tree.mentions(path, words) and tree.matches(path, _READING)]
    for module in modules.those(likely, ((b"", _READING),)):
        names = imported(module.tree)
        found |= {each.name: reader for each in nodes(module.tree, ast.FunctionDef) if (reader := _reader(each, names))}
    if found:
        calling = sought(*(f"{name}(" for name in sorted(found)))
        functions = [node for each in modules.those(likely, calling) for node in nodes(each.tree, ast.FunctionDef)]
    passing = {each.name: reader for each in functions if (reader := _passing(each, found))}
    return {**passing, **found}


def _passing(function: ast.FunctionDef, known: Mapping[str, _Reader]) -> _Reader | None:
    given = [each.arg for each in function.args.args]
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keys) if name in known and name != function.name:
                passed = [each.id for each in (*args, *(key.value for key in keys)) if isinstance(each, ast.Name)]
                if passed and passed[0] in given:
                    return _Reader(
                        place=given.index(passed[0]),
                        called=passed[0],
                        is_strict=known[name].is_strict,
                        has_default=_has_default(function),
                    )
            case _:
                pass
    return None


def _reader(function: ast.FunctionDef, names: dict[str, str]) -> _Reader | None:
    """Return how a function reads a variable whose name it is given; ``None`` if it does not."""
    given = [each.arg for each in function.args.args if each.arg not in {"self", "cls"}]
    inner = list(ast.walk(function))
    for node in inner:
        match node:
            case (
                ast.Call(func=func, args=[ast.Name(id=name), *more])
                | ast.Call(func=func, args=[], keywords=[ast.keyword(arg="key", value=ast.Name(id=name)), *more])
            ) if name in given:
                full = meaning(func, names)
                if full not in {"os.getenv", "os.environ.get", "decouple.config"}:
                    continue
                raises = full == "decouple.config" or any(isinstance(each, ast.Raise) for each in inner)
                is_strict = not more and raises
            case ast.Subscript(value=what, slice=ast.Name(id=name)) if name in given:
                if meaning(what, names) != "os.environ":
                    continue
                asked = any(isinstance(each, ast.Compare | ast.Try) for each in inner)
                is_strict = not asked or any(isinstance(each, ast.Raise) for each in inner)
            case _:
                continue
        is_strict = is_strict and not function.args.defaults
        place = given.index(name)
        return _Reader(place=place, called=name, is_strict=is_strict, has_default=_has_default(function))
    return None


def _has_default(function: ast.FunctionDef) -> bool:
    """Tell whether a function says what a variable is otherwise, and not only that it may be missing."""
    return any(not (isinstance(each, ast.Constant) and each.value is None) for each in function.args.defaults)
