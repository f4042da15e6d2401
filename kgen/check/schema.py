"""
Compile JSON Schemas, as Kubernetes writes them, into functions that find every fault of a value.

A schema node becomes a closure ``value -> faults``. A value without fault makes no path and no object: paths
grow on the way back from a fault. Properties are compiled when an object first has them, so that a Deployment
without volumes never reads the thirty kinds of volume, and a schema may refer to itself.

Unknown fields are faults wherever a schema names its ``properties`` and says nothing about others, as with
``fieldValidation=Strict``.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

from __future__ import annotations

from kgen.check.fault import Fault, Keyword, shown, type_of
from kgen.check.formats import ANY, RULES
from kgen.check.lists import distinct, distinct_as_created
from kgen.words import suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.formats import Check, ValueRule

    Schema: TypeAlias = Mapping[str, Any]

_NAMES = {"object": "mapping", "array": "list"}
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list, tuple),
}


class Compiler:
    """Makes checks from schemas, each definition once."""

    def __init__(
        self, definition: Callable[[str], Schema], *, rules: Sequence[ValueRule] = RULES, is_custom: bool = False
    ) -> None:
        """
        Args:
            definition: Returns the schema that a ``$ref`` names.
            rules: What is asked of single values.
            is_custom: The schemas are those of a CustomResourceDefinition: unknown fields were found before, and
                entries of a list that repeat are refused.
        """
        self._schema_of = definition
        self._rules = rules
        self._is_custom = is_custom
        self._checks: dict[str, Check] = {}

    def definition(self, name: str) -> Check:
        """Return the check of the definition called ``name``."""
        if name not in self._checks:
            self._checks[name] = self.node(self._schema_of(name))
        return self._checks[name]

    def node(self, schema: Schema) -> Check:
        """Return the check of ``schema``."""
        if "$ref" in schema:  # what stands beside it in Kubernetes' schemas only says how to merge
            return self.definition(schema["$ref"])
        steps = [*self._structure(schema), *self._value_rules(schema), *self._combinations(schema)]
        accepted = _accepted(schema)
        chains = {kind: tuple(step for kinds, step in steps if kind in kinds) for kind in accepted}
        at_once = frozenset(python for kind in accepted if not chains[kind] for python in _PYTHON.get(kind, ()))
        wanted = _wanted(accepted)

        def check(value: Any) -> Sequence[Fault]:
            if type(value) in at_once:
                return ()
            chain = chains.get(type_of(value))
            if chain is None:
                return (Fault(keyword=Keyword.TYPE, message=f"must be {wanted}, but is {shown(value)}"),)
            if len(chain) == 1:
                return chain[0](value)
            return [fault for step in chain for fault in step(value)]

        return check

    def _value_rules(self, schema: Schema) -> list[tuple[frozenset[str], Check]]:
        return [(kinds, check) for kinds, build in self._rules if (check := build(schema))]

    def _structure(self, schema: Schema) -> list[tuple[frozenset[str], Check]]:
        made: list[tuple[frozenset[str], Check]] = []
        if schema.keys() & {"properties", "required"} or isinstance(schema.get("additionalProperties"), dict | bool):
            made.append((frozenset({"object"}), self._object(schema)))
        if "items" in schema:
            made.append((frozenset({"array"}), self._list(schema)))
        return made

    def _object(self, schema: Schema) -> Check:
        required = tuple(schema.get("required", ()))
        known: dict[str, Check] = {}
        field_of = self._field_finder(schema, known)

        def check(value: Any) -> Sequence[Fault]:
            found: list[Fault] = []
            for key, item in value.items():
                if faults := (known.get(key) or field_of(key))(item):
                    found += [fault.under(key) for fault in faults]
            for key in required:
                if key not in value:
                    found.append(Fault(path=(key,), keyword=Keyword.REQUIRED, message="is required, but missing"))
            return found

        return check

    def _field_finder(self, schema: Schema, known: dict[str, Check]) -> Callable[[str], Check]:
        """Return a function from the name of a field to its check; checks of named fields are kept in ``known``."""
        properties: Schema = schema.get("properties", {})
        is_open = self._is_custom or schema.get("x-kubernetes-preserve-unknown-fields")
        closed = "properties" in schema and not is_open
        others = schema.get("additionalProperties", not closed)
        of_others = self.node(others) if isinstance(others, dict) else _anything
        refused = others is False

        def field_of(key: str) -> Check:
            if key in properties:
                known[key] = self.node(properties[key])
                return known[key]
            return _unknown(key, properties) if refused else of_others

        return field_of

    def _list(self, schema: Schema) -> Check:
        items: Schema = schema["items"]
        check_item = self.node(items)
        item = self._schema_of(items["$ref"]) if "$ref" in items else items
        repeated = distinct_as_created(schema) if self._is_custom else distinct(schema, item)

        def check(value: Any) -> Sequence[Fault]:
            found: list[Fault] = []
            for index, item in enumerate(value):
                if faults := check_item(item):
                    found += [fault.under(index) for fault in faults]
            if repeated and len(value) > 1:
                found += repeated(value)
            return found

        return check

    def _combinations(self, schema: Schema) -> list[tuple[frozenset[str], Check]]:
        made: list[Check] = []
        if "allOf" in schema:
            made += [self.node(part) for part in schema["allOf"]]
        if "anyOf" in schema:
            made.append(_counted([self.node(part) for part in schema["anyOf"]], most=len(schema["anyOf"])))
        if "oneOf" in schema:
            made.append(_counted([self.node(part) for part in schema["oneOf"]], most=1))
        if "not" in schema:
            made.append(_negated(self.node(schema["not"])))
        return [(ANY, check) for check in made]


def _accepted(schema: Schema) -> frozenset[str]:
    """Return the JSON types that ``schema`` allows."""
    stated = schema.get("type", ())
    kinds = ({stated} if isinstance(stated, str) else set(stated)) - {""}
    if schema.get("x-kubernetes-int-or-string"):
        kinds = {"integer", "string"} | (kinds & {"null"})
    if not kinds:
        return ANY
    if "number" in kinds:
        kinds.add("integer")
    if schema.get("nullable"):
        kinds.add("null")
    return frozenset(kinds)


def _wanted(accepted: frozenset[str]) -> str:
    """Return "a string or an integer". That null is allowed too is no news to anybody."""
    kinds = sorted(accepted - {"null"} - ({"integer"} if "number" in accepted else set()))
    names = [_NAMES.get(kind, kind) for kind in kinds] or ["null"]
    return " or ".join(f"{'an' if name[0] in 'aeiou' else 'a'} {name}" if name != "null" else name for name in names)


def _anything(_value: Any) -> Sequence[Fault]:
    return ()


def _unknown(key: str, allowed: Mapping[str, Any]) -> Check:
    def check(_value: Any) -> Sequence[Fault]:
        helped = suggestion(key, allowed) if isinstance(key, str) else ""
        return (Fault(keyword=Keyword.UNKNOWN, message="is no field that Kubernetes knows", help=helped),)

    return check


def _counted(checks: Sequence[Check], *, most: int) -> Check:
    """Return a check that at least one and at most ``most`` of ``checks`` find nothing."""
    wanted = "exactly one" if most == 1 else "at least one"

    def check(value: Any) -> Sequence[Fault]:
        passed = sum(not check(value) for check in checks)
        if 1 <= passed <= most:
            return ()
        message = f"must fit {wanted} of {len(checks)} forms, but fits {passed or 'none'}"
        return (Fault(keyword=Keyword.COMBINATION, message=message),)

    return check


def _negated(refused: Check) -> Check:
    def check(value: Any) -> Sequence[Fault]:
        if refused(value):
            return ()
        return (Fault(keyword=Keyword.COMBINATION, message=f"has a form that is not allowed here: {shown(value)}"),)

    return check
