"""
Small projects of all kinds, from `kgen init` to a container that answers and stops.

Each test goes the whole way: what init finds out, a person's changes if there are any (``edits``), compile, a build,
the generated pod on a read-only root as a user without rights, its probes, an answer, and the end on SIGTERM.
"""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from containers import files_of, problem, remove, size_of
from images import PYTHON, build
from pods import assert_restricted, assert_stops, get, get_json, logs, running
from projects import Compiled, initialised

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(bool(problem()), reason=problem() or "-")]

TOOLS = ("gcc", "cc", "uv", "uvx", "poetry", "pdm", "pipenv", "git", "node")
LEFTOVERS = (
    "root/.cache",
    "poetry",
    "pdm",
    "pipenv",
    "app/tests",
    "app/.git",
    "app/.venv",
    "app/deploy",
    "venv/bin/pip",
)
MEGABYTE = 1024 * 1024


@contextmanager
def made(
    name: str, folder: Path, edits: Mapping[str, str] | None = None, *, port: str = "", most: int
) -> Iterator[Compiled]:
    """
    Build the image of a project from nothing, and look into it.

    Args:
        name: The project.
        folder: Where its copy is made.
        edits: What a person changes in app.yaml.
        port: The port that init wrote, which becomes one that is free: pods share the host's network.
        most: Megabytes that the image may have on top of its base.
    """
    app = initialised(name, folder, edits, port=port)
    image = app.image
    build(app.folder, image)
    try:
        with files_of(image) as files:
            assert_clean(files)
        assert size_of(image) - size_of(PYTHON) < most * MEGABYTE
        yield app
    finally:
        remove(image)


def assert_clean(files: Path) -> None:
    """See that nothing is in an image that was only needed to build it, and nothing that its user could change."""
    places = ("bin", "usr/bin", "usr/local/bin", "venv/bin")
    assert [tool for tool in TOOLS if any((files / place / tool).exists() for place in places)] == []
    assert [name for name in LEFTOVERS if (files / name).exists()] == []
    for path in (files / "app").rglob("*"):
        mode = path.lstat().st_mode
        assert path.lstat().st_uid == 0, path
        assert (mode & 0o004, mode & 0o022) == (0o004, 0), path


def test_pip_flask_and_gunicorn(tmp_path: Path) -> None:
    with made("guestbook", tmp_path, port="8000", most=40) as app, running(app, "web") as pod:
        assert get(f"{pod.url}/sign", b"name=Ada")[0] == 200
        status, page = get(pod.url)
        assert (status, "<li>Ada" in page, "/static/style.css" in page) == (200, True, True)
        assert get(f"{pod.url}/static/style.css")[0] == 200
        assert_restricted(pod)
        assert_stops(pod)


def test_uv_fastapi_finishes_what_it_has_begun(tmp_path: Path) -> None:
    edits = {"    port: 8000": "    env: {PARCELS_CARRIER_KEY: secret}\n    port: 8000"}
    with made("parcels", tmp_path, edits, port="8000", most=120) as app, running(app, "web") as pod:
        assert get_json(f"{pod.url}/parcels", {"code": "A1", "place": "Graz"})[0] == 201
        assert get_json(f"{pod.url}/parcels/A1") == (200, ["Graz"])
        assert_restricted(pod)
        with subprocess.Popen(["curl", "-s", f"{pod.url}/slow/2"], stdout=subprocess.PIPE) as request:
            time.sleep(0.5)
            assert_stops(pod)
            assert request.communicate()[0] == b'{"waited":2.0}'
        assert "parcels: bye" in logs(pod)


def test_pdm_litestar(tmp_path: Path) -> None:
    with made("rates", tmp_path, port="8000", most=80) as app, running(app, "web") as pod:
        assert get_json(f"{pod.url}/convert/EUR/USD?amount=10") == (200, {"amount": 10.9})
        assert get(f"{pod.url}/convert/EUR/XXX")[0] == 404
        assert_restricted(pod)
        assert_stops(pod)


def test_pipenv_flask_factory(tmp_path: Path) -> None:
    edits = {"    port: 8000": "    env: {SECRET_KEY: secret}\n    port: 8000"}
    with made("feedback", tmp_path, edits, port="8000", most=40) as app, running(app, "web") as pod:
        status, page = get(pod.url)
        assert (status, "What do you think?" in page) == (200, True)
        assert get(pod.url, b"text=good")[0] == 400  # no token
        assert_restricted(pod)
        assert_stops(pod)
