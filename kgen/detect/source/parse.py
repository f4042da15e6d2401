"""
Python source as a syntax tree, whatever Python wrote it.

A project may be for a newer Python than the one that runs kgen, which then takes ``type Name = str`` for a fault.
One statement that cannot be read is no reason to overlook the application beside it: it is left out, the rest stays.
"""

import ast
import warnings

MOST = 1_000_000
"""Characters of a file that is looked at; more is data."""

_MOST_FAULTS = 40
"""Statements that are left out; what has more is no Python 3."""


def parsed(text: str) -> ast.Module | None:
    r"""
    Return the tree of ``text``, without the statements that this Python cannot read; ``None`` if it is no Python.

    >>> parsed("import shop\ntype Name = !\nname = 1\n").body[2].targets[0].id
    'name'
    """
    if len(text) > MOST or "\0" in text:
        return None
    lines: list[str] = []
    for _ in range(_MOST_FAULTS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what is parsed: it is not ours to mend
                return ast.parse("\n".join(lines) if lines else text)
        except SyntaxError as fault:
            lines = lines or text.split("\n")
            if not _leave_out(lines, (fault.lineno or 1) - 1):
                return None
        except (ValueError, RecursionError, MemoryError):  # far too deep
            return None
    return None


def whole(content: bytes) -> ast.Module | None:
    """Return the tree of ``content`` if nothing in it is a fault but texts of newer Pythons; ``None`` otherwise."""
    try:
        text = content.decode("utf-8-sig")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text) if len(text) <= MOST else None
    except SyntaxError as fault:
        return parsed(text) if fault.msg.startswith("f-string") else None
    except (ValueError, RecursionError, MemoryError):
        return None


def _leave_out(lines: list[str], place: int) -> bool:
    """Replace the statement at ``place`` by ``pass``, or the one around it if that was done before."""
    place = min(place, len(lines) - 1)
    depth = _depth(lines[place])
    while place > 0 and lines[place].strip() in {"", "pass"}:
        place -= 1
        while place > 0 and (not lines[place].strip() or (_depth(lines[place]) >= depth > 0)):
            place -= 1
        depth = _depth(lines[place])
    if lines[place].strip() in {"", "pass"}:
        return False
    lines[place] = " " * depth + "pass"
    after = place + 1
    while after < len(lines) and (_depth(lines[after]) > depth or lines[after].strip()[:1] in {"", ")", "]", "}"}):
        lines[after] = ""
        after += 1
    while place > 0 and lines[place - 1].startswith(" " * depth + "@"):
        place -= 1
        lines[place] = ""
    return True


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
