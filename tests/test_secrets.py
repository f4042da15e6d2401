"""Wherever somebody puts a secret by mistake, nothing that kgen says or writes has it."""

import base64
import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, get_args

import pytest

from kgen.commands import compile as compile_command
from kgen.discretion import discreet
from kgen.features.secrets import Csi
from kgen.load.parse import parse
from kgen.pipeline import Options, compile_app
from kgen.resolve.secret_entries import DEFAULT_PATHS, entry, parameters
from kgen.rules import ALL
from test_golden import GOLDEN

CANARY: Final = "rabbits-run-4711"
ENCODED: Final = base64.b64encode(CANARY.encode()).decode()
FORMATS: Final = ("text", "json", "sarif", "github", "junit")

HEAD = """\
apiVersion: kgen/v1
name: shop
image: ghcr.io/acme/shop:1.0.0
"""
USES = """\
components:
  worker:
    type: worker
    env:
      SENTRY_DSN: {secret: sentry/dsn}
"""
PLAIN = f"""\
apiVersion: v1
kind: Secret
metadata: {{name: sentry, namespace: shop}}
data:
  dsn: {ENCODED}
stringData:
  token: {CANARY}
"""
DOCKER = f"""\
apiVersion: v1
kind: Secret
metadata: {{name: sentry, namespace: shop}}
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '{{"auths": {{"ghcr.io": {{"password": "{CANARY}"}}}}}}'
"""
SEALED_PLAIN = f"""\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: sentry, namespace: shop}}
spec:
  encryptedData:
    dsn: {CANARY}
"""


def env(value: str) -> str:
    return f"components:\n  worker:\n    type: worker\n    env:\n      {value}\n"


APPS: Final[Mapping[str, str]] = {
    "address": env(f"URL: postgres://shop:{CANARY}@db/shop"),
    "address with a fault of form": env(f"URL: [postgres://shop:{CANARY}@db/shop]"),
    "mapping in the place of a value": env(f"DB_PASSWORD: {{value: {CANARY}}}"),
    "list in the place of a value": env(f"DB_PASSWORD: [{CANARY}]"),
    "value in the place of a reference": env(f"DB_PASSWORD: {{secret: {CANARY}}}"),
    "broken YAML": env(f'DB_PASSWORD: "{CANARY}'),
    "key twice": env(f"DB_PASSWORD: {CANARY}\n      DB_PASSWORD: {CANARY}x"),
    "anchor": env(f"DB_PASSWORD: &x {CANARY}"),
    "unknown field beside": env(f"DB_PASSWORD: {CANARY}\n    passwort: {CANARY}"),
    "secret with a value": f"secrets: {{sentry: {{dsn: {CANARY}}}}}\n{USES}",
    "secret that is a text": f"secrets: {{sentry: {CANARY}}}\n{USES}",
    "keys that are a text": f"secrets: {{sentry: {{keys: {CANARY}}}}}\n{USES}",
    "keys with values": f"secrets: {{sentry: {{keys: {{dsn: {CANARY}}}}}}}\n{USES}",
    "key that is a pair": f'secrets: {{sentry: ["dsn={CANARY}"]}}\n{USES}',
    "key with a value beside": f"secrets: {{sentry: {{keys: [dsn], dsn: {CANARY}}}}}\n{USES}",
    "file": f"secrets: {{sentry: [dsn]}}\n{USES}    files:\n      /k.pem: {{source: k.pem}}\n",
    "content": f"secrets: {{sentry: [dsn]}}\n{USES}    files:\n"
    f"      /k.pem:\n        content: |\n          -----BEGIN PRIVATE KEY-----\n          {CANARY}\n",
    "command": f"release: [load, 'https://shop:{CANARY}@example.com/x']\n{USES}secrets: {{sentry: [dsn]}}\n",
    "image": f"components:\n  worker:\n    type: worker\n    image: https://shop:{CANARY}@ghcr.io/shop\n",
}
"""Where a value may stand in an app file, each with a fault."""

FILES: Final[Mapping[str, tuple[str, str]]] = {
    "plain, for kubeseal": ("sealed-secrets", PLAIN),
    "plain, for sops": ("sops", PLAIN),
    "registry, for kubeseal": ("sealed-secrets", DOCKER),
    "registry, for sops": ("sops", DOCKER),
    "sealed without encryption": ("sealed-secrets", SEALED_PLAIN),
    "template of a SealedSecret": (
        "sealed-secrets",
        SEALED_PLAIN.replace(f"dsn: {CANARY}", f"dsn: {'A' * 400}\n  template: {{data: {{dsn: {CANARY}}}}}"),
    ),
    "one of several": ("sops", PLAIN.replace(ENCODED, "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]")),
    "broken YAML": ("sops", f"data: [{CANARY}\n"),
    "no Secret": ("sops", f"{CANARY}\n"),
    "several documents": ("sops", f"{PLAIN}---\n{PLAIN}"),
    "name": ("sops", PLAIN.replace("name: sentry", f"name: {CANARY}")),
}
"""What may be in the place of an encrypted file."""


