"""Where something stands in a text file, for origins: ``pyproject.toml:7``."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml as pyyaml


def origin(file: str, text: str, needle: str = "", *, skip: int = 0) -> str:
    r"""
    Return ``file`` with the number of the first line that has ``needle``; without one, just ``file``.

    Args:
        file: Its path.
        text: Its text.
        needle: What to look for.
        skip: Characters of the needle in front of what is meant.

    >>> origin("Pipfile", "[requires]\npython_version = '3.12'", "python_version")
    'Pipfile:2'
    """
    position = text.find(needle) if needle else -1
    return file if position < 0 else f"{file}:{text.count(chr(10), 0, position + skip) + 1}"


def toml(text: str | None) -> Mapping[str, Any]:
    """Return what a TOML file says; nothing if it is none, since its own tool will say so better."""
    return _toml(text or "")


@lru_cache(maxsize=256)  # every finder asks for pyproject.toml, and those of a workspace for the root's
def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def yaml(text: str | None) -> Any:
    """Return what a YAML file says; nothing if it is none."""
    return _yaml(text or "")


@lru_cache(maxsize=64)  # finders of programs, of volumes and of servers ask for the same compose files
def _yaml(text: str) -> Any:
    try:
        return pyyaml.load(text, Loader=_Loader)  # noqa: S506  # it is a safe loader, written in C if there is one
    except (pyyaml.YAMLError, ValueError, RecursionError):  # ValueError: a date that is none
        return None


_Loader: Any = getattr(pyyaml, "CSafeLoader", pyyaml.SafeLoader)


def table(data: Any, *keys: str) -> Mapping[str, Any]:
    """
    Return the table at ``keys``; an empty one if there is none.

    >>> table({"tool": {"uv": {"package": False}}}, "tool", "uv")
    {'package': False}
    """
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}
