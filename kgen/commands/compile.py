"""``kgen compile``: all apps that were named, all findings at once, and nothing written if one is an error."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, TextIO

from kgen.commands.apps import NO_APP, app_files
from kgen.commands.conflicts import (
    SEVERAL_ENVIRONMENTS,
    UNKNOWN_ENVIRONMENT,
    quotas_of_several,
    same_namespace,
    same_objects,
    same_output,
    several_environments,
    unknown_environments,
    unused_digests,
)
from kgen.diag import Diagnostic, Rule, has_error
from kgen.k8s import Emitted
from kgen.load.files import UNREADABLE
from kgen.load.settings import FILE as SETTINGS
from kgen.load.settings import NOT_SETTABLE, changes
from kgen.model.image_plan import ImagePlan
from kgen.pipeline import Compiled, Options, compile_app
from kgen.record import dataclass, field, replace
from kgen.report.summary import Folder, Written, as_data, footprints, summary
from kgen.source import Source
from kgen.write.leftovers import leftovers, shared_leftovers
from kgen.write.rules import NOT_WRITABLE, not_writable
from kgen.write.save import save
from kgen.write.tree import Changes, Tree, compare, diff

_WRONG_USE = (UNREADABLE, NO_APP, NOT_SETTABLE, UNKNOWN_ENVIRONMENT, SEVERAL_ENVIRONMENTS, NOT_WRITABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for."""

    paths: Sequence[Path]
    environments: Sequence[str] = ()
    out: Path | None = None
    settings: Sequence[str] = ()
    mode: Literal["write", "stdout", "diff", "check"] = "write"
    force: bool = False
    output_format: Literal["text", "json", "sarif", "github", "junit"] = "text"
    rules: Sequence[Rule] = ()
    """All rules, for SARIF."""

    colour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """What came of it."""

    found: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]
    compiled: tuple[Compiled, ...] = ()
    changes: Mapping[Path, Changes] = field(default_factory=dict)
    """By lock file; those of environments that are gone are among them."""

    gone: Mapping[str, tuple[Tree, ...]] = field(default_factory=dict)
    """App file → output of environments that it no longer has."""

    saved: int = 0
    """How many folders were written."""

    @property
    def is_stale(self) -> bool:
        return any(not change.is_clean for change in self.changes.values())


def run(request: Request, out: TextIO, err: TextIO) -> int:
    """Do what ``request`` asks for and return the exit code."""
    result = _saved(request, _compared(request, _compile(request)))
    failed = has_error(result.found)
    if request.output_format == "text":
        _print(request, result, out, err)
    else:
        out.writelines(_report(request, result))
        if result.is_stale and not failed and request.mode == "check" and request.output_format != "json":
            err.write(summary(list(_written(result)), only_checked=True))  # no finding, but the reason of exit code 3
    if failed:
        return 2 if all(_is_wrong_use(each) for each in result.found if has_error([each])) else 1
    return 3 if result.is_stale and request.mode == "check" else 0


def _is_wrong_use(diagnostic: Diagnostic) -> bool:
    """Tell whether the command line is at fault, and not the content of a file."""
    return diagnostic.rule in _WRONG_USE or diagnostic.at.file == SETTINGS


def _compile(request: Request) -> _Result:
    """Compile everything; what was found in one app does not keep the others from being looked at."""
    settings = changes(request.settings)
    files, found = app_files(request.paths)
    found = [*settings.found, *found]
    options = Options(
        out=request.out,
        changes=settings.value if request.settings else None,
        names=request.environments,
    )
    compiled = [] if settings.found else [compile_app(path, options) for path in files]
    sources: dict[str, Source] = {}
    for each in compiled:
        sources |= each.sources
        found += each.found
    if not has_error(found):
        found += [
            *unknown_environments(request.environments, compiled),
            *same_output(compiled),
            *same_namespace(compiled),
            *same_objects(compiled),
            *quotas_of_several(compiled),
            *unused_digests(request.paths, compiled),
        ]
        found += several_environments(compiled) if request.mode == "stdout" else []
    return _Result(found=tuple(dict.fromkeys(found)), sources=sources, compiled=tuple(compiled))


