"""What Argo CD punishes does not occur in anything that kgen makes: every golden, and every row of a list of traps."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from kgen.commands.compile import Request, run
from test_golden import CASES, GOLDEN, OUT

WORKLOADS: Final = {"Deployment", "StatefulSet", "DaemonSet"}
WAITED_FOR: Final = {"PersistentVolumeClaim", "Service", "Ingress", "HTTPRoute", "GRPCRoute", "HorizontalPodAutoscaler"}
"""Kinds that are healthy only once the pods are there: in an earlier wave they would hold up their own pods."""

WAVE: Final = "argocd.argoproj.io/sync-wave"
HOOK: Final = "argocd.argoproj.io/hook"
OPTIONS: Final = "argocd.argoproj.io/sync-options"
OTHER_TOOLS: Final = {"chart.yaml", "kustomization.yaml", "kustomization.yml", "kustomization"}


@dataclass(frozen=True)
class Output:
    """What one golden case has for one environment of its app."""

    folder: Path
    objects: tuple[dict[str, Any], ...]

    def of(self, *kinds: str) -> Iterator[dict[str, Any]]:
        return (each for each in self.objects if each["kind"] in kinds)


def notes(made: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = made["metadata"].get("annotations", {})
    return found


def wave(made: dict[str, Any]) -> int:
    return int(notes(made).get(WAVE, "0"))


def component(made: dict[str, Any]) -> str:
    labels: dict[str, str] = made["metadata"].get("labels", {})
    return labels.get("app.kubernetes.io/component", "")


FOLDERS: Final = sorted(
    folder for case in CASES for folder in (GOLDEN / case / OUT / "deploy").glob("*/*") if folder.is_dir()
)
PER_FOLDER = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(GOLDEN).as_posix())


def output(folder: Path) -> Output:
    reader = YAML(typ="safe", pure=True)
    made = [document for path in sorted(folder.iterdir()) for document in reader.load_all(path.read_text("utf-8"))]
    return Output(folder, tuple(made))


@PER_FOLDER
def test_a_folder_is_read_as_plain_manifests(folder: Path) -> None:
    """Another tool's file would switch Argo CD to that tool, what is no object would fail, folders are not entered."""
    assert {path.name.lower() for path in folder.rglob("*")} & OTHER_TOOLS == set()
    assert all(path.is_file() and path.suffix == ".yaml" for path in folder.iterdir())
    assert all(each["apiVersion"] and each["kind"] and each["metadata"]["name"] for each in output(folder).objects)
    assert not any("+argocd:skip-file-rendering" in path.read_text("utf-8") for path in folder.iterdir())


@PER_FOLDER
def test_objects_leave_tracking_to_argocd(folder: Path) -> None:
    for made in output(folder).objects:
        assert "argocd.argoproj.io/tracking-id" not in notes(made)
        assert "app.kubernetes.io/instance" not in made["metadata"].get("labels", {})


@PER_FOLDER
def test_waves_are_texts_and_hooks_can_run_again(folder: Path) -> None:
    for made in output(folder).objects:
        assert all(isinstance(value, str) for value in notes(made).values())
        if HOOK in notes(made):
            assert notes(made)[HOOK] in {"Sync", "PostSync"}, "before the sync, its own ConfigMap would not be there"
            assert notes(made)["argocd.argoproj.io/hook-delete-policy"] == "BeforeHookCreation"
        if made["kind"] == "Job":
            assert HOOK in notes(made), "a Job cannot be changed: only a hook is made anew"


@PER_FOLDER
def test_no_wave_waits_for_a_later_one(folder: Path) -> None:
    made = output(folder)
    pods = {each["metadata"]["name"]: wave(each) for each in made.of(*WORKLOADS)}
    for each in made.of(*WAITED_FOR):
        runs = [wave(other) for other in made.of(*WORKLOADS) if component(other) == component(each)]
        assert all(wave(each) >= number for number in runs), f"{each['kind']} in wave {wave(each)}, its pods in {pods}"


@PER_FOLDER
def test_a_hook_finds_what_its_pod_needs(folder: Path) -> None:
    made = output(folder)
    for hook in made.of("Job"):
        if notes(hook).get(HOOK) != "Sync":
            continue
        pod = hook["spec"]["template"]["spec"]
        wanted = {("ServiceAccount", pod["serviceAccountName"])}
        for container in pod["containers"]:
            wanted |= {("ConfigMap", each["configMapRef"]["name"]) for each in container.get("envFrom", ())}
        for kind, name in wanted:
            (found,) = [each for each in made.of(kind) if each["metadata"]["name"] == name]
            assert wave(found) < wave(hook), f"{kind} {name} comes too late for {hook['metadata']['name']}"
        labels = hook["spec"]["template"]["metadata"]["labels"].items()
        policies = [
            each for each in made.of("NetworkPolicy") if each["spec"]["podSelector"]["matchLabels"].items() <= labels
        ]
        assert policies, "a namespace that denies everything would starve the hook"
        assert all(wave(each) < wave(hook) for each in policies)


@PER_FOLDER
def test_what_holds_data_is_never_pruned(folder: Path) -> None:
    for made in output(folder).of("PersistentVolumeClaim", "Namespace"):
        assert {"Prune=false", "Delete=false"} <= set(notes(made)[OPTIONS].split(","))


