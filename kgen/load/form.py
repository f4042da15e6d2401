"""What pydantic found, in our words and at our places (KG20)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kgen import addresses, judgement, prometheus, scalars, spec
from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.discretion import is_variable_of_secret
from kgen.load.shape import Shape, shape_of
from kgen.model import build, providers, routing
from kgen.model.app import App
from kgen.record import replace
from kgen.source import Node, plain
from kgen.spec import NotYet, Spec
from kgen.words import listed, nearest, suggestion

MISSING = Rule(code="KG2001", name="missing-field", explain="A field that has no default must be given.")
UNKNOWN = Rule(
    code="KG2002", name="unknown-field", explain="A key that nobody reads is nearly always a typing mistake."
)
WRONG_TYPE = Rule(code="KG2003", name="wrong-type", explain="The field takes another kind of value.")
NOT_ALLOWED = Rule(code="KG2004", name="value-not-allowed", explain="The field takes one of a few words.")
OUT_OF_RANGE = Rule(code="KG2005", name="out-of-range", explain="The number is too small or too large.")
RULES = (
    MISSING, UNKNOWN, WRONG_TYPE, NOT_ALLOWED, OUT_OF_RANGE, spec.CHOOSE_ONE, spec.SECRET_WITH_VALUE, *scalars.RULES,
    *judgement.RULES, *providers.RULES, *build.RULES, *addresses.RULES, *prometheus.RULES,
    *routing.RULES,
)  # fmt: skip

S = TypeVar("S", bound=Spec)

_BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}
_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "`true` or `false`",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
}
_BOUNDS = {"greater_than_equal": ("ge", "at least"), "less_than_equal": ("le", "at most")}
_MAX_SHOWN = 40
_ROUNDS = 5
"""A port without a number, a component without a port…: deeper than anything in the model."""


def made(model: type[S], root: Node) -> tuple[S | None, list[Diagnostic]]:
    """Return what ``root`` says, as ``model``, or why it cannot be."""
    data = plain(root)
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, list(findings(error, data, model, root))


def findings(error: ValidationError, data: Any, model: type[Spec], root: Node) -> Iterator[Diagnostic]:
    """Yield every fault of ``data``, which was made from ``root``, where it was written."""
    details = error.errors(include_url=False)
    unknown = [_path(each, data)[0] for each in details if each["type"] == "extra_forbidden"]
    for detail in details:
        path, on_key = _path(detail, data)
        if detail["type"] == "missing" and _is_misspelt((*path, detail["loc"][-1]), unknown):
            continue  # the misspelt key says so already
        finding = _finding(detail, path, on_key, model, root)
        yield _without_value(finding, detail["input"]) if _may_be_secret(model, path) else finding


def _may_be_secret(model: type[Spec], path: Path) -> bool:
    """Tell whether ``path`` is where secrets are named, so that somebody may have put their values there."""
    return model is App and (path[:1] == ("secrets",) or is_variable_of_secret(path))


def _without_value(diagnostic: Diagnostic, value: Any) -> Diagnostic:
    """Return ``diagnostic`` without ``value``, which it is about, and without the line that holds it."""
    is_scalar = isinstance(value, str | int | float) and value != ""
    shown = {str(value), _shown(value), f"{str(value)[:20]}…"} if is_scalar else set()
    message, way_out = diagnostic.message, diagnostic.help
    for text in sorted(shown, key=len, reverse=True):
        message, way_out = message.replace(text, "…"), way_out.replace(text, "…")
    return replace(diagnostic, message=message, help=way_out, is_confidential=True)


def remnant(model: type[Spec], root: Node) -> tuple[Node, tuple[Path, ...]]:
    """
    Return ``root`` without the values that ``model`` refuses, and their paths.

    What lacks a field goes whole, and may leave something that lacks one in turn.
    """
    gone: list[Path] = []
    for _ in range(_ROUNDS):
        data = plain(root)
        try:
            model.model_validate(data)
        except ValidationError as error:
            # the last items of a list first, so that the others keep their places
            paths = dict.fromkeys(_path(detail, data)[0] for detail in reversed(error.errors(include_url=False)))
            for path in sorted(paths, key=len, reverse=True):
                root = _without(root, path)
            gone += paths
        else:
            break
    return root, tuple(gone)


def _without(node: Node, path: Path) -> Node:
    match node.value, path:
        case dict() as items, (str() as key, *rest) if key in items:
            kept = {name: item for name, item in items.items() if rest or name != key}
            made: dict[str, Node] = kept | ({key: _without(items[key], tuple(rest))} if rest else {})
            return Node(made, node.at, node.text, node.file)
        case tuple() as items, (int() as index, *rest) if index < len(items):
            inner = (_without(items[index], tuple(rest)),) if rest else ()
            return Node((*items[:index], *inner, *items[index + 1 :]), node.at, node.text, node.file)
        case _:
            return node


def _is_misspelt(missing: Path, unknown: Sequence[Path]) -> bool:
    """Tell whether a key beside the ``missing`` one was probably meant to be it."""
    beside = [str(path[-1]) for path in unknown if path[:-1] == missing[:-1]]
    return any(nearest(word, [str(missing[-1])]) for word in beside)


def _path(detail: ErrorDetails, data: Any) -> tuple[Path, bool]:
    """Drop from pydantic's location what is not in the data: tags of unions, ``[key]``, the missing field itself."""
    path: list[str | int] = []
    for step in detail["loc"]:
        is_item = isinstance(data, tuple) and isinstance(step, int)
        if is_item or (isinstance(data, dict) and step in data):
            path.append(step)
            data = data[step]
    return tuple(path), detail["loc"][-1] == "[key]"


