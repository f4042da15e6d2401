"""
One fault per copy of a good object: a check of ``kgen validate`` sees it, or its sort is on the list of survivors.

An object is judged as in a run: alone by the schema and the server's rules, by rules of practice, and among the
others of its environment. The objects are those of all goldens and of an app that uses everything. The list in
``data/survivors.toml`` is strict both ways, and says of each sort of fault why it is none, or why nobody can tell.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from kgen.check.cross import families
from kgen.check.cross.resources import Resources
from kgen.check.objects import Objects
from kgen.check.practice.families import rules
from kgen.check.resource import Resource
from kgen.check.store import Store, default_directory
from kgen.k8s import Manifest
from kgen.pipeline import Options, compile_app
from kgen.read import careful, split
from mutants import mutants

GOLDEN = Path(__file__).parents[1] / "golden"
SURVIVORS = Path(__file__).parent / "data" / "survivors.toml"
VERSION = "1.36"

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

BESIDE = """\
{apiVersion: v1, kind: ConfigMap, metadata: {name: shared, namespace: rich}, data: {key: "1"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: token, namespace: rich}, stringData: {key: "1"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: rich-db, namespace: rich}, stringData: {url: "postgres://db/rich"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: rich-web-tls, namespace: rich}, stringData: {tls.crt: c, tls.key: k}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: example.com/fast}
---
{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: nginx}, spec: {controller: example.com/nginx}}
"""
"""What an app needs and somebody writes by hand: with it in the set, a slip in its name is one."""

Key: TypeAlias = tuple[str, str]
"""Sort of fault, and place."""

Known: TypeAlias = frozenset[tuple[str, str]]
"""Rows, and what is said. Not where: what several objects have is said of one of them."""


@dataclass(frozen=True, slots=True)
class File:
    """Where an object stands: each has a file of its own, as kgen writes them."""

    path: str


KINDS = frozenset(
    {
        *("Namespace", "ServiceAccount", "ConfigMap", "Deployment", "Service", "Ingress", "HorizontalPodAutoscaler"),
        *("PodDisruptionBudget", "NetworkPolicy", "PersistentVolumeClaim", "CronJob", "Job"),
    }
)
"""Kinds that nearly every app has; goldens with others are judged by the tests of those rules."""

GROUPS = (
    *("configuration", "disruption", "environment", "environments", "examples", "images", "namespace", "platform"),
    *("probes", "release", "resources", "routes", "service", "volumes", "worker"),
)
"""Goldens of what nearly every app has."""

MOST_TRIES = 10
"""In so many environments a fault of one sort and place is made before it counts as a survivor."""

CHECKS = ("schema", "server", "practice", "cross")


@cache
def objects() -> Objects:
    return Objects(Store(default_directory()), (VERSION,), lambda *_: None)


def environments(rich: Path) -> Iterator[Sequence[Manifest]]:
    """Yield the objects of each environment of the app above and of the goldens."""
    rich.write_text(RICH, "utf-8")
    compiled = compile_app(rich, Options())
    assert compiled.environments, compiled.found
    for environment in compiled.environments:
        beside = [careful.read(chunk.text)[0] for chunk in split.chunks(BESIDE.encode())]
        yield [*beside, *(each.manifest for each in environment.objects)]
    folders: dict[Path, list[Manifest]] = {}
    for path in sorted(path for group in GROUPS for path in GOLDEN.glob(f"{group}/*/out/**/*.yaml")):
        value = careful.read(path.read_bytes())[0]
        if isinstance(value, dict) and "kind" in value:
            # the folders of apps are in the folder of their environment
            folders.setdefault(path.parents[1], []).append(Manifest(value))
    yield from (made for made in folders.values() if {each["kind"] for each in made} <= KINDS)


def alone(value: dict[str, Any]) -> str:
    """Return which check of one object finds fault with ``value``."""
    api_version, kind = value.get("apiVersion"), value.get("kind")
    if not (api_version and kind and isinstance(api_version, str) and isinstance(kind, str)):
        return "schema"
    known = objects().kind(api_version, kind)
    if known.lacking:
        return "schema"
    if faults := objects().faults(value, known):
        return "schema" if any(not fault.row for fault in faults) else "server"
    number = known.contexts[0].version
    resource = Resource(value)
    found = any(fault for rule in rules(api_version, kind, "default") for fault in rule(resource, number))
    return "practice" if found else ""


def together(resources: Iterable[Resource]) -> Known:
    """Return what is wrong with objects as a set."""
    found = families.findings(Resources(resources), "default")
    return frozenset((each.fault.row, each.fault.message) for each in found)


def judge(environment: Sequence[Manifest], judged: dict[Key, str], tries: Counter[Key]) -> None:
    """Note what finds fault with each mutant of a place where nothing did so before; nothing for a survivor."""
    resources = [Resource(manifest, File(str(number))) for number, manifest in enumerate(environment)]
    known = together(resources)
    for number, manifest in enumerate(environment):
        file, before, after = resources[number].place, resources[:number], resources[number + 1 :]
        other = Manifest({**manifest, "metadata": {**manifest["metadata"], "labels": {"other": "yes"}}})
        copies = {"object left out": [*before, *after], "object twice": [*resources, Resource(other, file)]}
        for sort, changed in copies.items():
            if not judged.get(key := (sort, str(manifest["kind"]))):
                judged[key] = "cross" if together(changed) - known else ""
        for mutant in mutants(manifest):
            key = mutant.sort, mutant.place
            if judged.get(key) or tries[key] == MOST_TRIES:
                continue
            tries[key] += 1
            value = mutant.make()
            in_set = [*before, Resource(value, file), *after]
            judged[key] = alone(value) or ("cross" if together(in_set) - known else "")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Key, str]:
    """Return which check sees each sort of fault in each place."""
    found: dict[Key, str] = {}
    tries: Counter[Key] = Counter()
    for environment in environments(tmp_path_factory.mktemp("rich") / "app.yaml"):
        assert [alone(manifest) for manifest in environment] == [""] * len(environment)
        judge(environment, found, tries)
    return found


@pytest.fixture(scope="module")
def survivors() -> Sequence[tuple[str, str, str]]:
    """Return sort of fault, pattern of its places, and reason of each line of the list."""
    lines = tomllib.loads(SURVIVORS.read_text("utf-8"))["survivor"]
    return [(sort, line["at"], line["why"]) for line in lines for sort in line["sorts"]]


def expected(key: Key, survivors: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [line for line in survivors if line[0] == key[0] and re.fullmatch(line[1], key[1], re.VERBOSE)]


def test_what_is_not_on_the_list_is_caught(
    judged: Mapping[Key, str], survivors: Sequence[tuple[str, str, str]]
) -> None:
    assert sorted(key for key, layer in judged.items() if not layer and not expected(key, survivors)) == []


def test_what_is_on_the_list_survives(judged: Mapping[Key, str], survivors: Sequence[tuple[str, str, str]]) -> None:
    assert sorted((key, layer) for key, layer in judged.items() if layer and expected(key, survivors)) == []


def test_every_line_of_the_list_is_needed(judged: Mapping[Key, str], survivors: Sequence[tuple[str, str, str]]) -> None:
    used = {line for key in judged for line in expected(key, survivors)}
    assert [line for line in survivors if line not in used] == []


def test_every_check_catches_what_no_other_does(judged: Mapping[Key, str]) -> None:
    caught = Counter(judged.values())
    assert caught.total() > 4000
    assert min(caught[check] for check in CHECKS) > 0
