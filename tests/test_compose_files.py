"""What others say about compose files: the specification's schema, podman-compose, Docker Compose; what must fit."""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from kgen.emit.compose import beside, compose
from strategies import apps
from test_properties import good, law

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "golden"
DATA = ROOT / "tests" / "data"
SCHEMA = Draft202012Validator(json.loads((DATA / "compose-spec.json").read_text("utf-8")))
COMPOSES = sorted(path for path in GOLDEN.glob("*/*/out/*.yaml") if "compose" in path.name)
EXAMPLES = GOLDEN / "examples"


def name_of(path: Path) -> str:
    return path.relative_to(GOLDEN).as_posix().replace("/out", "", 1)


of_goldens = pytest.mark.parametrize("path", COMPOSES, ids=name_of)


def read(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return made


def test_the_schema_is_the_one_that_its_source_is_written_down_for() -> None:
    text = (DATA / "compose-spec.json").read_bytes()
    assert hashlib.sha256(text).hexdigest() in (DATA / "README.md").read_text("utf-8")
    assert [
        *SCHEMA.iter_errors({"services": {"a": {"healthcheck": {"test": ["CMD", "true"], "start_interval": "1s"}}}})
    ] == []
    assert [*SCHEMA.iter_errors({"services": {"a": {"healthcheck": {"start_interval": "1s"}, "develop": {}}}})] == []
    assert [*SCHEMA.iter_errors({"services": {"a": {"healthchek": {}}}})] != []
    assert len(COMPOSES) > 50


@of_goldens
def test_compose_files_are_what_the_specification_says(path: Path) -> None:
    assert [error.message for error in SCHEMA.iter_errors(read(path))] == []


@of_goldens
def test_what_a_compose_file_says_fits_together(path: Path) -> None:
    found = path.parent.rglob("*")
    files = {each.relative_to(path.parent).as_posix(): each.read_text("utf-8") for each in found if each.is_file()}
    given_files = {each.relative_to(path.parent.parent).as_posix() for each in path.parent.parent.rglob("*")}
    assert [*misfits(read(path), files, given_files)] == []


@settings(law, max_examples=25)
@given(apps(environments=False))
def test_compose_files_of_random_apps_are_valid_and_fit_together(data: dict[str, Any]) -> None:
    for plan in good(data).plans.values():
        made = json.loads(json.dumps(compose(plan)))
        assert [error.message for error in SCHEMA.iter_errors(made)] == []
        sources = {file.source for part in plan.workloads for run in part.containers for file in run.files}
        assert [*misfits(made, beside(plan, "header"), sources)] == []


def misfits(made: Mapping[str, Any], files: Mapping[str, str], given_files: set[str]) -> Iterator[str]:
    """
    Yield what Docker Compose would refuse, or do otherwise than meant.

    Args:
        made: The compose file.
        files: What kgen writes beside it.
        given_files: What the user has there.
    """
    services: Mapping[str, Any] = made["services"]
    mounts = [mount for each in services.values() for mount in each.get("volumes", [])]
    bound = {mount.split(":")[0].removeprefix("./") for mount in mounts if mount.startswith("./")}
    yield from (f"no file {name}" for name in bound - {*files, *given_files})
    if {mount.split(":")[0] for mount in mounts if not mount.startswith("./")} != set(made.get("volumes", {})):
        yield "volumes are not those that services mount"
    secrets: Mapping[str, Any] = made.get("secrets", {})
    mounted = {each["source"] for service in services.values() for each in service.get("secrets", [])}
    builds = [service["build"] for service in services.values() if isinstance(service.get("build"), dict)]
    if mounted.union(*(build.get("secrets", ()) for build in builds)) != set(secrets):
        yield "secrets are not those that services and builds have"
    if "configs" in made or not all("file" in secrets[name] for name in mounted):
        yield "files to copy into a container, whose root may be read-only"
    joined = {name for service in services.values() for name in service.get("networks", [])}
    if joined != set(made.get("networks", {})):
        yield "networks are not those that services are on"
    published = [port.partition("/") for service in services.values() for port in service.get("ports", [])]
    ports = [(port.rsplit(":", 1)[0], protocol) for port, _, protocol in published]
    if len(ports) != len(set(ports)) or not all(port.startswith("127.0.0.1:") for port, _ in ports):
        yield "a port is published twice, or to the network"
    asked = {*re.findall(r"(?<!\$)(?:\$\$)*\$\{(\w+)", json.dumps(made))} - {"HOME"}
    asked |= {secret["environment"] for secret in secrets.values() if "environment" in secret}
    example = "".join(text for name, text in files.items() if re.fullmatch(r"\.env\..*example", name))
    if asked != {*re.findall(r"^(?:# )?([\w.-]+)=", example, re.MULTILINE)}:
        yield "the example of .env does not list what is asked for"
    for name, service in services.items():
        yield from (f"{name}: {what}" for what in _service_misfits(name, service, services))


def _service_misfits(name: str, service: Mapping[str, Any], services: Mapping[str, Any]) -> Iterator[str]:
    if ("image" in service) == ("build" in service):
        yield "neither an image nor a build, or both"
    if "network_mode" in service and {"networks", "extra_hosts", "ports", "hostname"} & set(service):
        yield "a network of its own, and that of another service"
    check = service.get("healthcheck", {})
    if "start_interval" in check and check.get("start_period", "0s") == "0s":
        yield "start_interval without start_period, which Docker refuses"
    for first, how in service.get("depends_on", {}).items():
        if first not in services:
            yield f"waits for {first}, which is not there"
        elif how["condition"] == "service_healthy" and "healthcheck" not in services[first]:
            yield f"waits for the health of {first}, which nobody checks"
        elif services[first].get("profiles") and not service.get("profiles"):
            yield f"waits for {first}, which does not start"
    if name in _before(name, services):
        yield "waits for itself"


def _before(name: str, services: Mapping[str, Any]) -> set[str]:
    """Return all that ``name`` waits for, directly or not; whose network it shares, too."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        service = services[waiting.pop()]
        shared = service.get("network_mode", "").removeprefix("service:")
        new = {*service.get("depends_on", {}), *filter(None, [shared])} - found
        found |= new
        waiting += new
    return found


# --- what loads them ------------------------------------------------------------------------------------------------

STUB = """#!/bin/sh
case "$1" in --version) echo "podman version 5.4.0";; ps) echo "[]";; esac
"""
"""All of podman that podman-compose needs to say what it would run."""


@pytest.fixture
def podman_compose(tmp_path: Path) -> list[str]:
    """Return the command, with a stand-in for podman; a developer may lack it, CI may not."""
    tool = shutil.which("podman-compose", path=str(Path(sys.executable).parent))
    if tool is None and not os.environ.get("CI"):
        pytest.skip("podman-compose is in the dependency group `test`")
    assert tool
    stub = tmp_path / "podman"
    stub.write_text(STUB, "ascii")
    stub.chmod(0o755)
    return ["env", f"PATH={tmp_path}", tool, "--verbose", "--dry-run"]


def podman_commands(tool: list[str], path: Path, *words: str) -> list[list[str]]:
    """Return the commands that podman-compose would run, without those that only ask."""
    command = [*tool, "--file", str(path), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = re.findall(r"^INFO:podman_compose:podman (.+)$", done.stderr, re.MULTILINE)
    return [shlex.split(line.replace("$", "")) for line in lines]


@of_goldens
def test_podman_compose_would_create_every_service_that_starts(path: Path, podman_compose: list[str]) -> None:
    made = read(path)
    commands = podman_commands(podman_compose, path, "up", "--no-build", "--detach")
    created = [next(word for word in words if word.startswith("--name=")) for words in commands if words[0] == "create"]
    wanted = {name for name, service in made["services"].items() if "profiles" not in service}
    assert {name.removeprefix(f"--name={made['name']}_").removesuffix("_1") for name in created} == wanted


def test_podman_compose_starts_the_shop_in_order(podman_compose: list[str]) -> None:
    commands = podman_commands(podman_compose, EXAMPLES / "shop/out/compose.yaml", "up", "--no-build", "--detach")
    created = {words[1]: words for words in commands if words[0] == "create"}
    assert [*created] == [f"--name=shop_{name}_1" for name in ("db", "cache", "release", "web", "worker")]
    web = created["--name=shop_web_1"]
    for words in (
        ["--read-only"],
        ["-u", "65532:65532"],
        ["--cap-drop", "ALL"],
        ["--tmpfs", "/tmp:size=64m"],  # noqa: S108  # a folder of the container
        ["-p", "127.0.0.1:8000:8000"],
        ["-m", "512m"],
    ):
        assert any(web[index : index + len(words)] == words for index in range(len(web))), words
    (required,) = (word.removeprefix("--requires=") for word in web if word.startswith("--requires="))
    assert {*required.split(",")} == {"shop_release_1", "shop_cache_1", "shop_db_1"}
    check = web.index("--health-cmd") + 1
    assert web[check : check + 3] == ["[python,", "-I,", "-c,"]


@of_goldens
def test_docker_compose_takes_them(path: Path) -> None:
    """It has a second opinion on cycles, references and values; its ``config`` needs no Docker."""
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    tool = shutil.which("docker-compose", path=folders)
    if tool is None:
        pytest.skip("needs Docker Compose, for which there is no package of its makers")
    for profile in ([], ["--profile", "jobs"]):
        command = [tool, "--file", str(path), *profile, "config", "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        taken = json.loads(done.stdout)["services"]
        wanted = {name for name, service in read(path)["services"].items() if profile or "profiles" not in service}
        assert set(taken or {}) == wanted
