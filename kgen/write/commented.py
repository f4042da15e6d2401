"""YAML for people: with comments beside values and above them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgen.diag import Path
from kgen.write.yaml import text


def commented(
    data: Mapping[str, Any], header: Sequence[str], beside: Mapping[Path, str], above: Mapping[Path, Sequence[str]]
) -> str:
    """
    Return ``data`` as one YAML document.

    >>> print(commented({"a": {"b": 1}}, ["x"], {("a", "b"): "from c"}, {("a",): ["why"]}), end="")
    # x
    # why
    a:
      b: 1  # from c

    Args:
        data: What ``text`` takes.
        header: Lines on top.
        beside: Path of a value in ``data`` → a comment at the end of its line.
        above: Path of a value → lines before it.
    """
    lines = [f"# {_line(each)}" for each in header]
    lines += _mapping(data, (), beside, above)
    return "\n".join([*lines, ""])


def _mapping(
    data: Mapping[str, Any], at: Path, beside: Mapping[Path, str], above: Mapping[Path, Sequence[str]]
) -> Iterator[str]:
    pad = "  " * len(at)
    for key, value in data.items():
        path = (*at, key)
        yield from (f"{pad}# {_line(each)}" for each in above.get(path, ()))
        end = f"  # {_line(beside[path])}" if path in beside else ""
        if isinstance(value, Mapping) and value:
            yield f"{pad}{text({key: {}}, '').removesuffix(' {}' + chr(10))}{end}"
            yield from _mapping(value, path, beside, above)
        else:
            first, *rest = text({key: value}, "").splitlines()
            yield f"{pad}{first}{'' if first.endswith(('|', '|-', '|+')) else end}"
            yield from (f"{pad}{line}" if line else "" for line in rest)


def _line(comment: str) -> str:
    """Return ``comment`` on one line, without what a reviewer cannot see."""
    return "".join(char if char.isprintable() else " " for char in comment)
