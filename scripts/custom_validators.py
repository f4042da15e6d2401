"""
Schemas of custom resources from packages of compiled validators (npm: ``@kubernetes-models/*``).

A file holds a function for each schema, compiled by ajv. The functions are read, never run: what they would complain
of says what the schema asks for, and which of them they call for a field says what is in it.

Source: https://ajv.js.org/standalone.html
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from custom_pydantic import INT_OR_STRING, PRESERVE, Schema

_FUNCTION = re.compile(r"function (validate\d+)\(data,\{instancePath=\"\"")
_IMPORT = re.compile(r'import\{validate as (validate\d+)\}from"([^"]+)"')
_CONSTANT = re.compile(r"let (schema\d+_enum)=(\[.*?\]);")
_COMPLAINT = re.compile(r'\{instancePath,schemaPath:"#/(\w+)",keyword:"(\w+)",params:(\{.*?\})\};')
_CALL = re.compile(r"(validate\d+)\(data(?:\.([\w$]+)|\[(\"[^\"]+\"|\w+)\])?,\{instancePath[,:]")
_LIMITS = frozenset(
    {"maxItems", "minItems", "maxLength", "minLength", "maxProperties", "minProperties", "minimum", "maximum"}
)
_CHOICES = frozenset({"anyOf", "oneOf"})
"""Their forms are left out: what users see of them is an integer or a string."""

_FORMATS = frozenset({"", "date-time", "int32", "int64", "byte"})


class Validators:
    """The files of validators in one package."""

    def __init__(
        self,
        text: Callable[[str], str],
        of_kubernetes: Callable[[str], Schema],
        package: Mapping[str, Any],
    ) -> None:
        """
        Args:
            text: Returns the text of the file with a name.
            of_kubernetes: Returns the schema that another package has under a name, which is one of Kubernetes' own.
            package: Names by their type fields that are ``lost``, since ajv takes them for prose, and ``wider`` ones.
        """
        self._text = text
        self._of_kubernetes = of_kubernetes
        self._lost: Mapping[str, Sequence[str]] = package.get("lost", {})
        self._wider: Mapping[str, Sequence[str]] = package.get("wider", {})
        self._made: dict[str, Schema] = {}

    def schema(self, name: str) -> Schema:
        """Return the schema in the file called ``name``."""
        short = name.rpartition("/")[2].removesuffix(".js")
        if not name.startswith("./"):
            return self._of_kubernetes(short)
        if short not in self._made:
            self._made[short] = {PRESERVE: True}  # where it contains itself, everything goes
            self._made[short] = self._corrected(short, self._of_file(self._text(f"_schemas/{short}.js")))
        return self._made[short]

    def _corrected(self, short: str, schema: Schema) -> Schema:
        for corrections, kind in ((self._lost, {"type": "string"}), (self._wider, {INT_OR_STRING: True})):
            for name, fields in corrections.items():
                if short.endswith("1" + name):
                    schema["properties"] |= dict.fromkeys(fields, kind)
        return schema

    def _of_file(self, text: str) -> Schema:
        starts = [*_FUNCTION.finditer(text)]
        ends = [*(each.start() for each in starts[1:]), len(text)]
        bodies = {each[1]: text[each.start() : end] for each, end in zip(starts, ends, strict=True)}
        others = dict(_IMPORT.findall(text))
        constants = {name: json.loads(value) for name, value in _CONSTANT.findall(text)}
        (first,) = re.findall(r"export const validate=(validate\d+)", text)

        def of_function(name: str) -> Schema:
            if name in others:
                return self.schema(others[name])
            return _of_function(bodies[name], of_function, constants)

        return of_function(first)


def _of_function(body: str, other: Callable[[str], Schema], constants: Mapping[str, Any]) -> Schema:
    made, required, is_choice = _own(body, constants)
    properties: dict[str, Schema] = {}
    forms: list[Schema] = []
    for name, field, index in _CALL.findall(body):
        if field or index.startswith('"'):
            properties[field or json.loads(index)] = other(name)
        elif index:
            made["items" if index.startswith("i") else "additionalProperties"] = other(name)
        else:
            forms.append(other(name))
    if is_choice and {form.get("type") for form in forms} == {"integer", "string"}:
        made[INT_OR_STRING] = True
    for form in () if is_choice else forms:  # what it refers to, or has inside without a name
        properties = {**form.get("properties", {}), **properties}
        required |= {*form.get("required", ())}
        made |= form
    if properties:
        made["properties"] = properties
    if required:
        made["required"] = sorted(required)
    return _open(made)


def _own(body: str, constants: Mapping[str, Any]) -> tuple[Schema, set[str], bool]:
    """Return what a function asks for itself, which fields it misses, and whether it tries several forms."""
    made: Schema = {}
    required: set[str] = set()
    is_choice = False
    for keyword, _, facts in _COMPLAINT.findall(body):
        if keyword == "required":
            required.add(_only(r'missingProperty:"([^"]+)"', facts))
        elif keyword == "enum":
            made["enum"] = constants[_only(r"allowedValues:(\w+)", facts)]
        elif keyword in _LIMITS:
            limit = float(_only(r"limit:(-?[\d.e]+)", facts))
            made[keyword] = int(limit) if limit.is_integer() else limit
        elif keyword == "pattern":
            made["pattern"] = json.loads(_only(r'pattern:(".*")', facts))
        elif keyword in {"format", "type"}:
            made[keyword] = _only(rf'{keyword}:"([^"]+)"', facts)
        elif keyword in _CHOICES:
            is_choice = True
        else:
            raise SystemExit(f"keyword {keyword!r} is new")
    return made, required, is_choice


def _only(pattern: str, text: str) -> str:
    (found,) = re.findall(pattern, text)
    return str(found)


def _open(schema: Schema) -> Schema:
    """Return ``schema`` with all fields allowed if it names none."""
    says_nothing = not schema.keys() & {"properties", "additionalProperties", INT_OR_STRING}
    if schema.get("type", "object") == "object" and says_nothing:
        return schema | {PRESERVE: True}
    if schema.get("format", "") not in _FORMATS:
        del schema["format"]
    return schema
