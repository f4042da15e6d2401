"""Programs that Prometheus reads: what they measure is on a page of their own, and that is what they are for."""

from collections.abc import Iterable

from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.packages import installed
from kgen.detect.programs.lasting import Nature
from kgen.detect.project import Project
from kgen.record import replace

_UNKNOWN = 9000


def is_exporter(project: Project, found: Nature | None, words: Iterable[str], *, is_exposed: bool = False) -> bool:
    """Tell whether a program has a page for Prometheus, and does nothing else, or calls itself an exporter."""
    if not found or not found.exports:
        return False
    names = (*words, installed.name(project), (project.folder or project.tree.root).rpartition("/")[2])
    is_plain = is_exposed or bool(found.exports.port)  # else it is there if somebody asks for it
    return (is_plain and not (found.is_bot or found.is_web)) or any("export" in name.lower() for name in names)


def exported(program: Program, found: Nature | None, port: Fact | None = None) -> Program:
    """
    Return ``program`` as what Prometheus calls.

    Args:
        program: What was found.
        found: What it does.
        port: Where it listens, if somebody says so besides the source.
    """
    page = found.exports if found else None
    if not page:
        return program
    port = Fact(page.port, page.origin) if page.port else port
    open_ = Doubt(
        path=("port",),
        question="nothing lets Prometheus call it",
        help="where its operator is in the cluster: `metrics: true`, and `crds` in kgen.yaml; else `network.ingress`",
    )
    unsaid = Doubt(path=("port",), question=f"{page.origin} does not say which port it listens on", help="correct it")
    return replace(
        program,
        type="web",
        port=port or Fact(_UNKNOWN, page.origin),
        fields={"replicas": 1},
        doubts=(*program.doubts, *(() if port else (unsaid,)), open_),
    )
