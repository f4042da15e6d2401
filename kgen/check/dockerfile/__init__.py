"""Dockerfiles: what stops the build or the container, and what good practice is. Pure functions of what was read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kgen.check.dockerfile.stages import Build
    from kgen.dockerfile import Dockerfile, Fault

DEFAULT = frozenset({"DKF00", "DKF08", "DKF09", "DKF12", "DKF23", "DKF24"})
"""Rows that are asked in the profile ``default``."""

OFF = frozenset({"DKF03", "DKF15B", "DKF27"})
"""Rows that are asked only if somebody selects them. Their tables say so too, but nobody has to read these to know."""


def faults(file: Dockerfile, ignored: str | None = None) -> list[Fault]:
    """
    Return what is wrong, in the order of the text.

    Args:
        file: As it was read.
        ignored: Text of the .dockerignore that belongs to it, if there is one.
    """
    from kgen.check.dockerfile.stages import Build  # noqa: PLC0415  # most runs see no Dockerfile

    return of_build(Build(file), ignored)


def of_build(build: Build, ignored: str | None = None) -> list[Fault]:
    """Return what is wrong with a file that is built for a target, and with arguments; see ``faults``."""
    from kgen.check.dockerfile import (  # noqa: PLC0415  # most runs see no Dockerfile
        base_images,
        commands,
        grammar,
        packages,
        paths,
        ports,
        pragmas,
        prompts,
        stage_names,
        style,
        tools,
        undefined,
        users,
    )

    found = [
        *grammar.faults(build),
        *base_images.faults(build),
        *stage_names.faults(build),
        *undefined.faults(build),
        *users.faults(build),
        *commands.faults(build),
        *paths.faults(build, ignored),
        *packages.faults(build),
        *prompts.faults(build),
        *tools.faults(build),
        *style.faults(build),
        *ports.faults(build),
    ]
    return pragmas.counting(build.file, sorted(found, key=_order))


def _order(fault: Fault) -> tuple[int, int, str]:
    return fault.start, fault.end, fault.row
