"""
Small projects of all kinds, from `kgen init` to a container that answers and stops.

Each test goes the whole way: what init finds out, a person's changes if there are any (``edits``), compile, a build,
the generated pod on a read-only root as a user without rights, its probes, an answer, and the end on SIGTERM.
"""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from containers import podman, problem
from making import made
from pods import assert_restricted, assert_stops, get, get_json, logs, run, running
from projects import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(bool(problem()), reason=problem() or "-")]


def test_pip_flask_and_gunicorn(tmp_path: Path) -> None:
    with (
        made("guestbook", tmp_path, port="8000", most=20, changed="app.py") as app,
        running(app, "web") as pod,
    ):
        assert get(f"{pod.url}/sign", b"name=Ada")[0] == 200
        status, page = get(pod.url)
        assert (status, "<li>Ada" in page, "/static/style.css" in page) == (200, True, True)
        assert get(f"{pod.url}/static/style.css")[0] == 200
        assert_restricted(pod)
        assert_stops(pod)


def test_uv_fastapi_finishes_what_it_has_begun(tmp_path: Path) -> None:
    edits = {"PARCELS_CARRIER_KEY: change-me": "PARCELS_CARRIER_KEY: none"}
    with (
        made("parcels", tmp_path, edits, port="8000", most=80, changed="src/parcels/main.py") as app,
        running(app, "web") as pod,
    ):
        assert get_json(f"{pod.url}/parcels", {"code": "A1", "place": "Graz"})[0] == 201
        assert get_json(f"{pod.url}/parcels/A1") == (200, ["Graz"])
        assert_restricted(pod)
        with subprocess.Popen(["curl", "-s", f"{pod.url}/slow/2"], stdout=subprocess.PIPE) as request:
            time.sleep(0.5)
            assert_stops(pod)
            assert request.communicate()[0] == b'{"waited":2.0}'
        assert "parcels: bye" in logs(pod)


def test_poetry_django_with_static_files_and_migration(tmp_path: Path) -> None:
    edits = {"\nenv:\n": "\nenv:\n  DATABASE_PATH: /database/library.sqlite3\n"}
    secrets = {"DJANGO_SECRET_KEY": "secret"}
    with made("library", tmp_path, edits, port="8000", most=60, changed="books/views.py") as app:
        code, text = run(app, app.object("job", "release"), secrets, database=True)
        assert (code, "Applying books.0002_first_books... OK" in text) == (0, True), text
        with running(app, "web", secrets, database=True) as pod:
            book = {"title": "Stoner", "author": "John Williams", "lent": False}
            assert get_json(f"{pod.url}/api/books/") == (200, [book])
            style = re.findall(r'href="(/static/books/shelf.[0-9a-f]+.css)"', get(pod.url)[1])[0]
            assert get(pod.url + style) == (200, "body { background: wheat; }\n")
            assert get(f"{pod.url}/admin/login/")[0] == 200
            assert_restricted(pod)
            assert_stops(pod)


def test_pdm_litestar(tmp_path: Path) -> None:
    with (
        made("rates", tmp_path, port="8000", most=60, changed="src/rates/app.py") as app,
        running(app, "web") as pod,
    ):
        assert get_json(f"{pod.url}/convert/EUR/USD?amount=10") == (200, {"amount": 10.9})
        assert get(f"{pod.url}/convert/EUR/XXX")[0] == 404
        assert_restricted(pod)
        assert_stops(pod)


def test_pipenv_flask_factory(tmp_path: Path) -> None:
    with (
        made("feedback", tmp_path, port="8000", most=20, changed="feedback/views.py") as app,
        running(app, "web", {"SECRET_KEY": "secret"}) as pod,
    ):
        status, page = get(pod.url)
        assert (status, "What do you think?" in page) == (200, True)
        assert get(pod.url, b"text=good")[0] == 400  # no token
        assert_restricted(pod)
        assert_stops(pod)


