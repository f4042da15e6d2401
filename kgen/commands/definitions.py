"""``kgen schema add``: take CustomResourceDefinitions into the workspace, where ``kgen validate`` finds them."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kgen.check.objects import DEFINITION, Objects
from kgen.check.store import Store, default_directory
from kgen.commands.schema import Output
from kgen.commands.wrong_use import no_definition, unreadable_path
from kgen.diag import Diagnostic, has_error
from kgen.read.split import chunks
from kgen.record import dataclass, field
from kgen.source import Source
from kgen.validate import workspace
from kgen.validate.document import Document
from kgen.validate.files import STDIN, STDIN_NAME, search
from kgen.validate.judge import Judge, document, parts
from kgen.validate.sources import source
from kgen.write.whole import UNCHANGED, save


@dataclass(slots=True)
class _Taken:
    """What was found in the files."""

    texts: dict[str, bytes] = field(default_factory=dict)
    """Name of a definition → the text of its document."""

    kinds: dict[str, str] = field(default_factory=dict)
    """Name of a definition → the kind that it declares, with its versions."""

    findings: list[tuple[Diagnostic, dict[str, Source]]] = field(default_factory=list)


def add(paths: Sequence[str], output: Output) -> int:
    """Copy the definitions in ``paths`` into the workspace, all or none, and return the exit code."""
    store = Store(default_directory())
    judge = Judge(Objects(store, store.versions()[-1:], _none), profile="server")
    taken = _Taken()
    for path in paths:
        _take(path, judge, taken)
    found = [each for each, _ in taken.findings]
    if has_error(found):
        return _refused(taken, output)
    folder = Path(workspace.root(os.curdir) or os.curdir, workspace.DEFINITIONS)
    said = [(save(folder / f"{name}.yaml", text), name) for name, text in taken.texts.items()]
    if not output.as_json:
        for done, name in said:
            output.out.write(f"{done} {os.path.relpath(folder / name)}.yaml: {taken.kinds[name]}\n")
        if any(done != UNCHANGED for done, _ in said):
            output.out.write("commit them: `kgen validate` knows these kinds from now on\n")
    return 0


def _take(path: str, judge: Judge, taken: _Taken) -> None:
    try:
        if path == STDIN:
            contents = [(STDIN_NAME, sys.stdin.buffer.read())]
        else:
            files = list(search(path)) if os.path.isdir(path) else [path]
            contents = [(file, Path(file).read_bytes()) for file in files]
    except OSError as error:
        taken.findings += [(each, {}) for each in unreadable_path(path, error)]
        return
    before = len(taken.texts), len(taken.findings)
    for file, data in contents:
        for index, chunk in enumerate(chunks(data)):
            if DEFINITION[1].encode() not in chunk.text:
                continue
            verdict = judge.document(chunk, index, file)
            taken.findings += [(each, source(file, verdict)) for each in verdict.found]
            value, _, _ = document(chunk, file)
            _keep(value, chunk.text, verdict, taken)
    if before == (len(taken.texts), len(taken.findings)):
        taken.findings += [(each, {}) for each in no_definition(path)]


def _keep(value: Any, text: bytes, verdict: Document, taken: _Taken) -> None:
    """Keep each definition in a document; one of a list is written anew."""
    if verdict.skipped or has_error(verdict.found) or not isinstance(value, dict):
        return
    several = list(parts(value))
    for _, part in several:
        if (part.get("apiVersion"), part.get("kind")) != DEFINITION:
            continue
        name = part["metadata"]["name"]
        served = [version["name"] for version in part["spec"]["versions"] if version.get("served")]
        taken.kinds[name] = f"{part['spec']['names']['kind']} in {part['spec']['group']} ({', '.join(served)})"
        taken.texts[name] = text if several[0][1] is value else _written(part)


def _written(value: dict[str, Any]) -> bytes:
    from kgen.write.yaml import text  # noqa: PLC0415  # lists only

    return text(value, "Taken out of a list by kgen schema add.").encode()


def _refused(taken: _Taken, output: Output) -> int:
    from kgen.report import json as json_report  # noqa: PLC0415  # only if there is something to say
    from kgen.report import text as text_report  # noqa: PLC0415

    if output.as_json:
        output.out.write(json_report.render_all([each for each, _ in taken.findings], {}) + "\n")
    else:
        for each, sources in taken.findings:
            output.err.write(text_report.render(each, sources, colour=output.colour) + "\n\n")
        output.err.write("nothing was added\n")
    return 1 if any(sources for _, sources in taken.findings) else 2


def _none(*_: object) -> None:
    return None
