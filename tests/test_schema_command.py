"""`kgen schema`: what is listed, what is shown, and that the JSON Schema says what the checker says."""

import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema
import pytest

from kgen.check.schema import Compiler
from kgen.check.store import Store, default_directory
from kgen.commands import fields, kinds
from kgen.commands.fields import FIELD_NOT_STORED
from kgen.commands.kinds import KIND_NOT_STORED, SHORT_NAMES, VERSION_NOT_STORED
from kgen.commands.schema import Output, list_kinds, show
from kgen.diag import Diagnostic, Rule

STORE = Store(default_directory())
NEWEST = STORE.versions()[-1]

POD = {"containers": [{"name": "web", "image": "example.com/web:1"}]}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "replicas": 2,
        "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD},
    },
}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def listing(*versions: str, as_json: bool = False) -> Done:
    out, err = io.StringIO(), io.StringIO()
    return Done(list_kinds(versions, Output(out=out, err=err, as_json=as_json)), out.getvalue(), err.getvalue())


def shown(target: str, version: str | None = None, api_version: str | None = None, *, as_json: bool = False) -> Done:
    out, err = io.StringIO(), io.StringIO()
    output = Output(out=out, err=err, as_json=as_json)
    return Done(show(target, version=version, api_version=api_version, output=output), out.getvalue(), err.getvalue())


@cache
def schema_of(target: str, version: str | None = None) -> dict[str, Any]:
    done = shown(target, version, as_json=True)
    assert (done.code, done.err) == (0, "")
    made: dict[str, Any] = json.loads(done.out)
    return made


def rows(text: str) -> list[list[str]]:
    return [re.split(r"  +", line.strip()) for line in text.splitlines()]


def test_without_a_version_the_versions_are_listed() -> None:
    done = listing()
    assert (done.code, done.err) == (0, "")
    head, *found = rows(done.out.partition("\n\n")[0])
    assert [head[0], *(version for version, _ in found)] == ["kubernetes", *STORE.versions()]
    assert all(int(count) > 60 for _, count in found)


def test_the_kinds_of_a_version_are_sorted_aligned_and_without_lists() -> None:
    done = listing("1.36")
    head, *found = rows(done.out)
    assert head == ["apiVersion", "kind"]
    assert found == sorted(found)
    assert ["apps/v1", "Deployment"] in found
    assert ["apps/v1", "DeploymentList"] not in found
    assert len({line.rindex(" ") for line in done.out.splitlines()}) == 1


def test_of_several_versions_it_says_which_kinds_are_in_which() -> None:
    head, *found = rows(listing("1.26", "1.25").out)  # in the order of the versions, not of the options
    assert head == ["apiVersion", "kind", "1.25", "1.26"]
    assert ["autoscaling/v2beta2", "HorizontalPodAutoscaler", "yes", "-"] in found
    assert ["v1", "Pod", "yes", "yes"] in found


def test_the_listing_for_programs() -> None:
    content = json.loads(listing(as_json=True).out)
    assert content["version"] == 1
    assert [each["version"] for each in content["kubernetes"]] == list(STORE.versions())
    assert "kinds" not in content
    content = json.loads(listing("1.25", "1.26", as_json=True).out)
    assert [each["version"] for each in content["kubernetes"]] == ["1.25", "1.26"]
    autoscaler = {"apiVersion": "autoscaling/v2beta2", "kind": "HorizontalPodAutoscaler", "kubernetes": ["1.25"]}
    assert autoscaler in content["kinds"]
    for each in content["kubernetes"]:
        assert sum(each["version"] in kind["kubernetes"] for kind in content["kinds"]) == each["kinds"]


def test_a_kind_is_shown_with_its_fields() -> None:
    assert shown("deploy", "1.36").out == (
        "Deployment in apps/v1, Kubernetes 1.36\n\n"
        "type:      mapping\n\n"
        "fields:\n"
        "  apiVersion  string   always apps/v1\n"
        "  kind        string   always Deployment\n"
        "  metadata    mapping\n"
        "  spec        mapping\n"
        "  status      mapping\n"
    )


