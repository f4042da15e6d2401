# ruff: noqa: E501  # tables: a case is a line
"""Custom resources: each keyword and behaviour of the API server, on definitions of a few lines."""

import copy
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import pytest

from kgen.check.crd import CustomKind, custom_kinds, metadata_check
from kgen.check.fault import Fault, Keyword, field
from kgen.check.store import Store, default_directory

METADATA = metadata_check(Store(default_directory()), "1.36")
TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
ID = ("example.com/v1", "Thing")


def definition(schema: Mapping[str, Any], **subresources: Any) -> dict[str, Any]:
    """Return a CustomResourceDefinition whose objects have a ``spec`` of ``schema``."""
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": schema}}},
        "subresources": subresources,
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"kind": "Thing", "plural": "things"},
            "scope": "Namespaced",
            "versions": [version],
        },
    }


def kind(schema: Mapping[str, Any], **subresources: Any) -> CustomKind:
    return custom_kinds(definition(schema, **subresources), METADATA)[ID]


def thing(spec: object) -> dict[str, Any]:
    return {"apiVersion": ID[0], "kind": ID[1], "metadata": {"name": "a"}, "spec": spec}


def told(faults: object) -> list[tuple[str, str]]:
    assert isinstance(faults, list | tuple)
    return [(field(fault.path), fault.message) for fault in faults]


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def listed(items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


ENTRY = obj(name=TEXT, port={"type": "integer", "default": 80})
MAP = listed(
    {**ENTRY, "required": ["name"]}, **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "port"]}
)
SET = listed({}, **{"x-kubernetes-list-type": "set"})
KEEP = {"x-kubernetes-preserve-unknown-fields": True}
INT_OR_STRING = {"x-kubernetes-int-or-string": True}
EMBEDDED = {"type": "object", "x-kubernetes-embedded-resource": True, **KEEP}
UNKNOWN = "is no field that the CustomResourceDefinition knows"