def test_uv_workspace_with_two_apps(tmp_path: Path) -> None:
    with made("office", tmp_path, port="8000", most=30) as app:
        assert sorted(app.builds.values()) == ["Dockerfile.desk", "Dockerfile.signage"]
        with running(app, "desk") as pod:
            assert get_json(f"{pod.url}/rooms/birch", {"by": "Ada"}) == (200, {"room": "birch"})
            assert get_json(f"{pod.url}/rooms/birch", {"by": "Bob"})[0] == 409
            without = "import importlib.util as found; print([found.find_spec(n) for n in ('quart', 'signage')])"
            assert podman("exec", pod.container, "python", "-c", without).strip() == "[None, None]"
            assert_restricted(pod)
            assert_stops(pod)
        with running(app, "signage") as pod:
            assert get(f"{pod.url}/door/cedar") == (200, "<h1>cedar</h1><p>free, 12 seats</p>")
            assert_restricted(pod)
            assert_stops(pod)


def test_src_layout_cli_as_cron_job(tmp_path: Path) -> None:
    edits = {
        "    type: job\n": "    type: cron\n    schedule: 0 6 * * *\n",
        "command: digest": "command: digest daily --source incidents.json",
        "    when: post-deploy\n": "",
        "  main:": "  daily:",
    }
    with made("digest", tmp_path, edits, most=10) as app:
        code, text = run(app, app.object("cronjob", "daily")["spec"]["jobTemplate"])
        assert (code, text) == (0, "2 incidents\n- mail is late (90 min)\n- checkout is slow (45 min)\n\n")


def test_celery_worker_with_redis(tmp_path: Path) -> None:
    with (
        redis() as address,
        made("thumbs", tmp_path, most=40) as app,
        running(app, "worker", {"CELERY_BROKER_URL": address, "CELERY_RESULT_BACKEND": address}) as pod,
    ):
        wanted = "from thumbs.tasks import fingerprint; print(fingerprint.delay('a').get(timeout=20))"
        assert podman("exec", pod.container, "python", "-c", wanted).startswith("ca978112")
        assert_restricted(pod)
        slow = "from thumbs.tasks import render; print(render.delay(2).id)"
        task = podman("exec", pod.container, "python", "-c", slow).strip()
        time.sleep(0.5)
        assert_stops(pod)
        assert "shutting down: Warm" in logs(pod)
        assert f"[{task}] succeeded" in logs(pod)


def test_streamlit(tmp_path: Path) -> None:
    with made("charts", tmp_path, port="8501", most=600) as app, running(app, "web") as pod:
        assert get(f"{pod.url}/_stcore/health") == (200, "ok")
        status, page = get(pod.url)
        assert (status, "<title>Streamlit</title>" in page) == (200, True)
        assert_restricted(pod)
        assert_stops(pod)


def test_bare_script_in_a_folder_with_a_volume(tmp_path: Path) -> None:
    edits = {"    replicas: 1\n": "    replicas: 1\n    volumes: {data: {path: /data, size: 1Gi}}\n"}
    with made("sweeper", tmp_path, edits, most=1) as app, running(app, "main") as pod:
        podman("exec", pod.container, "python", "-c", "open('/data/drafts/old.draft', 'w')")
        time.sleep(4)
        assert logs(pod).splitlines() == ["sweeping /data/drafts", "removed old.draft"]
        assert_restricted(pod)
        assert_stops(pod)


def test_legacy_setuptools(tmp_path: Path) -> None:
    with made("ledger", tmp_path, port="8000", most=10) as app, running(app, "web") as pod:
        assert get_json(f"{pod.url}/accounts/bank") == (200, {"name": "bank", "balance": 4000})
        assert get(f"{pod.url}/accounts/none")[0] == 404
        assert_restricted(pod)
        assert_stops(pod)


def test_compiled_dependency(tmp_path: Path) -> None:
    nobody = {"DATABASE_URL": "postgresql://127.0.0.1:1/geo"}
    with made("geo", tmp_path, port="8080", most=40) as app, running(app, "web", nobody) as pod:
        assert get_json(f"{pod.url}/distance/graz/wien") == (200, {"km": 145})
        status, answer = get_json(f"{pod.url}/readyz")
        assert (status, "Connection refused" in answer["database"]) == (503, True)
        assert_restricted(pod)
        assert_stops(pod)


@contextmanager
def redis() -> Iterator[str]:
    """Run Debian's Redis on a free port of loopback, and yield its address."""
    port = str(free_port())
    command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
