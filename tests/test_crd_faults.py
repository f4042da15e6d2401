# ruff: noqa: E501  # tables: a case is a line
"""What is wrong with definitions themselves."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgen.check.crd import custom_kinds
from kgen.check.crd_faults import definition_faults
from kgen.check.fault import field
from kgen.check.objects import DEFINITION, Objects
from kgen.check.store import Store, default_directory
from test_crd import ENTRY, INT_OR_STRING, KEEP, MAP, METADATA, NUMBER, SET, TEXT, definition, listed, obj, ruled, told

ROOT = "spec.versions[0].schema.openAPIV3Schema"
SPEC = f"{ROOT}.properties.spec"
JUNCTOR = "must not stand inside of `allOf`, `anyOf`, `oneOf` or `not`"
NEVER = "is not supported in a CustomResourceDefinition"

GOOD: list[Mapping[str, Any]] = [
    TEXT,
    MAP,
    {**SET, "items": TEXT},
    {"type": "object", **KEEP},
    {"type": "object", "additionalProperties": TEXT},
    KEEP,
    {**INT_OR_STRING, "anyOf": [{"type": "integer"}, {"type": "string"}], "pattern": "^[0-9]+$"},
    {**obj(a=TEXT, b=NUMBER), "oneOf": [{"required": ["a"]}, {"properties": {"b": {"minimum": 1}}}], "not": {"required": ["b"]}},
    {**TEXT, "pattern": r"^(?i)\pL+\z"},
    {"type": "object", "additionalProperties": False},
    {"type": "object", "additionalProperties": True},
    {**obj(a=TEXT), "additionalProperties": True},
    {**obj(a=TEXT), "anyOf": [{"properties": {"b": {"minLength": 1}}}]},
    {"type": "object", "additionalProperties": {**TEXT, "default": 1}},
    {**INT_OR_STRING, "allOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}], "not": {"enum": [0]}}]},
    {**TEXT, "default": "a", "enum": ["a"]},
    {"type": "object", "x-kubernetes-embedded-resource": True, **KEEP},
    ruled(obj(a=NUMBER), "self.a > 1", fieldPath=".a", reason="FieldValueForbidden", messageExpression="string(self.a)"),
    ruled(NUMBER, "self.sparkle()"),
]  # fmt: skip


@pytest.mark.parametrize("schema", GOOD, ids=str)
def test_good_definitions(schema: Mapping[str, Any]) -> None:
    assert definition_faults(definition(schema), METADATA) == []


BAD: list[tuple[Mapping[str, Any], list[tuple[str, str]]]] = [
    ({}, [(f"{SPEC}.type", "is required, but missing")]),
    ({"type": "text"}, [(f"{SPEC}.type", "must be one of `array`, `boolean`, `integer`, `number`, `object` or `string`, but is the string `text`")]),
    ({"type": "array"}, [(f"{SPEC}.items", "is required to be one schema")]),
    (listed({}), [(f"{SPEC}.items.type", "is required, but missing")]),
    (obj(a={}), [(f"{SPEC}.properties.a.type", "is required, but missing")]),
    ({**TEXT, "$ref": "#/definitions/a"}, [(f"{SPEC}.$ref", NEVER)]),
    ({"type": "object", "patternProperties": {"a": TEXT}}, [(f"{SPEC}.patternProperties", NEVER)]),
    (listed(TEXT, uniqueItems=True), [(f"{SPEC}.uniqueItems", "must not be `true`; a list of `x-kubernetes-list-type: set` may be what you need")]),
    ({**obj(a=TEXT), "additionalProperties": TEXT}, [(f"{SPEC}.additionalProperties", "must not stand beside `properties`")]),
    ({**obj(a=TEXT), "additionalProperties": False}, [(f"{SPEC}.additionalProperties", "must not stand beside `properties`")]),
    ({**obj(a=TEXT), "additionalProperties": {}}, [(f"{SPEC}.additionalProperties", "must not stand beside `properties`"), (f"{SPEC}.additionalProperties.type", "is required, but missing")]),
    ({"type": "object", "additionalProperties": True, "x-kubernetes-embedded-resource": True, **KEEP}, [(f"{SPEC}.additionalProperties", "must not stand beside `x-kubernetes-embedded-resource`")]),
    ({"type": "object", "x-kubernetes-preserve-unknown-fields": False}, [(f"{SPEC}.x-kubernetes-preserve-unknown-fields", "must be `true`, or not be there")]),
    ({"type": "object", "x-kubernetes-embedded-resource": True}, [(f"{SPEC}.properties", "must not be empty beside `x-kubernetes-embedded-resource` without `x-kubernetes-preserve-unknown-fields`")]),
    ({**TEXT, **KEEP, "x-kubernetes-embedded-resource": True}, [(f"{SPEC}.type", "must be `object` beside `x-kubernetes-embedded-resource`")]),
    (listed(TEXT, **{"x-kubernetes-list-type": "heap"}), [(f"{SPEC}.x-kubernetes-list-type", "must be one of `atomic`, `map` or `set`, but is the string `heap`")]),
    ({**TEXT, "x-kubernetes-list-type": "atomic"}, [(f"{SPEC}.type", "must be `array` beside `x-kubernetes-list-type`")]),
    (listed(ENTRY, **{"x-kubernetes-list-type": "map"}), [(f"{SPEC}.x-kubernetes-list-map-keys", "must be there for `x-kubernetes-list-type: map`, and only there")]),
    (
        listed(ENTRY, **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "nmae"]}),
        [(f"{SPEC}.x-kubernetes-list-map-keys[1]", "is the string `nmae`, but the items have no such field")],
    ),
    (
        listed(obj(name=TEXT), **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}),
        [(f"{SPEC}.x-kubernetes-list-map-keys[0]", "is `name`, which must be required in the items, or have a default")],
    ),
    ({**TEXT, "pattern": "(?=a)"}, [(f"{SPEC}.pattern", "is no regular expression that Go knows: `(?=` has no meaning")]),
    ({**TEXT, "default": 1}, [(f"{SPEC}.default", "must be a string, but is the integer `1`")]),
    ({**obj(a=TEXT), "default": {"b": 1}}, [(f"{SPEC}.default.b", "is no field that the CustomResourceDefinition knows")]),
    ({**TEXT, "anyOf": [{"default": ""}]}, [(f"{SPEC}.anyOf[0].default", JUNCTOR)]),
    ({**TEXT, "anyOf": [{"additionalProperties": {}}]}, [(f"{SPEC}.anyOf[0].additionalProperties", JUNCTOR)]),
    ({**TEXT, "anyOf": [{"not": {"$ref": ""}}]}, [(f"{SPEC}.anyOf[0].not.$ref", NEVER)]),
    ({**obj(a=obj(metadata=MAP)), "oneOf": [{"properties": {"a": {"properties": {"metadata": {}}}}}]}, [(f"{SPEC}.oneOf[0].properties.a.properties.metadata", JUNCTOR)]),
    ({**INT_OR_STRING, "anyOf": [{"type": "string"}, {"type": "integer"}]}, [(f"{SPEC}.anyOf[0].type", JUNCTOR), (f"{SPEC}.anyOf[1].type", JUNCTOR)]),
    ({**obj(a=TEXT), "allOf": [{"properties": {"a": {"type": "string"}}}]}, [(f"{SPEC}.allOf[0].properties.a.type", JUNCTOR)]),
    ({**TEXT, "not": {"nullable": True}}, [(f"{SPEC}.not.nullable", JUNCTOR)]),
    ({**TEXT, "oneOf": [{"pattern": "["}]}, [(f"{SPEC}.oneOf[0].pattern", "is no regular expression that Go knows: ends too early")]),
    (
        {"type": "object", "properties": {"a": 1, "b": {"type": 1, "required": [1], "maxLength": True}}, "x-kubernetes-validations": [1, {}]},
        [
            (f"{SPEC}.properties.a", "must be a mapping, but is the integer `1`"),
            (f"{SPEC}.properties.b.type", "must be a string, but is the integer `1`"),
            (f"{SPEC}.properties.b.required[0]", "must be a string, but is the integer `1`"),
            (f"{SPEC}.properties.b.maxLength", "must be an integer, but is the boolean `true`"),
            (f"{SPEC}.x-kubernetes-validations[0]", "must be a mapping, but is the integer `1`"),
            (f"{SPEC}.x-kubernetes-validations[1].rule", "is required, but missing"),
        ],
    ),
    (ruled(NUMBER, "self >"), [(f"{SPEC}.x-kubernetes-validations[0].rule", "is no CEL expression: expected a value at position 7, but there is the end")]),
    (ruled(obj(a=NUMBER), "self.b > 1"), [(f"{SPEC}.x-kubernetes-validations[0].rule", "speaks of `self.b`, a field that the schema does not have")]),
    (ruled(NUMBER, "true", messageExpression="me"), [(f"{SPEC}.x-kubernetes-validations[0].messageExpression", "is no CEL expression: `me` is not defined")]),
    (
        ruled(obj(a=NUMBER), "true", reason="Wrong", fieldPath=".b"),
        [
            (
                f"{SPEC}.x-kubernetes-validations[0].reason",
                "must be one of `FieldValueDuplicate`, `FieldValueForbidden`, `FieldValueInvalid` or `FieldValueRequired`, but is the string `Wrong`",
            ),
            (f"{SPEC}.x-kubernetes-validations[0].fieldPath", "must name a field below, such as `.spec`, but is the string `.b`"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "expected"), BAD, ids=str)
def test_faults_of_schemas(schema: Mapping[str, Any], expected: list[tuple[str, str]]) -> None:
    found = [
        (path.replace("[$ref]", ".$ref"), message)
        for path, message in told(definition_faults(definition(schema), METADATA))
    ]
    assert found == expected


def test_faults_around_the_schemas() -> None:
    made = definition(TEXT)
    made["metadata"]["name"] = "thing.example.com"
    version = made["spec"]["versions"][0]
    version["storage"] = False
    root = version["schema"]["openAPIV3Schema"]
    root["type"] = "string"
    root["additionalProperties"] = TEXT
    root["properties"]["metadata"] = obj(labels={"type": "object", **KEEP})
    made["spec"]["versions"].append({"name": "v2", "served": True})
    assert told(definition_faults(made, METADATA)) == [
        ("metadata.name", "must be `things.example.com`, but is the string `thing.example.com`"),
        (f"{ROOT}.type", "must be `object` at the root"),
        (f"{ROOT}.additionalProperties", "must not stand at the root"),
        (f"{ROOT}.properties.metadata", "must not tell of more than `name` and `generateName`"),
        (f"{ROOT}.additionalProperties", "must not stand beside `properties`"),
        ("spec.versions[1].schema.openAPIV3Schema", "is required, but missing"),
        ("spec.versions", "must have exactly one version with `storage: true`, but has 0"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"anyOf": [{"properties": {"b": {}}}, {"properties": {"b": {}}}]}, [f"{ROOT}.properties.b"]),
        ({"not": {"allOf": [{"properties": {"spec": {"properties": {"b": {}}}}}]}}, [f"{ROOT}.properties.spec.properties.b"]),
        ({"not": {"properties": {"spec": {"items": {}}}}}, [f"{ROOT}.properties.spec.items"]),
        ({"not": {"properties": {"spec": {"properties": {"a": {"minLength": 1}}}}}}, []),
    ],
    ids=str,
)  # fmt: skip
def test_a_junctor_of_the_root_speaks_of_known_fields(change: Mapping[str, Any], expected: list[str]) -> None:
    made = definition(obj(a=TEXT))
    made["spec"]["versions"][0]["schema"]["openAPIV3Schema"] |= change
    assert places(made) == expected


@pytest.mark.parametrize("key", ["maxProperties", "enum", "additionalProperties"])
def test_with_a_status_apart_a_root_says_little(key: str) -> None:
    made = definition(obj(a=TEXT))
    version = made["spec"]["versions"][0]
    version["subresources"] = {"status": {}}
    version["schema"]["openAPIV3Schema"] |= {key: {"maxProperties": 0, "enum": []}.get(key, True)}
    assert f"{ROOT}.{key}" in places(made)


def test_a_root_may_only_keep_what_it_does_not_know() -> None:
    made = definition(TEXT)
    made["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = KEEP
    assert places(made) == []


def test_the_servers_own_fields_have_no_defaults_and_one_type() -> None:
    made = definition(TEXT)
    inner = {"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"kind": NUMBER}}
    properties = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    properties |= {"metadata": obj(name={**TEXT, "default": "a"}), "inner": inner}
    assert set(places(made)) == {
        f"{ROOT}.properties.metadata.properties.name.default",
        f"{ROOT}.properties.inner.properties.kind.type",
    }


LABEL = "must be up to 63 letters in lower case, digits and `-`, and start with a letter, but is the string"
KIND = "must be up to 63 letters, digits and `-`, and start with a letter, but is the string"
GROUP = "must be a DNS name in lower case, with a dot, but is the string"
NO_NAME = "is required, and so is `metadata.generateName` without it"


def places(made: dict[str, Any]) -> list[str]:
    """Return where the whole check of a definition finds faults: the server's own rules look at names."""
    objects = Objects(Store(default_directory()), ("1.36",), lambda *_: None)
    return [field(fault.path) for fault in objects.faults(made, objects.kind(*DEFINITION))]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"plural": "../../../pwned/foos"}, ["spec.names.plural"]),
        ({"plural": "Things"}, ["spec.names.plural"]),
        ({"plural": "a" * 63}, []),
        ({"plural": "things\n"}, ["spec.names.plural"]),
        ({"singular": "a_b", "listKind": "1Things"}, ["spec.names.singular", "spec.names.listKind"]),
        ({"singular": "thing", "kind": "My-Thing9", "listKind": "ThingList"}, []),
        ({"kind": "My Thing"}, ["spec.names.kind", "spec.names.listKind", "spec.names.singular"]),  # made from it
        ({"shortNames": ["a", "B"]}, ["spec.names.shortNames[1]"]),
    ],
    ids=str,
)
def test_names_are_labels(change: Mapping[str, Any], expected: list[str]) -> None:
    made = definition(TEXT)
    made["spec"]["names"] |= change
    made["metadata"]["name"] = f"{made['spec']['names']['plural']}.example.com"
    assert sorted(path for path in places(made) if path != "metadata.name") == sorted(expected)


