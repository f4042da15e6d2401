"""Laws that hold for every app: the real stages, from YAML text to YAML text, over apps drawn by ``strategies``."""

import copy
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kgen import quotas
from kgen.check.manifests import check
from kgen.check.store import Store, default_directory
from kgen.diag import Diagnostic, has_error
from kgen.emit.compose import compose
from kgen.emit.dockerfile import dockerfile
from kgen.emit.dockerignore import dockerignore
from kgen.emit.objects import emit
from kgen.features.argocd import app_objects, shared_objects
from kgen.features.secrets import Csi, Secrets, SecretStore
from kgen.filenames import PLATFORM_FILE
from kgen.handmade.manifests import Brought
from kgen.handmade.objects import completed
from kgen.handmade.verdicts import Cluster
from kgen.k8s import Emitted
from kgen.load import app as load_app
from kgen.load import platform as load_platform
from kgen.load import shape
from kgen.load.inheritance import Around
from kgen.load.parse import parse
from kgen.model.app import App
from kgen.model.facts import Facts
from kgen.model.needs import KINDS
from kgen.model.operations import Backups, Dumps
from kgen.model.plan import Plan
from kgen.model.platform import Platform
from kgen.model.providers import PROVIDERS, NeedClass, Needs
from kgen.naming import clashes
from kgen.record import replace
from kgen.report import json as as_json
from kgen.report import text as as_text
from kgen.resolve import admission, argocd
from kgen.resolve.plan import resolve
from kgen.source import Node, Source, plain
from kgen.spec import NotYet, Spec
from kgen.workspace import Workspace
from kgen.write.yaml import text
from strategies import ELSEWHERE, FAVOURITES, TRAPS, apps, defaults, facts, of

STORE = Store(default_directory())
VERSIONS = ("1.25", "1.30", "1.36", "1.37")
FILE = "app.yaml"
OWN_NEEDS = {
    kind: {"own": NeedClass(provider=providers[1]), "operated": NeedClass(provider=providers[-1])}
    | {ELSEWHERE: NeedClass(provider="external")}
    for kind, providers in PROVIDERS.items()
}
PLATFORM = Platform(
    crds=("monitoring.coreos.com/v1", "keda.sh/v1alpha1", "autoscaling.k8s.io/v1"),
    secrets=Secrets(store=SecretStore(name="vault"), csi=Csi(provider="vault", parameters={"roleName": "app"})),
    needs=Needs(**OWN_NEEDS),
    backups=Backups(volumes="velero", dumps=Dumps(bucket="dumps", secret="dumps")),  # noqa: S106  # its name
)
"""One with all that an app may ask for."""

