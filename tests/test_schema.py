"""Faults that the schemas find, and a second opinion on every single fault that can be put into good objects."""

import copy
import json
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from kgen.check.fault import Fault, Keyword, field
from kgen.check.schema import Compiler
from kgen.check.store import Store, default_directory
from kgen.diag import Path as Place

STORE = Store(default_directory())
COMPILER = Compiler(STORE.definition)
OBJECTS: dict[str, dict[str, Any]] = {
    made["kind"]: made for made in yaml.safe_load_all(Path(__file__).with_name("valid_objects.yaml").read_text("utf-8"))
}
POD = "spec.template.spec"
WEB = f"{POD}.containers[0]"


def faults(manifest: dict[str, Any], version: str = "1.34") -> list[Fault]:
    name = STORE.schema(version, manifest["apiVersion"], manifest["kind"])
    assert name
    return list(COMPILER.definition(name)(manifest))


def changed(kind: str, place: Place, value: object) -> dict[str, Any]:
    """Return a copy of an object with ``value`` at ``place``; an index one past the end appends."""
    made = copy.deepcopy(OBJECTS[kind])
    parent: Any = made
    for key in place[:-1]:
        parent = parent[key]
    if isinstance(parent, list) and place[-1] == len(parent):
        parent.append(value)
    else:
        parent[place[-1]] = value
    return made


@pytest.mark.parametrize("version", STORE.versions())
@pytest.mark.parametrize("kind", OBJECTS)
def test_good_objects_have_no_faults(kind: str, version: str) -> None:
    assert faults(OBJECTS[kind], version) == []


def at(text: str) -> Place:
    """Return the path that ``field`` writes as ``text``; for names without dots."""
    parts = text.replace("[", ".").replace("]", "").split(".")
    return tuple(int(part) if part.isdigit() else part for part in parts)


@pytest.mark.parametrize(
    ("kind", "where", "value", "message", "helped"),
    [
        ("Deployment", "spec.replicas", "2", "must be an integer, but is the string `2`", ""),
        ("Deployment", "spec.replicas", True, "must be an integer, but is the boolean `true`", ""),
        ("Deployment", "spec.replicas", 1.5, "must be an integer, but is the number `1.5`", ""),
        ("Deployment", "spec.replicas", 2**31, "must be between -2147483648 and 2147483647, but is 2147483648", ""),
        ("Deployment", "spec.replica", 2, "is no field that Kubernetes knows", "did you mean `replicas`?"),
        ("Deployment", "spec.strategy.Type", "x", "is no field that Kubernetes knows", "did you mean `type`?"),
        (
            "Deployment",
            "spec.strategy.colour",
            "x",
            "is no field that Kubernetes knows",
            "allowed here: `rollingUpdate`, `type`",
        ),
        ("Deployment", f"{POD}.zzz", 1, "is no field that Kubernetes knows", ""),
        ("Deployment", f"{WEB}.name", None, "must be a string, but is null", ""),
        ("Deployment", f"{WEB}.args", "serve", "must be a list, but is the string `serve`", ""),
        ("Deployment", f"{WEB}.env[0].value", 8000, "must be a string, but is the integer `8000`", ""),
        ("Deployment", f"{WEB}.env[0]", [], "must be a mapping, but is a list", ""),
        (
            "Deployment",
            f"{WEB}.readinessProbe.httpGet.port",
            1.5,
            "must be an integer or a string, but is the number `1.5`",
            "",
        ),
        (
            "Deployment",
            f"{WEB}.readinessProbe.httpGet.port",
            2**40,
            "must be between -2147483648 and 2147483647, but is 1099511627776",
            "",
        ),
        (
            "Deployment",
            f"{WEB}.resources.limits.memory",
            "128 MB",
            "must be a quantity such as `500m` or `128Mi`, but is the string `128 MB`",
            "",
        ),
        (
            "Deployment",
            f"{WEB}.resources.limits.memory",
            True,
            "must be a number or a string, but is the boolean `true`",
            "",
        ),
        (
            "Deployment",
            f"{WEB}.ports[1]",
            {"containerPort": 8000, "protocol": "TCP"},
            "has the same `containerPort` `8000` and `protocol` `TCP` as entry 0",
            "",
        ),
        ("Deployment", f"{WEB}.env[2]", {"name": "PORT"}, "has the same `name` `PORT` as entry 0", ""),
        (
            "Deployment",
            "metadata.creationTimestamp",
            "yesterday",
            "must be a time such as `2006-01-02T15:04:05Z`, but is the string `yesterday`",
            "",
        ),
        (
            "Deployment",
            "metadata.creationTimestamp",
            "2023-02-29T00:00:00Z",
            "must be a time such as `2006-01-02T15:04:05Z`, but is the string `2023-02-29T00:00:00Z`",
            "",
        ),
        ("Deployment", "metadata.finalizers", ["a", "b", "a"], "has the same value `a` as entry 0", ""),
        ("Deployment", "metadata.labels", {"a": 1}, "must be a string, but is the integer `1`", ""),
        ("Secret", "data.password", "aGVs\nbG8=\n", "", ""),
        ("Secret", "data.password", "hunter2", "must be base64, but is not", ""),
        (
            "Job",
            f"{POD}.tolerations[0].tolerationSeconds",
            2**63,
            f"must be between {-(2**63)} and {2**63 - 1}, but is {2**63}",
            "",
        ),
    ],
)
def test_small_faults(kind: str, where: str, value: object, message: str, helped: str) -> None:
    found = faults(changed(kind, at(where), value))
    assert [(fault.message, fault.help) for fault in found] == ([(message, helped)] if message else [])
    assert all(field(fault.path).startswith(where) for fault in found)


