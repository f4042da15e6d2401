"""Which rules ``kgen validate`` asks: what the command line says, and what kgen.yaml does."""

from __future__ import annotations

from kgen.validate.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgen.commands.validate import Request
    from kgen.diag import Diagnostic
    from kgen.validate.workspace import Settings


def selection(request: Request, settings: Settings, root: str) -> tuple[Selection, list[Diagnostic]]:
    """
    Return which rules count, and what is wrong with how they were chosen: the command line wins over kgen.yaml.

    Args:
        root: Folder of kgen.yaml; empty if there is none.
    """
    only, wrong = _codes("--select", request.select)
    left_out, more = _codes("--ignore", request.ignore, is_choice=False)
    wrong += more
    if request.today:
        wrong += _of_date(request.today)
    made = Selection(
        request.profile or settings.profile or "default",
        only=only if request.select else None,
        also=settings.also,
        left_out=left_out,
        ignored=settings.ignored,
        severities=settings.severities,
        today=request.today,
        root=root,
    )
    return made, wrong


def _codes(option: str, given: Sequence[str], *, is_choice: bool = True) -> tuple[frozenset[str], list[Diagnostic]]:
    names = [name.strip() for each in given for name in each.split(",") if name.strip()]
    if not names:
        return frozenset(), []
    from kgen.commands.platform import chosen, left_out  # noqa: PLC0415  # only if rules are named
    from kgen.diag import Label  # noqa: PLC0415

    codes, wrong = (chosen if is_choice else left_out)(names, Label(file=option))
    return frozenset(codes), wrong


def _of_date(text: str) -> list[Diagnostic]:
    from kgen.commands import wrong_use  # noqa: PLC0415  # only for this option
    from kgen.validate.silences import DATE  # noqa: PLC0415

    return [] if DATE.match(text) else wrong_use.wrong_date(text)
