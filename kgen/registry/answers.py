"""What becomes of a question to a registry."""

from kgen.record import dataclass


class NotResolved(Exception):  # noqa: N818  # it is an answer
    """Why the registry did not say which image a name means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a name means today."""

    digest: str
    is_index: bool
    """Whether it is for every architecture that there is, and not for one."""
