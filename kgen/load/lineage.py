"""
Environments: what differs from one to another, in app files and in kgen.yaml.

Maps merge by key, scalars and lists replace, `null` removes. An environment can start from the changes of another one
(`extends`), and one with `template: true` is only there for that. Where kgen.yaml does not name an environment, what it
says of the one that is extended holds there too.
"""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Rule
from kgen.source import Node
from kgen.words import suggestion

EXTENDS = "extends"

UNKNOWN_PARENT = Rule(
    code="KG2012",
    name="unknown-parent-environment",
    explain="An environment that extends another one starts from its changes, so the other one has to be there.",
)
CIRCLE = Rule(
    code="KG2013",
    name="environments-in-a-circle",
    explain="Environments that extend each other have no first one to start from.",
)
RULES = (UNKNOWN_PARENT, CIRCLE)


def lineages(overlays: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
    """
    Return for each environment all that are laid over the base one after the other, itself last.

    >>> parent = Node({"extends": Node("production")})
    >>> lineages({"production": Node({}), "eu": parent})
    {'production': ('production',), 'eu': ('production', 'eu')}
    """
    made = {}
    for name in overlays:
        line = [name]
        while (above := _parent(overlays[line[0]])) in overlays and above not in line:
            line.insert(0, above)
        made[name] = tuple(line)
    return made


def faults(overlays: Mapping[str, Node]) -> Iterator[Diagnostic]:
    """Yield environments that extend one that is not there, or in the end themselves."""
    told: set[str] = set()
    for name, overlay in overlays.items():
        above = _parent(overlay)
        if above and above not in overlays:
            yield Diagnostic(
                rule=UNKNOWN_PARENT,
                message=f"there is no environment `{above}` that `{name}` could extend",
                at=_place(overlay),
                help=suggestion(above, [each for each in overlays if each != name], "environments"),
            )
        circle = _circle(name, overlays)
        if circle and not told & {*circle}:
            told |= {*circle}
            others = [_place(overlays[each], f"extends `{_parent(overlays[each])}`") for each in circle[1:]]
            way = " → ".join(f"`{each}`" for each in (*circle, name))
            yield Diagnostic(
                rule=CIRCLE,
                message=f"the environments extend each other in a circle: {way}"
                if others
                else f"`{name}` extends itself",
                at=_place(overlay),
                related=tuple(others),
                help="remove one `extends`" if others else "remove `extends`",
            )


def _circle(name: str, overlays: Mapping[str, Node]) -> list[str]:
    """Return the environments from ``name`` back to itself; none if the way ends elsewhere."""
    line = [name]
    while (above := _parent(overlays[line[-1]])) in overlays:
        if above in line:
            return line if above == name else []
        line.append(above)
    return []


def _parent(overlay: Node) -> str:
    given = overlay.value.get(EXTENDS) if isinstance(overlay.value, dict) else None
    return given.value if given and isinstance(given.value, str) else ""


def _place(overlay: Node, text: str = "") -> Label:
    at = overlay[EXTENDS]
    return Label(at.at, text, file=at.file)
