"""What is unclear about a project, asked where somebody sits at a terminal."""

from typing import TextIO

from kgen.detect import app_file
from kgen.detect.found import Doubt, Part


def answered(part: Part, stdin: TextIO, out: TextIO) -> Part:
    """Return ``part`` after a person was asked about every doubt that has several answers."""
    for doubt in part.doubts:
        if len(doubt.choices) > 1:
            part = app_file.settled(part, doubt, _answer(doubt, stdin, out))
    return part


def _answer(doubt: Doubt, stdin: TextIO, out: TextIO) -> object:
    """Return the answer to ``doubt``; nothing but Enter takes the first, and so does the end of the input."""
    out.write(f"{'.'.join(map(str, doubt.path))}: {doubt.question}\n")
    out.writelines(f"  {number}  {each.value}  ({each.reason})\n" for number, each in enumerate(doubt.choices, 1))
    while True:
        out.write(f"which one? [1-{len(doubt.choices)}, Enter: 1] ")
        out.flush()
        line = stdin.readline()
        given = line.strip() or "1"
        if given.isdecimal() and 1 <= int(given) <= len(doubt.choices):
            return doubt.choices[int(given) - 1].value
        if not line:
            return doubt.choices[0].value
