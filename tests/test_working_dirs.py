"""The folder that programs start in: whom it is for, and whether the image has it."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from kgen.pipeline import Compiled, Options, compile_app

APP = """
apiVersion: kgen/v1
name: shop
image: ghcr.io/acme/shop:1.0.0
build: .
"""
WEB = "{type: web, port: 8000, command: gunicorn shop.wsgi, workingDir: /app/src}"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "requirements.txt").write_text("gunicorn==23.0.0\n")
    (tmp_path / "src" / "shop").mkdir(parents=True)


def compiled(rest: str) -> Compiled:
    Path("app.yaml").write_text(APP + rest)
    return compile_app(Path("app.yaml"), Options())


def starts(rest: str, environment: str = "default") -> dict[str, str]:
    """Return where each container of an environment's pods starts, by its name; empty: where its image says."""
    made = compiled(rest)
    assert not [each for each in made.found if each.rule.severity == "error"]
    (wanted,) = (each for each in made.environments if each.name == environment)
    templates = [each.manifest["spec"].get("template") for each in wanted.objects if "spec" in each.manifest]
    specs = [each["spec"] for each in templates if each]
    return {
        container["name"]: container.get("workingDir", "")
        for spec in specs
        for container in (*spec.get("initContainers", ()), *spec["containers"])
    }


def service(rest: str, name: str) -> dict[str, Any]:
    """Return a service of the compose file."""
    made = compiled(rest)
    text = next(text for tree in made.trees for path, text in tree.files.items() if path == "compose.yaml")
    return dict(YAML(typ="safe").load(text)["services"][name])


def dockerfile(rest: str) -> str:
    made = compiled(rest)
    return next(text for tree in made.trees for path, text in tree.files.items() if path == "Dockerfile")


def test_what_starts_elsewhere_than_the_image_says_so() -> None:
    app = f"components: {{web: {WEB}, worker: {{type: worker, command: python work.py}}}}"
    assert starts(app) == {"web": "/app/src", "worker": "/app"}
    assert "\nWORKDIR /app/src\nCOPY" in dockerfile(app)
    assert service(app, "worker")["working_dir"] == "/app"


def test_an_image_starts_at_the_project_if_its_first_component_does() -> None:
    worker = "{type: worker, command: python work.py, workingDir: /app/src}"
    app = f"components: {{worker: {worker}, web: {{type: web, port: 8000, command: gunicorn shop.wsgi}}}}"
    assert starts(app) == {"web": "", "worker": "/app/src"}
    assert "WORKDIR /app/src" not in dockerfile(app)


@pytest.mark.parametrize(
    ("release", "folder"),
    [
        ("python manage.py migrate", "/app/src"),
        ("{command: python manage.py migrate, workingDir: /app}", "/app"),
    ],
)
def test_a_release_follows_its_component(release: str, folder: str) -> None:
    app = f"components: {{web: {WEB}}}\nrelease: {release}"
    assert starts(app)["release"] == folder
    assert service(app, "release")["working_dir"] == folder


def test_a_companion_follows_its_component_if_it_runs_its_image() -> None:
    init = "check: {command: python check.py}, fetch: {image: 'busybox:1.37', command: fetch}"
    app = f"components: {{web: {WEB[:-1]}, init: {{{init}}}}}}}"
    assert starts(app) == {"check": "/app/src", "fetch": "", "web": "/app/src"}


def test_an_environment_changes_the_folder_but_not_the_image() -> None:
    """The Dockerfile is made of the app without any environment."""
    changes = "{test: {}, live: {components: {web: {workingDir: null}}}, two: {components: {web: {workingDir: /app}}}}"
    app = f"components: {{web: {WEB}}}\nenvironments: {changes}"
    assert [starts(app, name)["web"] for name in ("test", "live", "two")] == ["/app/src", "/app", "/app"]
    assert "WORKDIR /app/src" in dockerfile(app)


@pytest.mark.parametrize(
    "folder_of",
    [
        ("/app/data", "volumes: {data: {path: /app/data, type: ephemeral}}"),
        ("/data/in", "volumes: {data: {path: /data, type: ephemeral}}"),
        ("/app/made", "build: {output: Dockerfile.two, commands: [python make.py]}"),
        ("/app/made", "build: {output: Dockerfile.two, frontend: {path: front, to: made}}"),
    ],
)
def test_a_folder_that_is_made_later_is_no_fault(folder_of: tuple[str, str]) -> None:
    folder, field = folder_of
    Path("front").mkdir()
    Path("front/package.json").write_text('{"scripts": {"build": "vite build"}}')
    Path("front/package-lock.json").write_text("{}")
    web = f"{{type: web, port: 8000, command: serve, workingDir: {folder}, {field}}}"
    assert starts(f"components: {{web: {web}, usual: {{type: worker, command: work}}}}")["web"] == folder


@pytest.mark.parametrize(
    ("folder", "way_out"),
    [
        ("/app/scr", "did you mean `/app/src`?"),
        ("/app/src/shpo", "did you mean `/app/src/shop`?"),
        ("/app/scr/shop", "did you mean `/app/src/shop`?"),
        ("/src", "did you mean `/app/src`?"),
        ("/srv", "folders there: `/app/src`"),
        ("/app/requirements.txt", "folders there: `/app/src`"),
        ("/app/src/shop/none", "write a folder below `/app`, or leave the field out"),
    ],
)
def test_a_folder_that_is_not_there_is_one_finding(folder: str, way_out: str) -> None:
    found = compiled(f"components: {{web: {{type: web, port: 8000, command: serve, workingDir: {folder}}}}}").found
    assert [(each.rule.name, each.help) for each in found if each.rule.severity == "error"] == [
        ("working-directory-not-in-image", way_out)
    ]


def test_a_misspelt_folder_is_one_whatever_the_build_makes() -> None:
    build = "build: {commands: [python make.py]}"
    found = compiled(f"components: {{web: {{type: web, port: 8000, command: serve, workingDir: /app/scr, {build}}}}}")
    assert "did you mean `/app/src`?" in {each.help for each in found.found}


def test_images_of_others_have_folders_of_their_own() -> None:
    proxy = "{type: web, port: 8080, image: 'nginx:1.29', workingDir: /}"
    assert starts(f"components: {{web: {WEB}, proxy: {proxy}}}")["proxy"] == "/"


@pytest.mark.parametrize("field", ["pullSecrets", "workingDir"])
def test_a_null_takes_nothing_from_anybody(field: str) -> None:
    app = f"components: {{web: {{type: web, port: 8000, command: serve, {field}: null, init: {{a: {{command: b}}}}}}}}"
    assert starts(app) == {"a": "", "web": ""}


@pytest.mark.parametrize("changes", ["workingDir: /app/tests", "workingDir: /app/src, args: [../tests/all.json]"])
def test_the_image_has_the_folder_of_tests_if_something_starts_there(changes: str) -> None:
    Path("tests").mkdir()
    made = compiled(f"components: {{web: {{type: web, port: 8000, command: serve, {changes}}}}}")
    text = next(text for tree in made.trees for path, text in tree.files.items() if path == ".dockerignore")
    assert "\ntests\n" not in text
