"""
One fault per copy of a good object: the schema check sees it, or the sort of fault is on the list of survivors.

The list is strict both ways. What stands on it is what the checks of the server's own rules are for: a schema knows
fields, types and words, but not names, references, or what fits together.
"""

import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kgen.check.manifests import check
from kgen.check.store import Store, default_directory
from kgen.k8s import Emitted, Manifest
from kgen.pipeline import Options, compile_app

EXAMPLES = Path(__file__).parents[1] / "examples"
STORE = Store(default_directory())
VERSION = "1.34"

RICH = """\
apiVersion: kgen/v1
name: rich
image: ghcr.io/acme/rich:1.0
needs: {db: {type: postgres}}
secrets: {token: [key]}
release: migrate up
components:
  web:
    type: web
    ports: {http: 8000, metrics: {port: 9000, servicePort: 90, appProtocol: http}, dns: {port: 53, protocol: UDP}}
    env:
      PLAIN: "1"
      URL: ${needs.db.url}?x=1
      KEY: {secret: token/key}
      SHARED: {config: shared/key}
      POD: {field: metadata.name}
    probes:
      startup: {exec: [true, "1"]}
      readiness: {http: /ready, successes: 2, initialDelay: 3s}
      liveness: {grpc: http}
    resources: {cpu: 250m, memory: 512Mi, limits: {cpu: 1}}
    replicas: {min: 2, max: 6, cpu: 70, memory: 80}
    disruption: {minAvailable: 50%}
    routes: [{host: a.example.com, path: /x, tls: true}, {host: b.example.com}]
    files: {/etc/rich.toml: {content: "a = 1"}}
    volumes:
      shared: {path: /shared, size: 1Gi, access: ReadWriteMany, class: fast}
      cache: {path: /cache, type: memory, size: 64Mi}
  worker:
    type: worker
    env: {WEB: "${components.web.url}"}
    volumes: {data: {path: /data, size: 1Gi}}
  nightly: {type: cron, schedule: "@daily", timezone: Europe/Berlin, timeout: 1h, suspend: true}
  seed: {type: job, when: post-deploy, args: [seed]}
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A copy of an object with one fault."""

    sort: str
    path: str
    """Kind and keys, as ``Deployment.spec.template``; ``[]`` for any place in a list."""

    manifest: Manifest


def at(manifest: Mapping[str, Any], path: tuple[str | int, ...]) -> str:
    steps = ("[]" if isinstance(step, int) else f".{step}" for step in path)
    return f"{manifest['kind']}{''.join(steps)}"


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every value below ``value`` with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from walk(item, (*path, key))