def _finding(detail: ErrorDetails, path: Path, on_key: bool, model: type[Spec], root: Node) -> Diagnostic:  # noqa: FBT001
    kind, context = detail["type"], detail.get("ctx", {})
    name, value = str(detail["loc"][-1]), detail["input"]
    of_key = on_key or kind in {"missing", "extra_forbidden", spec.SECRET_WITH_VALUE.name}
    at = place(root, path, on="key" if of_key else "value")
    if rule := _BY_NAME.get(kind):
        return Diagnostic(rule=rule, message=context["message"], at=at, help=context["help"])
    if kind == "missing":
        return _missing(name, path, at, model)
    if kind == "extra_forbidden":
        allowed = _fields(model, path[:-1])
        return Diagnostic(
            rule=UNKNOWN,
            message=f"there is no field `{name}` here",
            at=at,
            help=suggestion(name, allowed, "fields here"),
        )
    if kind == "literal_error":
        every = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        later = _unsupported(model, path)
        allowed = [word for word in every if word not in later]
        message = f"`{_shown(value)}` is not allowed here"
        return Diagnostic(rule=NOT_ALLOWED, message=message, at=at, help=suggestion(str(value), allowed))
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        message = f"`{value}` is out of range: {words} {context[key]}"
        return Diagnostic(rule=OUT_OF_RANGE, message=message, at=at)
    return _wrong_type(_EXPECTED.get(kind, "another value"), value, at, path, model)


def _missing(name: str, path: Path, at: Label, model: type[Spec]) -> Diagnostic:
    words = _choices(model, (*path, name))
    way_out = f"add `{name}`: one of " + listed(words) if words else f"add `{name}`"
    if name == "apiVersion":
        way_out = "start the file with `apiVersion: kgen/v1`"
    if "environments" in at.path and name == "type":
        way_out = "the base has no such component to change: check the name, or give the new one a `type`"
    where = f" in `{path[-1]}`" if path else ""
    return Diagnostic(rule=MISSING, message=f"`{name}` is missing{where}", at=at, help=way_out)


def _wrong_type(expected: str, value: Any, at: Label, path: Path, model: type[Spec]) -> Diagnostic:
    match expected, value:
        case "a whole number", str() if value.isdecimal():
            way_out = f"write it without quotes: `{value}`"
        case "a whole number", _:
            way_out = "write digits only, as `3`"
        case "a list", str():
            way_out = f"write it as `[{value}]`" if value else "write it as `[]`"
        case "a list", _:
            way_out = "start each item on a line of its own with `- `"
        case "a mapping", _:
            fields = f", as {listed(list(_shape_at(model, path).fields)[:4])}" if _shape_at(model, path).fields else ""
            way_out = f"write its fields below it{fields}"
        case "`true` or `false`", str():
            way_out = f"write one of the two words; to YAML 1.2, `{_shown(value)}` is a text"
        case "a text", None:
            way_out = 'write `""` for an empty text'
        case _:
            way_out = ""
    message = f"expected {expected}, found {_described(value)}"
    return Diagnostic(rule=WRONG_TYPE, message=message, at=at, help=way_out)


def _described(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case tuple():
            return "a list"
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f"the text `{_shown(value)}`" if value else "an empty text"
        case _:
            return f"the number `{value}`"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"


def place(root: Node, path: Path, *, on: str = "value") -> Label:
    """Return where the value at ``path`` of the merged data was written; its parent if it was written nowhere."""
    node = root
    for depth, step in enumerate(path):
        inner = node.value
        found = inner.get(step) if isinstance(inner, dict) and isinstance(step, str) else None
        if isinstance(inner, tuple) and isinstance(step, int) and step < len(inner):
            found = inner[step]
        if found is None:
            whole = isinstance(node.value, dict | tuple) and depth > 0
            return Label(node.at, on="key" if whole else "value", file=node.file)
        node = found
    return Label(node.at, on="key" if on == "key" else "value", file=node.file)


def _shape_at(model: type[Spec], path: Path) -> Shape:
    shape = shape_of(model)
    for step in path:
        shape = (shape.item or shape) if isinstance(step, int) else shape.child(step)
    return shape


def _fields(model: type[Spec], path: Path) -> list[str]:
    return list(_shape_at(model, path).fields)


def _choices(model: type[Spec], path: Path) -> list[str]:
    """Return the words that the missing field at ``path`` takes, if it takes only some."""
    spec = _shape_at(model, path[:-1]).spec
    info = next((info for info in (spec.model_fields.values() if spec else ()) if info.alias == path[-1]), None)
    words = [word for word in get_args(info.annotation) if isinstance(word, str)] if info else []
    return [word for word in words if word not in _unsupported(model, path)]


def _unsupported(model: type[Spec], path: Path) -> tuple[str, ...]:
    """Return the words at ``path`` that are not supported yet: nobody should be sent there."""
    marks = _shape_at(model, path).marks
    return tuple(word for mark in marks if isinstance(mark, NotYet) for word in mark.values)
