"""Dockerfiles that users wrote: whether they are there. What they say is compared with objects, in ``handmade/``."""

import posixpath
from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path
from kgen.model.app import App
from kgen.model.container import Build
from kgen.model.facts import Facts
from kgen.resolve.rules import FILE_NOT_READABLE


def faults(app: App, facts: Facts) -> Iterator[Diagnostic]:
    """Yield the Dockerfiles that are named and cannot be read."""
    named: list[tuple[Path, Build | None]] = [(("build",), app.build)]
    named += [(("components", name, "build"), each.build) for name, each in app.components.items()]
    for at, build in named:
        if build is None or not build.dockerfile:
            continue
        path = posixpath.normpath(f"{build.context}/{build.dockerfile}")
        found = facts.dockerfiles.get(path)
        if found is not None and found.text is None:
            yield Diagnostic(
                rule=FILE_NOT_READABLE,
                message=f"`{path}` cannot be read",
                at=Label((*at, "dockerfile")),
                help="it has to be text; the path is relative to the `context`, and that to the app file",
            )