CASES: list[tuple[Mapping[str, Any], object, list[tuple[str, str]]]] = [
    # types
    (TEXT, 1, [("spec", "must be a string, but is the integer `1`")]),
    (NUMBER, 1.0, []),
    (NUMBER, 1.5, [("spec", "must be an integer, but is the number `1.5`")]),
    (NUMBER, True, [("spec", "must be an integer, but is the boolean `true`")]),
    ({"type": "number"}, 1, []),
    (INT_OR_STRING, "50%", []),
    (INT_OR_STRING, 1.5, [("spec", "must be an integer or a string, but is the number `1.5`")]),
    (listed(TEXT), {}, [("spec", "must be a list, but is a mapping")]),
    (listed(TEXT), ["a", 1], [("spec[1]", "must be a string, but is the integer `1`")]),
    ({"type": "integer", "format": "int32"}, 2**31, [("spec", f"must be between {-(2**31)} and {2**31 - 1}, but is {2**31}")]),
    (NUMBER, 2**63, [("spec", f"must be between {-(2**63)} and {2**63 - 1}, but is {2**63}")]),
    # unknown fields
    (obj(name=TEXT), {"nmae": "a"}, [("spec.nmae", UNKNOWN)]),
    ({"type": "object"}, {"a": 1}, [("spec.a", UNKNOWN)]),
    (listed(obj(name=TEXT)), [{"a": 1}], [("spec[0].a", UNKNOWN)]),
    ({"type": "object", **KEEP}, {"a": {"b": 1}}, []),
    ({**obj(known=obj(a=TEXT)), **KEEP}, {"other": 1, "known": {"b": 1}}, [("spec.known.b", UNKNOWN)]),
    ({"type": "object", "additionalProperties": TEXT}, {"a.b/c": 1}, [("spec[a.b/c]", "must be a string, but is the integer `1`")]),
    ({"type": "object", "additionalProperties": obj(a=TEXT)}, {"x": {"b": 1}}, [("spec.x.b", UNKNOWN)]),
    # null and defaults
    (obj(name=TEXT), {"name": None}, []),
    ({**obj(name=TEXT), "required": ["name"]}, {"name": None}, [("spec.name", "is required, but missing")]),
    (obj(name={**TEXT, "nullable": True}), {"name": None}, []),
    (listed(TEXT), [None], [("spec[0]", "must be a string, but is null")]),
    (listed({**TEXT, "default": "a"}), [None], []),
    ({**obj(name={**TEXT, "default": "a"}), "required": ["name"]}, {}, []),
    ({**obj(name={**TEXT, "default": "a"}), "required": ["name"]}, {"name": None}, []),
    (obj(inner={**obj(a={**NUMBER, "default": 7, "maximum": 5}), "default": {}}), {}, [("spec.inner.a", "must be at most 5, but is 7")]),
    (listed(obj(a={**TEXT, "default": "x", "maxLength": 0})), [{}], [("spec[0].a", "must have at most 0 characters, but has 1")]),
    # sizes and bounds
    ({**TEXT, "minLength": 2}, "ä", [("spec", "must have at least 2 characters, but has 1")]),
    ({**TEXT, "minLength": 1}, "", [("spec", "must have at least 1 character, but has none")]),
    ({**TEXT, "maxLength": 1}, "äö", [("spec", "must have at most 1 character, but has 2")]),
    (listed(TEXT, minItems=1), [], [("spec", "must have at least 1 entry, but has none")]),
    (listed(TEXT, maxItems=1), ["a", "b"], [("spec", "must have at most 1 entry, but has 2")]),
    ({"type": "object", **KEEP, "minProperties": 1}, {}, [("spec", "must have at least 1 field, but has none")]),
    ({"type": "object", **KEEP, "maxProperties": 2}, {"a": 1, "b": 1, "c": 1}, [("spec", "must have at most 2 fields, but has 3")]),
    ({**NUMBER, "minimum": 1, "exclusiveMinimum": True}, 1, [("spec", "must be more than 1, but is 1")]),
    ({**NUMBER, "maximum": 1, "exclusiveMaximum": True}, 1, [("spec", "must be less than 1, but is 1")]),
    ({**NUMBER, "minimum": 1, "exclusiveMinimum": False}, 1, []),
    ({**NUMBER, "multipleOf": 5}, 7, [("spec", "must be a multiple of 5, but is 7")]),
    ({"type": "number", "multipleOf": 0.5}, 1.5, []),
    ({"type": "number", "multipleOf": 0.5}, 1.25, [("spec", "must be a multiple of 0.5, but is 1.25")]),
    (listed({}, uniqueItems=True), [1, 1, True], [("spec", "must not have the same entry twice")]),
    ({**TEXT, "enum": ["On", "Off"]}, "on", [("spec", "must be one of `Off` or `On`, but is the string `on`")]),
    # patterns are Go's
    ({**TEXT, "pattern": "b"}, "abc", []),
    ({**TEXT, "pattern": r"^a\z"}, "a\n", [("spec", "must match `^a\\z`, but is the string `a\\n`")]),
    ({**TEXT, "pattern": "^(?i)[a-z]+$"}, "ABC", []),
    ({**TEXT, "pattern": "^(a+)+$"}, "a" * 5000 + "b", [("spec", f"must match `^(a+)+$`, but is the string `{'a' * 60}…`")]),
    # lists as sets and maps
    (SET, ["a", "b", "a"], [("spec[2]", "has the same value `a` as entry 0")]),
    (SET, [1, True, 1.5, "1"], []),
    (MAP, [{"name": "a"}, {"name": "b"}], []),
    (MAP, [{"name": "a"}, {"name": "a", "port": 80}], [("spec[1]", "has the same `name` `a` and `port` `80` as entry 0")]),
    (
        listed(obj(name=TEXT), **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}),
        [{}, {}],
        [("spec[1]", "has the same lack of keys as entry 0")],
    ),
    # combinations
    ({**TEXT, "oneOf": [{"pattern": "a"}, {"pattern": "b"}]}, "ab", [("spec", "must fit exactly one of 2 forms, but fits 2")]),
    ({**TEXT, "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}, "x", [("spec", "must fit at least one of 2 forms, but fits none")]),
    ({**obj(a=TEXT, b=TEXT), "allOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": ""}, [("spec.b", "is required, but missing")]),
    ({**obj(a=TEXT), "not": {"required": ["a"]}}, {"a": ""}, [("spec", "has a form that is not allowed here: a mapping")]),
    # objects inside objects
    (EMBEDDED, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": 1}, []),
    (EMBEDDED, {}, [("spec.apiVersion", "is required, but missing"), ("spec.kind", "is required, but missing")]),
    (
        EMBEDDED,
        {"apiVersion": "a/b/c", "kind": "a b", "metadata": {"nmae": "a"}},
        [
            ("spec.apiVersion", "must name an API version such as `apps/v1`, but is the string `a/b/c`"),
            ("spec.kind", "must name an object's kind such as `Deployment`, but is the string `a b`"),
            ("spec.metadata.nmae", "is no field that Kubernetes knows"),
        ],
    ),
    (EMBEDDED, {"apiVersion": 1, "kind": "Pod"}, [("spec.apiVersion", "must be a string, but is the integer `1`")]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "spec", "expected"), CASES, ids=str)
def test_what_the_schema_asks_for(schema: Mapping[str, Any], spec: object, expected: list[tuple[str, str]]) -> None:
    given = thing(spec)
    before = copy.deepcopy(given)
    assert told(kind(schema).check(given)) == expected
    assert given == before


FORMATS = {
    "bsonobjectid": ("507f1f77bcf86cd799439011", "507f"),
    "byte": ("aGk=", "hi!"),
    "cidr": ("10.0.0.0/8", "10.0.0.0"),
    "creditcard": ("4111-1111-1111-1111", "4111-1111-1111-1112"),
    "date": ("2024-02-29", "2023-02-29"),
    "date-time": ("2024-01-01T10:00:00Z", "2024-01-01 10:00"),
    "duration": ("1h30m", "soon"),
    "email": ("Ann <ann@example.com>", "ann"),
    "hexcolor": ("#fff", "#ff"),
    "hostname": ("a.example.com", "a_b!"),
    "ipv4": ("10.0.0.1", "::1"),
    "ipv6": ("::1", "10.0.0.1"),
    "isbn": ("978-0321751041", "1"),
    "isbn10": ("0321751043", "0321751044"),
    "isbn13": ("978-0321751041", "978-0321751042"),
    "k8s-long-name": ("a.b-c", "A"),
    "k8s-short-name": ("a-b", "a.b"),
    "mac": ("00:00:5e:00:53:01", "00:00"),
    "password": ("anything", None),
    "rgbcolor": ("rgb(1, 2,255)", "rgb(1,2,256)"),
    "ssn": ("123-45-6789", "123"),
    "uri": ("https://example.com/a", "example"),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000", "123e4567"),
    "uuid3": ("123e4567-e89b-32d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
    "uuid4": ("123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-42d3-c456-426614174000"),
    "uuid5": ("123e4567-e89b-52d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
    "sparkle": ("unknown formats are ignored", None),
}


@pytest.mark.parametrize("name", FORMATS)
def test_formats(name: str) -> None:
    good, bad = FORMATS[name]
    check = kind({**TEXT, "format": name}).check
    assert told(check(thing(good))) == []
    if bad is not None:
        (fault,) = check(thing(bad))
        assert fault.keyword is Keyword.FORMAT
        assert ("hi!" in fault.message) is False


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("duration", "1 week"),
        ("duration", "-1.5h"),
        ("ipv4", "010.0.0.1"),
        ("ipv4", "::ffff:1.2.3.4"),
        ("cidr", "::/64"),
        ("date-time", "2024-01-01t10:00:00.5+01:00"),
        ("uri", "/a/path"),
        ("uri", "mailto:a@b"),
        ("mac", "0000.5e00.5301"),
        ("hostname", "localhost"),
    ],
)
def test_formats_are_upstreams(name: str, good: str) -> None:
    assert told(kind({**TEXT, "format": name}).check(thing(good))) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"metadata": {"name": "a", "lables": {}}}, [("metadata.lables", "is no field that Kubernetes knows")]),
        ({"metadata": {"name": 1}}, [("metadata.name", "must be a string, but is the integer `1`")]),
        ({"metadata": []}, [("metadata", "must be a mapping, but is a list")]),
        ({"metadata": None}, []),
        ({"metadata": {"name": "a", "annotations": None}}, []),
        ({"kind": 1}, [("kind", "must be a string, but is the integer `1`")]),
        ({"Spec": {}}, [("Spec", UNKNOWN)]),
        ({"status": {}}, [("status", UNKNOWN)]),
    ],
    ids=str,
)
def test_the_object_around_the_schema(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert told(kind(TEXT).check({**thing("a"), **change})) == expected


def test_an_object_is_a_mapping() -> None:
    assert told(kind(TEXT).check([])) == [("", "must be a mapping, but is a list")]


def test_metadata_is_there_even_if_the_schema_requires_it() -> None:
    made = definition(TEXT)
    schema = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["properties"]["metadata"] = {"type": "object"}
    schema["required"] = ["metadata", "spec"]
    check = custom_kinds(made, METADATA)[ID].check
    assert told(check({"spec": "a"})) == told(check({"metadata": None, "spec": "a"})) == []
    assert told(check({})) == [("spec", "is required, but missing")]


def test_metadata_may_be_restricted() -> None:
    made = definition(TEXT)
    properties = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    properties["metadata"] = obj(name={**TEXT, "maxLength": 1})
    check = custom_kinds(made, METADATA)[ID].check
    given = {**thing("a"), "metadata": {"name": "ab", "labels": {"a": "b"}}}
    assert told(check(given)) == [("metadata.name", "must have at most 1 character, but has 2")]


def test_a_create_ignores_the_status() -> None:
    made = definition(TEXT, status={})
    properties = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    properties["status"] = obj(ready={"type": "boolean"})
    given = {**thing("a"), "status": {"ready": "yes"}}
    assert told(custom_kinds(made, METADATA)[ID].check(given)) == []
    del made["spec"]["versions"][0]["subresources"]["status"]
    (fault,) = custom_kinds(made, METADATA)[ID].check(given)
    assert field(fault.path) == "status.ready"


@pytest.mark.parametrize(
    ("replicas", "expected"),
    [
        (1, []),
        (-1, [("spec.replicas", "must be between 0 and 2147483647, but is -1")]),
        (1.0, [("spec.replicas", "must be an integer, but is the integer `1.0`")]),
    ],
)
def test_a_scale_subresource_reads_a_number(replicas: float, expected: list[tuple[str, str]]) -> None:
    scaled = kind(obj(replicas=NUMBER), scale={"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.n"})
    assert told(scaled.check(thing({"replicas": replicas}))) == expected
    assert told(scaled.check(thing({}))) == []


# Rules


def ruled(schema: Mapping[str, Any], rule: str, **more: Any) -> dict[str, Any]:
    return {**schema, "x-kubernetes-validations": [{"rule": rule, **more}]}


BREAKS = "breaks a rule of its kind: "
PORTS = obj(min=NUMBER, max=NUMBER)
RULED: list[tuple[Mapping[str, Any], object, list[tuple[str, str]]]] = [
    (ruled(PORTS, "self.min <= self.max"), {"min": 1, "max": 2}, []),
    (ruled(PORTS, "self.min <= self.max"), {"min": 3, "max": 2}, [("spec", f"{BREAKS}`self.min <= self.max`")]),
    (ruled(PORTS, "self.min <= self.max", message="min above max"), {"min": 3, "max": 2}, [("spec", f"{BREAKS}min above max")]),
    (
        ruled(PORTS, "self.min <= self.max", messageExpression="'%d > %d'.format([self.min, self.max])", message="no"),
        {"min": 3, "max": 2},
        [("spec", f"{BREAKS}3 > 2")],
    ),
    (ruled(PORTS, "false", messageExpression="self.gone", message="no"), {}, [("spec", f"{BREAKS}no")]),
    (ruled(PORTS, "self.min < self.max", fieldPath=".min"), {"min": 3, "max": 2}, [("spec.min", f"{BREAKS}`self.min < self.max`")]),
    (ruled(PORTS, "self.min > 0", message="m"), {}, [("spec", f"{BREAKS}m: no such key: min")]),
    (ruled(INT_OR_STRING, "self > 1"), "a", [("spec", f"{BREAKS}`self > 1`: no such overload: `<` of int, string")]),
    (listed(ruled(NUMBER, "self > 1", message="m")), [2, 1], [("spec[1]", f"{BREAKS}m")]),
    ({"type": "object", "additionalProperties": ruled(NUMBER, "self > 1", message="m")}, {"a": 1}, [("spec.a", f"{BREAKS}m")]),
    (obj(a={**ruled(NUMBER, "self > 1", message="m"), "default": 1}), {}, [("spec.a", f"{BREAKS}m")]),
    (obj(a={**ruled(NUMBER, "self > 1"), "nullable": True}), {"a": None}, []),
    # rules about changes
    (ruled(PORTS, "self.min == oldSelf.min"), {}, []),
    (ruled(PORTS, "!oldSelf.hasValue()", optionalOldSelf=True), {}, []),
    (ruled(PORTS, "oldSelf.hasValue()", optionalOldSelf=True), {}, [("spec", f"{BREAKS}`oldSelf.hasValue()`")]),
    # a value of the wrong form is not put to the test of rules; one out of bounds is
    (ruled(PORTS, "false"), {"min": "a"}, [("spec.min", "must be an integer, but is the string `a`")]),
    (ruled({**NUMBER, "minimum": 1}, "false"), 0, [("spec", "must be at least 1, but is 0"), ("spec", f"{BREAKS}`false`")]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "spec", "expected"), RULED, ids=str)
def test_rules(schema: Mapping[str, Any], spec: object, expected: list[tuple[str, str]]) -> None:
    verdict = kind(schema).verdict(thing(spec))
    assert told(verdict.faults) == expected
    assert not verdict.unchecked


def test_rules_at_the_root_see_the_name() -> None:
    made = definition(TEXT)
    schema = made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["x-kubernetes-validations"] = [{"rule": "self.metadata.name == 'a' && self.kind == 'Thing'", "message": "m"}]
    check = custom_kinds(made, METADATA)[ID].check
    assert told(check(thing("x"))) == []
    generated = {**thing("x"), "metadata": {"generateName": "b-"}}
    assert told(check(generated)) == [("", f"{BREAKS}m")]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("self.sparkle()", "calls `sparkle`, a function that kgen does not know"),
        ("self.all(a, self.all(b, self.all(c, a + b + c >= 0)))", "takes more steps than kgen allows for"),
        ("self >", "fails: expected a value at position 7, but there is the end"),
        ("size(self)", "gives a int, not a boolean"),
    ],
)
def test_a_rule_that_kgen_cannot_check_is_told_but_rejects_nothing(rule: str, reason: str) -> None:
    verdict = kind(ruled(listed(NUMBER), rule)).verdict(thing(list(range(500))))
    assert told(verdict.faults) == []
    assert told(verdict.unchecked) == [("spec", f"has a rule that was not checked, `{rule}`: it {reason}")]