def test_a_field_is_shown_with_what_is_asked_of_it() -> None:
    text = shown("deployment.spec.template.spec.containers").out
    assert (
        "spec.template.spec.containers\n\ntype:      list of mapping\nrequired:  yes\nlist type: map by name\n" in text
    )
    told = rows(text.partition("fields:\n")[2])
    assert ["args", "list of string", "list type atomic"] in told
    assert ["name", "string", "required"] in told
    assert ["ports", "list of mapping", "list type map by containerPort and protocol"] in told


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("cm.data", "map of string"),
        ("secret.data", "map of string (byte)"),
        ("deploy.spec.replicas", "integer (int32)"),
        ("pdb.spec.minAvailable", "integer or string"),
        ("pod.spec.containers.resources.limits", "map of number or string (quantity)"),
        ("pod.metadata.creationTimestamp", "string (date-time)"),
        ("pod.spec.containers.command", "list of string"),
        ("pod.spec.containers[0].ports[*].containerPort", "integer (int32)"),
        ("crd.spec.versions.schema.openAPIV3Schema.default", "anything"),
        ("crd.spec.versions.schema.openAPIV3Schema.properties.not.not.properties", "map of mapping"),
    ],
)
def test_types_are_told_in_words(target: str, words: str) -> None:
    assert f"\ntype:      {words}\n" in shown(target).out


def test_a_default_is_told() -> None:
    assert "\ndefault:   TCP\n" in shown("svc.spec.ports.protocol").out
    assert ["protocol", "string", "default TCP"] in rows(shown("svc.spec.ports").out)


@pytest.mark.parametrize(
    "word", ["Deployment", "deployment", "DEPLOYMENTS", "deploy", "apps/v1/Deployment", "apps/v1/deploy", "Deployment."]
)
def test_a_kind_has_many_names(word: str) -> None:
    assert shown(word).out.startswith("Deployment in apps/v1, ")


@pytest.mark.parametrize("version", STORE.versions())
def test_every_kind_is_found_by_itself_its_plural_and_its_short_name(version: str) -> None:
    for api_version, name in STORE.kinds(version):
        for word in (name, kinds.plural(name)):
            found = kinds.find(STORE, version, word, api_version)
            assert isinstance(found, kinds.Kind)
            assert (found.name, found.definition) == (name, STORE.schema(version, api_version, name))
    for word, name in SHORT_NAMES.items():
        found = kinds.find(STORE, version, word)
        assert isinstance(found, kinds.Kind)
        assert found.name == name


@pytest.mark.parametrize(
    ("word", "version", "chosen", "others"),
    [
        ("hpa", "1.25", "autoscaling/v2", ("autoscaling/v1", "autoscaling/v2beta2")),
        ("event", NEWEST, "v1", ("events.k8s.io/v1",)),
        ("eviction", NEWEST, "policy/v1", ("lifecycle.k8s.io/v1alpha1",)),
        ("ingress", NEWEST, "networking.k8s.io/v1", ()),
    ],
)
def test_of_several_the_newest_stable_one_is_taken(word: str, version: str, chosen: str, others: tuple[str]) -> None:
    found = kinds.find(STORE, version, word)
    assert isinstance(found, kinds.Kind)
    assert (found.api_version, found.others) == (chosen, others)
    text = shown(word, version).out
    assert all(other in text for other in others)
    assert ("also in:" in text) == bool(others)


def test_an_api_version_may_be_chosen() -> None:
    for done in (shown("hpa", "1.25", "autoscaling/v2beta2"), shown("autoscaling/v2beta2/hpa", "1.25")):
        assert done.out.startswith("HorizontalPodAutoscaler in autoscaling/v2beta2, Kubernetes 1.25\n")
    networks = shown("networking.k8s.io/v1/Ingress.spec.rules").out
    assert networks.startswith(f"Ingress in networking.k8s.io/v1, Kubernetes {NEWEST}\nspec.rules\n")


