"""
Another ``apiVersion`` in the text of a document, and not a byte beside it.

Nothing is believed: the new text is read again, and has to say what the old one said but for the scalars replaced.
What is written in a way that this does not hold for (aliases, escapes, keys from a merge) is left to a person.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from kgen.check.reading import at
from kgen.read.places import Places
from kgen.read.split import Chunk, chunks
from kgen.syntax.lines import Lines
from kgen.upgrade.items import Edit
from kgen.validate.judge import document
from kgen.validate.run import separate


def rewritten(data: bytes, edits: Mapping[int, Sequence[Edit]]) -> bytes | None:
    """
    Return the text of a file with ``edits`` done, or ``None`` if one of them cannot be.

    Args:
        data: The whole file, as it is on the disk.
        edits: By the number of their document.
    """
    made: list[bytes] = []
    end = 0
    for index, chunk in enumerate(separate(chunks(data))):
        if index not in edits:
            continue
        start = data.find(chunk.text, max(end, _offset(data, chunk.line)))
        text = edited(chunk.text, edits[index])
        if start < 0 or text is None:
            return None
        made += [data[end:start], text]
        end = start + len(chunk.text)
    return b"".join([*made, data[end:]])


def _offset(data: bytes, line: int) -> int:
    """Return where the line after ``line`` others starts."""
    offset = 0
    for _ in range(line):
        offset = data.find(b"\n", offset) + 1
    return offset


def edited(text: bytes, edits: Sequence[Edit]) -> bytes | None:
    """Return the text of one document with ``edits`` done, or ``None`` if that changes anything else, or nothing."""
    before, _, found = document(Chunk(text), "")
    if found or not isinstance(before, dict):
        return None
    made = _replaced(text, edits)
    if made is None:
        return None
    after, _, found = document(Chunk(made), "")
    return made if not found and after == _expected(before, edits) else None


def _replaced(text: bytes, edits: Sequence[Edit]) -> bytes | None:
    places, characters = Places(text), text.decode()
    lines = Lines.of(characters)
    spots: dict[int, Edit] = {}
    for edit in edits:
        if places.scalar(edit.path) not in (edit.old, f"'{edit.old}'", f'"{edit.old}"'):
            return None
        span = places.span(edit.path)
        spots[lines.starts[span.line - 1] + span.column - 1] = edit
    made, end = "", 0
    for start in sorted(spots):
        edit = spots[start]
        value = characters.index(edit.old, start)  # after a quote, if there is one
        made += characters[end:value] + edit.new
        end = value + len(edit.old)
    return (made + characters[end:]).encode()


def _expected(before: Mapping[str, Any], edits: Sequence[Edit]) -> Any:
    value = deepcopy(dict(before))
    for edit in edits:
        at(value, edit.path[:-1])[edit.path[-1]] = edit.new
    return value