def outputs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return everything that ``kgen compile`` says in all its forms, and writes."""
    monkeypatch.chdir(folder)
    given = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    said = []
    for form in FORMATS:
        out, err = io.StringIO(), io.StringIO()
        request = compile_command.Request(paths=[Path()], output_format=form, rules=ALL)
        assert compile_command.run(request, out, err) != 0
        said += [out.getvalue(), err.getvalue()]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == given, "nothing was written"
    return "".join(said)


@pytest.mark.parametrize("name", APPS)
def test_no_finding_shows_a_value_of_an_app_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "k.pem").write_text(f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n")
    (tmp_path / "app.yaml").write_text(HEAD + APPS[name])
    said = outputs(tmp_path, monkeypatch)
    assert CANARY not in said
    assert "app.yaml" in said


@pytest.mark.parametrize("name", FILES)
def test_no_finding_shows_a_value_of_an_encrypted_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, text = FILES[name]
    (tmp_path / ".git").mkdir()
    (tmp_path / "secrets" / "default").mkdir(parents=True)
    (tmp_path / "secrets" / "default" / "sentry.yaml").write_text(text)
    (tmp_path / "kgen.yaml").write_text(f"secrets: {{provider: {provider}}}\n")
    (tmp_path / "app.yaml").write_text(f"{HEAD}{USES}secrets: {{sentry: [dsn]}}\n")
    said = outputs(tmp_path, monkeypatch)
    assert CANARY not in said
    assert ENCODED not in said
    assert "secrets/default/sentry.yaml" in said


def test_a_file_outside_of_the_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    (inner / "secrets" / "default").mkdir(parents=True)
    (inner / ".git").mkdir()
    (tmp_path / "sentry.yaml").write_bytes((GOLDEN / "secrets/sops/secrets/default/sentry.yaml").read_bytes())
    (inner / "secrets" / "default" / "sentry.yaml").symlink_to(tmp_path / "sentry.yaml")
    (inner / "kgen.yaml").write_text("secrets: {provider: sops}\n")
    (inner / "app.yaml").write_text(f"{HEAD}{USES}secrets: {{sentry: [dsn]}}\n")
    monkeypatch.chdir(inner)
    assert [each.rule.name for each in compile_app(Path("app.yaml"), Options()).found] == ["secret-file-missing"]


@pytest.mark.parametrize(
    "line",
    [
        "TOKEN: {secret: mail/token}",
        "TOKEN_URL: https://example.com",
        "PASSWORD_FILE: /run/secrets/db",
        "token: true",
        "secret: mail",
        "image: ghcr.io/acme/token:1.0.0",
        "host: $(PASSWORD)",
    ],
)
def test_lines_without_a_secret_are_shown(line: str) -> None:
    """Nobody can mend a fault that is not shown."""
    source = parse(f"{line}\n{line}\n", "app.yaml")
    assert source.found
    assert [each.is_confidential for each in discreet(source.found, {"app.yaml": source})] == [False]


@pytest.mark.parametrize(
    "line", [f"token: {CANARY}", f'"token":"{CANARY}"', f"a: [--token={CANARY}]", f"- token: {CANARY}"]
)
def test_lines_with_a_secret_are_not_shown(line: str) -> None:
    source = parse(f"{line}\n{line}\n", "app.yaml")
    assert source.found
    assert all(each.is_confidential for each in discreet(source.found, {"app.yaml": source}))


@pytest.mark.parametrize("provider", get_args(Csi.model_fields["provider"].annotation))
def test_parameters_of_the_driver_are_lists_in_yaml(provider: Literal["vault", "aws", "azure", "gcp"]) -> None:
    words = {"env": "prod", "app": "shop", "secret": "web.cert"}
    entries = [entry(DEFAULT_PATHS[provider], {**words, "key": key}, provider) for key in ("tls.crt", "key")]
    made = parameters(Csi(provider=provider, project="acme", parameters={"b": "1", "a": "2"}), entries)
    *given, (name, text) = made.items()
    assert given == [("a", "2"), ("b", "1")]
    assert name == ("secrets" if provider == "gcp" else "objects")
    listed = parse(text if provider == "azure" else f"array:\n{text}", "objects").root
    assert listed
    items = listed["array"].value
    assert isinstance(items, tuple)
    # all values of an entry of AWS are of one item: the driver refuses a second one
    assert len(items) == (1 if provider == "aws" else 2)
    assert all(f'"{key}"' in text for key in ("tls.crt", "key"))


def test_argo_cd_may_apply_an_encrypted_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is copied, and nothing else of the app may be a Secret."""
    shutil.copytree(GOLDEN / "secrets/sops/secrets", tmp_path / "secrets")
    (tmp_path / ".git").mkdir()
    (tmp_path / "app.yaml").write_text(f"{HEAD}{USES}secrets: {{sentry: [dsn]}}\n")
    (tmp_path / "kgen.yaml").write_text("secrets: {provider: sops}\nargocd: {repoURL: https://example.com/a/b}\n")
    monkeypatch.chdir(tmp_path)
    trees = {path: text for tree in compile_app(Path("app.yaml"), Options()).trees for path, text in tree.files.items()}
    assert "kind: Secret\n" in trees["shop.project.yaml"]


def test_the_summary_says_what_a_store_has_to_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(GOLDEN / "secrets/external-paths", tmp_path, dirs_exist_ok=True)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    assert compile_command.run(compile_command.Request(paths=[Path()]), out, io.StringIO()) == 0
    assert "entries have to be in the store" in out.getvalue()
    assert "\n  shared/mail: api-token\n  shop-sentry-dsn\n" in out.getvalue()
    assert "in the cluster" not in out.getvalue()


def test_no_lock_file_has_a_hash_of_a_plain_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even of one that nobody uses: short values can be guessed from it."""
    shutil.copytree(GOLDEN / "secrets/sops", tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("out"))
    (tmp_path / ".git").mkdir()
    (tmp_path / "secrets/default/other.yaml").write_text(PLAIN)
    monkeypatch.chdir(tmp_path)
    assert compile_command.run(compile_command.Request(paths=[Path()]), io.StringIO(), io.StringIO()) == 0
    (lock,) = Path("deploy").rglob(".kgen.lock")
    assert "secrets/default/sentry.yaml" in lock.read_text()
    assert "secrets/default/other.yaml" not in lock.read_text()