def _compared(request: Request, result: _Result) -> _Result:
    """Compare with what is on disk, if there is something to compare and somebody wants to know."""
    if has_error(result.found) or request.mode == "stdout":
        return result
    gone = {} if request.environments else _gone(result.compiled)
    trees = [tree for each in result.compiled for tree in (*each.trees, *each.shared, *gone.get(each.file, ()))]
    compared: dict[Path, Changes] = {}
    for tree in trees:
        try:
            compared[tree.root / tree.lock] = compare(tree, force=request.force)
        except OSError as error:
            return replace(result, found=(*result.found, not_writable(tree.root, error)))
    found = [each for change in compared.values() for each in change.found]
    return replace(result, found=(*result.found, *found), changes=compared, gone=gone)


def _saved(request: Request, result: _Result) -> _Result:
    """Write what has changed, if the request says so and nothing is wrong."""
    if has_error(result.found) or request.mode != "write":
        return result
    stale = [change for change in result.changes.values() if not change.is_clean]
    for count, change in enumerate(stale):
        try:
            save(change)
        except OSError as error:
            return replace(result, found=(*result.found, not_writable(change.tree.root, error)), saved=count)
    return replace(result, saved=len(stale))


def _gone(compiled: Sequence[Compiled]) -> dict[str, tuple[Tree, ...]]:
    """Return app file → output that is not made any more; what several apps shared is counted with the first one."""
    made = {each.file: tuple(leftovers(each.out, each.input, _locks(each.trees))) for each in compiled}
    gone = [tree for trees in made.values() for tree in trees]
    for each in compiled[:1]:
        kept = _locks(tree for one in compiled for tree in one.shared)
        made[each.file] += tuple(shared_leftovers(each.out, gone, kept))
    return made


def _secrets(plan: ImagePlan) -> str:
    """Return the options of ``docker build`` that hand secrets over; files are where they are in the builder."""
    from_where = {
        each.name: f"env={each.variable}" if each.variable else f"src={each.file.replace('/root/', '$HOME/', 1)}"
        for each in plan.packages.secrets
    }
    return "".join(f"--secret id={name},{place} " for name, place in from_where.items())


def _locks(trees: Iterable[Tree]) -> list[Path]:
    return [tree.root / tree.lock for tree in trees]


def _print(request: Request, result: _Result, out: TextIO, err: TextIO) -> None:
    if result.found:
        from kgen.report import text as text_report  # noqa: PLC0415  # only if there is something to say

        err.write(text_report.render_all(result.found, result.sources, colour=request.colour) + "\n")
    errors = sum(has_error([each]) for each in result.found)
    if errors:
        written = f"{result.saved} folders before it were written" if result.saved else "nothing was written"
        note = f"; {written}" if request.mode == "write" else ""
        err.write(f"\n{errors} {'error' if errors == 1 else 'errors'}{note}\n")
    if request.mode == "diff":  # also with findings: it shows the hand edits that are in the way
        out.writelines(diff(change) for change in result.changes.values())
    elif errors:
        return
    elif request.mode == "stdout":
        texts = (text for each in result.compiled for part in each.environments for text in part.tree.files.values())
        out.writelines(f"---\n{text}" for text in texts)
    else:
        out.write(summary(list(_written(result)), only_checked=request.mode == "check"))


def _report(request: Request, result: _Result) -> Iterator[str]:
    """Yield what programs are told."""
    match request.output_format:
        case "json":
            from kgen.report import json  # noqa: PLC0415  # only for this format

            written = [] if has_error(result.found) else list(_written(result))
            more = {"apps": as_data(written), "footprint": footprints(written), "upToDate": not result.is_stale}
            yield json.render_all(result.found, result.sources, **more) + "\n"
        case "sarif":
            from kgen.report import sarif  # noqa: PLC0415  # only for this format

            yield sarif.render_all(result.found, result.sources, request.rules) + "\n"
        case "github":
            from kgen.report import github  # noqa: PLC0415  # only for this format

            report = github.render_all(result.found, result.sources)
            yield f"{report}\n" if report else ""
        case "junit":
            from kgen.report import junit  # noqa: PLC0415  # only for this format

            yield junit.head()
            yield from (junit.case(name, name, found, result.sources) for name, found in _cases(result))
            yield junit.tail()


