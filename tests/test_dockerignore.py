"""The .dockerignore hides what must never be in an image, and nothing that a build or an app needs."""

import posixpath
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docker_patterns import ignored
from kgen.emit.dockerfile import dockerfile, dockerignore
from kgen.model.image_plan import FrontendPlan, ImagePlan
from kgen.model.packages import Packages
from kgen.record import replace

OUTPUTS = ("kgen.yaml", "images.lock.json", ".kgen", ".kgen.lock", "deploy", "api.Dockerfile", "compose.kgen.yaml")
PIP = ImagePlan(
    app_file="app.yaml",
    context=".",
    python="3.13",
    builder="python:3.13-slim-trixie",
    base="python:3.13-slim-trixie",
    interpreter="3.13",
    packages=Packages(installer="pip", lock_files=("requirements.txt",), requirements=("requirements.txt",)),
)

SECRETS = [
    ".env",
    ".env.production",
    ".envrc",
    ".envs/.production/.django",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".git-credentials",
    ".htpasswd",
    ".aws/credentials",
    ".azure/accessTokens.json",
    ".docker/config.json",
    ".kube/config",
    ".ssh/id_ed25519",
    ".vault-token",
    ".gnupg/secring.gpg",
    ".streamlit/secrets.toml",
    "credentials.json",
    "credentials.yaml",
    "client_secret_42.json",
    "service-account.json",
    "service-account-prod.json",
    "application_default_credentials.json",
    "id_rsa",
    "id_rsa.pub",
    "id_ecdsa",
    "kubeconfig",
    "kubeconfig.yaml",
    "prod.kubeconfig",
    "tls.key",
    "server.pem",
    "store.jks",
    "bundle.p12",
    "cert.pfx",
    "passwords.kdbx",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    "prod.tfvars",
    ".terraform/providers/x",
]
HISTORY = (".git/HEAD", ".gitignore", ".github/workflows/ci.yaml", ".hg/store", ".svn/entries", ".jj/repo")
LEFTOVERS = [
    ".venv/bin/python",
    ".venv-3.12/bin/python",
    "venv/bin/python",
    "__pycache__/a.cpython-313.pyc",
    "a.pyc",
    "shop.egg-info/PKG-INFO",
    ".mypy_cache/x",
    ".pytest_cache/x",
    ".ruff_cache/x",
    ".coverage",
    ".coverage.host.1",
    "node_modules/a/index.js",
    ".tox/py/x",
    ".nox/x",
    ".ipynb_checkpoints/a.ipynb",
    ".DS_Store",
]
DEVELOPMENT = [
    "Dockerfile",
    "Dockerfile.dockerignore",
    ".dockerignore",
    "Dockerfile.dev",
    "compose.yaml",
    "compose.override.yml",
    "docker-compose.yml",
    "app.yaml",
    "kgen.yaml",
    "images.lock.json",
    ".kgen.lock",
    ".kgen/crds/x.yaml",
    "deploy/production/shop/service-shop-web.yaml",
    "api.Dockerfile",
    "api.Dockerfile.dockerignore",
    "compose.kgen.yaml",
    "tests/test_web.py",
]
NEEDED = [
    "README.md",
    "LICENSE",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "manage.py",
    "app.py",
    "shop/settings.py",
    "shop/tests/data.json",
    "env/__init__.py",
    "lib/tools.py",
    "static/site.css",
    "templates/base.html",
    "credentials/models.py",
    "keys.py",
    "kubeconfig.py",
    "environment.py",
    "media/.gitkeep",
    "src/shop/py.typed",
    "shop/locale/de/LC_MESSAGES/django.po",
    "frontend/src/main.ts",
    "frontend/package.json",
    "frontend/package-lock.json",
    "deployment.py",
    "shop/deploy/models.py",
    "shop/Dockerfile.j2",
    "shop/compose.py",
    "secrets.py",
]


def patterns(plan: ImagePlan = PIP) -> list[str]:
    return dockerignore(plan, OUTPUTS).splitlines()


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("folder", ["", "shop", "services/api"])
def test_secrets_are_hidden_wherever_they_are(folder: str, name: str) -> None:
    assert ignored(posixpath.join(folder, name), patterns())


@pytest.mark.parametrize("name", [*HISTORY, *LEFTOVERS, *DEVELOPMENT, "libs/other/.git"])
def test_what_does_not_belong_into_an_image_is_hidden(name: str) -> None:
    assert ignored(name, patterns())


