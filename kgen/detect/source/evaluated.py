"""What settings come out as in a given environment: the plain Python that they are written in, read and not run."""

import ast
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from kgen.detect.source.syntax import name_of
from kgen.detect.source.values import keyword
from kgen.record import dataclass, field, replace


class Unknown:
    """What cannot be told."""


UNKNOWN: Final = Unknown()

_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})
_TEXT: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "title": str.title,
    "casefold": str.casefold,
    "capitalize": str.capitalize,
}
_COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda one, two: bool(one == two),
    ast.NotEq: lambda one, two: bool(one != two),
    ast.Is: lambda one, two: one is two,
    ast.IsNot: lambda one, two: one is not two,
    ast.In: lambda one, two: one in two,
    ast.NotIn: lambda one, two: one not in two,
}
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "int": int,
    "literal_eval": ast.literal_eval,
    "eval": ast.literal_eval,
    "loads": json.loads,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an expression can ask for."""

    env: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)


def evaluated(node: ast.AST | None, around: Surroundings) -> Any:
    """
    Return what an expression is worth, or ``UNKNOWN``.

    >>> evaluated(ast.parse("os.getenv('DEBUG', '1') == '1'", mode="eval").body, Surroundings())
    True
    """
    made: Any = UNKNOWN
    match node:
        case ast.Constant(value=given):
            made = given
        case ast.Name(id=name):
            made = around.names.get(name, UNKNOWN)
        case ast.Call():
            made = _called(node, around)
        case ast.Subscript(value=what, slice=ast.Constant(value=str(key))) if name_of(what).endswith("environ"):
            made = around.env.get(key, UNKNOWN)
        case ast.BoolOp(op=op, values=values):
            made = _joined(values, around, ends=isinstance(op, ast.Or))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            given = evaluated(inner, around)
            made = given if given is UNKNOWN else not given
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            made = _compared(left, op, right, around)
        case ast.IfExp(test=test, body=one, orelse=two):
            asked = evaluated(test, around)
            made = UNKNOWN if asked is UNKNOWN else evaluated(one if asked else two, around)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            inner_ones = [evaluated(part, around) for part in parts]
            made = UNKNOWN if UNKNOWN in inner_ones else inner_ones
        case _:
            pass
    return made


def _joined(values: Sequence[ast.expr], around: Surroundings, *, ends: bool) -> Any:
    """Return what ``or`` (``ends`` with what is true) or ``and`` of ``values`` is."""
    given: Any = UNKNOWN
    for each in values:
        given = evaluated(each, around)
        if given is UNKNOWN or bool(given) is ends:
            return given
    return given


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr, around: Surroundings) -> Any:
    one = evaluated(left, around)
    two = around.env if name_of(right).endswith("environ") else evaluated(right, around)
    if UNKNOWN in (one, two) or type(op) not in _COMPARED:
        return UNKNOWN
    try:
        return _COMPARED[type(op)](one, two)
    except TypeError:  # `"a" in None`
        return UNKNOWN


def _called(call: ast.Call, around: Surroundings) -> Any:
    full = name_of(call.func)
    name = full.lower().rpartition(".")[2] or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    first = call.args[0] if call.args else keyword(call, "var", "key")
    if reads(full) and isinstance(first, ast.Constant) and isinstance(first.value, str):
        return _variable(call, first.value, around)
    if isinstance(call.func, ast.Attribute) and name in _TEXT:
        given = evaluated(call.func.value, around)
        return _TEXT[name](given) if isinstance(given, str) else UNKNOWN
    return _converted(name, evaluated(first, around)) if first else UNKNOWN


def reads(full: str) -> bool:
    """Tell whether a function reads the environment, by its name: ``os.environ.get``, ``env.bool``, ``config``."""
    name = full.lower()
    return "env" in name or name.rpartition(".")[2] in {"config", "get_secret", "setting"}


def _variable(call: ast.Call, name: str, around: Surroundings) -> Any:
    """Return what reading a variable gives: a text, or what the reader makes of it."""
    full = name_of(call.func)
    given = call.args[1] if len(call.args) > 1 else None
    given = given or keyword(call, "default", "fallback")
    is_plain = full.endswith(("environ.get", "getenv"))
    scheme = around.names.get(full.partition(".")[0])
    known = scheme.get(name, UNKNOWN) if isinstance(scheme, Mapping) else UNKNOWN
    default = evaluated(given, around) if given else None if is_plain else known
    cast = name_of(keyword(call, "cast", "subcast") or ast.Pass())
    is_switch = "bool" in full.lower() or "bool" in cast
    is_switch = is_switch or (isinstance(default, bool) and not is_plain and "config" not in full)
    found: Any = around.env.get(name, default)
    if is_plain or found is UNKNOWN:
        return found
    return _converted("bool " if is_switch else cast, found)


def _converted(name: str, given: Any) -> Any:
    """Return what a function makes of a value; those that speak of switches know words such as ``off``."""
    if given is UNKNOWN:
        return UNKNOWN
    if name == "bool":
        return bool(given)
    if name in _PARSERS:
        try:
            return _PARSERS[name](str(given) if isinstance(given, str) or name != "int" else given)
        except (ValueError, SyntaxError, TypeError):
            return UNKNOWN
    if "bool" in name or "true" in name:
        return given.strip().lower() in _TRUE if isinstance(given, str) else bool(given)
    return given if name in {"", "str"} else UNKNOWN


def run(body: Iterable[ast.stmt], around: Surroundings) -> Surroundings:
    """Return what the names are once ``body`` was run; where it depends on what is not known, they are unknown."""
    names = dict(around.names)
    for node in body:
        here = replace(around, names=names)
        match node:
            case ast.Assign(targets=targets, value=given):
                names |= {each.id: _made(given, here) for each in targets if isinstance(each, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name), value=given) if given:
                names[name] = _made(given, here)
            case ast.If(test=test, body=one, orelse=two):
                asked = evaluated(test, here)
                ways = [one, two] if asked is UNKNOWN else [one if asked else two]
                ends = [run(way, here).names for way in ways]
                names = {
                    name: given if all(end.get(name, UNKNOWN) == given for end in ends) else UNKNOWN
                    for name, given in (pair for end in ends for pair in end.items())
                }
            case ast.Try(body=inner, orelse=more):
                names = dict(run([*inner, *more], here).names)
            case ast.With(body=inner):
                names = dict(run(inner, here).names)
            case _:
                pass
    return replace(around, names=names)


def _made(node: ast.expr, around: Surroundings) -> Any:
    """Return what a name is set to; of an ``Env`` object that it knows defaults, by the variable."""
    match node:
        case ast.Call(func=func, keywords=given) if name_of(func).endswith("Env"):
            pairs = [(each.arg, each.value) for each in given if isinstance(each.value, ast.Tuple)]
            return {name: evaluated(pair.elts[-1], around) for name, pair in pairs}
        case _:
            return evaluated(node, around)
