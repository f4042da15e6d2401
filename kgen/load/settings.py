"""``--set KEY=VALUE``: what a pipeline fills in, laid over every environment at last."""

from collections.abc import Iterable, Iterator

from kgen.diag import Diagnostic, Label, Outcome, Rule
from kgen.source import Node
from kgen.words import suggestion

FILE = "--set"
"""What findings name instead of a file."""

NOT_SETTABLE = Rule(
    code="KG2011",
    name="key-not-settable",
    explain="Only what a build pipeline knows better than the app file can be set: image tags and digests.",
)
RULES = (NOT_SETTABLE,)

_COMPONENT_DEPTH = 4


def changes(settings: Iterable[str]) -> Outcome[Node]:
    """
    Return the settings as one node to lay over an app.

    >>> from kgen.source import plain
    >>> plain(changes(["image.tag=1.10", "components.web.image.digest=sha256:ab"]).value)
    {'image': {'tag': '1.10'}, 'components': {'web': {'image': {'digest': 'sha256:ab'}}}}
    """
    root: dict[str, Node] = {}
    found = []
    for setting in settings:
        key, equals, value = setting.partition("=")
        steps = tuple(key.split("."))
        image = steps[-2:] in {("image", "tag"), ("image", "digest")}
        if (
            not equals
            or not value
            or not image
            or (len(steps), steps[0]) not in {(2, "image"), (_COMPONENT_DEPTH, "components")}
        ):
            found.append(_fault(setting))
            continue
        inner = root
        for depth, step in enumerate(steps[:-1], 1):
            node = inner.setdefault(step, Node({}, steps[:depth], "", FILE))
            inner = node.value if isinstance(node.value, dict) else {}
        inner[steps[-1]] = Node(value, steps, value, FILE)
    return Outcome(None if found else Node(root, (), "", FILE), tuple(found))


def unknown_components(changes: Node, app: Node) -> Iterator[Diagnostic]:
    """Yield the components that ``changes`` names and ``app`` does not have."""
    known = app.value.get("components") if isinstance(app.value, dict) else None
    named = changes.value.get("components") if isinstance(changes.value, dict) else None
    names = list(known.value) if known and isinstance(known.value, dict) else []
    for name in named.value if named and isinstance(named.value, dict) else ():
        if name not in names:
            yield Diagnostic(
                rule=NOT_SETTABLE,
                message=f"there is no component `{name}`",
                at=Label(file=FILE),
                help=suggestion(name, names, "components"),
            )


def _fault(setting: str) -> Diagnostic:
    key, _, value = setting.partition("=")
    wrong = (
        f"`{key}` has no value"
        if key.endswith(("image.tag", "image.digest")) and not value
        else f"`{setting}` cannot be set"
    )
    return Diagnostic(
        rule=NOT_SETTABLE,
        message=wrong,
        at=Label(file=FILE),
        help="write `image.tag=1.2.3`, `image.digest=sha256:…` or `components.<name>.image.tag=1.2.3`",
    )