@pytest.mark.parametrize("name", [*NEEDED, "build/index.html", "dist/index.html"])
def test_what_an_app_may_need_is_not(name: str) -> None:
    assert not ignored(name, patterns())


def test_build_output_of_a_package_is_hidden_at_the_top_only() -> None:
    package = patterns(replace(PIP, packages=replace(PIP.packages, installs_project=True)))
    assert [name for name in ("build/lib/a.py", "dist/a.whl", "frontend/dist/a.js") if not ignored(name, package)] == [
        "frontend/dist/a.js"
    ]


def test_what_the_user_names_is_let_in_and_its_like_is_not() -> None:
    made = patterns(replace(PIP, include=("certs/ca[1].pem", "#keys")))
    assert not ignored("certs/ca[1].pem", made)
    assert not ignored("#keys/a.key", made)
    assert ignored("certs/ca1.pem", made)
    assert ignored("certs/tls.key", made)


def test_what_a_command_names_is_let_in() -> None:
    assert not ignored("tests/serve.py", patterns(replace(PIP, named=("tests",))))
    assert not ignored("tests/serve.py", patterns(replace(PIP, include=("tests",))))


_plain = st.text("abcxyz0189_.-+@ []{}*?!#$\\é", min_size=1, max_size=12)
_names = (
    st.one_of(st.sampled_from([*SECRETS, *HISTORY, *LEFTOVERS, *DEVELOPMENT, *NEEDED]), _plain)
    .map(str.strip)
    .filter(lambda name: name.strip("./ ") != "" and not re.search(r"[\\*?\[]|//", name))
)


@st.composite
def _packages(draw: st.DrawFn) -> Packages:
    folders = st.lists(st.sampled_from(["tests", "build", "dist", ".git", "venv", "deploy"]), max_size=2)
    names = draw(st.lists(st.tuples(folders, _names), min_size=3, max_size=6))
    files = tuple(dict.fromkeys("/".join((*folder, name)) for folder, name in names))
    return Packages(
        installer=draw(st.sampled_from(["pip", "uv", "poetry", "pdm", "pipenv"])),
        tool="poetry==2.5.1",
        lock_files=files[:1],
        requirements=files[:1],
        vendored=files[1:2],
        folders=files[2:],
        installs_project=draw(st.booleans()),
    )


_folders = st.sampled_from([".", "frontend", "tests/ui", "build", "dist/web", "venv", "theme/static src"])


@st.composite
def _frontends(draw: st.DrawFn) -> FrontendPlan:
    path = draw(_folders)
    lock = draw(st.sampled_from(["package-lock.json", "pnpm-lock.yaml", "yarn.lock"]))
    names = tuple(posixpath.normpath(posixpath.join(path, name)) for name in ("package.json", lock))
    return FrontendPlan(
        image="node:24-trixie-slim",
        path=path,
        lock_files=draw(st.sampled_from([(), names])),
        tool="",
        install="npm ci",
        cache="/root/.npm",
        command=("npm", "run", "build"),
        sources=tuple(draw(st.lists(_folders.filter(lambda folder: folder != "."), max_size=2))),
        output="dist",
        to="static",
    )


@given(_packages(), st.none() | _frontends())
def test_no_source_of_a_copy_is_hidden(packages: Packages, frontend: FrontendPlan | None) -> None:
    """Whatever files are called that are copied by name, and wherever they are."""
    plan = replace(PIP, uv_image="ghcr.io/astral-sh/uv:0.13", packages=packages, frontend=frontend)
    made = patterns(plan)
    named = [*packages.lock_files, *packages.vendored, *packages.folders]
    if frontend:
        named += [*frontend.lock_files, *frontend.sources, posixpath.join(frontend.path, "src/main.ts")]
        assert ignored(posixpath.join(frontend.path, "node_modules/vite/index.js"), made)
        assert ignored(posixpath.join(frontend.path, ".npmrc"), made)
    for name in named:
        assert not ignored(posixpath.normpath(name), made), name
    for line in re.findall(r"^COPY (?!--from|\[)(.*)$", dockerfile(plan), re.MULTILINE):
        for source in line.split(" ")[:-1]:
            name = posixpath.normpath(source)
            assert name == "." or not ignored(name, made)
