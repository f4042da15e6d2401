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
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import yaml

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "tests" / "data" / "sample"
GOLDEN = ROOT / "golden"
SEED = 36
MOST_BASES = 2
"""On so many kinds of object a value is tried that is not about certain ones."""

MAPS = frozenset(
    {"annotations", "binaryData", "data", "labels", "limits", "matchLabels", "openAPIV3Schema", "requests", "selector"}
)
"""Mappings whose keys are not fields."""

EITHER = frozenset({"maxSurge", "maxUnavailable", "minAvailable", "port", "targetPort"})
"""Numbers in whose place a text may stand."""

EMBEDDED = (
    ("IngressRuleValue", {"rules"}, {"http"}),
    ("VolumeSource", {"volumes"}, {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"}),
    ("ProbeHandler", {"livenessProbe", "readinessProbe", "startupProbe"}, {"exec", "grpc", "httpGet", "tcpSocket"}),
)
"""Structs of Go without a name of their own, the fields that are of them, and theirs."""

HALF = 0.5

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


def put(made: Any, path: Steps, value: Any, *, is_alone: bool = True) -> None:
    """
    Set what ``made`` has at ``path``, with the parents that it needs; or take it away.

    Args:
        is_alone: Of a list, the value is the last entry then.
    """
    for step, following in pairwise(path):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(made, list):
            made.extend([empty] * (int(step) + 1 - len(made)))
        elif made.get(step) is None:
            made[step] = empty
        made = made[step]
    if isinstance(made, list):
        last = int(path[-1])
        made[last : None if is_alone else last + 1] = [value]
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
    values = [(value, True) for value in limit.get("takes", ())] + [
        (value, False) for value in limit.get("refuses", ())
    ]
    said = limit.get("says", limit["at"])
    for (value, accepted), base in shares(values, bases_of(limit, bases, scope), limit):
        at = start(limit, base, scope)
        changes = [(at + path, other) for path, other in (*limit.get("with", {}).items(), (limit["at"], value))]
        fields = [] if accepted else [longhand(at + each) for each in ([said] if isinstance(said, str) else said)]
        yield {"rule": limit["rule"], "accepted": accepted, "fields": fields, "object": changed(base, changes)}


def originals() -> Iterator[dict[str, Any]]:
    """Yield the objects of goldens and tests, each shape of a kind once, and copies with one fault of decoding."""
    shapes: set[str] = set()
    goldens = sorted(GOLDEN.glob("*/*/out/**/deploy/**/*.yaml"))
    for path in (SAMPLE.parents[1] / "valid_objects.yaml", *goldens):
        for value in yaml.safe_load_all(path.read_text("utf-8")):
            shape = f"{value['kind']} {sorted({tuple(map(_any_index, path)) for path, _ in walk(value)})}"
            if shape not in shapes:
                shapes.add(shape)
                yield {"rule": "", "accepted": True, "fields": [], "object": value}
                yield undecodable(value, shape)


def undecodable(value: Any, shape: str) -> dict[str, Any]:
    """Return a copy of ``value`` with an unknown field, a text for a mapping, or a text for a number."""
    drawn = random.Random(f"{SEED} {shape}")  # noqa: S311  # no secret
    places = [(path, each) for path, each in walk(value) if MAPS.isdisjoint(path) and path[-1] not in EITHER]
    path, other = drawn.choice([place for place in places if isinstance(place[1], dict) or type(place[1]) is int])
    rule, said, wrong = "DEC009", decoded(path), "1"
    if isinstance(other, dict):
        rule, wrong = "", "x"
        if drawn.random() < HALF:
            path = (*path, "nonesuch")
            rule, said = "DEC001", written(path)
    made = copy.deepcopy(value)
    put(made, path, wrong, is_alone=False)
    return {"rule": rule, "accepted": False, "fields": [said], "object": made}


def decoded(path: Steps) -> str:
    """
    Return ``path`` as Go's reader of JSON writes it: without indices, but with the structs that are embedded there.

    >>> decoded(("spec", "containers", 0, "livenessProbe", "httpGet")), decoded(("spec", "volumes", 0, "emptyDir"))
    ('spec.containers.livenessProbe.ProbeHandler.httpGet', 'spec.volumes.VolumeSource.emptyDir')
    """
    names = [step for step in path if isinstance(step, str)]
    made = names[:1]
    for above, name in pairwise(names):
        made += [struct for struct, parents, keys in EMBEDDED if above in parents and name in keys]
        made.append(name)
    return ".".join(made)


def walk(value: Any, path: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Yield every value below ``value`` with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from walk(item, (*path, key))


def _any_index(step: str | int) -> str:
    return step if isinstance(step, str) else "[]"


def written(path: Iterable[str | int]) -> str:
    """
    Return ``path`` as a server writes it.

    >>> written(("spec", "ports", 0, "name"))
    'spec.ports[0].name'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def sample() -> Iterator[tuple[str, str]]:
    """Yield name and text of each file of the sample."""
    bases = [Base(**each) for each in yaml.safe_load((SAMPLE / "bases.yaml").read_text("utf-8"))]
    known: dict[str, bool] = {}
    yield "originals.jsonl", "".join(lines(originals(), known))
    for path in sorted((SAMPLE / "limits").glob("*.yaml")):
        family = yaml.safe_load(path.read_text("utf-8"))
        made = (row for limit in family["limits"] for row in rows(limit, bases, family["scope"]))
        yield f"{path.stem}.jsonl", "".join(lines(made, known))


def lines(made: Iterable[Mapping[str, Any]], known: dict[str, bool]) -> Iterator[str]:
    """Yield the lines of objects that are not ``known`` yet."""
    for row in made:
        text = json.dumps(row["object"], ensure_ascii=False)
        if text not in known:
            known[text] = row["accepted"]
            yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
        elif known[text] is not row["accepted"]:
            sys.exit(f"two limits do not agree on {text}")


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name, text in sample():
        (SAMPLE / "objects" / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