@PER_FOLDER
def test_an_autoscaler_alone_says_how_many_pods_run(folder: Path) -> None:
    made = output(folder)
    for scaler in made.of("HorizontalPodAutoscaler"):
        name = scaler["spec"]["scaleTargetRef"]["name"]
        targets = [each for each in made.of(*WORKLOADS) if each["metadata"]["name"] == name]
        assert targets
        assert all("replicas" not in each["spec"] for each in targets)


@PER_FOLDER
def test_an_autoscaler_is_written_as_the_server_writes_it_back(folder: Path) -> None:
    """Any other order of metrics would be out of sync for ever: the server puts CPU at the end."""
    for scaler in output(folder).of("HorizontalPodAutoscaler"):
        metrics = scaler["spec"].get("metrics", [])
        is_cpu = [each.get("resource", {}).get("name") == "cpu" for each in metrics]
        assert is_cpu == sorted(is_cpu), scaler["metadata"]["name"]


def applications(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the spec of every Application, those of an ApplicationSet among them."""
    made = output(folder)
    yield from (each["spec"] for each in made.of("Application"))
    yield from (each["spec"]["template"]["spec"] for each in made.of("ApplicationSet"))


@PER_FOLDER
def test_an_application_removes_last_and_shares_nothing(folder: Path) -> None:
    for spec in applications(folder):
        if spec["source"]["path"].endswith("_argocd"):  # the root: it has Applications, not an app
            continue
        assert {"PruneLast=true", "FailOnSharedResource=true"} <= set(spec["syncPolicy"]["syncOptions"])


@PER_FOLDER
def test_an_application_never_takes_its_objects_along(folder: Path) -> None:
    for made in output(folder).of("Application", "AppProject", "ApplicationSet"):
        assert "finalizers" not in made["metadata"]
    for made in output(folder).of("ApplicationSet"):
        spec = made["spec"]
        assert spec["syncPolicy"]["preserveResourcesOnDeletion"] is True
        assert spec["goTemplate"] is True
        assert spec["goTemplateOptions"] == ["missingkey=error"]
        (generator,) = spec["generators"]
        assert [each.get("exclude", False) for each in generator["git"]["directories"]] == [False, True]


def test_a_project_allows_what_the_app_has_and_nothing_else() -> None:
    projects = list(GOLDEN.glob("argocd/*/out/deploy/*/_argocd/*.project.yaml"))
    assert projects
    for path in projects:
        (project,) = output(path.parent).of("AppProject")
        app = path.name.removesuffix(".project.yaml")
        made = output(path.parent.parent / app).objects
        spec = project["spec"]
        allowed = {(each["group"], each["kind"]) for each in spec["namespaceResourceWhitelist"]}
        everywhere = {(each["group"], each["kind"]) for each in spec["clusterResourceWhitelist"]}
        in_namespace = {each["metadata"]["namespace"] for each in made if "namespace" in each["metadata"]}
        assert allowed == {kind_of(each) for each in made if "namespace" in each["metadata"]}
        assert everywhere == {kind_of(each) for each in made if "namespace" not in each["metadata"]}
        assert {each["namespace"] for each in spec["destinations"]} == in_namespace


def kind_of(made: dict[str, Any]) -> tuple[str, str]:
    return made["apiVersion"].rpartition("/")[0], made["kind"]


APP = """\
apiVersion: kgen/v1
name: {name}
image: ghcr.io/acme/{name}:1.0.0
components:
  web: {{type: web, port: 8000}}
environments:
  production: {{}}
"""


def compile_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(Request(paths=[folder]), sys.stdout, sys.stderr) == 0
    return capsys.readouterr().out


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "deploy").glob("*/_argocd/*")}


def test_apps_come_and_go_without_touching_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    here = Path()
    (tmp_path / "kgen.yaml").write_text("argocd: {repoURL: https://github.com/acme/deploy}\n", "utf-8")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.yaml").write_text(APP.format(name=name), "utf-8")
    said = compile_all(here, capsys)
    assert said.count("wrote deploy/production/_argocd/") == len(("one", "two")), "one line a folder and app"
    assert "kubectl apply -f deploy/production/_argocd/_root.yaml" in said
    both = {f"{name}{end}" for name in ("one", "two") for end in (".yaml", ".project.yaml")}
    assert files(here) == both | {"_root.yaml", ".kgen.lock", ".kgen.one.lock", ".kgen.two.lock"}
    assert "nothing was written" in compile_all(here, capsys)
    assert "nothing was written" in compile_all(Path("one"), capsys)
    (tmp_path / "one/app.yaml").write_text(APP.format(name="one").replace("production", "staging"), "utf-8")
    assert "its objects stay in the cluster" in compile_all(here, capsys)
    assert {path.name for path in Path("deploy/production/_argocd").iterdir()} == {
        *("two.yaml", "two.project.yaml", "_root.yaml", ".kgen.lock", ".kgen.two.lock")
    }
    (tmp_path / "two/app.yaml").write_text(APP.format(name="two").replace("production", "staging"), "utf-8")
    compile_all(here, capsys)
    assert not Path("deploy/production/_argocd").exists() or not any(Path("deploy/production/_argocd").iterdir())
    (tmp_path / "kgen.yaml").write_text("{}\n", "utf-8")
    compile_all(here, capsys)
    assert files(here) == set()
