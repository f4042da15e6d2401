"""The custom kinds whose schemas come with kgen: where they are from, what they say, and who is asked before them."""

import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgen.check.crd_faults import definition_faults
from kgen.check.shipped import Shipped, ShippedKind, is_certain
from kgen.check.store import Store, default_directory
from kgen.commands.validate import Request, run
from test_crd import METADATA
from test_custom_verdicts import BEFORE, VERDICTS, is_about_names

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "schemas"
SOURCES: dict[str, Any] = tomllib.loads((SCHEMAS / "SOURCES.toml").read_text("utf-8"))
SHIPPED = Shipped(SCHEMAS)
PACKAGES = ROOT / "build" / "custom-packages"
OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((ROOT / "tests" / "data" / "custom_objects.yaml").read_text("utf-8"))
)
"""Of each kind a good object, and what has to be wrong after a change."""

MONITOR = (
    "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: web}\n"
    "spec: {selector: {}, endpoints: [{port: http}], shards: 2}\n"
)
DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: servicemonitors.monitoring.coreos.com}
spec:
  group: monitoring.coreos.com
  names: {kind: ServiceMonitor, plural: servicemonitors}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {SHARDS}}}}}
"""


def kind(api_version: str, name: str) -> ShippedKind:
    found = SHIPPED.find(api_version, name, METADATA)
    assert found is not None
    return found


def changed(value: dict[str, Any], place: str, new: Any) -> dict[str, Any]:
    """Return ``value`` with another one at ``spec.rules.0``; without it if it is to be gone."""
    made: dict[str, Any] = json.loads(json.dumps(value))
    at: Any = made
    *steps, last = (int(step) if step.isdigit() else step for step in place.split("."))
    for step in steps:
        at = at[step]
    if new == "gone":
        del at[last]
    else:
        at[last] = new
    return made


@pytest.mark.parametrize("case", OBJECTS, ids=lambda case: f"{case['good']['apiVersion']} {case['good']['kind']}")
def test_a_good_object_passes_and_a_faulty_one_does_not(case: dict[str, Any]) -> None:
    good = case["good"]
    known = kind(good["apiVersion"], good["kind"])
    assert [(fault.path, fault.message) for fault in known.strict(good)] == []
    for place, new in case["bad"].items():
        found = [".".join(map(str, fault.path)) for fault in known.strict(changed(good, place, new))]
        assert place in found, (place, found)


def test_each_kind_has_an_object() -> None:
    assert {(case["good"]["apiVersion"], case["good"]["kind"]) for case in OBJECTS} == SHIPPED.index().keys()


@pytest.mark.parametrize("pair", SHIPPED.index(), ids=" ".join)
def test_a_schema_is_one_that_an_api_server_takes(pair: tuple[str, str]) -> None:
    api_version, name = pair
    group, _, version = api_version.partition("/")
    served = {"name": version, "served": True, "storage": True}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{name.lower()}s.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": name, "plural": f"{name.lower()}s"},
            "versions": [{**served, "schema": {"openAPIV3Schema": SHIPPED.schema(*pair)}}],
        },
    }
    assert [(fault.path, fault.message) for fault in definition_faults(definition, METADATA)] == []


def test_sources_name_every_kind_once() -> None:
    named = [name for source in SOURCES["custom"] for name in source["kinds"]]
    assert sorted(named) == sorted(map(" ".join, SHIPPED.index()))
    for source in SOURCES["custom"]:
        assert source["licence"]
        assert source["url"].startswith("https://")
        assert re.fullmatch(r"[0-9a-f]{64}", source["sha256"])


def test_all_of_what_is_stored_is_used() -> None:
    stored = dict(json.loads(line) for line in (SCHEMAS / "custom/definitions.jsonl").read_text("utf-8").splitlines())
    wanted = {facts["definition"] for facts in SHIPPED.index().values()}
    wanted |= set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(list(stored.values()))))
    assert wanted == stored.keys()
    assert (SCHEMAS / "custom/definitions.jsonl").stat().st_size < 300_000


@pytest.mark.skipif(not PACKAGES.is_dir(), reason="the packages are not there")
def test_rebuilding_gives_the_same_bytes(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "build_custom_schemas.py"
    subprocess.run([sys.executable, script, "--out", tmp_path], check=True, capture_output=True)
    for name in SOURCES["custom-made"]:
        assert (tmp_path / name).read_bytes() == (SCHEMAS / name).read_bytes()


def test_little_is_read() -> None:
    store = Store(default_directory())
    Shipped(store.directory).find("example.com/v1", "Queue", METADATA)
    shipped = Shipped(store.directory)
    shipped.find("monitoring.coreos.com/v1", "PrometheusRule", METADATA)
    assert store.definitions_read == 0


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "monitor.yaml").write_text(MONITOR, "utf-8")
    return tmp_path


def validated(*paths: str, profile: str = "", crds: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    """Return exit code and messages."""
    out = io.StringIO()
    request = Request(paths=paths, profile=profile, crds=crds, output_format="json", cached=False)
    code = run(request, io.BytesIO(), out, out)
    found = [each for document in json.loads(out.getvalue())["documents"] for each in document["findings"]]
    return code, [f"{each['code']} {each['message']}" for each in found]


@pytest.mark.usefixtures("workspace")
def test_what_the_known_release_does_not_know_is_a_warning_that_names_it() -> None:
    code, (found,) = validated("monitor.yaml")
    assert code == 0
    release = SHIPPED.index()["monitoring.coreos.com/v1", "ServiceMonitor"]["release"]
    assert found == f"KG5018 `spec.shards` is no field that {release} knows"


@pytest.mark.usefixtures("workspace")
def test_a_server_has_no_kinds_that_nobody_declares() -> None:
    code, (found,) = validated("monitor.yaml", profile="server")
    assert (code, found) == (1, "KG5001 nothing declares the kind `ServiceMonitor` in `monitoring.coreos.com/v1`")


@pytest.mark.parametrize("where", ["option", "folder", "before", "after"])
def test_definitions_of_the_user_win(workspace: Path, where: str) -> None:
    folder = {"option": "crds", "folder": ".kgen/crds", "before": "a", "after": "z"}[where]
    (workspace / folder).mkdir(parents=True)
    file = workspace / folder / "crd.yaml"
    file.write_text(DEFINITION.replace("SHARDS", "shards: {type: string}"), "utf-8")
    paths = {"before": (f"{folder}/crd.yaml", "monitor.yaml"), "after": ("monitor.yaml", f"{folder}/crd.yaml")}
    crds = (folder,) if where == "option" else ()
    _, found = validated(*paths.get(where, ("monitor.yaml",)), crds=crds)
    assert "KG5002 `spec.shards` must be a string, but is the integer `2`" in found
    assert {each for each in found if "KG5003" in each} == {
        "KG5003 `spec.endpoints` is no field that the CustomResourceDefinition knows",
        "KG5003 `spec.selector` is no field that the CustomResourceDefinition knows",
    }


@pytest.mark.usefixtures("workspace")
def test_types_and_metadata_are_the_same_in_every_release() -> None:
    Path("monitor.yaml").write_text(MONITOR.replace("[{", "[3, {").replace("name: web", "name: Web"), "utf-8")
    code, found = validated("monitor.yaml")
    assert code == 1
    assert any(each.startswith("KG5002 `spec.endpoints[0]` must be a mapping") for each in found)
    assert any("`metadata.name`" in each and "KG5018" not in each for each in found)


def test_the_docs_name_every_kind_and_release() -> None:
    text = (ROOT / "docs/custom-resources.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| (.+) \| `([a-z0-9.-]+/v\w+)` \| (.+) \|$", text)
    told = {(release, api, kind) for release, api, kinds in rows for kind in kinds.split(", ")}
    assert told == {
        (facts["release"] + "*" * ("own" in facts), api, kind) for (api, kind), facts in SHIPPED.index().items()
    }


def test_every_custom_kind_that_kgen_makes_has_a_schema() -> None:
    store = Store(default_directory())
    built_in = set(store.kinds(store.versions()[-1]))
    made = set()
    for path in (ROOT / "golden").glob("*/*/out/**/*.yaml"):
        for document in yaml.load_all(path.read_bytes(), yaml.CBaseLoader):
            if isinstance(document, dict) and "apiVersion" in document and "kind" in document:
                made.add((document["apiVersion"], document["kind"]))
    assert made & SHIPPED.index().keys()
    assert made - built_in - SHIPPED.index().keys() == set()


def test_an_app_without_custom_kinds_does_not_read_them(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "hello", tmp_path, dirs_exist_ok=True)
    script = (
        "import sys\nfrom pathlib import Path\nfrom kgen.pipeline import Options, compile_app\n"
        "print([each.message for each in compile_app(Path('app.yaml'), Options()).found])\n"
        "print([name for name in sys.modules if name in ('kgen.check.shipped', 'kgen.check.crd')])"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n[]\n"


@pytest.mark.skipif(not VERDICTS.is_file(), reason="no recorded answers")
def test_what_a_server_with_the_real_definitions_takes_has_no_certain_fault() -> None:
    """The recorded server had other releases: of External Secrets a much newer one, so what that has more is told."""
    refused, missed, doubted = 0, 0, set()
    with gzip.open(VERDICTS, "rt") as file:
        for row in map(json.loads, file):
            api_version, name = row["object"].get("apiVersion"), row["object"].get("kind")
            if row["reason"] in BEFORE or (api_version, name) not in SHIPPED.index() or is_about_names(row):
                continue
            faults = kind(api_version, name).verdict(row["object"]).faults
            if row["accepted"]:
                assert [fault for fault in faults if is_certain(fault)] == [], row["id"]
                doubted |= {api_version for _ in faults}
            else:
                refused += 1
                missed += not faults
    assert doubted <= {"external-secrets.io/v1"}
    assert refused > 2000
    assert missed < refused / 10
