"""``--set KEY=VALUE``: what a pipeline fills in, laid over every environment at last."""

from collections.abc import Iterable

from kgen.diag import Diagnostic, Label, Outcome, Rule
from kgen.source import Node

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


def _fault(setting: str) -> Diagnostic:
    return Diagnostic(
        rule=NOT_SETTABLE,
        message=f"`{setting}` cannot be set",
        at=Label(file=FILE),
        help="write `image.tag=1.2.3`, `image.digest=sha256:…` or `components.<name>.image.tag=1.2.3`",
    )
