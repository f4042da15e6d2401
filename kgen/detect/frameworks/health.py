"""The path that a web program answers health checks at, if its source says so for certain."""

from packaging.version import Version

from kgen.detect.found import Doubt, Fact
from kgen.detect.frameworks.routes import Route, health_routes
from kgen.detect.frameworks.sources import sources_of
from kgen.detect.packages import locked
from kgen.detect.project import Project
from kgen.record import dataclass

_OWN = {"Streamlit": "/_stcore/health"}
"""What frameworks answer by themselves."""

_BEFORE = {"Streamlit": (Version("1.18"), "/healthz")}
"""Framework → its first release with that path, and the path before."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a program says that it is well."""

    path: Fact | None = None
    doubts: tuple[Doubt, ...] = ()


def health(project: Project, framework: str = "") -> Health:
    """Return the path of the project's health check; without one, kgen asks whether the port is open."""
    if framework in _OWN:
        return Health(Fact(_own(project, framework), f"{framework} answers there by itself"))
    routes = health_routes(sources_of(project))
    certain = [each for each in routes if each.path]
    if certain:
        return Health(Fact(certain[0].path, certain[0].origin))
    return Health(doubts=tuple(map(_unclear, routes[:1])))


def _own(project: Project, framework: str) -> str:
    version = locked.version(project, framework.lower())
    first, before = _BEFORE[framework]
    return before if version and version < first else _OWN[framework]


def _unclear(route: Route) -> Doubt:
    return Doubt(
        path=("probes",),
        question=f"{route.origin} looks like a health check, but what `{route.local}` is part of does not say where",
        help="until `probes` names it, a probe is an open port",
    )
