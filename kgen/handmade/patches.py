"""
Patches: what a user changes in the objects that kgen made, for what app.yaml has no field for.

They come after everything else that kgen does, in the order written, as JSON merge patch (`merge`, RFC 7386) or JSON
patch (`json`, RFC 6902). One that matches or changes nothing is an error. Objects are checked with their patches, and
what is wrong then is said at the patch. An environment's list of patches replaces that of the app.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.handmade.json_patch import NotApplicableError, applied
from kgen.handmade.merge import merged
from kgen.k8s import Emitted, Manifest
from kgen.model.patches import Patch, PatchTarget
from kgen.record import replace
from kgen.spec import CHOOSE_ONE
from kgen.words import listed, suggestion

MATCHES_NOTHING = Rule(
    code="KG3220",
    name="patch-matches-nothing",
    explain="A patch without an object is a change that somebody believes to be there, and that is not.",
)
NOT_APPLICABLE = Rule(
    code="KG3221",
    name="patch-not-applicable",
    explain="A step that finds no value, or another one than it tests for, was written for another object.",
)
OTHER_IDENTITY = Rule(
    code="KG3222",
    name="patch-of-identity",
    explain="Other objects, the file and Argo CD find an object by kind, name and namespace: they stay as they are.",
)
RULES = (MATCHES_NOTHING, NOT_APPLICABLE, OTHER_IDENTITY)

_AT = "patches"


def patched(objects: Sequence[Emitted], patches: Sequence[Patch]) -> tuple[list[Emitted], list[Diagnostic]]:
    """Return ``objects`` with ``patches``, and what is wrong with those."""
    made = list(objects)
    found: list[Diagnostic] = []
    for number, patch in enumerate(patches):
        at: Path = (_AT, number)
        if (patch.merge is None) == (patch.json_steps is None):
            found.append(_choice(patch, at))
            continue
        chosen = [index for index, each in enumerate(made) if _is_meant(patch.target, each.manifest)]
        if not chosen:
            found.append(_no_match(patch.target, [each.manifest for each in objects], at))
            continue
        faults, changes = [], 0
        for index in chosen:
            before = made[index]
            after, wrong = _changed(before.manifest, patch, at)
            wrong = wrong or list(_other_identity(before.manifest, after, number, patch))
            faults += wrong
            if not wrong and after != before.manifest:
                changes += 1
                made[index] = replace(before, manifest=Manifest(after), patches=(*before.patches, number))
        if not (faults or changes or _only_tests(patch)):
            message = "the patch changes nothing: all of it is there already"
            faults = [Diagnostic(rule=MATCHES_NOTHING, message=message, at=Label(at), help="remove it")]
        found += faults
    return made, found


def _only_tests(patch: Patch) -> bool:
    return bool(patch.json_steps) and all(step.op == "test" for step in patch.json_steps or ())


def blamed(patches: Mapping[int, Patch], numbers: Sequence[int], path: Path) -> Path:
    """Return which value of which patch speaks of ``path`` in an object that the patches ``numbers`` changed."""
    deepest = 0
    best: Path = (_AT, numbers[-1])
    for number in numbers:
        for depth, at in _mentions(patches[number], path):
            if depth and depth >= deepest:  # of two, the later one is what counts
                deepest, best = depth, (_AT, number, *at)
    return best


def _mentions(patch: Patch, path: Path) -> Iterator[tuple[int, Path]]:
    """Yield how much of ``path`` the values of a patch speak of, and where they stand in it."""
    if patch.merge is not None:
        depth = _depth(patch.merge, path)
        yield depth, ("merge", *path[:depth])
    for index, step in enumerate(patch.json_steps or ()):
        if step.op != "test":
            steps = [_plain(each) for each in step.path.split("/")[1:]]
            yield _common(steps, [str(each) for each in path]), ("json", index)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many steps two paths have in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (first, second) in pairs if first != second), min(len(one), len(other)))


def _plain(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _depth(merge: Any, path: Path) -> int:
    """Return how many steps of ``path`` are in ``merge``."""
    for depth, step in enumerate(path):
        is_there = (isinstance(merge, dict) and step in merge) or (
            isinstance(merge, tuple | list) and isinstance(step, int) and step < len(merge)
        )
        if not is_there:
            return depth
        merge = merge[step]
    return len(path)


def _changed(manifest: Manifest, patch: Patch, at: Path) -> tuple[dict[str, Any], list[Diagnostic]]:
    value: dict[str, Any] = dict(manifest)
    if patch.merge is not None:
        return merged(value, patch.merge), []
    for index, step in enumerate(patch.json_steps or ()):
        place: Path = (*at, "json", index)
        if (step.op in {"move", "copy"}) != (step.source is not None):
            what = "needs" if step.source is None else "has no"
            return value, [_not_applicable(f"`{step.op}` {what} `from`", place, manifest, "")]
        if step.op in {"add", "replace", "test"} and "value" not in step.model_fields_set:
            return value, [_not_applicable(f"`{step.op}` needs a `value`", place, manifest, "")]
        try:
            value = applied(value, step)
        except NotApplicableError as error:
            return value, [_not_applicable(str(error), (*place, error.key), manifest, _way_out(step.op))]
    return value, []


def _way_out(op: str) -> str:
    return "`add` first what is above it" if op == "add" else "look at the object in the output folder"


def _not_applicable(message: str, at: Path, manifest: Manifest, way_out: str) -> Diagnostic:
    where = f" in {_called(manifest)}" if way_out else ""
    return Diagnostic(rule=NOT_APPLICABLE, message=f"{message}{where}", at=Label(at), help=way_out)


def _other_identity(before: Manifest, after: Any, number: int, patch: Patch) -> Iterator[Diagnostic]:
    for path in (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")):
        if _at(before, path) != _at(after, path):
            yield Diagnostic(
                rule=OTHER_IDENTITY,
                message=f"a patch cannot change `{'.'.join(path)}` of {_called(before)}",
                at=Label(blamed({number: patch}, [number], path)),
                help="take it out; names follow from those in app.yaml, the namespace is `namespace`",
            )
            return


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _is_meant(target: PatchTarget, manifest: Manifest) -> bool:
    name = manifest["metadata"]["name"]
    return manifest["kind"] == target.kind and (target.name is None or fnmatchcase(name, target.name))


def _no_match(target: PatchTarget, objects: Sequence[Manifest], at: Path) -> Diagnostic:
    kinds = sorted({each["kind"] for each in objects})
    if target.kind not in kinds:
        help_ = suggestion(target.kind, kinds, "kinds of this app")
        return Diagnostic(
            rule=MATCHES_NOTHING,
            message=f"the app has no {target.kind}",
            at=Label((*at, "target", "kind")),
            help=help_ or f"kinds of this app: {listed(kinds, 'and')}",
        )
    names = sorted(each["metadata"]["name"] for each in objects if each["kind"] == target.kind)
    return Diagnostic(
        rule=MATCHES_NOTHING,
        message=f"the app has no {target.kind} `{target.name}`",
        at=Label((*at, "target", "name")),
        help=suggestion(target.name or "", names, "names"),
    )


def _choice(patch: Patch, at: Path) -> Diagnostic:
    both = patch.merge is not None
    return Diagnostic(
        rule=CHOOSE_ONE,
        message="`merge` and `json` are given together" if both else "one of `merge`, `json` is missing",
        at=Label((*at, "json") if both else at, on="key"),
        related=(Label((*at, "merge"), "the other one", on="key"),) if both else (),
        help="give exactly one of `merge`, `json`",
    )


def _called(manifest: Manifest) -> str:
    return f"{manifest['kind']} `{manifest['metadata']['name']}`"
