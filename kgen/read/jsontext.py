"""
JSON documents: many times faster than as YAML, and with the few escapes that YAML does not know.

Whatever is not right is left to YAML, which reads nearly all JSON and knows where things stand.
"""

from __future__ import annotations

import re
from itertools import pairwise
from json import JSONDecoder

from kgen.read.quick import Unusual
from kgen.read.scalar import whole
from kgen.read.split import Chunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_SPACE = " \t\r\n"
_SURROGATE = re.compile(rb"\\u[dD][89abABcdefCDEF]")


def read_json(text: bytes) -> tuple[Any, int]:
    """
    Return the value of the one JSON document in ``text``, and its line from 0.

    Raises:
        Unusual: It is no JSON, or not as it should be.
        RecursionError: It is nested too deeply.
    """
    try:
        decoded = text.decode()
        value, end = _DECODER.raw_decode(decoded, len(decoded) - len(decoded.lstrip(_SPACE)))
    except ValueError:
        raise Unusual from None
    if decoded[end:].strip(_SPACE):
        raise Unusual
    if _SURROGATE.search(text):
        value = _paired(value)
    return value, text.count(b"\n", 0, text.index(b"{"))


def separate(chunk: Chunk) -> list[Chunk]:
    """Return each of the JSON objects that stand one after the other in ``chunk``; itself if it is anything else."""
    try:
        text = chunk.text.decode()
        starts, end = [0], 0
        while text[end:].strip():
            _, end = _SCANNER.raw_decode(text, end + len(text[end:]) - len(text[end:].lstrip()))
            starts.append(end)
    except (ValueError, RecursionError):
        return [chunk]
    if len(starts) <= 2 or chunk.after:  # noqa: PLR2004  # one object
        return [chunk]
    made = []
    for start, end in pairwise(starts):
        line = text.count("\n", 0, start)
        made.append(Chunk(text[start:end].encode(), chunk.line + line))
    return made


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Unusual
    return made


def _refused(_constant: str) -> NoReturn:
    """Refuse ``NaN`` and ``Infinity``, which Python reads and JSON does not have."""
    raise Unusual


def _number(text: str) -> float | int:
    number = float(text)
    if number in _INFINITE:
        raise Unusual
    return whole(number)


def _paired(value: Any) -> Any:
    """Replace what is left of a pair of surrogates without the other half, as Go does."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_paired(item) for item in value]
    if isinstance(value, dict):
        return {_paired(key): _paired(item) for key, item in value.items()}
    return value


_INFINITE = (float("inf"), float("-inf"))
_SCANNER = JSONDecoder()
_DECODER = JSONDecoder(object_pairs_hook=_unique, parse_constant=_refused, parse_float=_number)
