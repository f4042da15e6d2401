"""The nodes of a document, also of one that gives several values the same anchor: an alias means the last above it."""

from typing import Any

from yaml.composer import Composer, ComposerError
from yaml.events import AliasEvent

from kgen.read import quick
from kgen.read.quick import Parser


def compose(text: bytes) -> Any:
    """
    Return the node of the one document in ``text``, or ``None`` if it is empty.

    Raises:
        YAMLError: The text is not YAML, or has a second document.
        Unusual: It may be nested so deeply that reading it could exhaust the stack.
    """
    try:
        return quick.compose(text)
    except ComposerError as error:
        if not (error.context or "").startswith("found duplicate anchor"):
            raise
    return _Composer(text).get_single_node()


class _Composer(Composer, Parser):
    """PyYAML's slow composer, which forgets an anchor when it is given again."""

    def __init__(self, text: bytes) -> None:
        Parser.__init__(self, text)
        Composer.__init__(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()
        if not isinstance(event, AliasEvent):
            self.anchors.pop(event.anchor, None)
        return super().compose_node(parent, index)
