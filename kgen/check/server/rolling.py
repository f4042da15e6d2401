"""Rules of the API server about how many pods of a workload are replaced at once."""

from __future__ import annotations

from kgen.check.fault import shown
from kgen.check.server.amounts import percent
from kgen.check.server.errors import invalid, required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.diag import Path

_ALL = 100


def deployment(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``rollingUpdate`` of a Deployment."""
    unavailable = _or(value.get("maxUnavailable"), "25%")
    surge = _or(value.get("maxSurge"), "25%")
    yield from _form(unavailable, (*at, "maxUnavailable"))
    yield from _form(surge, (*at, "maxSurge"))
    if _amount(unavailable) == 0 == _amount(surge) and not _wrong(unavailable):
        message = f"must not be 0 with `maxSurge: {surge}`, but is `{unavailable}`"
        yield invalid("WRK011", (*at, "maxUnavailable"), message, "allow one pod more or one less than wanted")
    yield from _share(unavailable, (*at, "maxUnavailable"))


def daemon_set(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``rollingUpdate`` of a DaemonSet."""
    unavailable = _or(value.get("maxUnavailable"), 1)
    surge = _or(value.get("maxSurge"), 0)
    yield from _form(unavailable, (*at, "maxUnavailable"))
    yield from _form(surge, (*at, "maxSurge"))
    yield from _share(unavailable, (*at, "maxUnavailable"))
    yield from _share(surge, (*at, "maxSurge"))
    if _amount(unavailable) and _amount(surge) and not _wrong(surge):
        message = f"must be 0 with `maxUnavailable: {unavailable}`, but is `{surge}`"
        yield invalid("WRK014", (*at, "maxSurge"), message)
    elif _amount(unavailable) == 0 == _amount(surge) and not _wrong(unavailable):
        yield required("WRK014", (*at, "maxUnavailable"), f"and not 0, with `maxSurge: {surge}`")


def stateful_set(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``maxUnavailable`` of a StatefulSet."""
    unavailable = _or(value.get("maxUnavailable"), 1)
    here = (*at, "maxUnavailable")
    yield from _form(unavailable, here)
    if _amount(unavailable) == 0:
        yield invalid("WRK019", here, f"must not be 0, but is `{unavailable}`")
    yield from _share(unavailable, here)


def _or(value: Any, default: str | int) -> Any:
    return default if value is None else value


def _wrong(value: str | int) -> str:
    """Say what is wrong with a number of pods or a percentage of them."""
    if isinstance(value, str):
        return "" if _percent(value) is not None else f"must be a number of pods or a percentage, but is {shown(value)}"
    return "" if value >= 0 else f"must be at least 0, but is {value}"


def _percent(value: str | int) -> int | None:
    try:
        return percent(value)
    except ValueError:  # Python reads no number of thousands of digits
        return _ALL + 1


def _form(value: str | int, at: Path) -> Iterator[Fault]:
    if wrong := _wrong(value):
        yield invalid("WRK010", at, wrong)


def _share(value: str | int, at: Path) -> Iterator[Fault]:
    if (_percent(value) or 0) > _ALL:
        yield invalid("WRK012", at, f"must be at most 100%, but is `{value}`")


def _amount(value: str | int) -> int:
    """Return the number, of pods or percent; text that is neither counts as 0."""
    if isinstance(value, int):
        return value
    if (share := _percent(value)) is not None:
        return share
    try:
        return int(value)
    except ValueError:
        return 0