def test_all_faults_are_found_in_the_order_of_the_file() -> None:
    made = changed("Service", ("spec", "ports", 0), {"name": 1, "prot": 2, "targetPort": []})
    made["spec"]["type"] = 3
    assert [(field(fault.path), fault.keyword) for fault in faults(made)] == [
        ("spec.ports[0].name", Keyword.TYPE),
        ("spec.ports[0].prot", Keyword.UNKNOWN),
        ("spec.ports[0].targetPort", Keyword.TYPE),
        ("spec.ports[0].port", Keyword.REQUIRED),
        ("spec.type", Keyword.TYPE),
    ]


def test_a_missing_field_is_named() -> None:
    made = copy.deepcopy(OBJECTS["Deployment"])
    del made["spec"]["selector"]
    (fault,) = faults(made)
    assert (fault.path, fault.message) == (("spec", "selector"), "is required, but missing")


@pytest.mark.parametrize(
    ("schema", "good", "bad", "message"),
    [
        ({"type": "integer", "minimum": 1}, 1, 0, "must be at least 1, but is 0"),
        ({"type": "number", "maximum": 1.5}, 1, 2, "must be at most 1.5, but is 2"),
        ({"type": "string", "pattern": "^a"}, "ab", "ba", "must match `^a`, but is the string `ba`"),
        ({"enum": ["On", "Off"]}, "On", "Onn", "must be one of `Off` or `On`, but is the string `Onn`"),
        ({"enum": [1]}, 1, True, "must be `1`, but is the boolean `true`"),
        ({"x-kubernetes-int-or-string": True}, 1, None, "must be an integer or a string, but is null"),
        ({"type": "string", "nullable": True}, None, 1, "must be a string, but is the integer `1`"),
        ({"anyOf": [{"type": "string"}, {"minimum": 5}]}, 5, 4, "must fit at least one of 2 forms, but fits none"),
        ({"oneOf": [{"type": "string"}, {"pattern": "a"}]}, "b", "a", "must fit exactly one of 2 forms, but fits 2"),
        ({"allOf": [{"type": "string"}, {"pattern": "a"}]}, "a", 1, "must be a string, but is the integer `1`"),
        ({"not": {"type": "string"}}, 1, "a", "has a form that is not allowed here: the string `a`"),
        ({"properties": {}}, {}, {"a": 1}, "is no field that Kubernetes knows"),
        ({"properties": {}, "additionalProperties": False}, {}, {"a": 1}, "is no field that Kubernetes knows"),
        (
            {"properties": {}, "additionalProperties": {"type": "string"}},
            {"a": ""},
            {"a": []},
            "must be a string, but is a list",
        ),
        ({"properties": {}, "additionalProperties": True, "required": ["a"]}, {"a": 1}, {}, "is required, but missing"),
        (
            {"properties": {}, "x-kubernetes-preserve-unknown-fields": True, "type": "object"},
            {"a": 1},
            (),
            "must be a mapping, but is a list",
        ),
        (
            {"items": {}, "x-kubernetes-list-type": "set"},
            [1, True, 1.5, {}, {}],
            [1, 1],
            "has the same value `1` as entry 0",
        ),
    ],
    ids=str,
)
def test_every_keyword(schema: dict[str, Any], good: object, bad: object, message: str) -> None:
    compiled = COMPILER.node(schema)
    assert list(compiled(good)) == []
    assert [fault.message for fault in compiled(bad)] == [message]


