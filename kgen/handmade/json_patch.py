"""
JSON patch: steps that change single values, also in lists.

Source: https://www.rfc-editor.org/rfc/rfc6902, https://www.rfc-editor.org/rfc/rfc6901
"""

import copy
import json
import re
from collections.abc import Sequence
from typing import Any

from kgen.handmade.merge import plain
from kgen.model.patches import Operation

_INDEX = re.compile(r"0|[1-9][0-9]*")
_END = "-"
_LONGEST = 60
"""Characters of a value in a message."""


class NotApplicableError(Exception):
    """A step cannot be done: its text says why, ``key`` which of its fields is to blame."""

    def __init__(self, message: str, key: str = "path") -> None:
        super().__init__(message)
        self.key = key


def applied(value: Any, step: Operation) -> Any:
    """
    Return ``value`` after one step; the one given stays as it is.

    >>> applied({"a": [1, 3]}, Operation(op="add", path="/a/1", value=2))
    {'a': [1, 2, 3]}

    Raises:
        NotApplicableError: What it names is not there, or a test failed.
    """
    made = {"": copy.deepcopy(value)}  # so that the whole document has a place too
    steps = pointer(step.path)
    match step.op:
        case "add":
            _add(made, steps, plain(step.value), step.path)
        case "remove":
            _remove(made, steps, step.path)
        case "replace":
            above = _get(made, steps[:-1], step.path)
            above[_place(above, steps[-1], step.path, "path")] = plain(step.value)
        case "test":
            found = _get(made, steps, step.path)
            if not same(found, plain(step.value)):
                raise NotApplicableError(
                    f"`{step.path}` is not `{_short(plain(step.value))}` but `{_short(found)}`", "value"
                )
        case "move" | "copy":
            _relocate(made, step, steps)
    return made[""]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _relocate(made: dict[str, Any], step: Operation, steps: list[str]) -> None:
    source = step.source or ""
    start = pointer(source, "from")
    found = copy.deepcopy(_get(made, start, source, "from"))
    if step.op == "move":
        if steps[: len(start)] == start and steps != start:
            raise NotApplicableError(f"`{source}` cannot be moved into itself", "from")
        _remove(made, start, source, "from")
    _add(made, steps, found, step.path)


def pointer(text: str, key: str = "path") -> list[str]:
    """
    Return the steps of a JSON pointer; the first one is the document itself.

    >>> pointer("/metadata/annotations/example.com~1team")
    ['', 'metadata', 'annotations', 'example.com/team']
    """
    if text and not text.startswith("/"):
        raise NotApplicableError(f"`{text}` does not start with `/`", key)
    if re.search(r"~(?![01])", text):
        raise NotApplicableError(f"in `{text}`, a `~` in a key is written `~0`", key)
    return [each.replace("~1", "/").replace("~0", "~") for each in text.split("/")]


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal to JSON, to which ``true`` is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _get(value: Any, steps: Sequence[str], text: str, key: str = "path") -> Any:
    for number, step in enumerate(steps):
        value = value[_place(value, step, "/".join(steps[: number + 1]) or text, key)]
    return value


def _place(value: Any, step: str, text: str, key: str) -> Any:
    """Return the key or the index of what is at ``step`` of ``value``."""
    if isinstance(value, dict):
        if step in value:
            return step
        raise NotApplicableError(f"there is no `{text}`", key)
    if isinstance(value, list):
        if _INDEX.fullmatch(step) and int(step) < len(value):
            return int(step)
        raise NotApplicableError(f"there is no `{text}`: the list has {len(value)} items, from 0", key)
    raise NotApplicableError(f"there is no `{text}`: what is above it is no mapping and no list", key)


def _add(made: dict[str, Any], steps: list[str], value: Any, text: str) -> None:
    above = _get(made, steps[:-1], text)
    last = steps[-1]
    if isinstance(above, dict):
        above[last] = value
    elif isinstance(above, list) and (last == _END or (_INDEX.fullmatch(last) and int(last) <= len(above))):
        above.insert(len(above) if last == _END else int(last), value)
    else:
        _place(above, last, text, "path")  # says why


def _remove(made: dict[str, Any], steps: list[str], text: str, key: str = "path") -> None:
    above = _get(made, steps[:-1], text, key)
    del above[_place(above, steps[-1], text, key)]
