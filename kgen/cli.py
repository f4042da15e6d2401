"""
The command line: read the options, call the pipeline, print, exit. It decides nothing about Kubernetes.

Only ``typer`` is imported here; a command imports what it needs, so that ``--help`` answers at once.
"""

import gc
import os
import sys
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated

import typer

# kgen uses no pydantic plugins; looking for some in every installed package takes longer than compiling a small app
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# a process of a fraction of a second makes little garbage; looking for it at every 700 objects costs 3 %
gc.set_threshold(50_000, 20, 20)

app = typer.Typer(
    name="kgen",
    help="Compile one typed app file into validated Kubernetes YAML, a Dockerfile and a compose file, offline.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # importing rich costs more than all the rest of `--help`
    pretty_exceptions_enable=False,
)


class Exit(IntEnum):
    """What the exit code says."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    STALE = 3
    BUG = 70


class Format(StrEnum):
    """How findings and results are printed."""

    TEXT = "text"
    JSON = "json"


def _version(wanted: bool) -> None:  # noqa: FBT001  # Typer's signature of a callback
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  # only for this option

        typer.echo(f"kgen {version('kgen-compiler')}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Compile one typed app file into validated Kubernetes YAML, a Dockerfile and a compose file, offline."""


@app.command("compile")
def compile_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="App files, or folders with app files below. [default: .]"),
    ] = None,
    env: Annotated[
        list[str] | None, typer.Option("--env", "-e", help="Compile this environment only (repeatable).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder of the manifests, instead of that of kgen.yaml.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Set image.tag or image.digest, or components.NAME.image.tag…"),
    ] = None,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the manifests; write nothing.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print what would change; write nothing.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 3 if the output is not up to date.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that were edited or made by hand.")] = False,
    output_format: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.TEXT,
) -> None:
    """
    Compile app files into manifests, Dockerfiles and compose files.

    Exit codes: 0 done, 1 findings, 2 wrong use or unreadable file, 3 not up to date (--check), 70 a bug in kgen.
    """
    if stdout + diff + check > 1:
        raise typer.BadParameter("choose one of --stdout, --diff and --check")
    if (stdout or diff) and output_format is Format.JSON:
        raise typer.BadParameter("--format json goes with writing and with --check")
    from kgen.commands.compile import Request, run  # noqa: PLC0415  # pydantic and all stages

    request = Request(
        paths=tuple(paths or [Path()]),
        environments=tuple(env or []),
        out=out,
        settings=tuple(settings or []),
        mode="stdout" if stdout else "diff" if diff else "check" if check else "write",
        force=force,
        as_json=output_format is Format.JSON,
        colour=_wants_colour(),
    )
    raise typer.Exit(run(request, sys.stdout, sys.stderr))


def _wants_colour() -> bool:
    """Source: https://no-color.org."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def main() -> None:
    """
    Run the command line and end the process.

    It ends at once, as mypy does: taking apart every module that was imported would take an eighth of the whole run,
    and nothing waits for it. Output is flushed before; files were closed and synced where they were written.
    """
    code = _run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError as error:  # a full disk, or `kgen compile --stdout | head`
        code = code or _unwritable(error)
    os._exit(code)


def _unwritable(error: OSError) -> int:
    """Say that the output cannot be printed, unless nobody listens any more."""
    if not isinstance(error, BrokenPipeError):
        sys.stderr.write(f"kgen: cannot print the output: {(error.strerror or str(error)).lower()}\n")
    return Exit.USAGE


def _run() -> int:
    """Return the exit code; whatever the user did not cause is a bug, and asks to be reported."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.OK if end.code is None else Exit.USAGE
    except OSError as error:  # files are looked after where they are read and written: this is the output
        return _unwritable(error)
    except Exception:  # noqa: BLE001  # the last line of defence
        import traceback  # noqa: PLC0415  # only for bugs

        traceback.print_exc()
        sys.stderr.write("\nkgen: this is a bug in kgen, not in your files; please report it with the lines above\n")
        return Exit.BUG
    return Exit.OK


if __name__ == "__main__":
    main()