def test_long_values_are_cut_off() -> None:
    (fault,) = COMPILER.node({"type": "integer"})("line\n" * 100)
    assert fault.message == "must be an integer, but is the string `" + "line\\n" * 10 + "…`"


# The second opinion


class Mutant(NamedTuple):
    """A good object with one change."""

    kind: str
    change: str
    place: Place
    made: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}: {self.change} {field(self.place)}"


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield place, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*place, key))


VALUES: tuple[object, ...] = ("text", 7, 7.5, True, None, [], {})


def mutants(kind: str) -> Iterator[Mutant]:
    """Yield copies with another sort of value in each place, without each field, with an unknown one in each map."""
    for place, old in places(OBJECTS[kind]):
        if isinstance(old, dict):
            yield Mutant(kind, "unknown", place, changed(kind, (*place, "unheardOf"), "x"))
        if not place or place in {("apiVersion",), ("kind",)}:
            continue
        for new in VALUES:
            if type(new) is not type(old) or isinstance(new, str):
                yield Mutant(kind, json.dumps(new), place, changed(kind, place, new))
        if isinstance(place[-1], str):
            made = copy.deepcopy(OBJECTS[kind])
            parent: Any = made
            for key in place[:-1]:
                parent = parent[key]
            del parent[place[-1]]
            yield Mutant(kind, "without", place, made)


SCHEMAS = Path(str(distribution("kubernetes-validate").locate_file("kubernetes_validate/kubernetes-json-schema")))


@cache
def oracle(version: str) -> Callable[[dict[str, Any]], bool]:
    """Return what ``kubernetes_validate.validate(…, strict=True)`` does, without reading its files for each call."""
    folder = SCHEMAS / f"v{version}.0-local-strict"
    definitions = Resource.from_contents(json.loads((folder / "_definitions.json").read_bytes()))
    validators: dict[str, Draft202012Validator] = {}

    def accepts(manifest: dict[str, Any]) -> bool:
        group, _, number = manifest["apiVersion"].rpartition("/")
        name = "-".join(filter(None, (manifest["kind"].lower(), group.split(".")[0], number)))
        if name not in validators:
            schema = json.loads((folder / f"{name}.json").read_bytes())
            registry = definitions @ (Resource.from_contents(schema) @ Registry())
            validators[name] = Draft202012Validator(schema, registry=registry)
        return validators[name].is_valid(manifest)

    return accepts


NULL = "upstream's `oneOf` lets both branches accept null and so refuses it; the decoders of these types accept it"
QUANTITY = "upstream takes any string; the decoder of quantities does not"
BASE64 = "upstream takes any string; the decoder of bytes does not"
OPTIONAL = "upstream's documents call it required in these versions; no API server asks for it"
TIME = "upstream does not assert formats; the decoder of times does"