WRONG: tuple[tuple[tuple[str, ...], Rule, str, str], ...] = (
    (("deploy", "1.99"), VERSION_NOT_STORED, "kgen has no schemas of Kubernetes `1.99`", "versions: `1.25` to `1.37`"),
    (("depolyment",), KIND_NOT_STORED, f"Kubernetes {NEWEST} has no kind `depolyment`", "did you mean `Deployment`?"),
    (
        ("xylophone", "1.30"),
        KIND_NOT_STORED,
        "Kubernetes 1.30 has no kind `xylophone`",
        "`kgen schema list -k 1.30` names",
    ),
    (
        ("MutatingAdmissionPolicy", "1.25"),
        KIND_NOT_STORED,
        "Kubernetes 1.25 has no kind `MutatingAdmissionPolicy`",
        "it is in Kubernetes 1.32, 1.33, 1.34, 1.35, 1.36 and 1.37",
    ),
    (
        ("hpa", "1.36", "autoscaling/v2beta2"),
        KIND_NOT_STORED,
        "HorizontalPodAutoscaler is not in `autoscaling/v2beta2` in Kubernetes 1.36",
        "it is in `autoscaling/v1` and `autoscaling/v2`; `autoscaling/v2beta2` has it in Kubernetes 1.25",
    ),
    (("",), KIND_NOT_STORED, "no kind is named", "`kgen schema list"),
    (
        ("deploy.spec.replica", "1.36"),
        FIELD_NOT_STORED,
        "`Deployment.spec` has no field `replica` in apps/v1 of Kubernetes 1.36",
        "did you mean `replicas`?",
    ),
    (
        ("pod.spec.xylophone", "1.36"),
        FIELD_NOT_STORED,
        "`Pod.spec` has no field `xylophone` in v1 of Kubernetes 1.36",
        "`kgen schema show Pod.spec` lists its",
    ),
    (
        ("deploy.spec.replicas.max",),
        FIELD_NOT_STORED,
        "`Deployment.spec.replicas` has no fields, so no `max`",
        "`kgen schema show Deployment.spec.replicas` tells what it takes",
    ),
)


@pytest.mark.parametrize(("question", "rule", "message", "way_out"), WRONG, ids=lambda value: str(value)[:30])
def test_a_wrong_question_is_wrong_use(question: tuple[str, ...], rule: Rule, message: str, way_out: str) -> None:
    done = shown(*question)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error[{rule.code}]: {message}\n")
    assert f"= help: {way_out}" in done.err
    done = shown(*question, as_json=True)
    (finding,) = json.loads(done.out)["findings"]
    assert (done.code, done.err) == (2, "")
    assert (finding["name"], finding["message"]) == (rule.name, message)


def test_all_unknown_versions_are_told_at_once() -> None:
    done = listing("1.99", "1.25", "2.0", "1.99")
    assert (done.code, done.out) == (2, "")
    assert re.findall(r"Kubernetes `([^`]+)`", done.err) == ["1.99", "2.0"]


def faults_of_jsonschema(schema: dict[str, Any], value: object) -> bool:
    return not jsonschema.Draft202012Validator(schema).is_valid(value)


BROKEN: tuple[tuple[str, object], ...] = (
    ("spec.replicas", "two"),
    ("spec.replica", 2),
    ("spec.selector", 3),
    ("spec.template.spec.containers", {}),
    ("spec.template.spec.container", []),
    ("spec.template.spec.containers.0.name", 1),
    ("spec.template.spec.containers.0.resources", {"limits": {"cpu": []}}),
    ("spec.strategy.rollingUpdate.maxSurge", True),
    ("metadata.labels.app", 1),
    ("kind", "Deploymnt"),
    ("status", None),
    ("spec.template.spec.containers.0.env", []),
    ("spec.template.spec.containers.0.resources", {"limits": {"cpu": 1}}),
)


@pytest.mark.parametrize(("place", "value"), BROKEN, ids=[f"{place}={value}" for place, value in BROKEN])
@pytest.mark.parametrize("version", [STORE.versions()[0], NEWEST])
def test_the_json_schema_says_what_the_checker_says(version: str, place: str, value: object) -> None:
    changed: Any = json.loads(json.dumps(DEPLOYMENT))
    *way, last = place.split(".")
    here = changed
    for key in way:
        here = here[int(key)] if isinstance(here, list) else here[key]
    here[last] = value
    name = STORE.schema(version, "apps/v1", "Deployment")
    assert name
    wrong = bool(Compiler(STORE.definition).definition(name)(changed))
    assert faults_of_jsonschema(schema_of("deploy", version), changed) == wrong
    assert not faults_of_jsonschema(schema_of("deploy", version), DEPLOYMENT)


def test_every_kind_becomes_a_valid_schema_that_stands_alone() -> None:
    for api_version, name in kinds.kinds(STORE, NEWEST):
        kind = kinds.find(STORE, NEWEST, name, api_version)
        assert isinstance(kind, kinds.Kind)
        field = fields.find(kind, (), STORE.definition)
        assert not isinstance(field, Diagnostic)
        schema = fields.json_schema(field, STORE.definition)
        jsonschema.Draft202012Validator.check_schema(schema)
        references = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(schema)))
        assert references == {f"#/$defs/{each}" for each in schema.get("$defs", {})}
        assert bool(references) == (name in {"CustomResourceDefinition", "Workload"})


