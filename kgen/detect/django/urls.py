"""Routes of Django that look like health checks."""

import ast
from collections.abc import Iterator

from kgen.detect.django.settings import Settings
from kgen.detect.frameworks.routes import NAMES, Route, joined, last
from kgen.detect.frameworks.sources import Sources
from kgen.detect.source.imports import definition
from kgen.detect.source.syntax import Module, name_of
from kgen.detect.source.values import value

_ROUTES = frozenset({"path", "re_path", "url"})
_THIRD = ("health_check.urls", "watchman.urls", "django_healthy.urls")
"""Modules of packages whose first route is a health check."""

_DEEPEST = 4


def health_routes(sources: Sources, base: str, settings: Settings) -> list[Route]:
    """Return the routes below ``ROOT_URLCONF`` that look like health checks, best first."""
    found = _routes(sources, base, settings.text("ROOT_URLCONF"), "", 0)
    return sorted(found, key=lambda each: (NAMES.index(last(each.local)), each.local.count("/"), each.origin))


def _routes(sources: Sources, base: str, name: str, prefix: str, depth: int) -> Iterator[Route]:
    below = base.removeprefix(sources.project.folder).strip("/")
    place = definition(sources.project, below, name) if name else None
    module = sources.project.modules.module(place[0]) if place and not place[1] else None
    for call in _listed(module) if module and depth < _DEEPEST else ():
        local = value(call.args[0]) if call.args else None
        if not module or not isinstance(local, str) or "<" in local or "(" in local:
            continue
        whole = prefix + local.removeprefix("^").removesuffix("$")
        where = f"{module.path}:{call.lineno}"
        if inner := _included(call):
            if inner in _THIRD:
                yield from [Route(joined("", whole), whole, where)] if last(whole) in NAMES else []
            yield from _routes(sources, base, inner, whole, depth + 1)
        elif last(whole) in NAMES:
            yield Route(joined("", whole), whole, where)


def _listed(module: Module) -> Iterator[ast.Call]:
    """Yield the routes in the lists of a module; not those that depend on a language."""
    for node in module.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="urlpatterns")], value=given)
                | ast.AugAssign(target=ast.Name(id="urlpatterns"), value=given)
            ):
                localized = {
                    id(inner)
                    for each in ast.walk(given)
                    if isinstance(each, ast.Call) and name_of(each.func).endswith("i18n_patterns")
                    for inner in ast.walk(each)
                }
                yield from (
                    each
                    for each in ast.walk(given)
                    if isinstance(each, ast.Call)
                    and name_of(each.func).rpartition(".")[2] in _ROUTES
                    and id(each) not in localized
                )
            case _:
                pass


def _included(call: ast.Call) -> str:
    """Return the module that a route includes."""
    match call.args[1:2]:
        case [ast.Call(func=func, args=[given, *_])] if name_of(func).endswith("include"):
            given = given.elts[0] if isinstance(given, ast.Tuple) and given.elts else given
            name = value(given)
            return name if isinstance(name, str) else "?"
        case _:
            return ""
