"""
The error classes of the API server, as faults.

Each takes the row of the rule (``SVC009``), the path of the field, and says what is wrong in kgen's words: a message
goes on after the name of the field.

Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/field/errors.go
"""

from __future__ import annotations

from kgen.check.fault import Fault, Keyword, field, short, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from kgen.diag import Path


def required(row: str, path: Path, why: str = "") -> Fault:
    """Return the fault of a field that is missing or empty; ``why`` goes on after a comma."""
    message = f"is required, {why}" if why else "is required, but missing or empty"
    return Fault(keyword=Keyword.REQUIRED, path=path, message=message, row=row)


def invalid(row: str, path: Path, message: str, help: str = "") -> Fault:  # noqa: A002  # the field that it fills
    """Return the fault of a value; ``message`` is as "must be between 1 and 65535, but is 0"."""
    said = message.replace("but is ``", "but is empty")
    return Fault(keyword=Keyword.INVALID, path=path, message=said, help=help, row=row)


def unsupported(row: str, path: Path, value: Any, allowed: Iterable[str]) -> Fault:
    """Return the fault of a value that is none of ``allowed``."""
    from kgen.words import listed, nearest  # noqa: PLC0415  # only after a fault

    names = sorted(allowed)
    near = nearest(value, names) if isinstance(value, str) and value else None
    return Fault(
        keyword=Keyword.UNSUPPORTED,
        path=path,
        message=f"must be {'one of ' if len(names) > 1 else ''}{listed(names, 'or')}, but is {shown(value)}",
        help=f"did you mean `{near}`?" if near else "",
        row=row,
    )


def duplicate(row: str, path: Path, value: Any, first: str = "") -> Fault:
    """Return the fault of a value that stands a second time; ``first`` says where the first one is."""
    where = f", as in {first}" if first else ""
    return Fault(
        keyword=Keyword.REPEATED_VALUE, path=path, message=f"has the value `{short(value)}` again{where}", row=row
    )


def forbidden(row: str, path: Path, why: str) -> Fault:
    """Return the fault of a field that may not be set; ``why`` is as "may not be set with type `ClusterIP`"."""
    return Fault(keyword=Keyword.FORBIDDEN, path=path, message=why, row=row)


def not_found(row: str, path: Path, value: Any, known: Iterable[str] = ()) -> Fault:
    """Return the fault of a name that nothing in the object has."""
    from kgen.words import suggestion  # noqa: PLC0415  # only after a fault

    message = f"names `{short(value)}`, which is not there"
    return Fault(
        keyword=Keyword.NOT_FOUND, path=path, message=message, help=suggestion(str(value), known, "there is"), row=row
    )


def too_long(row: str, path: Path, most: int, length: int, unit: str = "characters") -> Fault:
    """Return the fault of a text that is too long."""
    message = f"must have at most {most} {unit}, but has {length}"
    return Fault(keyword=Keyword.TOO_LONG, path=path, message=message, row=row)


def too_many(row: str, path: Path, most: int, count: int) -> Fault:
    """Return the fault of a list that is too long."""
    message = f"must have at most {most} entries, but has {count}"
    return Fault(keyword=Keyword.TOO_MANY, path=path, message=message, row=row)


def renamed(faults: Iterable[Fault], here: Path, there: Path) -> Iterator[Fault]:
    """Yield ``faults`` of what is at ``here``; the server writes their fields as if it were at ``there``."""
    for fault in faults:
        yield fault.named(field((*there, *fault.path[len(here) :])))
