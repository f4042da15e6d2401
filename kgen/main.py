"""The entry of the program: run a command the short way or by the command line proper, print, exit."""

from __future__ import annotations

import gc
import io
import os
import sys

from kgen.arguments import compile_request, init_request, validate_request
from kgen.exits import Exit
from kgen.terminal import has_person, wants_colour

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


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


def _short(arguments: Sequence[str]) -> int | None:
    """Return the exit code of a command that needs no command line proper, or ``None`` if it does."""
    if arguments[:1] == ["validate"]:
        return _validate(arguments[1:])
    if arguments[:1] == ["compile"]:
        return _compile(arguments[1:])
    if arguments[:1] == ["init"]:
        return _init(arguments[1:])
    return None


def _validate(arguments: Sequence[str]) -> int | None:
    asked = validate_request(arguments, colour=wants_colour(sys.stdout))
    if asked is None:
        return None
    from kgen.commands.validate import run  # noqa: PLC0415  # only for this command

    gc.disable()  # nodes and values have no cycles, and looking for some among 100,000 takes a third of the time
    return run(asked, sys.stdin.buffer, sys.stdout, sys.stderr)


def _compile(arguments: Sequence[str]) -> int | None:
    asked = compile_request(arguments, colour=wants_colour(sys.stderr))
    if asked is None:
        return None
    from kgen.commands.compile import run  # noqa: PLC0415  # only for this command

    return run(asked, sys.stdout, sys.stderr)


def _init(arguments: Sequence[str]) -> int | None:
    asked = init_request(arguments, colour=wants_colour(sys.stderr), is_terminal=has_person())
    if asked is None:
        return None
    from kgen.commands.init import run  # noqa: PLC0415  # only for this command

    gc.disable()  # syntax trees have no cycles, either
    return run(asked, sys.stdin, sys.stdout, sys.stderr)


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
        # kgen uses no pydantic plugins; looking for some in every installed package takes longer than a small app
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        # a process of a fraction of a second makes little garbage; one look among all that was imported takes 5 %
        gc.set_threshold(500_000, 20, 20)
        code = _short(sys.argv[1:])
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
