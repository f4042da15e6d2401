"""
Small projects of all kinds, from `kgen init` to a container that answers and stops.

Each test goes the whole way: what init finds out, a person's changes if there are any (``edits``), compile, a build,
the generated pod on a read-only root as a user without rights, its probes, an answer, and the end on SIGTERM.
"""

import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from containers import files_of, podman, problem, remove, size_of
from images import PYTHON, build
from pods import assert_restricted, assert_stops, get, get_json, logs, remove_volumes, run, running
from projects import Compiled, free_port, initialised

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
        size = (size_of(image) - size_of(PYTHON)) // MEGABYTE
        print(f"{name}: {size} MB")  # noqa: T201  # shown by `pytest -s`, or if it is too much
        assert size < most
        yield app
    finally:
        remove(image)
        remove_volumes(app)


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


def test_poetry_django_with_static_files_and_migration(tmp_path: Path) -> None:
    edits = {
        "components:\n": "env: {DJANGO_SECRET_KEY: secret, DATABASE_PATH: /database/library.sqlite3}\ncomponents:\n"
    }
    with made("library", tmp_path, edits, port="8000", most=80) as app:
        code, text = run(app, app.object("job", "release"), database=True)
        assert (code, "Applying books.0002_first_books... OK" in text) == (0, True), text
        with running(app, "web", database=True) as pod:
            assert get_json(f"{pod.url}/api/books/") == (
                200,
                [{"title": "Stoner", "author": "John Williams", "lent": False}],
            )
            page = get(pod.url)[1]
            style = re.findall(r'href="(/static/books/shelf.[0-9a-f]+.css)"', page)[0]
            assert get(pod.url + style) == (200, "body { background: wheat; }\n")
            assert get(f"{pod.url}/admin/login/")[0] == 200
            assert_restricted(pod)
            assert_stops(pod)


def test_src_layout_cli_as_cron_job(tmp_path: Path) -> None:
    edits = {
        "type: job": "type: cron\n    schedule: 0 6 * * *",
        "command: digest": "command: digest daily --source incidents.json",
        "  main:": "  daily:",
    }
    with made("digest", tmp_path, edits, most=20) as app:
        job = app.object("cronjob", "daily")["spec"]["jobTemplate"]
        code, text = run(app, job)
        assert (code, text) == (0, "2 incidents\n- mail is late (90 min)\n- checkout is slow (45 min)\n\n")


def test_celery_worker_with_redis(tmp_path: Path) -> None:
    with redis() as port:
        edits = {"components:\n": f"env: {{CELERY_BROKER_URL: 'redis://127.0.0.1:{port}/0'}}\ncomponents:\n"}
        with made("thumbs", tmp_path, edits, most=60) as app, running(app, "worker") as pod:
            call = [
                "python",
                "-c",
                "from thumbs.tasks import fingerprint; print(fingerprint.delay('a').get(timeout=20))",
            ]
            assert podman("exec", pod.container, *call).startswith("ca978112")
            assert_restricted(pod)
            slow = ["python", "-c", "from thumbs.tasks import render; print(render.delay(2).id)"]
            task = podman("exec", pod.container, *slow).strip()
            time.sleep(0.5)
            assert_stops(pod)
            assert "shutting down: Warm" in logs(pod)
            assert f"[{task}] succeeded" in logs(pod)


def test_streamlit(tmp_path: Path) -> None:
    with made("charts", tmp_path, port="8501", most=700) as app, running(app, "web") as pod:
        assert get(f"{pod.url}/_stcore/health") == (200, "ok")
        status, page = get(pod.url)
        assert (status, "<title>Streamlit</title>" in page) == (200, True)
        assert_restricted(pod)
        assert_stops(pod)


def test_compiled_dependency(tmp_path: Path) -> None:
    edits = {
        "manager: pip": "systemPackages: [libpq5]\n    buildPackages: [gcc, libc6-dev, libpq-dev]\n    manager: pip",
        "components:\n": "env: {PORT: 8080, DATABASE_URL: 'postgresql://127.0.0.1:1/geo'}\ncomponents:\n",
    }
    with made("geo", tmp_path, edits, port="8080", most=60) as app, running(app, "web") as pod:
        assert get_json(f"{pod.url}/distance/graz/wien") == (200, {"km": 145})
        status, answer = get_json(f"{pod.url}/readyz")
        assert (status, "Connection refused" in answer["database"]) == (503, True)
        assert_restricted(pod)
        assert_stops(pod)


@contextmanager
def redis() -> Iterator[str]:
    """Run Debian's Redis on a free port of loopback."""
    port = str(free_port())
    with subprocess.Popen(
        ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""], stdout=subprocess.DEVNULL
    ) as server:
        try:
            yield port
        finally:
            server.terminate()
