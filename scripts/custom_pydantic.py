"""
Schemas of custom resources from packages of pydantic models (PyPI: ``cloudcoil-models-*``).

The modules are read, never run: class bodies say which fields there are, of which type, and with which bounds.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

PRESERVE = "x-kubernetes-preserve-unknown-fields"
INT_OR_STRING = "x-kubernetes-int-or-string"
_PLAIN: Mapping[str, Schema] = {
    "Any": {PRESERVE: True},
    "AwareDatetime": {"type": "string", "format": "date-time"},
    "Base64Str": {"type": "string", "format": "byte"},
    "ObjectMeta": {"type": "object"},
    "bool": {"type": "boolean"},
    "float": {"type": "number"},
    "int": {"type": "integer"},
    "str": {"type": "string"},
}
_BOUNDS: Mapping[str, Mapping[str, str]] = {
    "ge": dict.fromkeys(("integer", "number"), "minimum"),
    "le": dict.fromkeys(("integer", "number"), "maximum"),
    "min_length": {"string": "minLength", "array": "minItems", "object": "minProperties"},
    "max_length": {"string": "maxLength", "array": "maxItems", "object": "maxProperties"},
    "pattern": {"string": "pattern", "": "pattern"},
}
"""Argument of ``Field`` → type → keyword. What is an integer or a string has no type."""


class Module:
    """One module of models."""

    def __init__(self, text: str) -> None:
        self._classes = {each.name: each for each in ast.parse(text).body if isinstance(each, ast.ClassDef)}
        self._made: dict[str, Schema] = {}

    def schema(self, kind: str) -> tuple[Schema, bool]:
        """Return the schema of a kind, and whether its objects live in a namespace."""
        scope = "Namespaced"
        for each in self._classes[kind].body:
            if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) == "__cloudcoil_api__" and each.value:
                scope = ast.literal_eval(each.value)["scope"]
        return self._model(kind), scope == "Namespaced"

    def _model(self, name: str) -> Schema:
        if name not in self._made:
            self._made[name] = self._of_class(self._classes[name])
        return self._made[name]

    def _of_class(self, model: ast.ClassDef) -> Schema:
        for base in model.bases:
            if isinstance(base, ast.Subscript) and ast.unparse(base.value) == "RootModel":
                return self._root(model, base)
        properties: dict[str, Schema] = {}
        required: list[str] = []
        for target, annotation, value in _fields(model):
            name, schema = self._alias(target, annotation), self._type(annotation)
            properties[name] = schema
            if value is None:
                required.append(name)
            elif not _is_nothing(value):
                schema["default"] = ast.literal_eval(value)
        made: Schema = {"type": "object", "properties": properties}
        if required:
            made["required"] = sorted(required)
        if not properties or _is_open(model):
            made[PRESERVE] = True
        return made

    def _root(self, model: ast.ClassDef, base: ast.Subscript) -> Schema:
        """Return the schema of a model that is a single value."""
        for target, annotation, _ in _fields(model):
            if target == "root":
                return self._type(annotation)
        return self._type(base.slice)

    def _alias(self, target: str, annotation: ast.expr) -> str:
        for argument in _field_arguments(annotation):
            if argument.arg == "alias":
                return str(ast.literal_eval(argument.value))
        return target

    def _type(self, node: ast.expr) -> Schema:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._type(ast.parse(node.value, mode="eval").body)
        if isinstance(node, ast.BinOp):
            return _either([self._type(each) for each in _members(node)])
        if isinstance(node, ast.Subscript):
            return self._generic(ast.unparse(node.value), node.slice)
        name = ast.unparse(node)
        if name in self._classes:
            return dict(self._model(name))
        return dict(_PLAIN[name])

    def _generic(self, name: str, of: ast.expr) -> Schema:
        inner = of.elts if isinstance(of, ast.Tuple) else [of]
        if name == "list":
            return {"type": "array", "items": self._type(inner[0])}
        if name == "dict":
            values = self._type(inner[1])
            # values of any type are written like mappings
            return values if values == {PRESERVE: True} else {"type": "object", "additionalProperties": values}
        if name == "Literal":
            return {"type": "string", "enum": [ast.literal_eval(each) for each in inner]}
        if name == "Annotated":
            return _bounded(self._type(inner[0]), inner[1:])
        message = f"type {name!r} is new"
        raise SystemExit(message)


def _fields(model: ast.ClassDef) -> Iterator[tuple[str, ast.expr, ast.expr | None]]:
    for each in model.body:
        if isinstance(each, ast.AnnAssign):
            target = ast.unparse(each.target)
            if target != "model_config" and "ClassVar" not in ast.unparse(each.annotation):
                yield target, each.annotation, each.value


def _is_open(model: ast.ClassDef) -> bool:
    settings = [ast.unparse(each) for each in model.body if isinstance(each, ast.Assign)]
    return any("model_config" in each and "extra='allow'" in each for each in settings)


def _is_nothing(value: ast.expr) -> bool:
    return ast.unparse(value) in {"None", "UNSET"}


def _members(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        yield from _members(node.left)
        yield from _members(node.right)
    elif ast.unparse(node) != "None":
        yield node


def _either(members: list[Schema]) -> Schema:
    if len(members) == 1:
        return members[0]
    if {each.get("type") for each in members} == {"integer", "string"}:
        bounds = {key: value for each in members for key, value in each.items() if key == "pattern"}
        return {INT_OR_STRING: True, **bounds}
    return {PRESERVE: True}


def _field_arguments(annotation: ast.expr) -> Iterator[ast.keyword]:
    """Yield the arguments of the outermost ``Field``."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Annotated":
        _, *facts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        for fact in facts:
            if isinstance(fact, ast.Call) and ast.unparse(fact.func) == "Field":
                yield from fact.keywords


def _bounded(schema: Schema, facts: list[ast.expr]) -> Schema:
    for fact in facts:
        for argument in fact.keywords if isinstance(fact, ast.Call) else ():
            if argument.arg and argument.arg != "alias":
                keyword = _BOUNDS[argument.arg].get(schema.get("type", ""))
                if keyword:  # a pattern of an integer is that of the text which may stand in its place
                    schema[keyword] = ast.literal_eval(argument.value)
    return schema
