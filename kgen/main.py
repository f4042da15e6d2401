"""
The entry of the program: print, exit, and the short way to ``kgen validate``.

Importing the command line proper takes several times as long as validating a file, and a hook or an editor starts
``kgen validate`` all day. So its arguments are read here if they are plain to see; whatever is not (``--help``, a
mistake) is left to the command line, which has the same command and says what it always says.
"""

from __future__ import annotations

import gc
import io
import os
import sys

from kgen.exits import Exit
from kgen.terminal import wants_colour

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgen.commands.validate import Request

_SWITCHES = {"--no-cache": ("cached", False)}
_OPTIONS = {
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
_REPEATED = frozenset({"versions", "crds", "select", "ignore"})
_CHOICES = {"profile": ("server", "default", "strict"), "output_format": ("text", "json", "github", "junit")}
"""Values that are taken here. SARIF lists all rules of kgen, so it needs all of kgen anyway."""


def main() -> None:
    """
    Run the command line and end the process.

    It ends at once, as mypy does: taking apart every module that was imported would take an eighth of the whole run,
    and nothing waits for it. Output is flushed before; files were closed and synced where they were written.
    """
    _open_streams()
    code = _run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:  # a full disk, or `kgen compile --stdout | head`
        code = code or _unwritable(error)
    os._exit(code)


def _open_streams() -> None:
    """Make streams usable that the shell has closed (``>&-``), or that cannot print every name of a file."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.TextIOWrapper(io.BytesIO(), "utf-8"))
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def request(arguments: Sequence[str]) -> Request | None:
    """Return what ``kgen validate`` is asked for, or ``None`` if the command line has to find out."""
    from kgen.commands.validate import Request  # noqa: PLC0415  # only for this command

    values: dict[str, object] = {}
    paths: list[str] = []
    left = list(reversed(arguments))
    while left:
        word = left.pop()
        if word in _SWITCHES:
            name, value = _SWITCHES[word]
            values[name] = value
        elif word in _OPTIONS and left and not left[-1].startswith("-"):
            _take(values, _OPTIONS[word], left.pop())
        elif word == "-" or not word.startswith("-"):
            paths.append(word)
        else:
            return None
    for name, choices in _CHOICES.items():
        if values.get(name, choices[0]) not in choices:
            return None
    jobs = str(values.pop("jobs", "0"))
    if not (jobs.isascii() and jobs.isdecimal()):
        return None
    return Request(paths=paths, jobs=int(jobs), colour=wants_colour(sys.stdout), **values)  # type: ignore[arg-type]


def _take(values: dict[str, object], name: str, value: str) -> None:
    given = values.get(name)
    if name in _REPEATED:
        values[name] = (*given, value) if isinstance(given, tuple) else (value,)
    else:
        values[name] = value


def _validate(arguments: Sequence[str]) -> int | None:
    """Return the exit code of ``kgen validate``, or ``None`` if its arguments were not understood."""
    asked = request(arguments)
    if asked is None:
        return None
    from kgen.commands.validate import run  # noqa: PLC0415  # only for this command

    return run(asked, sys.stdin.buffer, sys.stdout, sys.stderr)


def _command_line() -> int:
    from kgen.cli import app  # noqa: PLC0415  # Typer

    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.OK if end.code is None else Exit.USAGE
    return Exit.OK


def _run() -> int:
    """Return the exit code; whatever the user did not cause is a bug, and asks to be reported."""
    try:
        # nodes and values have no cycles, and looking for some among 100,000 takes a third of the time
        gc.disable()
        code = _validate(sys.argv[2:]) if sys.argv[1:2] == ["validate"] else None
        gc.enable()
        return _command_line() if code is None else code
    except KeyboardInterrupt:
        sys.stderr.write("kgen: interrupted\n")
        return Exit.INTERRUPTED
    except OSError as error:  # files are looked after where they are read and written: this is the output
        return _unwritable(error)
    except Exception:  # noqa: BLE001  # the last line of defence
        import traceback  # noqa: PLC0415  # only for bugs

        traceback.print_exc()
        sys.stderr.write("\nkgen: this is a bug in kgen, not in your files; please report it with the lines above\n")
        return Exit.BUG


def _unwritable(error: OSError) -> int:
    """Say that the output cannot be printed, unless nobody listens any more."""
    if not isinstance(error, BrokenPipeError):
        sys.stderr.write(f"kgen: cannot print the output: {(error.strerror or str(error)).lower()}\n")
    return Exit.USAGE