# drawing a whole app takes a while on a slow machine; it says nothing about kgen
law = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
few, some, many = settings(law, max_examples=8), settings(law, max_examples=15), settings(law, max_examples=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of an app file."""

    source: Source
    found: tuple[Diagnostic, ...]
    plans: Mapping[str, Plan]
    """Per environment; empty if there was an error."""

    objects: Mapping[str, tuple[Emitted, ...]]

    def texts(self) -> dict[str, str]:
        """Return every text that would be written, with a name for each."""
        made = {}
        for environment, objects in self.objects.items():
            for each in objects:
                path = f"{environment}/{each.manifest['kind']}-{each.manifest['metadata']['name']}"
                assert path not in made
                made[path] = text(each.manifest, "")
        for environment, plan in self.plans.items():
            made[f"{environment}/compose.yaml"] = text(compose(plan), "")
            for image in filter(None, (part.image for part in plan.workloads)):
                made[f"{environment}/{image.context}/Dockerfile"] = dockerfile(image)
                made[f"{environment}/{image.context}/.dockerignore"] = dockerignore(image, ["deploy", "kgen.yaml"])
        return made


def compiled(data: Any, platform: Platform = PLATFORM, around: Around = Around()) -> Made:  # noqa: B008  # frozen
    """Send ``data``, or the text that it is, through all stages."""
    said = {"": around, "local": replace(around, is_local=True)}
    return compiled_in(data, Workspace(root=Path(), source=None, platform=platform, around=said, found=()))


def compiled_in(data: Any, workspace: Workspace) -> Made:
    """Send ``data`` through all stages, as ``pipeline`` does with the files of a folder."""
    source = parse(data if isinstance(data, str) else text(data, ""), FILE)
    workspace = workspace.inheriting(load_app.lines(source))
    loaded = load_app.validate(source, workspace.given(None))
    found = list(loaded.found)
    plans: dict[str, Plan] = {}
    objects: dict[str, tuple[Emitted, ...]] = {}
    if loaded.value:
        variants = {each.environment: each for each in (loaded.value.base, *loaded.value.environments)}
        known = facts(*(each.app for each in variants.values()))
        for variant in variants.values():
            platform = workspace.platform_for(variant.environment)
            outcome = resolve(
                variant.app,
                variant.environment,
                platform,
                known,
                defaulted=variant.written_in(PLATFORM_FILE),
                base=loaded.value.base.app,
            )
            found += map(variant.locate, outcome.found)
            assert (outcome.value is None) == has_error(outcome.found)
            if outcome.value:
                plans[variant.environment] = outcome.value
                objects[variant.environment], faults = completely(variant, outcome.value, known, workspace)
                found += map(variant.locate, faults)
    if has_error(found):
        plans, objects = {}, {}
    return Made(source=source, found=tuple(each.within(FILE) for each in found), plans=plans, objects=objects)


def completely(
    variant: load_app.Variant, plan: Plan, known: Facts, workspace: Workspace
) -> tuple[tuple[Emitted, ...], list[Diagnostic]]:
    """Return all objects of ``plan``, those of Argo CD too, and what is wrong with them."""
    platform = workspace.platform_for(plan.environment)
    cluster = Cluster(store=STORE, versions=platform.kubernetes, custom=platform.crds, external=())
    given = Brought(namespace=plan.namespace, texts=known.manifests)
    done = completed(variant.app, tuple(emit(plan)), given, cluster)
    made = quotas.with_quota(plan, done.objects, workspace)
    found = [*done.found, *clashes(made), *admission.faults(made, platform)]
    found += quotas.exceeded([quotas.taken(plan, made, variant.root, workspace)])
    if deployment := argocd.deployment(platform, plan.environment, plan.environment or "default"):
        everything = (*made, *plan.provided.in_files(plan.target))
        told = (*app_objects(deployment, plan.app, plan.namespace, everything), *shared_objects(deployment))
        made = (*made, *(Emitted(manifest=each) for each in told))
    own = [each for each in made if not each.is_by_hand]
    return made, [*found, *check(own, platform.kubernetes, STORE)]


def shown(made: Made) -> str:
    return as_text.render_all(made.found, {FILE: made.source})


def good(data: Any, platform: Platform = PLATFORM) -> Made:
    """Return what was made of ``data``, which has no fault."""
    made = compiled(data, platform)
    assert made.plans, shown(made)
    return made


def manifests(made: Made, environment: str = "") -> list[dict[str, Any]]:
    return [dict(each.manifest) for each in made.objects[environment]]


def lowest_namespace(value: Any, namespace: str) -> Any:
    """Return ``value`` with ``namespace`` replaced, so that two environments can be compared."""
    return json.loads(json.dumps(value).replace(f'"namespace": "{namespace}"', '"namespace": "?"'))


# --- the strategies themselves --------------------------------------------------------------------------------------


def supported(model: type[Spec]) -> dict[str, Any]:
    """Return name → annotation of the fields of ``model`` that this version compiles."""
    return {
        name: info.annotation
        for name, info in model.model_fields.items()
        if not any(isinstance(mark, NotYet) and not mark.values for mark in info.metadata)
    }


def specs_in(annotation: Any) -> Iterator[type[Spec]]:
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    for each in get_args(annotation):
        yield from specs_in(each)


def below(model: type[Spec], seen: set[type[Spec]]) -> set[type[Spec]]:
    """Return ``model`` and every model that it is made of."""
    if model not in seen:
        seen.add(model)
        for annotation in supported(model).values():
            for each in specs_in(annotation):
                below(each, seen)
    return seen


def fields_set(value: Any) -> Iterator[str]:
    """Yield ``Model.field`` for everything that was written in a model, with a value."""
    if isinstance(value, Spec):
        for name in value.model_fields_set:
            inner = getattr(value, name)
            if inner not in (None, (), {}):
                yield f"{type(value).__name__}.{name}"
            yield from fields_set(inner)
    elif isinstance(value, dict | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from fields_set(each)


seen = settings(law, derandomize=True, database=None, phases=[Phase.generate])


def test_every_field_of_the_model_is_drawn() -> None:
    """Every field occurs with a value in whole apps; not only in draws of its own model, which may never be met."""
    drawn: set[str] = set()

    def look(data: dict[str, Any]) -> None:
        loaded = load_app.validate(parse(text(data, ""), FILE)).value
        assert loaded
        for each in (loaded.base, *loaded.environments):
            drawn.update(fields_set(each.app))

    for favourite, weight in Counter(FAVOURITES).items():
        settings(seen, max_examples=4 + weight)(given(apps(favourite=favourite))(look))()
    wanted = {f"{model.__name__}.{name}" for model in below(App, set()) for name in supported(model)}
    # a port is in its long form, `ports`, before the model sees it
    assert wanted - drawn == {"Component.port"}


@pytest.mark.parametrize("annotation", [set[str], int, complex, list[int], tuple[int, str], int | None])
def test_an_unknown_shape_is_refused(annotation: Any) -> None:
    with pytest.raises(TypeError):
        of(annotation)


# --- output ---------------------------------------------------------------------------------------------------------


@many
@given(apps())
def test_a_valid_app_compiles_without_error(data: dict[str, Any]) -> None:
    assert good(data).texts()


@some
@given(apps(old=True), st.sampled_from([*((version,) for version in VERSIONS), VERSIONS]))
def test_objects_pass_the_schemas_of_every_version(data: dict[str, Any], versions: tuple[str, ...]) -> None:
    good(data, PLATFORM.model_copy(update={"kubernetes": versions}))


@few
@given(apps())
def test_equal_apps_give_equal_bytes(data: dict[str, Any]) -> None:
    assert good(data).texts() == good(copy.deepcopy(data)).texts()


def shuffled(value: Any, what: shape.Shape, luck: random.Random) -> Any:
    """
    Return ``value`` with the keys of fields in another order; so are names of environments and secrets.

    The order of all other maps is meaning: the first port is the default one, a variable may use one before it,
    and objects, mounts and compose services stand in the order of components, volumes and needs.
    """
    if not isinstance(value, dict):
        return [shuffled(each, what.item or what, luck) for each in value] if isinstance(value, list) else value
    keys = list(value)
    if what.spec or not what.each:
        luck.shuffle(keys)
    whole = shape.shape_of(App)
    made = {}
    for key in keys:
        inner = what.child(key)
        if what.spec is App and key in {"environments", "secrets"} and isinstance(value[key], dict):
            names = list(value[key])
            luck.shuffle(names)
            each = whole if key == "environments" else inner.each
            assert each
            made[key] = {name: shuffled(value[key][name], each, luck) for name in names}
        else:
            made[key] = shuffled(value[key], inner, luck)
    return made


@few
@given(apps(environments=False))
def test_every_app_runs_on_a_local_cluster_with_one_pod_of_everything(data: dict[str, Any]) -> None:
    made = manifests(good(data | {"environments": {"local": None}}), "local")
    assert {each["kind"] for each in made}.isdisjoint(
        {"HorizontalPodAutoscaler", "ScaledObject", "PodDisruptionBudget", "VerticalPodAutoscaler"}
    )
    assert {each["spec"].get("replicas") for each in made if each["kind"] in {"Deployment", "StatefulSet"}} <= {1}


def contains(whole: Any, part: Any) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and contains(whole[key], value) for key, value in part.items())
    return bool(whole == part)


@some
@given(apps(), defaults())
def test_defaults_add_to_an_app_and_change_nothing_that_it_says(data: dict[str, Any], given: dict[str, Any]) -> None:
    chosen = load_platform.choices(parse(text({"defaults": given}, ""), PLATFORM_FILE))
    assert chosen.value, as_text.render_all(chosen.found, {})
    around = chosen.value[""].around
    made = compiled(data, around=around)
    assert made.plans, shown(made)
    alone = load_app.validate(made.source).value
    beside = load_app.validate(made.source, load_app.Given(around={"": around})).value
    assert alone
    assert beside
    for one, other in zip(alone.environments, beside.environments, strict=True):
        assert contains(plain(other.root), plain(one.root))


@few
@given(apps(), st.randoms(use_true_random=False))
def test_the_order_of_fields_means_nothing(data: dict[str, Any], luck: random.Random) -> None:
    assert good(data).texts() == good(shuffled(data, shape.shape_of(App), luck)).texts()


@few
@given(apps(environments=False), st.randoms(use_true_random=False))
def test_the_order_of_components_is_only_that_of_objects(data: dict[str, Any], luck: random.Random) -> None:
    names = list(data["components"])
    luck.shuffle(names)
    other = data | {"components": {name: data["components"][name] for name in names}}

    def by_name(made: Made) -> dict[str, Any]:
        objects = {f"{each['kind']} {each['metadata']['name']}": each for each in copy.deepcopy(manifests(made))}
        for each in objects.values():
            for rules, peers in (("ingress", "from"), ("egress", "to")) if each["kind"] == "NetworkPolicy" else ():
                for rule in each["spec"].get(rules, []):
                    rule.get(peers, []).sort(key=json.dumps)
                each["spec"].get(rules, []).sort(key=json.dumps)
        return objects

    assert by_name(good(data)) == by_name(good(other))


_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "web": {"stopGracePeriod": "30s", "volumes": {}},
    "worker": {"stopGracePeriod": "30s", "ports": {}, "routes": ()},
    "stateful": {"stopGracePeriod": "30s", "podManagement": "ordered", "claimRetention": {"whenDeleted": "retain"}},
    "daemon": {"stopGracePeriod": "30s", "ports": {}},
    "cron": {"concurrency": "forbid", "suspend": False, "retries": 2, "stopGracePeriod": "30s"},
    "job": {"retries": 2, "stopGracePeriod": "30s", "files": {}},
}
_PROBES = {
    "startup": {"period": "2s", "timeout": "2s", "failures": 30},
    "readiness": {"period": "10s", "timeout": "2s", "failures": 3, "successes": 1, "initialDelay": None},
    "liveness": {"period": "10s", "timeout": "5s", "failures": 6, "off": False},
}


def with_defaults(data: dict[str, Any]) -> dict[str, Any]:  # noqa: C901  # a list of defaults
    """Return ``data`` with what kgen puts in by itself."""
    made = copy.deepcopy(data)
    has_amounts = made.get("resources") is not None
    for component in (each for each in made["components"].values() if each["type"] != "external"):
        kind = component["type"]
        for key, value in _DEFAULTS[kind].items():
            if component.get(key) is None and not (key == "ports" and component.get("port")) and key != "routes":
                component[key] = value
        if not has_amounts and component.get("resources") is None:
            component["resources"] = {"cpu": "100m", "memory": "256Mi"}
        if component.get("security") is None and made.get("security") is None:
            component["security"] = {"readOnlyRootFilesystem": True, "runAsUser": 65532}
        for volume in (component.get("volumes") or {}).values():
            volume.setdefault("type", "persistent")
            if volume["type"] == "persistent":
                volume.update({"access": volume.get("access") or "ReadWriteOnce"})
        for route in component.get("routes") or ():
            route.setdefault("path", "/")
        if kind == "web" or (kind == "stateful" and (component.get("port") or component.get("ports"))):
            first = next(iter(component.get("ports", {"http": 0})))
            if component.get("probes") is None:
                component["probes"] = {name: {"tcp": first} | probe for name, probe in _PROBES.items()}
            component["ports"] = {
                name: port if isinstance(port, dict) else {"port": port, "servicePort": port, "protocol": "TCP"}
                for name, port in component.pop("ports", {"http": component.pop("port", 0)}).items()
            }
        if kind in {"web", "worker", "stateful"} and component.get("replicas") is None:
            alone = any(
                each["type"] == "persistent" and each["access"].startswith("ReadWriteOnce")
                for each in (component.get("volumes") or {}).values()
            )
            component["replicas"] = 2 if kind == "web" and not alone else 1
    for need in (made.get("needs") or {}).values():
        need.update(
            {"database": made["name"]} if need.get("database") is None and KINDS[need["type"]].has_database else {}
        )
    made["namespace"] = made["name"] if made.get("namespace") is None else made["namespace"]
    return made


@some
@given(apps(environments=False))
def test_writing_a_default_out_changes_nothing(data: dict[str, Any]) -> None:
    assert good(with_defaults(data)).texts() == good(data).texts()


# --- names that are referred to -------------------------------------------------------------------------------------


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every value below ``value`` with its path."""
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from walk(item, (*path, key))


def templates(objects: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each object that runs pods, with its pod template."""
    for each in objects:
        spec = each.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template and "spec" in template:
            yield each, template


def external_configs(data: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return name and key of the ConfigMaps that the user says exist already."""
    pairs = [value["config"].split("/") for _, value in walk(data) if isinstance(value, dict) and value.get("config")]
    return {(name, key) for name, key in pairs}


def external_accounts(data: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return the accounts that the user says somebody else makes."""
    given = [
        value["serviceAccount"] for _, value in walk(data) if isinstance(value, dict) and value.get("serviceAccount")
    ]
    return {("ServiceAccount", each if isinstance(each, str) else each.get("name") or "") for each in given}


def keys_promised(plan: Plan) -> dict[str, Collection[str]]:
    """Return the keys of Secrets that somebody makes, or that something is made for."""
    external = {each.name: [entry.key for entry in each.entries] for each in plan.provided.external}
    classes = {each.name: [entry.key for entry in each.entries] for each in plan.provided.classes}
    sealed = {each["metadata"]["name"]: each["spec"]["encryptedData"] for each in plan.provided.sealed}
    return {**plan.secrets, **external, **sealed, **classes}


@some
@given(apps())
def test_every_name_is_emitted_or_declared(data: dict[str, Any]) -> None:  # noqa: C901  # a list of names
    made = good(data)
    for environment, plan in made.plans.items():
        objects = manifests(made, environment)
        names = {(each["kind"], each["metadata"]["name"]) for each in objects}
        configs = {each["metadata"]["name"]: each["data"] for each in objects if each["kind"] == "ConfigMap"}
        external = external_configs(data)
        promised = keys_promised(plan)
        for workload, template in templates(objects):
            pod = template["spec"]
            inside = [*pod["containers"], *pod.get("initContainers", [])]
            assert ("ServiceAccount", pod["serviceAccountName"]) in names | external_accounts(data)
            for source in (source for each in inside for source in each.get("envFrom", [])):
                assert source["configMapRef"]["name"] in configs
            for variable in (variable for each in inside for variable in each.get("env", [])):
                match variable.get("valueFrom"):
                    case {"secretKeyRef": {"name": name, "key": key}}:
                        assert (
                            by_operator(plan, name)
                            or f"secret-{name}.yaml" in plan.provided.files
                            or key in promised[name]
                        )
                    case {"configMapKeyRef": {"name": name, "key": key}}:
                        assert (name, key) in external
            volumes = {each["name"]: each for each in pod["volumes"]}
            own = {each["metadata"]["name"] for each in workload["spec"].get("volumeClaimTemplates", [])}
            mounts = [mount for each in inside for mount in each["volumeMounts"]]
            assert {each["name"] for each in mounts} == set(volumes) | own
            for mount in mounts:
                volume = volumes.get(mount["name"], {})
                if "configMap" in volume:
                    assert mount["subPath"] in configs[volume["configMap"]["name"]]
                if "persistentVolumeClaim" in volume:
                    assert ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]) in names
            everywhere = {port["containerPort"] for each in inside for port in each.get("ports", [])}
            for container in inside:
                ports = {each["name"] for each in container.get("ports", [])} | everywhere
                for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
                    probe = container.get(kind, {})
                    assert {probe[key]["port"] for key in ("httpGet", "tcpSocket", "grpc") if key in probe} <= ports
        declared = set(data.get("secrets") or {}) | {f"{data['name']}-{need}" for need in data.get("needs") or {}}
        mappings = [value for _, value in walk(data) if isinstance(value, dict)]
        declared |= {name for value in mappings for name in value.get("pullSecrets") or ()}
        if any((need or {}).get("backup") for need in (data.get("needs") or {}).values()):
            declared.add("dumps")  # that of the bucket, in the platform's file
        declared |= {entry["secretName"] for each in objects for entry in each.get("spec", {}).get("tls", [])}
        assert set(plan.secrets) <= declared
        assert_targets(objects, names)


def by_operator(plan: Plan, secret: str) -> bool:
    """Tell whether the operator of a backing service makes a Secret of this name."""
    ends = ("-app", "-default-user", "")
    return secret in {f"{each.target.name}{end}" for each in plan.operated for end in ends}


def assert_targets(objects: Sequence[Mapping[str, Any]], names: set[tuple[str, str]]) -> None:
    """Assert that what stands in front of a workload finds it, and the ports that it names."""
    services = {
        each["metadata"]["name"]: {port["name"] for port in each["spec"].get("ports", [])}
        for each in objects
        if each["kind"] == "Service"
    }
    for each in objects:
        if each["kind"] == "HorizontalPodAutoscaler":
            target = each["spec"]["scaleTargetRef"]
            assert (target["kind"], target["name"]) in names
        if each["kind"] == "Ingress":
            backends = [value["service"] for _, value in walk(each) if isinstance(value, dict) and "service" in value]
            assert backends
            for backend in backends:
                assert backend["port"]["name"] in services[backend["name"]]


SELECTOR: Mapping[str, Callable[[Any], Mapping[str, str]]] = {
    "Deployment": lambda spec: spec["selector"]["matchLabels"],
    "StatefulSet": lambda spec: spec["selector"]["matchLabels"],
    "DaemonSet": lambda spec: spec["selector"]["matchLabels"],
    "PodDisruptionBudget": lambda spec: spec["selector"]["matchLabels"],
    "NetworkPolicy": lambda spec: spec["podSelector"]["matchLabels"],
    "Service": lambda spec: spec["selector"],
}


def finds(selector: Mapping[str, str], objects: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the objects whose pods ``selector`` finds."""
    return [each for each, template in templates(objects) if selector.items() <= template["metadata"]["labels"].items()]


@some
@given(apps())
def test_selectors_find_their_own_pods_and_no_others(data: dict[str, Any]) -> None:
    made = good(data)
    for environment in made.plans:
        objects = manifests(made, environment)
        for each in objects:
            spec = each.get("spec", {})
            component = each["metadata"].get("labels", {}).get("app.kubernetes.io/component")
            own = SELECTOR.get(each["kind"])
            if (
                own is None
                or spec.get("type") == "ExternalName"
                or each["metadata"]["name"] in {operated.target.name for operated in made.plans[environment].operated}
            ):
                continue  # the pods of an operator are no objects here
            (found,) = finds(own(spec), objects)
            assert found["metadata"]["labels"]["app.kubernetes.io/component"] == component
            rules = spec.get("ingress", []) if each["kind"] == "NetworkPolicy" else []
            ours = {part.target.component for part in made.plans[environment].workloads}
            for peer in (peer for rule in rules for peer in rule.get("from", []) if "namespaceSelector" not in peer):
                labels = peer.get("podSelector", {}).get("matchLabels", {})
                if labels.get("app.kubernetes.io/component") in ours:
                    assert len(finds(labels, objects)) == 1
            if each["kind"] == "Service":
                _, template = next(pair for pair in templates(objects) if pair[0] is found)
                inside = [*template["spec"]["containers"], *template["spec"].get("initContainers", [])]
                targets = {port["targetPort"] for port in spec.get("ports", [])}
                assert targets <= {port["name"] for each in inside for port in each.get("ports", [])}


@settings(law, max_examples=12)
@given(apps(environments=False))
def test_readers_of_both_yaml_versions_see_what_was_written(data: dict[str, Any]) -> None:
    made = good(data)
    values = [*manifests(made), *(compose(plan) for plan in made.plans.values())]
    for value in values:
        written_text = text(value, "header")
        assert yaml.safe_load(written_text) == as_lists(value)
        assert YAML(typ="safe", pure=True).load(written_text) == as_lists(value)


def as_lists(value: Any) -> Any:
    return json.loads(json.dumps(value))


# --- changes --------------------------------------------------------------------------------------------------------

_CHANGES: Mapping[str, Any] = {
    "env": {"ADDED": "no"},
    "resources": {"requests": {"cpu": "3m"}, "limits": {"memory": "7Gi"}},
    "probes": {"liveness": {"exec": ["true"], "period": "77s"}},
    "stopGracePeriod": "77s",
}


@few
@given(apps(environments=False), st.sampled_from(sorted(_CHANGES)), st.data())
def test_a_change_of_one_component_changes_only_its_objects(
    data: dict[str, Any], field: str, more: st.DataObject
) -> None:
    name = more.draw(st.sampled_from(sorted(data["components"])))
    component = data["components"][name]
    if field == "probes" and component["type"] not in {"web", "worker"}:
        field = "resources"
    value = {**component.get("env", {}), "ADDED": "no"} if field == "env" else _CHANGES[field]
    if component["type"] == "external":
        field, value = "host", "changed.example.com"
    other = data | {"components": data["components"] | {name: component | {field: value}}}
    before, after = (
        {f"{each['kind']} {each['metadata']['name']}": each for each in manifests(good(each_data))}
        for each_data in (data, other)
    )
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    assert changed
    for key in changed:
        labels = (after.get(key) or before[key])["metadata"]["labels"]
        assert labels["app.kubernetes.io/component"] == name


def settled(value: Any) -> Any:
    """Return ``value`` with the namespace of every other app said: by default it depends on the environment."""
    if isinstance(value, list):
        return [settled(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: settled(each) for key, each in value.items()}
    for other in (made.get("apps") or {}).values() if isinstance(made.get("apps"), dict) else ():
        other["namespace"] = "elsewhere"
    return made | {"namespace": "elsewhere"} if isinstance(made.get("app"), str) else made


def named_by_nothing(text: str, namespace: str) -> str:
    """Return ``text`` without what follows from the namespace: its name, and the identity of a dashboard in it."""
    return re.sub(r'uid\\": \\"[0-9a-f]{16}', "uid", text.replace(namespace, "zzz9"))


@few
@given(apps(environments=False).map(settled))
def test_an_empty_environment_is_the_base(data: dict[str, Any]) -> None:
    data = {key: value for key, value in data.items() if key != "namespace"} | {"name": "zzz9"}
    made = good(data | {"environments": {"prod": {}, "nothing": None}})
    base = [each for each in manifests(good(data)) if each["kind"] != "Namespace"]
    for environment in ("prod", "nothing"):
        assert made.plans[environment].namespace == f"zzz9-{environment}"
        objects = [each for each in manifests(made, environment) if each["kind"] != "Namespace"]
        texts = [named_by_nothing(json.dumps(each), f"zzz9-{environment}") for each in (objects, base)]
        assert texts[0] == texts[1]


@some
@given(apps(environments=False).map(settled), st.data())
def test_null_in_an_environment_removes(data: dict[str, Any], more: st.DataObject) -> None:
    name = more.draw(st.sampled_from(sorted(data["components"])))
    paths: list[tuple[str, ...]] = [
        (key,) for key in data if key not in {"apiVersion", "name", "namespace", "components", "build"}
    ]
    paths += [("components", name, key) for key in data["components"][name] if key != "build"]
    paths += [("env", key) for key in data.get("env") or {}]
    path = more.draw(st.sampled_from(paths))
    without = copy.deepcopy(data)
    inner: Any = without
    overlay: Any = None
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    for key in reversed(path):
        overlay = {key: overlay}
    namespace = {"namespace": "here"}
    removed = compiled(data | namespace | {"environments": {"prod": overlay}})
    absent = compiled(without | namespace)
    assert removed.plans or not absent.plans, shown(removed)  # a caller that goes may leave what nobody calls
    if absent.plans:
        assert manifests(removed, "prod") == manifests(absent)


def node(value: Any, at: tuple[str | int, ...] = ()) -> Node:
    match value:
        case dict():
            return Node({key: node(item, (*at, key)) for key, item in value.items()}, at)
        case list():
            return Node(tuple(node(item, (*at, index)) for index, item in enumerate(value)), at)
        case _:
            return Node(value, at, str(value))


@some
@given(apps(environments=False), apps(environments=False))
def test_merging_twice_is_merging_once(base: dict[str, Any], over: dict[str, Any]) -> None:
    whole = shape.shape_of(App)
    low, high = (shape.long_form(node(each), whole) for each in (base, over))
    once = shape.merge(low, high, whole)
    twice = shape.merge(once, high, whole)
    settled = [json.dumps(plain(shape.without_nulls(each, whole))) for each in (once, twice)]
    assert settled[0] == settled[1]
    assert plain(shape.merge(low, node({}), whole)) == plain(low)


# --- faults ---------------------------------------------------------------------------------------------------------

junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(TRAPS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just([[None]]),
    st.just({"": None}),
    st.just({"type": "web"}),
)


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """Draw an app file with one to three faults: something replaced, removed, renamed, or added."""
    data = draw(apps())
    for _ in range(draw(st.integers(1, 3))):
        places = [path for path, _ in walk(data) if path]
        if not places:
            break
        path = draw(st.sampled_from(places))
        parent: Any = data
        for key in path[:-1]:
            parent = parent[key]
        last = path[-1]
        way = draw(st.sampled_from(["replace", "remove", "rename", "add", "wrap"]))
        if way == "remove":
            del parent[last]
        elif way == "rename" and isinstance(parent, dict):
            parent[draw(st.sampled_from([*parent, "x", f"{last}s", *TRAPS]))] = parent.pop(last)
        elif way == "add" and isinstance(parent, dict):
            parent[draw(st.sampled_from(["port", "replicas", "kind", "metrics", "typo", "$(X)"]))] = draw(junk)
        elif way == "wrap":
            parent[last] = draw(st.sampled_from([[parent[last]], {"x": parent[last]}]))
        else:
            parent[last] = draw(junk)
    return data


@settings(many, max_examples=250)
@given(broken())
def test_any_data_gives_findings_that_render(data: Any) -> None:
    made = compiled(data)
    sources = {FILE: made.source}
    assert made.plans or has_error(made.found)
    as_text.render_all(made.found, sources, colour=True)
    rendered = as_text.render_all(made.found, sources)
    listed = json.loads(as_json.render_all(made.found, sources))["findings"]
    assert rendered.count("  = rule: ") >= len(listed)
    for finding in listed:
        assert finding["file"] == FILE
        assert finding["line"]
        assert finding["message"]
        assert finding["code"][:4] != "KG90", rendered
        assert "Input should" not in rendered
