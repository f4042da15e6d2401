"""Secrets: what is taken for one, what is not, and that none is shown."""

import pytest

from kgen.check.practice import config_maps, secret_objects, secrets
from kgen.check.resource import Resource

SECRET = "correct-horse-battery"  # noqa: S105  # nobody's
TOKEN = f"gh{'p_'}{'a1' * 18}"


def pods(container: object) -> Resource:
    spec = {"containers": [container]}
    return Resource({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec})


def rows(resource: Resource, module: object) -> list[str]:
    found = [fault for rule in module.STRICT for fault in rule(resource, (1, 36))]  # type: ignore[attr-defined]
    for fault in found:
        for text in (fault.message, fault.help):
            assert SECRET not in text
            assert TOKEN not in text
    return [fault.row for fault in found]


@pytest.mark.parametrize(
    ("name", "value", "is_found"),
    [
        ("DB_PASSWORD", SECRET, True),
        ("apiKey", SECRET, True),
        ("AWS_SECRET_ACCESS_KEY", SECRET, True),
        ("GREETING", TOKEN, True),
        ("DATABASE_URL", f"postgres://app:{SECRET}@db/shop", True),
        ("DATABASE_URL", "postgres://app:$(PASSWORD)@db/shop", False),
        ("DATABASE_URL", "postgres://db/shop", False),
        ("TOKEN_URL", "https://idp.example.com/token", False),
        ("SECRET_NAME", "db", False),
        ("PASSWORD_FILE", SECRET, False),
        ("TOKEN_TTL", "30m", False),
        ("DB_PASSWORD", "$(OTHER)", False),
        ("DB_PASSWORD", "/run/secrets/db", False),
        ("DB_PASSWORD", "", False),
        ("PASSWORD_RESET", "true", False),
        ("MAX_TOKENS", "4096", False),
        ("DB_PASSWORD", "xxxxxxxx", False),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENGbPxRfiCY", True),
        ("USER", SECRET, False),
    ],
)
def test_variables(name: str, value: str, is_found: bool) -> None:  # noqa: FBT001  # a column of the table
    found = rows(pods({"env": [{"name": name, "value": value}]}), secrets)
    assert found == (["SEC24"] if is_found else [])


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        (["--password=" + SECRET], True),
        (["--db-password", SECRET], True),
        (["--token=" + SECRET], True),
        (["mysqldump", "-p" + SECRET, "shop"], True),
        (["sh", "-c", f"exec app --api-key='{SECRET}' --verbose"], True),
        (["curl", f"https://me:{SECRET}@example.com"], True),
        (["--password=$(PASSWORD)"], False),
        (["--password=$PASSWORD"], False),
        (["--password-file=/run/password"], False),
        (["--password", "--verbose"], False),
        (["mkdir", "-p" + "data"], False),
        (["--token-ttl=30m"], False),
        (["-basic-auth-secret=shop/basic-auth"], False),
        (["--secret-name=db"], False),
    ],
)
def test_arguments(words: list[str], is_found: bool) -> None:  # noqa: FBT001  # a column of the table
    assert rows(pods({"args": words}), secrets) == (["SEC28"] if is_found else [])
    assert rows(pods({"command": words[:1], "args": words[1:]}), secrets) == (["SEC28"] if is_found else [])


@pytest.mark.parametrize(
    ("key", "value", "is_found"),
    [
        ("password", SECRET, True),
        ("app.conf", f"[db]\nurl = postgres://app:{SECRET}@db/shop\n", True),
        ("token", TOKEN, True),
        ("key.pem", "-----BEGIN EC PRIVATE KEY-----\nMHc\n", True),
        ("ca.crt", "-----BEGIN CERTIFICATE-----\nMIIB\n", False),
        ("app.conf", "password = see the vault\n", False),
        ("example", "AKIAIOSFODNN7EXAMPLE", False),
        ("schema", "https://json-schema.org/draft-07/schema", False),
    ],
)
def test_config_maps(key: str, value: str, is_found: bool) -> None:  # noqa: FBT001  # a column of the table
    resource = Resource({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {key: value}})
    assert rows(resource, config_maps) == (["SEC25"] if is_found else [])


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"data": {"password": "Y29ycmVjdC1ob3JzZQ=="}}, ["SEC26"]),
        ({"data": {"password": "Y29ycmVjdC1ob3JzZQo="}}, ["SEC26", "SEC27"]),
        ({"data": {"app.conf": "Y29ycmVjdC1ob3JzZQo="}}, ["SEC26"]),
        ({"data": {"password": "WTI5eWNtVmpkQzFvYjNKelpRPT0="}}, ["SEC26", "SEC27"]),
        ({"data": {"password": "not base64"}}, ["SEC26"]),
        ({"data": {"password": ""}}, []),
        ({"stringData": {"password": "$(PASSWORD)"}}, []),
        ({"stringData": {"password": SECRET}, "sops": {"version": "3.9"}}, []),
        ({}, []),
    ],
)
def test_secrets(value: dict[str, object], found: list[str]) -> None:
    resource = Resource({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web"}, **value})
    assert rows(resource, secret_objects) == found
