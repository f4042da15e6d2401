"""An app file as text: every value with the place that it came from, every doubt above the value that it is about."""

from collections.abc import Mapping
from typing import Any

from kgen.detect.folders import placed
from kgen.detect.found import Doubt, Part
from kgen.diag import Path

HEADER = (
    "Written by `kgen init` from what stands in this folder; from now on it is yours to edit.",
    "Next: `kgen compile`. Every field: `kgen explain components.web`, docs/app.md.",
)


def notes(part: Part) -> dict[Path, list[str]]:
    """Return path → the lines above it: what is unclear, what else was found, what to do."""
    made: dict[Path, list[str]] = {}
    for doubt in part.doubts:
        made.setdefault(_there(part.data, doubt.path), []).extend(lines(doubt))
    return made


def lines(doubt: Doubt) -> list[str]:
    """Return a doubt as comments."""
    end = f": {doubt.help}" if doubt.help else ""
    made = [f"doubt: {doubt.question}{end}"]
    if len(doubt.choices) > 1:
        made += [
            f"  {'taken' if not place else 'or'}: {each.value} ({each.reason})"
            for place, each in enumerate(doubt.choices)
        ]
    return made


def _there(data: Mapping[str, Any], path: Path) -> Path:
    """Return the part of ``path`` that ``data`` has."""
    here: Any = data
    for place, key in enumerate(path):
        if not isinstance(here, Mapping) or key not in here:
            return path[:place] or ("components",)
        here = here[key]
    return path


def settled(part: Part, doubt: Doubt, value: Any) -> Part:
    """Return ``part`` with the answer to ``doubt``."""
    comments = {path: text for path, text in part.comments.items() if path != doubt.path}
    choice = next((each for each in doubt.choices if each.value == value), None)
    if choice and choice.reason:
        comments[doubt.path] = choice.reason
    data = _with(part.data, doubt.path, value)
    if choice and choice.folder is not None:
        data = _with(data, (*doubt.path[:-1], "workingDir"), placed(choice.folder) if choice.folder else None)
    return Part(
        data=data,
        comments=comments,
        doubts=tuple(each for each in part.doubts if each is not doubt),
    )


def _with(data: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    first, *rest = path
    inner = data.get(str(first))
    if value is None and not rest:
        return {key: each for key, each in data.items() if key != first}
    return {
        **data,
        str(first): _with(inner if isinstance(inner, Mapping) else {}, tuple(rest), value) if rest else value,
    }
