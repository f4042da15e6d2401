"""
The short way to ``kgen compile``, ``kgen init`` and ``kgen validate``: arguments that are plain to see.

Importing the command line proper takes several times as long as validating a file, as long as looking at a small
project, and a sixth of compiling a small app. So these commands' arguments are read here; whatever is
not plain (``--help``, ``--env=x``, a mistake) is left to the command line, which has the same commands and says what
it always says.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from kgen.commands import compile as compiling
    from kgen.commands import init as initialising
    from kgen.commands import validate as validating

_VALIDATE_SWITCHES = {"--no-cache": ("cached", False)}
_VALIDATE_OPTIONS = {
    "-k": "versions",
    "--kubernetes": "versions",
    "--crds": "crds",
    "--profile": "profile",
    "--select": "select",
    "--ignore": "ignore",
    "--today": "today",
    "--before": "before",
    "--format": "output_format",
    "-j": "jobs",
    "--jobs": "jobs",
}
_COMPILE_SWITCHES = {
    "--stdout": ("mode", "stdout"),
    "--diff": ("mode", "diff"),
    "--check": ("mode", "check"),
    "--force": ("force", True),
}
_COMPILE_OPTIONS = {
    "-e": "environments",
    "--env": "environments",
    "-o": "out",
    "--out": "out",
    "--set": "settings",
    "--format": "output_format",
}
_INIT_SWITCHES = {
    "-y": ("yes", True),
    "--yes": ("yes", True),
    "--force": ("force", True),
    "--stdout": ("stdout", True),
}
_REPEATED = frozenset({"versions", "crds", "select", "ignore", "environments", "settings"})
_CHOICES = {"profile": ("server", "default", "strict"), "output_format": ("text", "json", "github", "junit")}
"""Values that are taken here. SARIF lists all rules of kgen, so it needs all of kgen anyway."""


def validate_request(arguments: Sequence[str], *, colour: bool) -> validating.Request | None:
    """Return what ``kgen validate`` is asked for, or ``None`` if the command line has to find out."""
    plain = _plain(arguments, _VALIDATE_SWITCHES, _VALIDATE_OPTIONS)
    if plain is None:
        return None
    paths, values = plain
    jobs = str(values.pop("jobs", "0"))
    if not (jobs.isascii() and jobs.isdecimal()):
        return None
    from kgen.commands.validate import Request  # noqa: PLC0415  # only for this command

    return Request(paths=paths, jobs=int(jobs), colour=colour, **values)  # type: ignore[arg-type]


def compile_request(arguments: Sequence[str], *, colour: bool) -> compiling.Request | None:
    """Return what ``kgen compile`` is asked for, or ``None`` if the command line has to find out."""
    plain = _plain(arguments, _COMPILE_SWITCHES, _COMPILE_OPTIONS)
    if plain is None:
        return None
    paths, values = plain
    if values.get("mode") in {"stdout", "diff"} and values.get("output_format", "text") != "text":
        return None
    from pathlib import Path  # noqa: PLC0415  # only for this command

    from kgen.commands.compile import Request  # noqa: PLC0415  # pydantic and all stages

    if "out" in values:
        values["out"] = Path(str(values["out"]))
    return Request(paths=tuple(map(Path, paths or ["."])), colour=colour, **values)  # type: ignore[arg-type]


def init_request(arguments: Sequence[str], *, colour: bool, is_terminal: bool) -> initialising.Request | None:
    """Return what ``kgen init`` is asked for, or ``None`` if the command line has to find out."""
    plain = _plain(arguments, _INIT_SWITCHES, {"--format": "output_format"})
    if plain is None:
        return None
    folders, values = plain
    if len(folders) > 1 or values.get("output_format", "text") not in {"text", "json"}:
        return None
    from kgen.commands.init import Request  # noqa: PLC0415  # only for this command

    return Request(folder=next(iter(folders), "."), is_terminal=is_terminal, colour=colour, **values)  # type: ignore[arg-type]


def _plain(
    arguments: Sequence[str], switches: Mapping[str, tuple[str, object]], options: Mapping[str, str]
) -> tuple[Collection[str], dict[str, object]] | None:
    """Return the paths, and the values of options by the names in a request."""
    values: dict[str, object] = {}
    paths: list[str] = []
    left = list(reversed(arguments))
    while left:
        word = left.pop()
        if word in switches:
            name, value = switches[word]
            if values.setdefault(name, value) != value:
                return None
        elif word in options and left and not left[-1].startswith("-"):
            _take(values, options[word], left.pop())
        elif word == "-" or not word.startswith("-"):
            paths.append(word)
        else:
            return None
    if any(values.get(name, choices[0]) not in choices for name, choices in _CHOICES.items()):
        return None
    return paths, values


def _take(values: dict[str, object], name: str, value: str) -> None:
    given = values.get(name)
    if name in _REPEATED:
        values[name] = (*given, value) if isinstance(given, tuple) else (value,)
    else:
        values[name] = value