def test_an_object_that_is_nested_too_deeply_is_told_but_not_rejected() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    verdict = kind({"type": "object", **KEEP}).verdict(thing({"a": deep}))
    assert told(verdict.faults) == []
    assert told(verdict.unchecked) == [("", "was not checked: it is nested too deeply for kgen")]


def test_all_rules_of_an_object_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgen.check.cel.rules.MOST_STEPS", 20_000)
    costly = ruled(listed(NUMBER), "self.all(a, self.all(b, a + b >= 0))")
    schema = listed(costly)
    verdict = kind(schema).verdict(thing([list(range(20))] * 20))
    assert told(verdict.faults) == []
    assert 0 < len(verdict.unchecked) < 20


def test_one_rule_does_not_keep_the_others_from_being_checked() -> None:
    schema = {**NUMBER, "x-kubernetes-validations": [{"rule": "self.sparkle()"}, {"rule": "self > 1", "message": "m"}]}
    verdict = kind(schema).verdict(thing(1))
    assert told(verdict.faults) == [("spec", f"{BREAKS}m")]
    assert len(verdict.unchecked) == 1


# Definitions


def test_each_served_version_is_a_kind() -> None:
    made = definition(TEXT)
    version = made["spec"]["versions"][0]
    made["spec"]["versions"] += [{**version, "name": "v2"}, {**version, "name": "v0", "served": False}]
    made["spec"]["scope"] = "Cluster"
    kinds = custom_kinds(made, METADATA)
    assert sorted(kinds) == [("example.com/v1", "Thing"), ("example.com/v2", "Thing")]
    assert not kinds[ID].namespaced
    assert kind(TEXT).namespaced


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"spec": None}, {"spec": {"versions": [None, {"served": True}]}}, {"spec": {"versions": {}}}],
)
def test_what_is_no_definition_serves_no_kinds(document: object) -> None:
    assert custom_kinds(document, METADATA) == {}


