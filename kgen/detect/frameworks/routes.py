"""
Routes that look like health checks, with the whole path that a request needs.

A route stands in a router (``APIRouter``, ``Blueprint``), which is included in another one, or in the application,
each with a prefix. Only what can be followed all the way up, over plain texts, is taken for a path.
"""

import re
from collections.abc import Iterator, Mapping

from kgen.detect.frameworks.route_tables import APPLICATION, WORDS, Edge, Place, edges, entries, routers
from kgen.detect.frameworks.sources import Sources
from kgen.detect.source.syntax import Module
from kgen.detect.source.words import Sought, sign, sought
from kgen.record import dataclass

NAMES = (
    *("healthz", "health", "livez", "readyz", "healthcheck", "health-check", "health_check", "_health", "alive"),
    *("live", "ready", "liveness", "readiness", "heartbeat", "ping", "up"),
)
"""Last part of the path of a health check, best first."""

_ROUTES: Sought = tuple(
    (sign(f"/{name}/".encode()), re.compile(rf"{name}(?<=[\"'/^]{name})[\"'/$]".encode())) for name in NAMES
)
"""What stands in a module with such a route, or with the prefix of one."""

_SAYING = (*_ROUTES, *sought(*WORDS, "route", "Route", "lueprint", "prefix", "Mount(", "import"))
"""What functions have that say something of routes."""

_DEEPEST = 5
_PLAIN = re.compile(r"[\w/.^$-]*")
"""A path without parameters."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route that looks like a health check."""

    path: str | None
    """``None``: the prefix of its router cannot be told."""

    local: str
    """As the source says it."""

    origin: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What a project says about its routers."""

    own: Mapping[Place, str | None]
    """Router → its own prefix; ``None`` if that cannot be told."""

    included: Mapping[Place, list[Edge]]


def health_routes(sources: Sources) -> list[Route]:
    """Return the routes that look like health checks, best first."""
    project = sources.project

    def look(path: str) -> Module | None:
        return project.modules.part(path, _SAYING)

    likely = set(project.modules.telling(_ROUTES, project.modules.paths))
    including = set(project.modules.having(*WORDS))
    modules = [each for each in map(look, sorted(likely | including)) if each and not each.is_side]
    included: dict[Place, list[Edge]] = {}
    for edge in (edge for module in modules for edge in edges(sources, module)):
        included.setdefault(edge.inner, []).append(edge)
    known = _Known({place: prefix for module in modules for place, prefix in routers(module)}, included)
    named = {inner[0] for inner, found in included.items() if any(last(each.prefix or "") in NAMES for each in found)}
    asked = [each for each in map(look, sorted(likely | named)) if each and not each.is_side]
    found = [route for module in asked for route in _in_module(sources, module, known)]
    return sorted(found, key=lambda each: (each.path is None, _index(each), each.local.count("/"), each.origin))


def _index(route: Route) -> int:
    return NAMES.index(last(route.path or route.local))


def last(path: str) -> str:
    """
    Return the last part of a path that is a name.

    >>> last("/up/"), last("^healthz$")
    ('up', 'healthz')
    """
    return path.strip("/^$").rpartition("/")[2]


def _in_module(sources: Sources, module: Module, known: _Known) -> Iterator[Route]:
    for entry in entries(sources, module):
        if not _PLAIN.fullmatch(entry.path):
            continue
        for prefix in _prefixes(entry.owner, known, 0) if entry.owner else [None]:
            path = None if prefix is None else joined(prefix, entry.path)
            if last(path or entry.path) in NAMES:
                yield Route(path, entry.path, f"{module.path}:{entry.line}")


def joined(prefix: str, path: str) -> str:
    """
    Return the path of a route in a router.

    >>> joined("/up", "/"), joined("", "^health$"), joined("/api/", "/health"), joined("/up", "")
    ('/up/', '/health', '/api/health', '/up')
    """
    plain = path.strip("^$")
    both = f"{prefix.rstrip('/')}/{plain.lstrip('/')}" if plain or not prefix else prefix
    return both if both.startswith("/") else f"/{both}"


def _prefixes(place: Place, known: _Known, depth: int) -> list[str | None]:
    """Return the prefixes under which the routes of ``place`` are reached; none for those of the application."""
    own = known.own.get(place, "")
    included = known.included.get(place, [])
    if depth > _DEEPEST or own is None or (not included and place in known.own):
        return [None]
    if not included or place == APPLICATION:
        return [""]
    return [_sum(above, edge.prefix, own) for edge in included for above in _prefixes(edge.outer, known, depth + 1)]


def _sum(*parts: str | None) -> str | None:
    return None if None in parts else "".join((each or "").rstrip("/") for each in parts)
