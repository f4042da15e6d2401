"""`kgen lock` against a registry on this machine: what is asked, what is written, and what is done about its moods."""

import base64
import hashlib
import io
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kgen.commands import compile as compiling
from kgen.commands.lock import Ask, Request, run
from kgen.registry.answers import Answer, NotResolved
from kgen.registry.client import INDEXES, Client

OCI_INDEX = INDEXES[0]
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
BODY = b'{"schemaVersion": 2}'
DIGEST = f"sha256:{hashlib.sha256(BODY).hexdigest()}"
OTHER = "sha256:" + "1" * 64

Respond = Callable[[BaseHTTPRequestHandler], tuple[int, dict[str, str], bytes]]


class Registry:
    """A registry that answers as a test says, and remembers what it was asked."""

    def __init__(self, respond: Respond) -> None:
        registry = self
        self.respond = respond
        self.asked: list[tuple[str, str, dict[str, str]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.asked.append((self.command, self.path, dict(self.headers.items())))
                status, headers, body = registry.respond(self)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815  # the name that http.server looks for

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    monkeypatch.setenv("NO_PROXY", "*")
    made = Registry(lambda _: (200, {"Docker-Content-Digest": DIGEST, "Content-Type": OCI_INDEX}, BODY))
    yield made
    made.server.shutdown()
    made.server.server_close()


def client(environment: dict[str, str] | None = None, waits: list[float] | None = None) -> Client:
    waited: list[float] = [] if waits is None else waits
    return Client(environment=environment or {}, timeout=1, sleep=waited.append, now=lambda: 0.0)


def test_a_head_request_that_accepts_indexes_is_enough(registry: Registry) -> None:
    assert client().resolve(f"{registry.host}/acme/base:1.0") == Answer(digest=DIGEST, is_index=True)
    [(method, path, headers)] = registry.asked
    assert (method, path) == ("HEAD", "/v2/acme/base/manifests/1.0")
    assert set(INDEXES) <= set(headers["Accept"].split(", "))
    assert "Authorization" not in headers


def test_without_the_header_the_digest_is_that_of_the_content(registry: Registry) -> None:
    registry.respond = lambda _: (200, {"Content-Type": f"{MANIFEST}; charset=utf-8"}, BODY)
    assert client().resolve(f"{registry.host}/base") == Answer(digest=DIGEST, is_index=False)
    assert [method for method, _, _ in registry.asked] == ["HEAD", "GET"]


def wants_token(registry: Registry, scheme: str = "Bearer") -> Respond:
    def respond(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        if request.path.startswith("/token"):
            return 200, {}, json.dumps({"token": "t0ken"}).encode()
        if request.headers.get("Authorization") in {"Bearer t0ken", f"Basic {LOGIN}"}:
            return 200, {"Docker-Content-Digest": DIGEST, "Content-Type": OCI_INDEX}, b""
        realm = f'{scheme} realm="http://{registry.host}/token",service="registry.example.com"'
        return 401, {"WWW-Authenticate": realm}, b""

    return respond


LOGIN = base64.b64encode(b"me:secret").decode()


def test_a_token_is_fetched_where_the_registry_says_and_kept_for_the_repository(registry: Registry) -> None:
    registry.respond = wants_token(registry)
    asking = client()
    for tag in ("1", "2"):
        assert asking.resolve(f"{registry.host}/acme/base:{tag}").digest == DIGEST
    tokens = [path for _, path, _ in registry.asked if path.startswith("/token")]
    assert tokens == ["/token?service=registry.example.com&scope=repository%3Aacme%2Fbase%3Apull"]
    assert [headers.get("Authorization") for _, _, headers in registry.asked] == [
        None, None, "Bearer t0ken", "Bearer t0ken",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
def test_a_login_is_shown_to_its_own_registry_only(registry: Registry, tmp_path: Path, scheme: str) -> None:
    registry.respond = wants_token(registry, scheme)
    logins = {"auths": {registry.host: {"auth": LOGIN}, "other.example.com": {"auth": "b3RoZXI="}, "broken": 1}}
    (tmp_path / "config.json").write_text(json.dumps(logins), "utf-8")
    asking = client({"DOCKER_CONFIG": str(tmp_path)})
    assert asking.resolve(f"{registry.host}/acme/base:1").digest == DIGEST
    shown = [headers.get("Authorization") for _, _, headers in registry.asked]
    assert shown == [None, f"Basic {LOGIN}", *(["Bearer t0ken"] if scheme == "Bearer" else [])]


def test_a_token_is_not_fetched_without_encryption(registry: Registry) -> None:
    registry.respond = lambda _: (401, {"WWW-Authenticate": 'Bearer realm="http://auth.example.com/token"'}, b"")
    with pytest.raises(NotResolved, match="without encryption"):
        client().resolve(f"{registry.host}/base:1")


def test_a_token_does_not_follow_to_another_host(registry: Registry) -> None:
    elsewhere = Registry(lambda _: (200, {"Docker-Content-Digest": DIGEST, "Content-Type": OCI_INDEX}, b""))
    with_token = wants_token(registry)

    def respond(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        if request.headers.get("Authorization"):
            return 307, {"Location": f"http://localhost:{elsewhere.server.server_port}/kept"}, b""
        return with_token(request)

    registry.respond = respond
    assert client().resolve(f"{registry.host}/base:1").digest == DIGEST
    [(method, path, headers)] = elsewhere.asked
    assert (method, path) == ("HEAD", "/kept")
    assert "Authorization" not in headers
    elsewhere.server.shutdown()
    elsewhere.server.server_close()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "has no `acme/base:1`"),
        (401, "refuses: there is no such image, or it takes a login"),
        (403, "refuses: there is no such image, or it takes a login"),
        (418, "answers with status 418"),
        (500, "answers with status 500"),
        (429, "is asked too often"),
    ],
)
def test_what_the_registry_refuses_is_said_in_words(registry: Registry, status: int, words: str) -> None:
    registry.respond = lambda _: (status, {}, b"")
    with pytest.raises(NotResolved, match=words):
        client().resolve(f"{registry.host}/acme/base:1")


@pytest.mark.parametrize(
    ("said", "waits"), [("7", [7.0]), ("Thu, 01 Jan 1970 00:00:09 GMT", [9.0]), ("", [1.0]), ("soon", [1.0])]
)
def test_a_busy_registry_is_asked_again_when_it_says(registry: Registry, said: str, waits: list[float]) -> None:
    answers = [(429, {"Retry-After": said} if said else {}, b""), (200, {"Docker-Content-Digest": DIGEST}, b"")]
    registry.respond = lambda _: answers.pop(0)
    waited: list[float] = []
    assert client(waits=waited).resolve(f"{registry.host}/base:1").digest == DIGEST
    assert waited == waits


def test_a_registry_that_asks_for_an_hour_is_not_waited_for(registry: Registry) -> None:
    registry.respond = lambda _: (429, {"Retry-After": "3600"}, b"")
    waited: list[float] = []
    with pytest.raises(NotResolved, match="is asked too often"):
        client(waits=waited).resolve(f"{registry.host}/base:1")
    assert (waited, len(registry.asked)) == ([], 1)


def test_silence_has_an_end(registry: Registry) -> None:
    hold = threading.Event()

    def respond(_: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        hold.wait(5)
        return 200, {}, b""

    registry.respond = respond
    asking = Client(environment={}, timeout=0.05, sleep=lambda _: None)
    with pytest.raises(NotResolved, match=r"does not answer within 0\.05 s"):
        asking.resolve(f"{registry.host}/base:1")
    hold.set()


def test_nobody_there_is_said_in_words(registry: Registry) -> None:
    registry.server.shutdown()
    registry.server.server_close()
    with pytest.raises(NotResolved, match="cannot be reached: connection refused"):
        client().resolve(f"{registry.host}/base:1")


def test_a_digest_that_is_none_is_refused(registry: Registry) -> None:
    registry.respond = lambda _: (200, {"Docker-Content-Digest": "sha256:short\x1b[2J"}, b"")
    with pytest.raises(NotResolved, match="no SHA-256 digest"):
        client().resolve(f"{registry.host}/base:1")


# --- the command ----------------------------------------------------------------------------------------------------

APP = """\
apiVersion: kgen/v1
name: demo
image: ghcr.io/acme/demo:1.0.0
build: .
components:
  web: {type: web, port: 8000, command: flask run}
"""
PYTHON = "python:3.13-slim-trixie"


class Done:
    """How a command ended."""

    def __init__(self, code: int, out: io.StringIO, err: io.StringIO) -> None:
        self.code, self.out, self.err = code, out.getvalue(), err.getvalue()


def answers(digests: dict[str, str], *, is_index: bool = True) -> Ask:
    def ask(image: str) -> Answer:
        if image not in digests:
            raise NotResolved("`docker.io` has no such image")
        return Answer(digest=digests[image], is_index=is_index)

    return ask


def lock(*paths: str, ask: Ask, **options: Any) -> Done:
    out, err = io.StringIO(), io.StringIO()
    return Done(run(Request(paths=[Path(path) for path in paths or (".",)], **options), ask, out, err), out, err)


def compile_(*paths: str, **options: Any) -> Done:
    out, err = io.StringIO(), io.StringIO()
    request = compiling.Request(paths=[Path(path) for path in paths or (".",)], **options)
    return Done(compiling.run(request, out, err), out, err)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text(APP, "utf-8")
    (tmp_path / "requirements.txt").write_text("flask==3.1.0\n", "utf-8")
    return tmp_path


def written(folder: Path) -> Any:
    return json.loads((folder / "images.lock.json").read_text("utf-8"))


def test_a_locked_image_is_in_both_stages_by_tag_and_digest(here: Path) -> None:
    done = lock(ask=answers({PYTHON: DIGEST}))
    assert (done.code, done.err) == (0, "")
    assert f"  + {PYTHON}  {DIGEST}" in done.out
    assert written(here) == {"version": 1, "images": {PYTHON: DIGEST}}
    assert compile_().code == 0
    froms = [line for line in (here / "Dockerfile").read_text("utf-8").splitlines() if line.startswith("FROM ")]
    assert froms == [f"FROM {PYTHON}@{DIGEST} AS {stage}" for stage in ("builder", "runtime")]
    assert compile_(mode="check").code == 0


def test_check_writes_nothing_and_tells_what_is_outdated(here: Path) -> None:
    lock(ask=answers({PYTHON: DIGEST}))
    assert lock(ask=answers({PYTHON: DIGEST}), check=True).code == 0
    done = lock(ask=answers({PYTHON: OTHER}), check=True)
    assert done.code == 3
    assert f"  ~ {PYTHON}  {DIGEST} -> {OTHER}" in done.out
    assert written(here)["images"] == {PYTHON: DIGEST}
    done = lock(ask=answers({PYTHON: OTHER}), check=True, output_format="json")
    assert json.loads(done.out)["files"][0]["changes"] == {"added": [], "changed": [PYTHON], "removed": []}


@pytest.mark.usefixtures("here")
def test_a_new_digest_makes_the_dockerfile_stale_and_no_manifest() -> None:
    lock(ask=answers({PYTHON: DIGEST}))
    compile_()
    lock(ask=answers({PYTHON: OTHER}))
    done = compile_(mode="check")
    assert done.code == 3
    assert "~ Dockerfile" in done.out
    assert "deploy" not in done.out


def test_what_cannot_be_resolved_is_an_error_and_nothing_is_written(here: Path) -> None:
    done = lock(ask=answers({}))
    assert done.code == 1
    assert f"the digest of `{PYTHON}` is not known: `docker.io` has no such image" in done.err
    assert "= rule: image-not-resolved" in done.err
    assert not (here / "images.lock.json").exists()
    assert json.loads(lock(ask=answers({}), output_format="json").out)["summary"]["errors"] == 1


@pytest.mark.usefixtures("here")
def test_an_image_of_one_architecture_is_pointed_out() -> None:
    done = lock(ask=answers({PYTHON: DIGEST}, is_index=False))
    assert done.code == 0
    assert "= rule: image-of-one-architecture" in done.err


def test_without_a_lock_file_compile_is_quiet_and_says_what_to_do(here: Path) -> None:
    done = compile_()
    assert (done.code, done.err) == (0, "")
    assert "kgen lock ." in done.out
    lock(ask=answers({PYTHON: DIGEST}))
    (here / "app.yaml").write_text(APP.replace("8000", "8001"), "utf-8")
    assert "kgen lock" not in compile_().out


def test_an_image_that_the_lock_file_lacks_is_a_warning_and_one_too_many_as_well(here: Path) -> None:
    lock(ask=answers({PYTHON: DIGEST}))
    (here / ".python-version").write_text("3.12\n", "utf-8")
    done = compile_()
    assert done.code == 0
    assert "there is no digest of `python:3.12-slim-trixie` in `images.lock.json`" in done.err
    assert f"no app is built from `{PYTHON}`" in done.err
    assert "unused-digest" not in compile_("app.yaml").err  # others may use it
    done = lock(ask=answers({"python:3.12-slim-trixie": OTHER}))
    assert f"  - {PYTHON}" in done.out
    assert written(here)["images"] == {"python:3.12-slim-trixie": OTHER}
    assert compile_().err == ""


def test_one_file_serves_the_repository_and_locking_one_app_keeps_what_others_use(here: Path) -> None:
    (here / "kgen.yaml").write_text("output: {compose: false}\n", "utf-8")
    for name, version in (("one", "3.12"), ("two", "3.13")):
        (here / name).mkdir()
        (here / name / "app.yaml").write_text(APP.replace("demo", name), "utf-8")
        (here / name / "requirements.txt").write_text("flask==3.1.0\n", "utf-8")
        (here / name / ".python-version").write_text(version, "utf-8")
    (here / "app.yaml").unlink()
    both = {"python:3.12-slim-trixie": DIGEST, PYTHON: DIGEST}
    assert lock(ask=answers(both)).code == 0
    assert written(here)["images"] == both
    assert lock("two", ask=answers({PYTHON: OTHER})).code == 0
    assert written(here)["images"] == both | {PYTHON: OTHER}
    assert not (here / "two/images.lock.json").exists()


@pytest.mark.parametrize(
    "text", ["<<<<<<< HEAD\n", "[]", '{"version": 1}', '{"version": 1, "images": {"a": "sha256:1"}}', '{"images": {}}']
)
def test_a_damaged_lock_file_is_an_error_that_lock_mends(here: Path, text: str) -> None:
    (here / "images.lock.json").write_text(text, "utf-8")
    done = compile_()
    assert done.code == 1
    assert "= rule: damaged-image-lock" in done.err
    assert lock(ask=answers({PYTHON: DIGEST}), check=True).code == 3
    assert lock(ask=answers({PYTHON: DIGEST})).code == 0
    assert compile_().code == 0


def test_faults_of_the_app_come_first(here: Path) -> None:
    (here / "app.yaml").write_text(APP.replace("type: web", "type: wbe"), "utf-8")
    done = lock(ask=answers({PYTHON: DIGEST}))
    assert done.code == 1
    assert "value-not-allowed" in done.err
    assert lock("nowhere", ask=answers({})).code == 2


def test_no_dockerfile_needs_no_lock(here: Path) -> None:
    (here / "app.yaml").write_text(APP.replace("build: .\n", ""), "utf-8")
    done = lock(ask=answers({}))
    assert (done.code, done.out) == (0, "images.lock.json: no app has a Dockerfile of kgen's\n")
    assert not (here / "images.lock.json").exists()
