"""Where something stands in a text file, for origins: ``pyproject.toml:7``."""

import tomllib
from collections.abc import Mapping
from typing import Any


def origin(file: str, text: str, needle: str = "") -> str:
    r"""
    Return ``file`` with the number of the first line that has ``needle``; without one, just ``file``.

    >>> origin("Pipfile", "[requires]\npython_version = '3.12'", "python_version")
    'Pipfile:2'
    """
    position = text.find(needle) if needle else -1
    return file if position < 0 else f"{file}:{text.count(chr(10), 0, position) + 1}"


def toml(text: str | None) -> Mapping[str, Any]:
    """Return what a TOML file says; nothing if it is none, since its own tool will say so better."""
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError:
        return {}


def table(data: Any, *keys: str) -> Mapping[str, Any]:
    """
    Return the table at ``keys``; an empty one if there is none.

    >>> table({"tool": {"uv": {"package": False}}}, "tool", "uv")
    {'package': False}
    """
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}
