"""Words for people: the nearest of several names, and lists of names."""

from collections.abc import Iterable, Sequence

_CUTOFF = 0.7
_MOST_NAMES = 12
"""A longer list of what is allowed is not read."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """
    Return the one of ``known`` that ``word`` probably stands for.

    >>> nearest("wbe", ["worker", "web"]), nearest("Replicas", ["replicas"]), nearest("x", ["y"])
    ('web', 'replicas', None)
    """
    names = sorted(known)
    swapped = sorted(word.lower())
    # difflib misses swapped letters in short words
    same = [name for name in names if name.lower() == word.lower()] or [
        name for name in names if sorted(name.lower()) == swapped
    ]
    if same:
        return same[0]
    from difflib import get_close_matches  # noqa: PLC0415  # slow to import, and only wrong words need it

    near = get_close_matches(word, names, n=1, cutoff=_CUTOFF)
    return near[0] if near else None


def suggestion(word: str, known: Iterable[str], what: str = "allowed here") -> str:
    """
    Return the way out for a ``word`` that is not among ``known``: the nearest, or all of them if they are few.

    >>> suggestion("wbe", ["web"]), suggestion("x", ["a", "b"]), suggestion("x", [])
    ('did you mean `web`?', 'allowed here: `a`, `b`', '')
    """
    names = sorted(known)
    if near := nearest(word, names):
        return f"did you mean `{near}`?"
    return f"{what}: {listed(names)}" if 0 < len(names) <= _MOST_NAMES else ""


def listed(names: Sequence[str], joint: str = "") -> str:
    """
    Return ``names`` in backticks with commas, ``joint`` before the last one.

    >>> listed(["a", "b", "c"], "or")
    '`a`, `b` or `c`'
    """
    quoted = [f"`{name}`" for name in names]
    if joint and len(quoted) > 1:
        return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
    return ", ".join(quoted)
