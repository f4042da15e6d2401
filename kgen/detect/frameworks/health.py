"""The path that a web program answers health checks at, if its source says so for certain."""

import ast
from collections.abc import Iterator

from packaging.version import Version

from kgen.detect.found import Doubt, Fact
from kgen.detect.frameworks.routes import Route, health_routes
from kgen.detect.frameworks.sources import sources_of
from kgen.detect.packages import locked
from kgen.detect.project import Project
from kgen.detect.source.syntax import name_of, nodes
from kgen.detect.source.values import keyword
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
    if where := next(_choosy(project), ""):
        return Health(doubts=(_hosts(where),))
    if certain:
        return Health(Fact(certain[0].path, certain[0].origin))
    return Health(doubts=tuple(map(_unclear, routes[:1])))


_MIDDLEWARE = "TrustedHostMiddleware"


def _choosy(project: Project) -> Iterator[str]:
    """Yield where the source says which hosts it answers: probes ask for the pod's address, which is none of them."""
    for module in project.modules.about(_MIDDLEWARE):
        for call in () if module.is_side else nodes(module.tree, ast.Call):
            first = call.args[0] if call.args else None
            hosts = keyword(call, "allowed_hosts")
            named = first is not None and name_of(first).rpartition(".")[2] == _MIDDLEWARE
            if named and hosts is not None and "'*'" not in ast.unparse(hosts):
                yield f"{module.path}:{call.lineno}"


def _hosts(where: str) -> Doubt:
    return Doubt(
        path=("env",),
        question=f"{where} answers requests for hosts of a list only: others get the answer 400",
        help="let the app's hosts be among them; probes by `http`, which ask for the pod's address, want `*`",
    )


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
