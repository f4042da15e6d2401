"""Routes as web frameworks have them in their source: decorators, calls, and tables; each with what it is added to."""

import ast
from collections.abc import Iterator, Mapping

from kgen.detect.frameworks.sources import Sources
from kgen.detect.source.syntax import Module, meaning, name_of, walk
from kgen.detect.source.values import constants, keyword, value
from kgen.record import dataclass

_ROUTERS = ("Router", "Blueprint", "RouteTableDef")
"""Ends of the names of classes that collect routes."""

_INCLUDES = frozenset({"include_router", "register_blueprint", "blueprint", "mount"})
_ADDERS = frozenset({"add_get", "add_route", "add_url_rule", "add_api_route"})
_APPLICATIONS = frozenset({"Starlette", "FastAPI", "add_routes"})
_DECORATORS = frozenset({"get", "route", "api_route"})
_HANDLERS = frozenset({"litestar.get", "starlite.get", "litestar.handlers.get"})
_LOCKED = ("login", "auth", "require", "permission", "limit")
"""Parts of the names of decorators that keep probes out."""

WORDS = tuple(f"{name}(" for name in sorted(_INCLUDES | {"Mount", *_APPLICATIONS}))
"""What stands in a module that says where routers are included."""

Place = tuple[str, str]
"""File and name of a router in it."""

APPLICATION: Place = ("", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A route in its router."""

    owner: Place | None
    """``None``: nothing says what it is added to."""

    path: str
    """Relative to the owner."""

    line: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A router that is included in another, or in the application."""

    inner: Place
    outer: Place
    prefix: str | None
    """``None``: it cannot be told."""


def routers(module: Module) -> Iterator[tuple[Place, str | None]]:
    """Yield what collects routes in a module, with its own prefix; ``None`` if that cannot be told."""
    known = constants(module.tree)
    for node in walk(module.tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=given)
                | ast.AnnAssign(target=ast.Name(id=name), value=given)
            ):
                if isinstance(given, ast.Call) and name_of(given.func).endswith(_ROUTERS):
                    own = keyword(given, "prefix", "url_prefix")
                    prefix = value(own, known) if own else ""
                    yield (module.path, name), prefix if isinstance(prefix, str) else None
                elif isinstance(given, ast.List) and any(_is_entry(each) for each in given.elts):
                    yield (module.path, name), ""
            case _:
                pass


def _is_entry(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func).rpartition(".")[2] in {"Route", "Mount", "get"}


def edges(sources: Sources, module: Module) -> Iterator[Edge]:
    """Yield which routers a module includes in what."""
    known = constants(module.tree)
    for call in (node for node in walk(module.tree) if isinstance(node, ast.Call)):
        name = name_of(call.func).rpartition(".")[2]
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if name in _APPLICATIONS:
            given = keyword(call, "routes") or (call.args[0] if name == "add_routes" and call.args else None)
            place = sources.origin(module, given) if given and name_of(given) else None
            yield from [Edge(place, APPLICATION, "")] if place else []
        elif name in _INCLUDES and owner is not None and not keyword(call, "dependencies"):
            args = [*call.args, None, None]
            inner = keyword(call, "app", "router", "blueprint") or args[1 if name == "mount" else 0]
            given = args[0] if name == "mount" else keyword(call, "prefix", "url_prefix")
            place = sources.origin(module, inner) if inner and name_of(inner) else None
            outer = sources.origin(module, owner)
            if place and outer:
                yield Edge(place, outer, _prefix(sources, given, known))
    for outer, node in _tables(module):
        yield from (each for each in _listed(sources, module, outer, node, "") if isinstance(each, Edge))


def entries(sources: Sources, module: Module) -> Iterator[Entry]:
    """Yield the routes that a module has, with plain paths."""
    names = dict(sources.imports(module))
    known = constants(module.tree)
    prefixes = dict(_controllers(module, known))
    for node in walk(module.tree):
        match node:
            case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators):
                made = _decorated(sources, module, decorators, prefixes.get(id(node), ""))
            case ast.Call(func=ast.Attribute(attr=attr, value=owner), args=[path, *_]) if attr in _ADDERS:
                holder = owner.value if isinstance(owner, ast.Attribute) else owner
                made = [(sources.origin(module, holder), path, "")]
            case ast.Call(func=func, args=[path, *_]) if meaning(func, names) == "aiohttp.web.get":
                made = [(APPLICATION, path, "")]
            case ast.Tuple(elts=[path, ast.Name() | ast.Attribute(), *_]) if _uses(names, "tornado"):
                made = [(APPLICATION, path, "")]
            case _:
                continue
        for place, path, prefix in made:
            text = value(path, known)
            if isinstance(text, str):
                yield Entry(place, f"{prefix}{text}", node.lineno)
    for outer, table in _tables(module):
        yield from (each for each in _listed(sources, module, outer, table, "") if isinstance(each, Entry))


