"""What kgen.yaml says to ``kgen validate`` where it does not say it plainly, or has a fault."""

from collections.abc import Mapping
from pathlib import Path

from kgen.diag import Diagnostic, has_error
from kgen.pipeline import open_workspace
from kgen.source import Source


def platform_versions(folder: str) -> tuple[tuple[str, ...], list[Diagnostic], Mapping[str, Source]]:
    """Return the Kubernetes versions of the kgen.yaml in ``folder``, its faults, and the file that they are in."""
    workspace = open_workspace(Path(folder))
    sources = {workspace.source.name: workspace.source} if workspace.source else {}
    found = [each for each in workspace.found if has_error([each])]
    return (() if found else workspace.platform.kubernetes), found, sources
