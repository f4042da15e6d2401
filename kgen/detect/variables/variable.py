"""An environment variable that is read."""

import ast

from kgen.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """An environment variable that is read."""

    name: str
    origin: str
    is_required: bool
    """Whether the program fails without it."""

    default: str | None = None
    """What it is otherwise, as the source says it; ``None``: nothing."""

    is_optional: bool = False
    """Whether the source says that it may be missing: its default is ``None``."""

    has_default: bool = False
    """Whether the code says what it is otherwise: somebody has thought of running without it."""

    is_text: bool = True
    """Whether it may be any text; not, if it is read as a number or a switch."""


def as_text(node: ast.expr | None) -> str | None:
    """Return a default as text; ``None`` if there is none."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return None
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
