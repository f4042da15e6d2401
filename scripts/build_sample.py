#!/usr/bin/env python3
"""
Make ``tests/data/sample/objects``: objects just inside and just outside of a limit, each with an API server's verdict.

The verdict is not kgen's: a limit of ``tests/data/sample/limits`` says which values a v1.36 API server takes at a
place and which it refuses, and what it calls the field. So the sample states every rule a second time. Limits of
pods are tried in all kinds that have pods, in an order drawn by a fixed seed.

Usage: python scripts/build_sample.py
"""

import argparse
import copy
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

SAMPLE = Path(__file__).parents[1] / "tests" / "data" / "sample"
SEED = 36
MOST_BASES = 2
"""On so many kinds of object a value is tried that is not about certain ones."""

ABSENT = "(absent)"
"""Stands for a value that is taken away."""

Steps: TypeAlias = tuple[str | int, ...]

_STEP = re.compile(r"\[(\d+)\]|\[([^\]]+)\]|\.?([^.\[]+)")
_REPEATED = re.compile(r"<([^<>*]+)\*(\d+)>")


@dataclass(frozen=True, slots=True)
class Base:
    """An object that a server takes, and what limits have to know of its kind."""

    object: Mapping[str, Any]
    names: str
    """Which rule its name follows."""

    pod: str = ""
    """Where the spec of its pods is."""

    @property
    def kind(self) -> str:
        return str(self.object["kind"])


def steps(path: str) -> Steps:
    """
    Return a path as keys and indices.

    >>> steps("spec.ports[0].name"), steps("data[a.b]"), steps("metadata.labels[<a*3>]")
    (('spec', 'ports', 0, 'name'), ('data', 'a.b'), ('metadata', 'labels', 'aaa'))
    """
    found = _STEP.findall(longhand(path))
    return tuple(int(index) if index else key or name for index, key, name in found)


def longhand(value: Any) -> Any:
    """
    Return ``value`` with what is short for many characters or entries written out.

    >>> longhand("<ab*2>.c"), longhand({"$list": ["a%d", 2]})
    ('abab.c', ['a0', 'a1'])
    """
    match value:
        case str():
            return _REPEATED.sub(lambda found: found[1] * int(found[2]), value)
        case {"$list": [item, times]}:
            return [item % number if isinstance(item, str) else item for number in range(times)]
        case dict():
            return {longhand(key): longhand(each) for key, each in value.items()}
        case list():
            return [longhand(each) for each in value]
        case _:
            return value


def put(made: Any, path: Steps, value: Any) -> None:
    """Set what ``made`` has at ``path``, with the parents that it needs; or take it away."""
    for step, following in zip(path, path[1:], strict=False):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(made, list):
            made.extend([empty] * (step + 1 - len(made)))  # type: ignore[operator]  # lists have numbers
        elif made.get(step) is None:
            made[step] = empty
        made = made[step]
    if isinstance(made, list):
        made[path[-1] :] = [value]  # type: ignore[misc]  # lists have numbers
    elif value == ABSENT:
        made.pop(path[-1], None)
    else:
        made[path[-1]] = value


def changed(base: Base, changes: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of ``base`` with other values at some paths."""
    made = copy.deepcopy(dict(base.object))
    for path, value in changes:
        put(made, steps(path), copy.deepcopy(longhand(value)))
    return made


def start(limit: Mapping[str, Any], base: Base, scope: str) -> str:
    """Return where the paths of ``limit`` start in the object of ``base``."""
    if scope == "object" or limit.get("root"):
        return ""
    return base.pod.removesuffix("spec") if limit.get("template") else f"{base.pod}."


def bases_of(limit: Mapping[str, Any], bases: Sequence[Base], scope: str) -> list[Base]:
    """Return the bases that ``limit`` is about."""
    found = [base for base in bases if base.pod] if scope == "pod" else list(bases)
    kinds = limit.get("only") or limit.get("kinds") or [base.kind for base in found]
    names = limit.get("names") or [base.names for base in found]
    return [b for b in found if b.kind in kinds and b.names in names and b.kind not in limit.get("but", ())]


def shares(values: Sequence[Any], bases: Sequence[Base], limit: Mapping[str, Any]) -> Iterator[tuple[Any, Base]]:
    """Yield each value with the bases to try it on: all that are named, else some of them in turn."""
    drawn = list(bases)
    random.Random(f"{SEED} {limit['rule']} {limit['at']}").shuffle(drawn)  # noqa: S311  # no secret
    each = len(drawn) if {"kinds", "names"} & limit.keys() else min(len(drawn), MOST_BASES)
    for number, value in enumerate(values):
        for offset in range(each):
            yield value, drawn[(number * each + offset) % len(drawn)]


def rows(limit: Mapping[str, Any], bases: Sequence[Base], scope: str) -> Iterator[dict[str, Any]]:
    """Yield an object with its verdict for each value of ``limit``."""
    values = [(value, True) for value in limit.get("takes", ())] + [(value, False) for value in limit.get("refuses", ())]
    said = limit.get("says", limit["at"])
    for (value, accepted), base in shares(values, bases_of(limit, bases, scope), limit):
        at = start(limit, base, scope)
        changes = [(at + path, other) for path, other in (*limit.get("with", {}).items(), (limit["at"], value))]
        fields = [] if accepted else [longhand(at + each) for each in ([said] if isinstance(said, str) else said)]
        yield {"rule": limit["rule"], "accepted": accepted, "fields": fields, "object": changed(base, changes)}


def sample() -> Iterator[tuple[str, str]]:
    """Yield name and text of each file of the sample."""
    bases = [Base(**each) for each in yaml.safe_load((SAMPLE / "bases.yaml").read_text("utf-8"))]
    known: set[str] = set()
    for path in sorted((SAMPLE / "limits").glob("*.yaml")):
        family = yaml.safe_load(path.read_text("utf-8"))
        lines = []
        for limit in family["limits"]:
            for row in rows(limit, bases, family["scope"]):
                text = json.dumps(row["object"], ensure_ascii=False)
                if text not in known:
                    known.add(text)
                    lines.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        yield f"{path.stem}.jsonl", "".join(lines)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name, text in sample():
        (SAMPLE / "objects" / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