def test_what_recurs_is_checked_at_any_depth() -> None:
    schema = schema_of("crd.spec.versions.schema.openAPIV3Schema")
    assert not faults_of_jsonschema(schema, {"properties": {"a": {"not": {"type": "string"}}}})
    assert faults_of_jsonschema(schema, {"properties": {"a": {"not": {"type": 1}}}})


def test_the_json_schema_says_what_it_is_about() -> None:
    schema = schema_of("hpa.spec", "1.36")
    assert schema["title"] == "HorizontalPodAutoscaler.spec"
    about = "HorizontalPodAutoscaler in autoscaling/v2, Kubernetes 1.36; also in autoscaling/v1"
    assert schema["$comment"] == about


def command(*words: str) -> Done:
    done = subprocess.run([sys.executable, "-m", "kgen", "schema", *words], capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def test_the_command_line_hands_everything_on() -> None:
    assert command("list", "-k", "1.36", "--format", "json") == listing("1.36", as_json=True)
    assert command("list") == listing()
    expected = shown("hpa.spec", "1.25", "autoscaling/v1")
    assert command("show", "hpa.spec", "-k", "1.25", "--api-version", "autoscaling/v1") == expected
    assert command("show", "pods.spec.xylophone", "--format", "json") == shown("pods.spec.xylophone", as_json=True)
    assert command("show", "depolyment") == shown("depolyment")


def test_an_api_version_is_named_once() -> None:
    done = command("show", "apps/v1/Deployment", "--api-version", "v1")
    assert done.code == 2
    assert "the API version is named twice" in done.err


def test_custom_kinds_are_listed_with_what_their_schemas_are_of() -> None:
    found = rows(listing().out.partition("\n\n")[2])
    assert found[0] == ["apiVersion", "kind", "of"]
    (monitor,) = [row for row in found if row[1] == "ServiceMonitor"]
    assert monitor[0] == "monitoring.coreos.com/v1"
    assert monitor[2].startswith("prometheus-operator")
    content = json.loads(listing(as_json=True).out)["custom"]
    (queue,) = [each for each in content if each["kind"] == "RabbitmqCluster"]
    assert queue == {
        "apiVersion": "rabbitmq.com/v1beta1",
        "kind": "RabbitmqCluster",
        "release": queue["release"],
        "isPartial": True,
    }
    assert "custom" not in json.loads(listing("1.36", as_json=True).out)


def test_a_custom_kind_is_shown_like_any_other() -> None:
    assert shown("monitoring.coreos.com/v1/ServiceMonitor").out.startswith(
        "ServiceMonitor in monitoring.coreos.com/v1, prometheus-operator "
    )
    told = rows(shown("scaledobjects.spec.scaleTargetRef").out.partition("fields:\n")[2])
    assert ["name", "string", "required"] in told
    assert "also in:   velero.io/v1\n" in shown("Backup").out
    schema = json.loads(shown("servicemonitor", as_json=True).out)
    assert "$defs" not in schema
    good = {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "web"}}
    jsonschema.validate(good | {"spec": {"selector": {}, "endpoints": []}}, schema)
    with pytest.raises(jsonschema.ValidationError, match="selector"):
        jsonschema.validate(good | {"spec": {"endpoints": []}}, schema)


def test_a_schema_of_kgens_own_refuses_no_field_that_it_does_not_know() -> None:
    assert shown("RabbitmqCluster.spec").out.splitlines()[0].endswith(", in part")
    schema = json.loads(shown("RabbitmqCluster", as_json=True).out)
    jsonschema.validate({"spec": {"replicas": 3, "later": 1}}, schema)
    with pytest.raises(jsonschema.ValidationError, match="integer"):
        jsonschema.validate({"spec": {"replicas": "3"}}, schema)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("servicemonitr", "did you mean `ServiceMonitor`?"),
        ("a/v1/ServiceMonitor", "it is in `monitoring.coreos.com/v1`"),
        ("servicemonitor.spec.endpont", "did you mean `endpoints`?"),
        ("deploymnt", "did you mean `Deployment`?"),
    ],
)
def test_what_is_near_a_custom_kind_is_told(target: str, said: str) -> None:
    done = shown(target)
    assert done.code == 2
    assert said in done.err