def test_a_version_without_a_schema_takes_everything() -> None:
    made = definition(TEXT)
    del made["spec"]["versions"][0]["schema"]
    assert told(custom_kinds(made, METADATA)[ID].check({**thing("a"), "more": {"b": 1}})) == []


def test_faults_tell_repeated_entries_of_custom_and_built_in_kinds_apart() -> None:
    (fault,) = kind(SET).check(thing(["a", "a"]))
    assert fault == Fault(path=("spec", 1), keyword=Keyword.REPEATED, message="has the same value `a` as entry 0")


def test_schemas_are_compiled_when_they_are_needed() -> None:
    inner: dict[str, Any] = TEXT
    for _ in range(300):
        inner = obj(**{f"f{number}": inner for number in range(50)})
    check = kind(obj(name=TEXT, deep=inner)).check
    started = time.process_time()
    assert told(check(thing({"name": "a"}))) == []
    assert time.process_time() - started < 0.1


def test_cel_is_loaded_for_rules_only() -> None:
    program = (
        "import sys\n"
        "from test_crd import kind, ruled, thing, NUMBER\n"
        "before = [name for name in sys.modules if name.startswith('kgen.check.cel')]\n"
        "kind(NUMBER).check(thing(1))\n"
        "middle = [name for name in sys.modules if name.startswith('kgen.check.cel')]\n"
        "kind(ruled(NUMBER, 'self > 1')).check(thing(1))\n"
        "assert before == middle == [] and 'kgen.check.cel.program' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=__file__.rpartition("/")[0])


@pytest.mark.parametrize("module", ["kgen.check.crd", "kgen.check.re2"])
def test_modules_start_fast(module: str) -> None:
    program = (
        f"import sys, {module}\n"
        "slow = {'typing', 'dataclasses', 'pathlib', 'inspect'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{program}"], check=True
    )
