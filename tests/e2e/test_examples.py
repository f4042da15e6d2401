"""The examples, compiled, built and run for real: what the Deployment describes answers, and stops when told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from containers import problem, remove
from images import build
from pods import Running, assert_restricted, assert_stops, get_json, running
from projects import ROOT, Compiled, copied, free_port, kgen

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(bool(problem()), reason=problem() or "-")]

SECRETS = {
    "DATABASE_URL": "postgresql://shop:secret@127.0.0.1:1/shop",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "SENTRY_DSN": "https://key@127.0.0.1/1",
}
"""What the cluster would keep: addresses where nobody listens."""


def test_hello_runs_as_its_deployment_says(tmp_path: Path) -> None:
    with started("hello", tmp_path, env="default", gets_ready=True) as pod:
        assert get_json(f"{pod.url}/healthz") == (200, {"status": "ok"})
        status, found = get_json(f"{pod.url}/?url=http://localhost:1/")
        assert (status, found["host"]) == (200, "localhost")
        assert get_json(f"{pod.url}/?url=nonsense")[0] == 400
        assert_restricted(pod)
        assert_stops(pod)


def test_shop_answers_without_its_database(tmp_path: Path) -> None:
    with started("shop", tmp_path, env="staging", gets_ready=False) as pod:
        assert get_json(f"{pod.url}/healthz") == (200, {"status": "ok"})
        assert get_json(f"{pod.url}/readyz") == (503, {"database": "unreachable", "broker": "unreachable"})
        assert_restricted(pod)
        assert_stops(pod)


@contextmanager
def started(example: str, folder: Path, *, env: str, gets_ready: bool) -> Iterator[Running]:
    """
    Compile a copy of ``example`` for a port that is free, build its image and start its web component.

    The port is changed in the sources, so that command, EXPOSE and containerPort still have to agree by themselves.
    """
    app = copied(ROOT / "examples" / example, folder)
    port = str(free_port())
    for file in (app / "app.yaml", app / "gunicorn.conf.py"):
        if file.exists():
            file.write_text(file.read_text("utf-8").replace("8000", port), "utf-8")
    kgen("compile", str(app))
    compiled = Compiled(folder=app, name=example, env=env)
    image = compiled.object("deployment", "web")["spec"]["template"]["spec"]["containers"][0]["image"]
    build(app, image)
    try:
        with running(compiled, "web", SECRETS, gets_ready=gets_ready) as pod:
            yield pod
    finally:
        remove(image)