def wrong(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield sorts of fault and what stands in place of ``value`` then."""
    match value:
        case bool():
            yield "text for a boolean", str(value).lower()
            yield "number for a boolean", int(value)
        case int():
            yield "text for a number", f"{value}x"
            yield "negative number", -1 - value
            yield "fraction", value + 0.5
            yield "number of 40 bits", 2**40
        case str():
            yield "number for a text", 1
            yield "boolean for a text", True
            yield "empty text", ""
            if re.fullmatch(r"[A-Z][A-Za-z]+", value):
                yield "unknown word", f"{value}s"
                yield "word in lower case", value.lower()
            else:
                yield "text of other characters", f"{value} Ü!"
        case dict():
            yield "list for a mapping", []
            yield "text for a mapping", "x"
        case list():
            yield "mapping for a list", {}
            yield "one item for a list", value[0]
            yield "repeated item", [*value, value[0]]


def mutants(manifest: Manifest) -> Iterator[Mutant]:
    """Yield every copy of ``manifest`` with one fault."""
    for path, value in walk(manifest):
        where = at(manifest, path)
        for sort, other in wrong(value):
            yield Mutant(
                sort, where, changed(manifest, path, lambda parent, key, other=other: parent.update({key: other}))
            )
        yield Mutant("null", where, changed(manifest, path, lambda parent, key: parent.update({key: None})))
        yield Mutant("key left out", where, changed(manifest, path, lambda parent, key: parent.pop(key)))
        if isinstance(path[-1], str):
            for sort, near in (("key misspelt", f"{path[-1]}s"), ("key in other case", path[-1].swapcase())):
                yield Mutant(
                    sort,
                    where,
                    changed(manifest, path, lambda parent, key, near=near: parent.update({near: parent.pop(key)})),
                )


def changed(manifest: Manifest, path: tuple[str | int, ...], change: Any) -> Manifest:
    """Return a copy of ``manifest`` whose value at ``path`` went through ``change(parent, key)``."""
    made = copy.deepcopy(manifest)
    parent: Any = made
    for step in path[:-1]:
        parent = parent[step]
    if isinstance(parent, list):
        items = dict(enumerate(parent))
        change(items, path[-1])
        parent[:] = items.values()
    else:
        change(parent, path[-1])
    return made


@cache
def objects(folder: Path) -> tuple[Manifest, ...]:
    """Return what kgen makes of the examples and of the app above, each shape of an object once."""
    rich = folder / "app.yaml"
    rich.write_text(RICH, "utf-8")
    made: dict[str, Manifest] = {}
    for path in (rich, *sorted(EXAMPLES.glob("*/app.yaml"))):
        compiled = compile_app(path, Options())
        assert compiled.environments, compiled.found
        for each in compiled.environments[0].objects:
            shape = sorted({at(each.manifest, place) for place, _ in walk(each.manifest)})
            made.setdefault(" ".join(shape), each.manifest)
    return tuple(made.values())


def survives(manifest: Manifest) -> bool:
    return not list(check([Emitted(manifest=manifest)], (VERSION,), STORE))


_POD = r"(Deployment\.spec|Job\.spec|CronJob\.spec\.jobTemplate\.spec)\.template\.spec"
_FREE_KEYS = r".*\.(labels|annotations|matchLabels|selector|data|requests|limits)\..*"
_QUANTITY = r".*\.(resources\.(requests|limits)\.\w+|emptyDir\.sizeLimit)"
_PORT = r".*\.(httpGet\.port|tcpSocket\.port|targetPort|ports\[\]\.port)"
_REQUIRED_MAPPING = (
    r".*\.(jobTemplate|template|backend|scaleTargetRef|metrics\[\]\.resource\.target)"
    r"|Deployment\.spec\.selector|.*httpGet\.port"
)
_REQUIRED = (
    r"\w+\.(apiVersion|kind)|CronJob\.spec\.schedule|HorizontalPodAutoscaler\.spec\.maxReplicas"
    r"|.*\.metrics\[\]\.(type|resource\.name|resource\.target\.type)|.*\.scaleTargetRef\.(kind|name)"
    r"|Ingress\.spec\.rules\[\]\.http\.paths|.*\.paths\[\]\.(pathType|backend\.service\.name)"
    r"|Service\.spec\.ports\[\]\.port"
    rf"|{_POD}\.(containers|(containers|volumes)\[\]\.name|securityContext\.seccompProfile\.type)"
    rf"|{_POD}\.containers\[\]\.(env\[\]\.name|ports\[\]\.containerPort|volumeMounts\[\]\.(mountPath|name))"
    rf"|{_POD}\.containers\[\]\.(\w+Probe\.grpc\.port|lifecycle\.preStop\.sleep\.seconds)"
    rf"|{_POD}\.containers\[\]\.env\[\]\.valueFrom\.(\w+KeyRef\.key|fieldRef\.fieldPath)"
    rf"|{_POD}\.topologySpreadConstraints\[\]\.(maxSkew|topologyKey|whenUnsatisfiable)"
    rf"|{_POD}\.volumes\[\]\.persistentVolumeClaim\.claimName"
)
_LISTS = (
    r"NetworkPolicy\..*|"
    r".*\.(command|args|envFrom|drop|matchLabelKeys|metrics|rules|paths|tls|hosts|policyTypes|accessModes)"
)

SURVIVORS: Mapping[tuple[str, str], str] = {
    ("key left out", rf"(?!({_REQUIRED}|{_REQUIRED_MAPPING})$).*"): "optional for the schema, or an item of a list",
    ("null", rf"(?!({_REQUIRED})$).*"): "null is as good as left out; the schema does not see it in place of a mapping",
    ("empty text", r"(?!\w+\.(apiVersion|kind)$)(?!.*resources\.requests\.storage$).*"): "no schema asks for a length",
    (
        "text of other characters",
        rf"(?!(\w+\.apiVersion|{_QUANTITY})$).*",
    ): "names, labels, images, hosts: their form is in the server's code",
    ("negative number", r".*"): "no schema has a lower bound",
    (
        "number of 40 bits",
        r".*\.(\w+Seconds|runAs\w+|fsGroup|seconds)",
    ): "64 bits for the schema, ranges for the server",
    (
        "number for a text",
        rf"{_QUANTITY}|{_PORT}|.*\.(maxSurge|minAvailable)",
    ): "a quantity, a port or an amount may be a number",
    ("text for a number", r".*\.maxUnavailable"): "a number or a share, which has no pattern",
    ("unknown word", r"(?!\w+\.kind$).*"): "the schemas of upstream's API list no words; the server's code does",
    ("word in lower case", r"(?!\w+\.kind$).*"): "ditto",
    (
        "repeated item",
        _LISTS,
    ): "lists that are no sets: words of a command, rules, and what only the server compares",
    ("key misspelt", _FREE_KEYS): "the keys of labels, data and amounts are free",
    ("key in other case", _FREE_KEYS): "ditto",
}
"""Sort of fault and pattern of its place → why a schema cannot see it."""


@pytest.fixture(scope="module")
def alive(tmp_path_factory: pytest.TempPathFactory) -> Counter[tuple[str, str]]:
    """Return sort and place of every mutant that the schema check lets pass."""
    found: Counter[tuple[str, str]] = Counter()
    total = 0
    for manifest in objects(tmp_path_factory.mktemp("rich")):
        assert survives(manifest)
        for mutant in mutants(manifest):
            total += 1
            if survives(mutant.manifest):
                found[mutant.sort, mutant.path] += 1
    assert total > 1000
    return found


def expects(sort: str, path: str) -> list[tuple[str, str]]:
    return [(kind, where) for kind, where in SURVIVORS if kind == sort and re.fullmatch(where, path)]


def test_what_is_not_on_the_list_is_caught(alive: Counter[tuple[str, str]]) -> None:
    assert sorted(key for key in alive if not expects(*key)) == []


def test_what_is_on_the_list_survives(alive: Counter[tuple[str, str]]) -> None:
    used = {line for key in alive for line in expects(*key)}
    assert sorted(SURVIVORS.keys() - used) == []
