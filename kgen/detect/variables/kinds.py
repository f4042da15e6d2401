"""Variables that say which kind of database the others are about: a file beside the program, unless they are set."""

import re
from collections.abc import Collection, Iterable, Mapping

from kgen.detect.found import Doubt, Fact
from kgen.detect.variables.variable import Variable

_NAME = re.compile(r"(?:\w+_)?(?:DB|DATABASE)_(?:TYPE|KIND|ENGINE|DRIVER|DIALECT|BACKEND|VENDOR|PROVIDER)")
_CALLED: Mapping[str, re.Pattern[str]] = {
    "postgres": re.compile(r"postgres|\bpg\b", re.IGNORECASE),
    "mysql": re.compile(r"mysql|maria", re.IGNORECASE),
}
"""Type of a need → what its values have in them."""


def settled(
    read: Iterable[Variable], types: Collection[str], values: Mapping[str, Fact]
) -> tuple[Mapping[str, Fact], tuple[Doubt, ...]]:
    """
    Return the variables that choose another database than the app has, with what to set them to, or else a doubt.

    Args:
        read: Variables that nobody has set.
        types: Types of the app's needs.
        values: Variables in examples of the environment.
    """
    kind = next((each for each in _CALLED if each in types), "")
    called = _CALLED.get(kind)
    found = [each for each in read if called and _NAME.fullmatch(each.name) and not called.search(each.default or "")]
    said = {each.name: values[each.name] for each in found if each.name in values}
    known = {
        each.name: Fact(said[each.name].value, f"{each.origin}, as in {said[each.name].origin}")
        for each in found
        if each.name in said and called and called.search(str(said[each.name].value))
    }
    return known, tuple(_doubt(each, kind) for each in found if each.name not in known)


def _doubt(variable: Variable, kind: str) -> Doubt:
    return Doubt(
        path=("env",),
        question=f"`{variable.name}` ({variable.origin}) says which database is taken",
        help=f"set it to what the code calls {'PostgreSQL' if kind == 'postgres' else 'MySQL'}",
    )
