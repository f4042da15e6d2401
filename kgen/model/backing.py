"""A backing service on a developer's machine."""

from collections.abc import Mapping

from kgen.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """A backing service as a container of compose.yaml, all values known."""

    name: str
    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    variables: Mapping[str, str]
    check: tuple[str, ...]
    data: str
    """Folder that outlives the container; empty: none."""

    keeps_hostname: bool
    published: int | None
    """Port for a browser."""

    outputs: Mapping[str, str]
