"""What examples of the catalogue cannot show about ConfigMaps and Secrets: how much fits, and what counts as JSON."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from kgen.check.server import configuration
from kgen.check.server.kinds import Context

CONTEXT = Context((1, 36), "", "Secret", is_namespaced=True)
MIB = 1024 * 1024


def encoded(length: int) -> str:
    return b64encode(b"a" * length).decode()


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ({"data": {"a": "é" * (MIB // 2)}}, []),
        ({"data": {"a": "é" * (MIB // 2), "b": "c"}}, ["CFG003"]),
        ({"data": {"a": "b"}, "binaryData": {"c": encoded(MIB - 1)}}, []),
        ({"data": {"a": "b"}, "binaryData": {"c": encoded(MIB)}}, ["CFG003"]),
    ],
)
def test_a_config_map_has_at_most_one_mebibyte(value: dict[str, Any], rows: list[str]) -> None:
    assert [fault.row for fault in configuration.config_map(value, CONTEXT)] == rows


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ({"data": {"a": encoded(MIB)}}, []),
        ({"data": {"a": encoded(MIB)}, "stringData": {"b": "c"}}, ["CFG005"]),
        ({"data": {"a": encoded(MIB + 1)}, "stringData": {"a": "c"}}, []),
    ],
)
def test_a_secret_has_at_most_one_mebibyte(value: dict[str, Any], rows: list[str]) -> None:
    assert [fault.row for fault in configuration.secret(value, CONTEXT)] == rows


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("{}", True),
        ("null", True),
        (' {"a": 1, "a": 2}\n', True),
        ("[" * 100_000, True),
        ("", False),
        ("[]", False),
        ('{"a": NaN}', False),
        ("{'a': 1}", False),
    ],
)
def test_a_docker_config_is_a_json_object_or_null(text: str, *, is_right: bool) -> None:
    value = {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": text}}
    assert [fault.row for fault in configuration.secret(value, CONTEXT)] == ([] if is_right else ["CFG008"])


def test_plain_text_comes_before_encoded_text() -> None:
    value = {
        "type": "kubernetes.io/dockercfg",
        "data": {".dockercfg": encoded(1)},
        "stringData": {".dockercfg": "{}"},
    }
    assert list(configuration.secret(value, CONTEXT)) == []