DIFFERENCES: dict[tuple[str, str], str] = {
    ("null", "maxSurge"): NULL,
    ("null", "maxUnavailable"): NULL,
    ("null", "minAvailable"): NULL,
    ("null", "port"): NULL,
    ("null", "targetPort"): NULL,
    ("null", "cpu"): NULL,
    ("null", "memory"): NULL,
    ("null", "storage"): NULL,
    ("null", "sizeLimit"): NULL,
    ('"text"', "cpu"): QUANTITY,
    ('"text"', "memory"): QUANTITY,
    ('"text"', "storage"): QUANTITY,
    ('"text"', "sizeLimit"): QUANTITY,
    ("unknown", "requests"): QUANTITY,
    ("unknown", "limits"): QUANTITY,
    ("unknown", "binaryData"): BASE64,
    ("unknown", "data"): BASE64,
    ('"text"', "creationTimestamp"): TIME,
    ("without", "podSelector"): OPTIONAL,
    ("without", "serviceName"): OPTIONAL,
    ("without", "served"): OPTIONAL,
    ("without", "storage"): OPTIONAL,
}
"""Change and last key of its place: why the verdicts differ there on purpose."""


def test_verdicts_agree_with_upstreams_schemas_on_every_single_fault() -> None:
    differing: dict[tuple[str, str], list[str]] = {}
    tried = 0
    for version in ("1.25", "1.30", "1.36"):
        accepts = oracle(version)
        for kind in OBJECTS:
            for mutant in mutants(kind):
                tried += 1
                if bool(faults(mutant.made, version)) == accepts(mutant.made):
                    last = str(mutant.place[-1]) if mutant.place else ""
                    differing.setdefault((mutant.change, last), []).append(f"{version} {mutant}")
    assert {key: found for key, found in differing.items() if key not in DIFFERENCES} == {}
    assert DIFFERENCES.keys() == differing.keys()
    assert tried > 6000


@pytest.mark.parametrize(
    ("kind", "where", "value"),
    [
        ("Deployment", f"{WEB}.env[2]", {"name": "PORT"}),  # server-side apply merges lists by key
        ("Deployment", f"{WEB}.ports[1]", {"containerPort": 8000, "protocol": "TCP"}),  # ditto, with a default
        ("Deployment", "metadata.finalizers", ["a", "a"]),  # ditto, a set
        ("Deployment", "spec.replicas", 2**31),  # the decoder's int32
        ("Job", f"{POD}.tolerations[0].tolerationSeconds", 2**63),  # the decoder's int64
    ],
)
def test_what_upstreams_schemas_cannot_say(kind: str, where: str, value: object) -> None:
    made = changed(kind, at(where), value)
    assert oracle("1.36")(made)
    assert faults(made, "1.36")


def test_the_second_opinion_is_that_of_kubernetes_validate() -> None:
    good, bad = OBJECTS["Deployment"], changed("Deployment", ("spec", "replica"), 2)
    assert (oracle("1.36")(good), oracle("1.36")(bad)) == (True, False)
    kubernetes_validate.validate(good, "1.36", strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(bad, "1.36", strict=True)


@pytest.mark.parametrize("kind", OBJECTS)
def test_a_fault_is_reported_once_and_where_it_is(kind: str) -> None:
    for mutant in mutants(kind):
        found = faults(mutant.made)
        inside = [fault for fault in found if fault.path[: len(mutant.place)] == mutant.place]
        assert inside == found, mutant
        assert len(found) <= 1 or mutant.change in {"[]", "{}"}, mutant


@pytest.mark.parametrize(
    ("day", "is_there"),
    [
        *(("2024-02-29", True), ("2023-02-28", True), ("2000-02-29", True), ("2024-04-30", True), ("2024-12-31", True)),
        *(("2024-02-30", False), ("2023-02-29", False), ("1900-02-29", False), ("2024-04-31", False)),
    ],
)
def test_a_time_has_a_day_that_the_calendar_has(day: str, is_there: bool) -> None:  # noqa: FBT001
    made = changed("Deployment", at("metadata.creationTimestamp"), f"{day}T12:00:00+01:00")
    assert (faults(made) == []) is is_there


def test_a_quantity_of_many_digits_takes_little_time() -> None:
    made = changed("Deployment", at(f"{WEB}.resources"), {"limits": {"memory": "9" * 200_000 + "x"}})
    started = time.process_time()
    assert len(faults(made)) == 1
    assert time.process_time() - started < 1


def test_checking_is_fast() -> None:
    started = time.process_time()
    for _ in range(50):
        for manifest in OBJECTS.values():
            assert not faults(manifest)
    assert time.process_time() - started < 1
