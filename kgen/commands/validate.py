"""
``kgen validate``: all findings of all documents, and not a word less about what was not looked at.

Nothing that a run without findings does not need is imported before there is a finding.
"""

from __future__ import annotations

import os
import sys

from kgen.commands.choices import selection
from kgen.commands.inputs import below, inputs
from kgen.filenames import PLATFORM_FILE
from kgen.validate import files, workspace
from kgen.validate.run import Examiner, settled, unpacked
from kgen.versions import DEFAULT_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, BinaryIO, TextIO

    from kgen.check.shipped import Shipped
    from kgen.check.store import Store
    from kgen.commands.validate_formats import Sink
    from kgen.diag import Diagnostic, Rule
    from kgen.source import Source
    from kgen.validate.cache import Cache
    from kgen.validate.definitions import Definitions
    from kgen.validate.document import Verdict
    from kgen.validate.judge import Judge
    from kgen.validate.revisions import Revision
    from kgen.validate.workspace import Settings

_FEWEST_CACHED = 8
"""Files for which looking into the cache takes longer than judging them."""

_MOST_PROCESSES = 64

_ROUND = 20_000
"""Files that are judged before anything is printed about them."""

_OWN_FOLDERS = (
    *("", "check", "check/cel", "check/cross", "check/cross/rules", "check/lifecycle"),
    *("check/dockerfile", "check/dockerfile/rules", "check/lifecycle/rules", "check/practice", "check/practice/rules"),
    *("check/server", "check/server/rules", "read", "syntax", "validate"),
)
"""Folders of kgen with what a verdict depends on."""


class Request:
    """What the command line asks for."""

    __slots__ = (
        *("before", "cached", "colour", "crds", "ignore", "jobs", "output_format", "paths", "profile", "rules"),
        *("select", "today", "versions"),
    )

    def __init__(
        self,
        *,
        paths: Sequence[str] = (),
        versions: Sequence[str] = (),
        profile: str = "",
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        today: str = "",
        before: str = "",
        crds: Sequence[str] = (),
        output_format: str = "text",
        cached: bool = True,
        jobs: int = 0,
        colour: bool = False,
        rules: Sequence[Rule] = (),
    ) -> None:
        self.paths = paths
        self.versions = versions
        self.profile = profile
        """Empty: that of kgen.yaml, or `default`."""

        self.select = select
        self.ignore = ignore
        self.today = today
        """As `2026-11-21`, for silences that end some day; empty: none does."""

        self.before = before
        """Folder or file with the manifests as they are applied now; empty: not to be compared."""

        self.crds = crds
        self.output_format = output_format
        self.cached = cached
        self.jobs = jobs
        self.colour = colour
        self.rules = rules
        """Of all of kgen, for SARIF."""


def run(request: Request, stdin: BinaryIO, out: TextIO, err: TextIO) -> int:
    """Do what ``request`` asks for and return the exit code."""
    run_ = _Run(request, stdin)
    sink = _sink(request, run_, out, err)
    if run_.wrong:
        return sink.refused(run_.wrong, run_.sources)
    for verdict in run_.verdicts():
        sink.take(verdict)
    return sink.end()


def _sink(request: Request, run_: _Run, out: TextIO, err: TextIO) -> Sink:
    versions = run_.versions
    if request.output_format == "text":
        from kgen.commands.validate_text import Text  # noqa: PLC0415  # one of two

        return Text(out, err, versions, colour=request.colour)
    from kgen.commands.validate_formats import sink  # noqa: PLC0415  # not for people

    return sink(request.output_format, out, versions, [run_.selection.weighed(each) for each in request.rules])