@pytest.mark.parametrize("group", ["../x", "example", "Example.com", "a..com", "a.com/", f"{'a.' * 126}com", "a.com\n"])
def test_a_group_is_a_dns_name(group: str) -> None:
    made = definition(TEXT)
    made["spec"]["group"] = group
    made["metadata"]["name"] = f"things.{group}"
    assert "spec.group" in places(made)


def test_a_version_is_a_label() -> None:
    made = definition(TEXT)
    made["spec"]["versions"][0]["name"] = "v1.0"
    assert places(made) == ["spec.versions[0].name"]


@pytest.mark.parametrize("metadata", [{}, {"name": ""}, {"generateName": "a-"}, {"name": "other"}], ids=str)
def test_a_definition_has_a_name(metadata: Mapping[str, str]) -> None:
    made = definition(TEXT)
    made["metadata"] = metadata
    assert places(made) == ["metadata.name"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "a", "object", "[", "self >", "map"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "type", "items"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYWORDS = (
    *("type", "properties", "items", "required", "enum", "default", "pattern", "format", "anyOf", "not", "minimum"),
    *("maxLength", "additionalProperties", "nullable", "x-kubernetes-validations", "x-kubernetes-list-type"),
    *("x-kubernetes-list-map-keys", "x-kubernetes-embedded-resource", "multipleOf", "minItems"),
)


@given(st.dictionaries(st.sampled_from(KEYWORDS), JSON, max_size=4), JSON)
def test_whatever_stands_in_a_definition_gives_faults_and_never_an_exception(
    schema: dict[str, Any], spec: object
) -> None:
    made = definition(schema)
    before = copy.deepcopy(made)
    faults = definition_faults(made, METADATA)
    for custom in custom_kinds(made, METADATA).values() if not faults else ():
        custom.verdict({"apiVersion": "example.com/v1", "kind": "Thing", "spec": spec})
    assert made == before