def _cases(result: _Result) -> Iterator[tuple[str, Sequence[Diagnostic]]]:
    """Yield each app file with what was found in it, and other places, such as options, with what belongs to no app."""
    own = {each.file: [*each.found, *_found_on_disk(each, result)] for each in result.compiled}
    known = {one for found in own.values() for one in found}
    rest: dict[str, list[Diagnostic]] = {}
    for one in result.found:
        if one not in known:
            rest.setdefault(one.at.file, []).append(one)
    for each in result.compiled:
        places = (each.file, *(tree.root.as_posix() for tree in _trees(each, result)))
        yield each.file, [*own[each.file], *(one for place in places for one in rest.pop(place, ()))]
    yield from ((place or "kgen", found) for place, found in rest.items())


def _found_on_disk(compiled: Compiled, result: _Result) -> Iterator[Diagnostic]:
    for tree in _trees(compiled, result):
        if change := result.changes.get(tree.root / tree.lock):
            yield from change.found


def _trees(compiled: Compiled, result: _Result) -> tuple[Tree, ...]:
    """Return all folders of ``compiled``, and those of environments that it no longer has."""
    return (*compiled.trees, *compiled.shared, *result.gone.get(compiled.file, ()))


def _written(result: _Result) -> Iterator[Written]:
    for each in result.compiled:
        yield Written(
            app=each.app,
            folders=tuple(_folders(each, result)),
            compose=each.compose,
            is_locked=each.image_lock is not None,
            builds=tuple((plan.context, plan.path, image, _secrets(plan)) for plan, image in each.builds),
            has_release=each.has_release,
        )


def _folders(compiled: Compiled, result: _Result) -> Iterator[Folder]:
    for environment in compiled.environments:
        yield replace(
            _folder(environment.tree, result.changes),
            environment=environment.name,
            namespace=environment.namespace,
            objects=len(environment.objects),
            secrets=environment.secrets,
            entries=environment.entries,
            footprint=environment.taken.footprint,
            is_per_node=environment.taken.is_per_node,
            closed=tuple(_closed(environment.objects)),
        )
    if compiled.context:
        yield _folder(compiled.context, result.changes)
    for part in compiled.environments:
        if part.deployed:
            yield replace(_folder(part.deployed.own, result.changes), environment=part.name, is_for_argocd=True)
            yield replace(_folder(part.deployed.shared, result.changes), environment=part.name, is_for_argocd=True)
    for tree in result.gone.get(compiled.file, ()):
        yield replace(_folder(tree, result.changes), environment=tree.root.parent.name)


def _closed(objects: Sequence[Emitted]) -> Iterator[str]:
    """Yield the components that may call no address beyond declared pods and services, and DNS."""
    for made in objects:
        if made.manifest["kind"] == "NetworkPolicy" and "Egress" in made.manifest["spec"]["policyTypes"]:
            rules = made.manifest["spec"].get("egress", [])
            if all(rule and not any("ipBlock" in peer for peer in rule.get("to", [])) for rule in rules):
                yield made.manifest["metadata"]["labels"]["app.kubernetes.io/component"]


def _folder(tree: Tree, by_lock: Mapping[Path, Changes]) -> Folder:
    """Return what changed in ``tree``; the lock file goes without saying."""
    change = by_lock[tree.root / tree.lock]

    def without_lock(paths: Sequence[str]) -> tuple[str, ...]:
        return tuple(path for path in paths if path != tree.lock)

    return Folder(
        root=tree.root.as_posix(),
        files=tuple(tree.files),
        is_clean=change.is_clean,
        created=without_lock(change.created),
        changed=without_lock(change.changed),
        removed=without_lock(change.removed),
    )