class _Run:
    """The parts of a run, each made when it is needed."""

    def __init__(self, request: Request, stdin: BinaryIO) -> None:
        self._request = request
        self._stdin = stdin
        self._root = workspace.root(os.curdir)
        self.wrong: list[Diagnostic] = []
        self.sources: Mapping[str, Source] = {}
        """Files that what is wrong is in."""

        self._definitions = self._named(request.crds) if request.crds else self._declared()
        self._files, self._streams, wrong = inputs(request.paths or (os.curdir,))
        self.wrong += wrong
        self._store = self._opened_store()
        self._settings = self._read_settings()
        self.versions = self._all_versions()
        self.selection, wrong = selection(request, self._settings, self._root or "")
        self.wrong += wrong
        self._before = self._earlier() if request.before else None
        self._judge: Judge | None = None
        self._known: Shipped | None = None
        self._news: list[Verdict] = []

    def _complain(self, name: str, *arguments: Any, **words: Any) -> None:
        from kgen.commands import wrong_use  # noqa: PLC0415  # only after a fault

        self.wrong += getattr(wrong_use, name)(*arguments, **words)

    def _declared(self) -> list[str]:
        if not self._root:
            return []
        try:
            return list(workspace.definition_files(self._root))
        except OSError as error:
            self._complain("unreadable_path", os.path.join(self._root, workspace.DEFINITIONS), error)
            return []

    def _named(self, paths: Sequence[str]) -> list[str]:
        found: list[str] = []
        for path in paths:
            try:
                below_ = below(path)
                found += below_
                if not any(_has_definition(each) for each in below_):
                    self._complain("no_definition", path)
            except OSError as error:
                self._complain("unreadable_path", path, error)
        return [*found, *self._declared()]

    def _opened_store(self) -> Store:
        from kgen.check.store import Store, default_directory  # noqa: PLC0415

        return Store(default_directory())

    def _all_versions(self) -> tuple[str, ...]:
        versions = self._request.versions or self._settings.versions or (DEFAULT_VERSION,)
        known = self._store.versions()
        versions = tuple(sorted(set(versions), key=lambda version: known.index(version) if version in known else -1))
        if not set(versions) <= set(self._store.versions()):
            self._complain("unknown_versions", self._store, versions)
        return versions

    def _read_settings(self) -> Settings:
        path = os.path.join(self._root, PLATFORM_FILE) if self._root else ""
        if not path or not os.path.isfile(path):
            return workspace.Settings()
        try:
            with open(path, "rb") as file:
                settings = workspace.plain_settings(file.read())
        except OSError:
            settings = None
        if settings is not None and set(settings.versions) <= set(self._store.versions()):
            return settings
        from kgen.commands.platform import platform_settings  # noqa: PLC0415  # the whole model, for what is unusual

        settings, found, self.sources = platform_settings(self._root or "")
        self.wrong += found
        return settings

    def _earlier(self) -> Revision | None:
        """Return the objects that are applied now."""
        if self.selection.profile == "server":
            self._complain("before_with_server")
        from kgen.validate.revisions import revision  # noqa: PLC0415  # only for this option

        try:
            made = revision(self._request.before, self._stdin)
        except OSError as error:
            self._complain("unreadable_path", self._request.before, error)
            return None
        if not made.resources:
            self._complain("nothing_to_validate", self._request.before)
        return made

    def verdicts(self) -> Iterator[Verdict]:
        """Yield all verdicts."""
        found = settled(self._rounds(), self._judge_of, {files.shown(path) for path in self._files})
        if self.selection.asked_profile() != "server":
            found = self._compared(found)
        yield from self.selection.applied(found, self._settings, is_whole=self._is_whole())
        yield from self._news  # on definitions that were needed at the very end only

    def _is_whole(self) -> bool:
        """Tell whether the run looks at the whole workspace."""
        return any(os.path.abspath(path) == self._root for path in self._request.paths or (os.curdir,))

    def _compared(self, found: Iterable[Verdict]) -> Iterator[Verdict]:
        """Yield ``found`` with what is wrong with several objects together."""
        from kgen.validate.together import Comparison  # noqa: PLC0415

        cache = self._cache()
        profile = self.selection.asked_profile()
        comparison = Comparison(
            self._store, self.versions[-1], profile=profile, external=self._settings.external, cache=cache
        )
        before = self._before
        self._comparison = comparison  # taking all objects apart before the process ends would take a while
        yield from comparison.completed(found, (lambda made: before.findings(made, profile)) if before else None)
        if cache and cache.added:
            from kgen.write.cache import append  # noqa: PLC0415  # only if there is news

            append(cache.path, cache.added)

    def _rounds(self) -> Iterator[Verdict]:
        cache = self._cache()
        examiner = Examiner(
            self._the_judge,
            self._news,
            cache,
            self._stdin,
            profile=self.selection.asked_profile(),
            streams=self._streams,
        )
        for start in range(0, len(self._files), _ROUND):
            part = self._files[start : start + _ROUND]
            count = self._processes(part)
            if count > 1:
                from kgen.validate.workers import shared  # noqa: PLC0415  # only for many files

                answers, lines = shared(part, count, examiner.share)
                yield from unpacked(part, answers)
            else:
                yield from examiner.verdicts(part)
                lines = cache.added if cache else []
            if cache and lines:
                from kgen.write.cache import append  # noqa: PLC0415  # only if there is news

                append(cache.path, lines)
                cache.added = []

    def _processes(self, part: Sequence[str]) -> int:
        if self._request.jobs == 1 or len(part) < 2 or self._streams & set(part):  # noqa: PLR2004
            return 1
        if self._request.jobs:
            return min(self._request.jobs, len(part), _MOST_PROCESSES) if hasattr(os, "fork") else 1
        from kgen.validate.workers import FEWEST, idle_cores  # noqa: PLC0415

        return min(idle_cores(), len(part) // FEWEST) or 1

    def _cache(self) -> Cache | None:
        if not self._request.cached or not self._root or len(self._files) < _FEWEST_CACHED:
            return None
        from kgen.validate.cache import Cache, fingerprint  # noqa: PLC0415

        options = (self.selection.asked_profile(), *self._settings.external, *self.versions, sys.version)
        name = fingerprint(options, _own_files(), self._definitions)
        return Cache(os.path.join(self._root, workspace.CACHE, f"{name}.lines"))

    def _the_judge(self) -> Judge:
        if self._judge is None:
            self._judge = self._judge_of(())
        return self._judge

    def _judge_of(self, documents: Sequence[Mapping[str, Any]]) -> Judge:
        """Return a judge who knows the custom kinds in ``documents`` too."""
        from kgen.check.objects import Objects  # noqa: PLC0415  # the YAML reader: not needed for what is remembered
        from kgen.validate.judge import Judge  # noqa: PLC0415

        made: list[Definitions] = []

        def definitions() -> Definitions:
            if not made:  # when an object is first of a kind that is not built in
                from kgen.validate.definitions import Definitions  # noqa: PLC0415

                made.append(Definitions(self._definitions, documents, news=self._news))
            return made[0]

        is_any = documents or self._definitions
        profile = self.selection.asked_profile()
        is_server = profile == "server"  # what an operator's release has is nothing that a server is known to refuse
        objects = Objects(
            self._store,
            self.versions,
            (lambda *kind: definitions().find(*kind)) if is_any else _nothing,
            lambda api_version: [
                *(definitions().kinds(api_version) if is_any else ()),
                *(() if is_server else self._shipped().kinds(api_version)),
            ],
            _nothing if is_server else lambda *kind: self._shipped().find(*kind),
        )
        return Judge(objects, profile=profile)

    def _shipped(self) -> Shipped:
        if self._known is None:  # when an object is first of a kind that nobody declares
            from kgen.check.shipped import Shipped  # noqa: PLC0415

            self._known = Shipped(self._store.directory)
        return self._known


def _has_definition(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"CustomResourceDefinition" in file.read()
    except OSError:
        return True  # that is said elsewhere


def _nothing(*_: object) -> None:
    return None


def _own_files() -> Iterator[str]:
    """Yield kgen's own files that a verdict depends on; they change with its version, and while it is worked on."""
    from kgen.check.store import default_directory  # noqa: PLC0415

    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for folder in _OWN_FOLDERS:
        with os.scandir(os.path.join(package, folder)) as entries:
            yield from sorted(entry.path for entry in entries if entry.name.endswith((".csv", ".py", ".toml")))
    schemas = default_directory()
    yield from (os.path.join(schemas, name) for name in ("definitions.jsonl", "custom/definitions.jsonl"))
    kinds = os.path.join(schemas, "kinds")
    yield from sorted(os.path.join(kinds, name) for name in os.listdir(kinds))
