"""Whether a server that a program brings up can be reached from outside of its container."""

from collections.abc import Iterable, Iterator

from kgen.detect.found import Doubt
from kgen.detect.project import Project

_CALL = 8
"""Lines of a call."""


def alone(project: Project, origin: str, texts: Iterable[str]) -> Iterator[Doubt]:
    """
    Yield the doubt that goes with a server of a program's own, if nothing says that it listens on all addresses.

    Args:
        project: The project.
        origin: The file and line where the program brings it up; may be empty.
        texts: Words and variables that it is started with.
    """
    file, _, line = origin.rpartition(":")
    call = (project.tree.text(file) or "").splitlines()[int(line) - 1 :][:_CALL] if file else []
    if not any("0.0.0.0" in each or "::" in each for each in (*texts, *call)):  # noqa: S104  # what has to be said
        yield Doubt(
            path=("command",),
            question="nothing says that it listens on all addresses, which it has to in a container",
            help="see its options, such as `--host 0.0.0.0`",
        )
