"""
``kgen lock``: ask registries what base images mean today, and write it down for everybody.

The only command that uses the network. What it writes is committed; `kgen compile` reads it and asks nobody.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO, TypeAlias

from kgen.commands.apps import NO_APP, app_files
from kgen.diag import Diagnostic, Label, Rule, Severity, has_error
from kgen.filenames import IMAGE_LOCK
from kgen.image_lock import dump
from kgen.load.files import UNREADABLE
from kgen.load.image_lock import look
from kgen.pipeline import Compiled, Options, compile_app
from kgen.record import dataclass, field
from kgen.registry.answers import Answer, NotResolved
from kgen.report.text import render_all
from kgen.source import Source
from kgen.workspace import open_workspace
from kgen.write.rules import not_writable
from kgen.write.whole import save

NOT_RESOLVED = Rule(
    code="KG1140", name="image-not-resolved", explain="Only the registry of an image knows which digest a tag means."
)
ONE_ARCHITECTURE = Rule(
    code="KG1142",
    name="image-of-one-architecture",
    severity=Severity.WARNING,
    explain="A digest of one architecture makes an image that other machines cannot run.",
)
RULES = (NOT_RESOLVED, ONE_ARCHITECTURE)

Ask: TypeAlias = Callable[[str], Answer]
"""A question to a registry; raises ``NotResolved``."""


def over_the_network(environment: Mapping[str, str]) -> Ask:
    """Return what asks registries, with the logins that ``environment`` leads to."""
    from kgen.registry.client import Client  # noqa: PLC0415  # the network

    return Client(environment=environment).resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for."""

    paths: Sequence[Path]
    check: bool = False
    """Write nothing; say whether the file is up to date."""

    output_format: str = "text"
    colour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One lock file, as it is and as it should be."""

    path: Path
    before: Mapping[str, str]
    after: Mapping[str, str]
    is_damaged: bool = False
    """Whether there is something at its path that is none."""

    @property
    def is_clean(self) -> bool:
        return self.before == self.after and not self.is_damaged


@dataclass(slots=True, kw_only=True)
class _Asked:
    """What registries have said in this run: each image is asked for once."""

    ask: Ask
    digests: dict[str, str] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)


def run(request: Request, ask: Ask, out: TextIO, err: TextIO) -> int:
    """Do what ``request`` asks for and return the exit code."""
    paths, found = app_files(request.paths)
    compiled = [compile_app(path, Options(without_image_lock=True)) for path in paths]
    sources: dict[str, Source] = {}
    for each in compiled:
        sources |= each.sources
        found += [one for one in each.found if one.rule.severity is Severity.ERROR]  # `kgen compile` tells the rest
    if has_error(found):
        return _refused(found, sources, request, out, err)
    asked = _Asked(ask=ask)
    files = [_file(root, group, asked) for root, group in _by_root(compiled).items()]
    if has_error(asked.found):
        return _refused(asked.found, sources, request, out, err)
    stale = [each for each in files if not each.is_clean]
    if not request.check:
        for file in stale:
            try:
                save(file.path, dump(file.after).encode())
            except OSError as error:
                return _refused([not_writable(file.path, error)], sources, request, out, err)
    _report(files, asked.found, request, out, err)
    return 3 if stale and request.check else 0


def _by_root(compiled: Sequence[Compiled]) -> dict[Path, list[Compiled]]:
    """Return folder of a lock file → the apps that it is for."""
    made: dict[Path, list[Compiled]] = {}
    for each in compiled:
        root = open_workspace(Path(each.file).parent).root
        made.setdefault(Path(os.path.normpath(root)), []).append(each)
    return made


def _file(root: Path, compiled: Sequence[Compiled], asked: _Asked) -> _File:
    """Return the lock file in ``root``: images that are not used any more leave it once all apps are looked at."""
    known = look(root)
    before = known.digests if known else {}
    wanted = sorted({image for each in compiled for image in each.base_images})
    everything, _ = app_files([root])
    named = {os.path.abspath(each.file) for each in compiled}
    kept = {} if named.issuperset(os.path.abspath(path) for path in everything) else before
    fresh = {image: digest for image in wanted if (digest := _digest(image, asked))}
    after = dict(sorted({**kept, **fresh}.items()))
    return _File(path=root / IMAGE_LOCK, before=before, after=after, is_damaged=bool(known and known.found))


def _digest(image: str, asked: _Asked) -> str:
    if image not in asked.digests:
        asked.digests[image] = ""
        try:
            answer = asked.ask(image)
        except NotResolved as problem:
            asked.found.append(
                Diagnostic(
                    rule=NOT_RESOLVED,
                    message=f"the digest of `{image}` is not known: {problem}",
                    at=Label(file=image),
                    help="check the name, the network and the login (`docker login`), and try again",
                )
            )
        else:
            asked.digests[image] = answer.digest
            if not answer.is_index:
                asked.found.append(
                    Diagnostic(
                        rule=ONE_ARCHITECTURE,
                        message=f"`{image}` is an image of one architecture",
                        at=Label(file=image),
                        help="the image that is built from it runs on machines of that architecture alone",
                    )
                )
    return asked.digests[image]


def _refused(
    found: Sequence[Diagnostic], sources: Mapping[str, Source], request: Request, out: TextIO, err: TextIO
) -> int:
    if request.output_format == "json":
        from kgen.report.json import render_all as as_json  # noqa: PLC0415  # only for this format

        out.write(as_json(found, sources) + "\n")
    else:
        err.write(render_all(found, sources, colour=request.colour) + "\n\nnothing was written\n")
    wrong_use = (NO_APP, UNREADABLE)
    return 2 if all(each.rule in wrong_use or each.rule.code == "KG1104" for each in found) else 1


def _report(files: Sequence[_File], found: Sequence[Diagnostic], request: Request, out: TextIO, err: TextIO) -> None:
    if request.output_format == "json":
        from kgen.report.json import render_all as as_json  # noqa: PLC0415  # only for this format

        data = [{"path": each.path.as_posix(), "images": dict(each.after), "changes": _changes(each)} for each in files]
        out.write(as_json(found, {}, files=data, upToDate=all(each.is_clean for each in files)) + "\n")
        return
    if found:
        err.write(render_all(found, {}, colour=request.colour) + "\n")
    for each in files:
        out.writelines(f"{line}\n" for line in _lines(each, request))
    if any(not each.is_clean for each in files):
        out.write("\nnot up to date: run `kgen lock`\n" if request.check else "\nnext: kgen compile, and commit both\n")


def _changes(file: _File) -> dict[str, list[str]]:
    both = file.before.keys() & file.after.keys()
    return {
        "added": sorted(file.after.keys() - file.before.keys()),
        "changed": sorted(image for image in both if file.before[image] != file.after[image]),
        "removed": sorted(file.before.keys() - file.after.keys()),
    }


def _lines(file: _File, request: Request) -> Iterator[str]:
    """Yield what has changed, or how many images have not."""
    name = file.path.as_posix()
    if not (file.after or file.before):
        yield f"{name}: no app has a Dockerfile of kgen's"
        return
    if file.is_clean:
        count = len(file.after)
        yield f"{name}: up to date, {count} {'image' if count == 1 else 'images'}"
        return
    yield f"{'stale' if request.check else 'wrote'} {name}"
    changes = _changes(file)
    yield from (f"  + {image}  {file.after[image]}" for image in changes["added"])
    yield from (f"  ~ {image}  {file.before[image]} -> {file.after[image]}" for image in changes["changed"])
    yield from (f"  - {image}  nothing is built from it any more" for image in changes["removed"])
