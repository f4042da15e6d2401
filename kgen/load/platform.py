"""YAML values → Platform: the choices for the whole repository, and those that environments make of their own."""

from collections.abc import Iterator, Mapping, Sequence

from kgen.diag import Diagnostic, Label, Outcome, has_error
from kgen.load import form, lineage, local, shape
from kgen.load.app import NOT_PER_ENVIRONMENT
from kgen.load.inheritance import Around
from kgen.model.platform import Platform
from kgen.record import dataclass
from kgen.source import Node, Source
from kgen.syntax.rules import EMPTY_FILE

_ENVIRONMENTS = "environments"
_ABOUT = (lineage.EXTENDS, "cluster")
"""What an environment says about itself; everything else is a choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the platform chose, for the whole repository or for one environment."""

    platform: Platform
    root: Node
    """What ``platform`` was made of: tells where each of its values was written."""

    around: Around
    """What is said about all apps."""


def choices(source: Source) -> Outcome[Mapping[str, Choices]]:
    """Return the platform's choices by environment, those for the whole repository under the empty name."""
    if all(each.rule is EMPTY_FILE for each in source.found) and source.root is None:
        return Outcome(none())
    if source.root is None:
        return Outcome(None, source.found)
    whole = shape.shape_of(Platform)
    long = shape.long_form(source.root, whole)
    found = [*source.found, *shape.refusals(long, whole), *_type_faults(source.root)]
    overlays, faults = _overlays(long, whole)
    found += [*faults, *lineage.faults(overlays)]
    made, faults = _made(long, overlays, whole)
    found += faults
    found = list(dict.fromkeys(found))  # the same fault of the base, seen in several environments
    return Outcome(None if has_error(found) else made, tuple(found))


def none() -> Mapping[str, Choices]:
    """Return what holds where there is no kgen.yaml, or an empty one."""
    return _made(Node({}), {}, shape.shape_of(Platform))[0]


def _made(long: Node, overlays: Mapping[str, Node], whole: shape.Shape) -> tuple[dict[str, Choices], list[Diagnostic]]:
    """Return the choices of the repository, of each environment, and of a local one, whether it is named or not."""
    overlays = {local.ENVIRONMENT: Node({}), **overlays}
    lines = lineage.lineages(overlays)
    made: dict[str, Choices] = {}
    found: list[Diagnostic] = []
    for name in ("", *overlays):
        merged, is_local = _base(long), False
        for number, each in enumerate(lines.get(name, ()), 1):
            if not is_local and _is_local(lines[name][:number], overlays):
                merged, is_local = shape.merge(merged, local.choices(), whole, keep_nulls=True), True
            merged = shape.merge(merged, _without(overlays[each], *_ABOUT), whole, keep_nulls=True)
        root = shape.without_nulls(merged, whole)
        platform, wrong = form.made(Platform, root)
        found += wrong
        if platform:
            made[name] = Choices(platform=platform, root=root, around=_around(merged, is_local=is_local))
    return made, found


def _is_local(line: Sequence[str], overlays: Mapping[str, Node]) -> bool:
    """Tell whether the last environment of ``line`` is local: the nearest one that says so, or its name."""
    said = [_inner(overlays[each], "cluster") for each in reversed(line)]
    return next((node.value == "local" for node in said if node), local.ENVIRONMENT in line)


def _overlays(root: Node, whole: shape.Shape) -> tuple[dict[str, Node], list[Diagnostic]]:
    """Return each environment's choices in long form, and what is wrong with them; one may say nothing."""
    node = root.value.get(_ENVIRONMENTS) if isinstance(root.value, dict) else None
    if node is None or not isinstance(node.value, dict):
        return {}, []
    made: dict[str, Node] = {}
    found: list[Diagnostic] = []
    for name, overlay in node.value.items():
        if overlay.value is not None and not isinstance(overlay.value, dict):
            message = "an environment is a mapping of choices"
            found.append(Diagnostic(rule=form.WRONG_TYPE, message=message, at=Label(overlay.at, file=overlay.file)))
            continue
        body = Node(overlay.value or {}, overlay.at, "", overlay.file)
        made[name] = shape.long_form(body, whole)
        found += [*_faults(made[name], whole), *_type_faults(body)]
    return made, found


def _type_faults(root: Node) -> Iterator[Diagnostic]:
    """Yield where the type of components is said twice: the key says it."""
    for key in ("defaults", "overrides"):
        types = _inner(_inner(root, key), "types")
        for name, each in types.value.items() if types and isinstance(types.value, dict) else ():
            if given := _inner(each, "type"):
                yield Diagnostic(
                    rule=form.UNKNOWN,
                    message="there is no field `type` here",
                    at=Label(given.at, on="key", file=given.file),
                    help=f"remove it: this is about `{name}` components",
                )


def _inner(node: Node | None, key: str) -> Node | None:
    return node.value.get(key) if node and isinstance(node.value, dict) else None


def _base(root: Node) -> Node:
    """Return ``root`` with only what its environments say about themselves."""
    at = _inner(root, _ENVIRONMENTS)
    if not isinstance(root.value, dict) or at is None or not isinstance(at.value, dict):
        return root
    names = {
        name: _only(overlay, *_ABOUT)
        for name, overlay in at.value.items()
        if overlay.value is None or overlay.is_mapping
    }
    return Node(root.value | {_ENVIRONMENTS: Node(names, at.at, "", at.file)}, root.at, root.text, root.file)


def _around(merged: Node, *, is_local: bool) -> Around:
    """Return what is said about all apps; with its nulls, which remove."""
    said = {key: _inner(merged, key) for key in ("defaults", "overrides")}
    return Around(**{key: node for key, node in said.items() if node and node.is_mapping}, is_local=is_local)


def _only(node: Node, *keys: str) -> Node:
    items = node.value if isinstance(node.value, dict) else {}
    return Node({key: item for key, item in items.items() if key in keys}, node.at, "", node.file)


def _without(node: Node, *keys: str) -> Node:
    items = node.value if isinstance(node.value, dict) else {}
    return Node({key: item for key, item in items.items() if key not in keys}, node.at, node.text, node.file)


def _faults(overlay: Node, whole: shape.Shape) -> Iterator[Diagnostic]:
    """Yield what is wrong with an environment before it is laid over the repository's choices."""
    yield from shape.refusals(overlay, whole)
    fixed = [*shape.base_only(overlay, whole)]
    if isinstance(overlay.value, dict) and (nested := overlay.value.get(_ENVIRONMENTS)):
        fixed.append((_ENVIRONMENTS, nested))
    for key, node in fixed:
        yield Diagnostic(
            rule=NOT_PER_ENVIRONMENT,
            message=f"`{key}` cannot change per environment",
            at=Label(node.at, on="key", file=node.file),
            help="take it out of the environment: it is for the whole repository",
        )