def _decorated(
    sources: Sources, module: Module, decorators: list[ast.expr], prefix: str
) -> list[tuple[Place | None, ast.expr, str]]:
    names = dict(sources.imports(module))
    made: list[tuple[Place | None, ast.expr, str]] = []
    if any(_is_locked(each) for each in decorators):
        return made
    for call in (each for each in decorators if isinstance(each, ast.Call)):
        path = call.args[0] if call.args else keyword(call, "path", "rule")
        if path is None or not _gets(call):
            continue
        if isinstance(call.func, ast.Attribute) and call.func.attr in _DECORATORS:
            made.append((sources.origin(module, call.func.value), path, ""))
        elif meaning(call.func, names) in _HANDLERS:
            made.append((APPLICATION, path, prefix))
    return made


def _controllers(module: Module, known: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    """Yield the methods of Litestar's controllers with the path of their class."""
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and any(name_of(each).endswith("Controller") for each in node.bases):
            paths = [
                value(each.value, known)
                for each in node.body
                if isinstance(each, ast.Assign) and [name_of(one) for one in each.targets] == ["path"]
            ]
            prefix = paths[0] if paths and isinstance(paths[0], str) else ""
            yield from ((id(each), prefix.rstrip("/")) for each in node.body)


def _tables(module: Module) -> Iterator[tuple[Place, ast.List]]:
    """Yield Starlette's lists of routes: those with a name, and those that are passed to an application."""
    for node in walk(module.tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.List() as table)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.List() as table)
            ):
                yield (module.path, name), table
            case ast.Call(func=func) if name_of(func).rpartition(".")[2] in _APPLICATIONS:
                given = keyword(node, "routes")
                yield from [(APPLICATION, given)] if isinstance(given, ast.List) else []
            case _:
                pass


def _listed(sources: Sources, module: Module, outer: Place, table: ast.List, prefix: str) -> Iterator[Entry | Edge]:
    known = constants(module.tree)
    for call in (each for each in table.elts if isinstance(each, ast.Call)):
        name = name_of(call.func).rpartition(".")[2]
        path = value(call.args[0], known) if call.args else None
        if not isinstance(path, str):
            continue
        if name in {"Route", "APIRoute"}:
            yield Entry(outer, f"{prefix}{path}", call.lineno)
        elif name == "Mount":
            inner = keyword(call, "routes", "app") or (call.args[1] if len(call.args) > 1 else None)
            below = f"{prefix}{path}".rstrip("/")
            if isinstance(inner, ast.List):
                yield from _listed(sources, module, outer, inner, below)
            elif inner and name_of(inner) and (place := sources.origin(module, inner)):
                yield Edge(place, outer, below)


def _gets(call: ast.Call) -> bool:
    methods = value(keyword(call, "methods"))
    return keyword(call, "dependencies", "guards") is None and (not isinstance(methods, list) or "GET" in methods)


def _is_locked(decorator: ast.expr) -> bool:
    name = name_of(decorator.func if isinstance(decorator, ast.Call) else decorator).lower()
    return any(each in name for each in _LOCKED)


def _uses(names: Mapping[str, str], package: str) -> bool:
    return any(each.split(".")[0] == package for each in names.values())


def _prefix(sources: Sources, given: ast.expr | None, known: Mapping[str, object]) -> str | None:
    if given is None:
        return ""
    found = value(given, known)
    if found is None and isinstance(given, ast.Attribute):
        return _setting(sources, given.attr)
    return found if isinstance(found, str) else None


def _setting(sources: Sources, name: str) -> str | None:
    """Return the text that a class of settings says ``name`` is: ``API_V1_STR: str = "/api/v1"``; if it is one."""
    found: set[str] = set()
    for module in sources.project.modules.mentioning(name):
        for node in walk(module.tree):
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=known)], value=ast.Constant(value=str(text)))
                    | ast.AnnAssign(target=ast.Name(id=known), value=ast.Constant(value=str(text)))
                ) if known == name and not module.is_side:
                    found.add(text)
                case _:
                    pass
    return found.pop() if len(found) == 1 else None
