"""
The command line: read the options, call the pipeline, print, exit. It decides nothing about Kubernetes.

Only ``typer`` is imported here; a command imports what it needs, so that ``--help`` answers at once.
"""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kgen.diag import Rule
from kgen.record import replace
from kgen.terminal import has_person, wants_colour
from kgen.versions import DEFAULT_VERSION

app = typer.Typer(
    name="kgen",
    help="Compile one typed app file into validated Kubernetes YAML, a Dockerfile and a compose file, offline.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # importing rich costs more than all the rest of `--help`
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """How findings and results are printed."""

    TEXT = "text"
    JSON = "json"


class Report(StrEnum):
    """How the findings of a command that looks for faults are printed: for people, or for one of their tools."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"


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
    output_format: Annotated[Report, typer.Option("--format", help="How findings are printed.")] = Report.TEXT,
) -> None:
    """
    Compile app files into manifests, Dockerfiles and compose files.

    Exit codes: 0 done, 1 findings, 2 wrong use or unreadable file, 3 not up to date (--check), 70 a bug in kgen.
    """
    if stdout + diff + check > 1:
        raise typer.BadParameter("choose one of --stdout, --diff and --check")
    if (stdout or diff) and output_format is not Report.TEXT:
        raise typer.BadParameter(f"--format {output_format.value} goes with writing and with --check")
    from kgen.commands.compile import Request, run  # noqa: PLC0415  # pydantic and all stages

    request = Request(
        paths=tuple(paths or [Path()]),
        environments=tuple(env or []),
        out=out,
        settings=tuple(settings or []),
        mode="stdout" if stdout else "diff" if diff else "check" if check else "write",
        force=force,
        output_format=output_format.value,
        colour=wants_colour(sys.stderr),
    )
    if output_format is Report.SARIF:
        from kgen.rules import ALL  # noqa: PLC0415  # imports every stage; commands cannot, for they have rules themselves

        request = replace(request, rules=ALL)
    raise typer.Exit(run(request, sys.stdout, sys.stderr))


@app.command("init")
def init_command(
    folder: Annotated[str, typer.Argument(metavar="[DIR]", help="Folder of the project.")] = ".",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: take the best answers, and write the doubts as comments.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an app.yaml that is there.")] = False,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print the app file; write nothing.")] = False,
    output_format: Annotated[Format, typer.Option("--format", help="How the result is printed.")] = Format.TEXT,
) -> None:
    """
    Look at a Python project and write app.yaml. Nothing of the project is run.

    Exit codes: 0 done, 1 a question without an answer or nothing to run, 2 wrong use, 70 a bug in kgen.
    """
    from kgen.commands.init import Request, run  # noqa: PLC0415  # only for this command

    request = Request(
        folder=folder,
        yes=yes,
        force=force,
        stdout=stdout,
        output_format=output_format.value,
        is_terminal=has_person(),
        colour=wants_colour(sys.stderr),
    )
    raise typer.Exit(run(request, sys.stdin, sys.stdout, sys.stderr))


class Profile(StrEnum):
    """How much is asked of an object."""

    SERVER = "server"
    DEFAULT = "default"
    STRICT = "strict"


@app.command("validate")
def validate_command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|-]...", help="Files, folders, patterns, or - for standard input. [default: .]"),
    ] = None,
    versions: Annotated[
        list[str] | None,
        typer.Option(
            "-k",
            "--kubernetes",
            metavar="VERSION",
            help=f"Kubernetes version (repeatable). [default: that of kgen.yaml, or {DEFAULT_VERSION}]",
        ),
    ] = None,
    profile: Annotated[
        Profile | None,
        typer.Option(
            "--profile",
            help="server: what an API server rejects; default: and what breaks an app; strict: and good practice.",
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="RULE,…", help="Of all rules beyond the server's, ask only these."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="RULE,…", help="Do not ask these rules (repeatable).")
    ] = None,
    today: Annotated[
        str, typer.Option("--today", metavar="DATE", help="Day that silences with a date are held against: 2027-01-31.")
    ] = "",
    before: Annotated[
        str,
        typer.Option("--before", metavar="PATH", help="Manifests as they are applied now: ask what may not change."),
    ] = "",
    crds: Annotated[
        list[str] | None,
        typer.Option("--crds", metavar="PATH", help="CustomResourceDefinitions, a file or a folder (repeatable)."),
    ] = None,
    output_format: Annotated[Report, typer.Option("--format", help="How verdicts are printed.")] = Report.TEXT,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Look at every file again; write no .kgen/cache.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, metavar="N", help="Processes. [default: for many files, idle cores]")
    ] = 0,
) -> None:
    """
    Check any Kubernetes objects, in YAML or JSON, as an API server does on create. Needs no cluster and no network.

    Exit codes: 0 valid, 1 findings, 2 wrong use or unreadable file, 70 a bug in kgen.
    """
    from kgen.commands.validate import Request, run  # noqa: PLC0415  # reads the schemas

    if output_format is Report.SARIF:
        from kgen.rules import ALL  # noqa: PLC0415  # imports every stage

        rules: tuple[Rule, ...] = ALL
    else:
        rules = ()
    request = Request(
        paths=paths or (),
        versions=versions or (),
        profile=profile.value if profile else "",
        select=select or (),
        ignore=ignore or (),
        today=today,
        before=before,
        crds=crds or (),
        output_format=output_format.value,
        cached=not no_cache,
        jobs=jobs,
        colour=wants_colour(sys.stdout),
        rules=rules,
    )
    raise typer.Exit(run(request, sys.stdin.buffer, sys.stdout, sys.stderr))


@app.command("lock")
def lock_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="App files, or folders with app files below. [default: .]"),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 3 if a tag means another image by now.")
    ] = False,
    output_format: Annotated[Format, typer.Option("--format", help="How the answer is printed.")] = Format.TEXT,
) -> None:
    """
    Ask registries for the digests of base images, and write them to images.lock.json. Nothing else uses the network.

    Exit codes: 0 done, 1 findings, 2 wrong use or unreadable file, 3 not up to date (--check), 70 a bug in kgen.
    """
    from kgen.commands.lock import Request, over_the_network, run  # noqa: PLC0415  # pydantic and all stages

    request = Request(
        paths=tuple(paths or [Path()]),
        check=check,
        output_format=output_format.value,
        colour=wants_colour(sys.stderr),
    )
    raise typer.Exit(run(request, over_the_network(os.environ), sys.stdout, sys.stderr))


@app.command("upgrade")
def upgrade_command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH|-]...", help="Files, folders, patterns, or - for standard input. [default: .]"),
    ] = None,
    target: Annotated[
        str, typer.Option("--to", metavar="VERSION", help="Kubernetes version to go to. [default: the newest]")
    ] = "",
    current: Annotated[
        str,
        typer.Option(
            "--from", metavar="VERSION", help=f"Version to come from. [default: of kgen.yaml, or {DEFAULT_VERSION}]"
        ),
    ] = "",
    write: Annotated[
        bool, typer.Option("--write", help="Rewrite what is only another apiVersion; every other byte stays.")
    ] = False,
    output_format: Annotated[Format, typer.Option("--format", help="How the answer is printed.")] = Format.TEXT,
) -> None:
    """
    List what goes with a newer Kubernetes version, since when, and what replaces it.

    Exit codes: 0 nothing stops working, 1 something does, 2 wrong use or unreadable file, 70 a bug in kgen.
    """
    from kgen.commands.upgrade import Request, run, wrong_order  # noqa: PLC0415  # reads the schemas

    if write and "-" in (paths or ()):
        raise typer.BadParameter("--write changes files, and standard input is none")
    if wrong_order(target, current):
        raise typer.BadParameter(f"--from {current} is not older than --to {target}")
    request = Request(
        paths=paths or (),
        target=target,
        current=current,
        writes=write,
        output_format=output_format.value,
        colour=wants_colour(sys.stdout),
    )
    raise typer.Exit(run(request, sys.stdin.buffer, sys.stdout, sys.stderr))


@app.command("explain")
def explain_command(
    thing: Annotated[
        str,
        typer.Argument(
            metavar="[RULE|FIELD]",
            help="A rule by name or code, a field as deployment.spec.strategy, or one of app.yaml or kgen.yaml as "
            "components.web.replicas. [default: all rules]",
        ),
    ] = "",
    output_format: Annotated[Format, typer.Option("--format", help="How the answer is printed.")] = Format.TEXT,
) -> None:
    """Tell why a rule is one, with an object that breaks it and one that does not; or what a field is."""
    from kgen.commands.explain import explain  # noqa: PLC0415  # reads all rules
    from kgen.commands.schema import Output  # noqa: PLC0415
    from kgen.rules import ALL  # noqa: PLC0415  # imports every stage

    output = Output(
        out=sys.stdout, err=sys.stderr, as_json=output_format is Format.JSON, colour=wants_colour(sys.stderr)
    )
    raise typer.Exit(explain(thing, ALL, output))


schema_app = typer.Typer(help="Look at the Kubernetes schemas that kgen carries.", no_args_is_help=True)
app.add_typer(schema_app, name="schema")


@schema_app.command("list")
def schema_list(
    versions: Annotated[
        list[str] | None,
        typer.Option("-k", "--kubernetes", metavar="VERSION", help="Kinds of this Kubernetes version (repeatable)."),
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", help="How the answer is printed.")] = Format.TEXT,
) -> None:
    """List the Kubernetes versions that kgen knows, or the kinds of some of them."""
    from kgen.commands.schema import Output, list_kinds  # noqa: PLC0415  # reads the schemas

    output = Output(
        out=sys.stdout, err=sys.stderr, as_json=output_format is Format.JSON, colour=wants_colour(sys.stderr)
    )
    raise typer.Exit(list_kinds(versions or (), output))


@schema_app.command("add")
def schema_add(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files or folders with CustomResourceDefinitions.")
    ],
    output_format: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.TEXT,
) -> None:
    """Take CustomResourceDefinitions into .kgen/crds, so that `kgen validate` knows their kinds."""
    from kgen.commands.definitions import add  # noqa: PLC0415  # reads the schemas
    from kgen.commands.schema import Output  # noqa: PLC0415

    colour = wants_colour(sys.stderr)
    output = Output(out=sys.stdout, err=sys.stderr, as_json=output_format is Format.JSON, colour=colour)
    raise typer.Exit(add(paths, output))


@schema_app.command("show")
def schema_show(
    target: Annotated[
        str, typer.Argument(metavar="KIND[.FIELD]...", help="Such as deploy.spec.replicas or apps/v1/Deployment.")
    ],
    version: Annotated[
        str | None,
        typer.Option("-k", "--kubernetes", metavar="VERSION", help="Kubernetes version. [default: the newest]"),
    ] = None,
    api_version: Annotated[
        str | None,
        typer.Option("--api-version", help="Which one, if the kind has several. [default: the newest stable one]"),
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", help="json: as a JSON Schema.")] = Format.TEXT,
) -> None:
    """Show what a kind or a field is made of."""
    if api_version and "/" in target:
        raise typer.BadParameter("the API version is named twice: with --api-version, and before the kind")
    from kgen.commands.schema import Output, show  # noqa: PLC0415  # reads the schemas

    output = Output(
        out=sys.stdout, err=sys.stderr, as_json=output_format is Format.JSON, colour=wants_colour(sys.stderr)
    )
    raise typer.Exit(show(target, version=version, api_version=api_version, output=output))
