"""Application objects: ``app = Flask(__name__)`` at the top of a module, what a factory makes, and the factories."""

import ast
import re
from collections.abc import Iterator

from kgen.detect.frameworks.classes import CLASSES, CONNEXION, DASH, OLD_CONNEXION, WORDS, Framework
from kgen.detect.frameworks.sources import DEEPEST, Made, Sources
from kgen.detect.project import Project
from kgen.detect.source.imports import definition, dotted
from kgen.detect.source.syntax import Module, meaning, name_of, walk
from kgen.detect.source.values import calls, keyword, statements
from kgen.record import dataclass, replace

FILES = ("wsgi", "asgi", "main", "app", "application", "server", "run", "autoapp", "web", "api", "__init__", "manage")
"""What people call the module with the application that is served, most usual first."""

_WRAPPERS = ("Middleware", "ASGIApp", "WSGIApp", "WhiteNoise", "ProxyFix")
"""Ends of the names of classes that take an application and are one."""

_ASIDE = frozenset(
    {"migrations", "alembic", "versions", "celery", "worker", "workers", "tasks", "seed", "shell", "cli"}
)
"""Words in the paths of modules that need an application for something else than to serve it."""

_OLD = re.compile(r"[=~^]=?\s*[12]\b|<\s*3")


def _installed(project: Project, framework: Framework) -> Framework:
    """Return a framework as servers call it in the version that the project asks for."""
    asked = project.dependencies.get("connexion") if framework == CONNEXION else None
    return OLD_CONNEXION if asked and _OLD.search(asked.specifier) else framework


_CACHES = frozenset({"cache", "functools.cache", "lru_cache", "functools.lru_cache"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application object, or a factory of one."""

    made: Made
    path: str
    line: int
    name: str
    """In its module."""

    start: str
    """Where imports start, relative to the project."""

    is_factory: bool
    is_side: bool
    server: str = ""
    """What Dash calls ``app.server``, if the module has a name for it."""

    @property
    def framework(self) -> Framework:
        return self.made.framework


def applications(sources: Sources) -> list[Application]:
    """Return the project's application objects, and the factories that none of them comes from."""
    found = list(_found(sources))
    inner = {each for module in _modules(sources, found) for each in _mounted(sources, module)}
    called = {each.made.factory for each in found if not each.is_factory and not each.is_side} | sources.inside
    return [
        each
        for each in (*found, *_passed_on(sources, found))
        if (each.path, each.name) not in inner
        and not (each.is_factory and (each.path, each.name) in called)
        and not _is_hidden(sources.project, each.path)
    ]


def _is_hidden(project: Project, path: str) -> bool:
    """Tell whether Python finds a package of the same name in place of the module ``path``."""
    return f"{path.removesuffix('.py')}/__init__.py" in project.tree


def _passed_on(sources: Sources, found: list[Application]) -> Iterator[Application]:
    """
    Yield the applications that a module imports in order to add to them, and to serve them: ``from shop import app``.

    Whoever serves such a module has all that the other one has, and more.
    """
    known = {(each.path, each.name): each for each in found if not each.is_factory}
    for name in sorted({each.name for each in known.values()}):
        for module in sources.project.modules.mentioning(f"import {name}", f", {name}", stems=FILES):
            place = sources.origin(module, ast.Name(name)) if name in sources.imports(module) else None
            origin = known.get(place) if place else None
            if origin and place and place[0] != module.path and _adds(sources, module, place[0], name):
                made = replace(origin.made, factory=origin.made.factory or place)
                line = next((node.lineno for node in module.tree.body if isinstance(node, ast.ImportFrom)), 1)
                server = _imported_as(sources, module, place[0], origin.server)
                yield replace(
                    origin,
                    made=made,
                    path=module.path,
                    line=line,
                    start=sources.start(module.path),
                    is_side=_is_side(module),
                    server=server,
                )


def _adds(sources: Sources, module: Module, path: str, name: str) -> bool:
    """Tell whether a module does something with an application at its top, and the application's own needs it not."""
    own = sources.project.modules.module(path)
    uses = _sets_up(sources, module, path, name) or any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr != "run"
        for node in walk(module.tree)
    )
    if not own or not uses:
        return False
    needed = {
        place[0]
        for each in sources.imports(own).values()
        if (place := definition(sources.project, sources.start(path), each))
    }
    return module.path not in needed


def _sets_up(sources: Sources, module: Module, path: str, name: str) -> bool:
    """Tell whether a module calls at its top what an application's own module has, or passes the application on."""
    for node in module.tree.body:
        if isinstance(node, ast.Expr) and isinstance(call := node.value, ast.Call):
            if any(isinstance(each, ast.Name) and each.id == name for each in call.args):
                return True
            place = sources.origin(module, call.func)
            if place and place[0] == path and place[1].partition(".")[0] != name:
                return True
    return False


def _imported_as(sources: Sources, module: Module, path: str, name: str) -> str:
    """Return what a module calls ``name`` of the file ``path``, if it imports it."""
    for local, full in sources.imports(module).items():
        if name and definition(sources.project, sources.start(module.path), full) == (path, name):
            return local
    return ""


def _found(sources: Sources) -> Iterator[Application]:
    """Yield what modules make directly, then what others make by calling those modules' factories and classes."""
    seen: set[str] = set()
    words: tuple[str, ...] = WORDS
    while words:
        new: set[str] = set()
        for module in sources.project.modules.mentioning(*words):
            if module.path not in seen:
                seen.add(module.path)
                made = list(_in_module(sources, module))
                yield from made
                new |= {f"{each.name}(" for each in made if each.is_factory}
                new |= {f"{name}(" for name in _classes(sources, module)}
        words = tuple(sorted(new - set(words)))


def _modules(sources: Sources, found: list[Application]) -> Iterator[Module]:
    for path in sorted({each.path for each in found}):
        if module := sources.project.modules.module(path):
            yield module


def _in_module(sources: Sources, module: Module) -> Iterator[Application]:
    for node in statements(module.tree.body):
        match node:
            case ast.Assign(targets=targets, value=ast.Call() as call):
                names = [each.id for each in targets if isinstance(each, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call):
                names = [name]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if made := _known(sources, module.path, name, 0):
                    yield _application(sources, module, node, name, replace(made, factory=None), is_factory=True)
                continue
            case _:
                continue
        made = _call(sources, module, call, 0) or _wrapped(sources, module, call)
        if made:
            yield from (_application(sources, module, node, name, made) for name in names)


def _application(
    sources: Sources, module: Module, node: ast.stmt, name: str, made: Made, *, is_factory: bool = False
) -> Application:
    return Application(
        made=made,
        path=module.path,
        line=node.lineno,
        name=name,
        start=sources.start(module.path),
        is_factory=is_factory,
        is_side=_is_side(module) or _is_task(sources, module, made),
        server=_server(module, name) if made.framework is DASH else "",
    )


def _is_task(sources: Sources, module: Module, made: Made) -> bool:
    """Tell whether a module makes an application of somebody else's factory only to do something in its context."""
    is_others = made.factory is not None and made.factory[0] != module.path
    is_usual = module.path.rpartition("/")[2].removesuffix(".py") in FILES
    tree = sources.project.tree
    return is_others and not is_usual and tree.matches(module.path, _CONTEXT) and not tree.matches(module.path, _RUN)


_CONTEXT = re.compile(rb"^with \w+\.app_context\(", re.MULTILINE)
_RUN = re.compile(rb"\.run\(|@\w+\.cli\.|shell_context_processor")
"""What is in modules that are made to be served, too."""


def _is_side(module: Module) -> bool:
    """Tell whether a module is not the one to serve: it is a test, or makes an application for a migration or tasks."""
    words = re.split(r"[/_.]", module.path.lower())
    return module.is_side or not _ASIDE.isdisjoint(words[:-1]) or module.path.endswith("env.py")


def _classes(sources: Sources, module: Module) -> Iterator[str]:
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and _known(sources, module.path, node.name, 0):
            yield node.name


def _call(sources: Sources, module: Module, call: ast.Call, depth: int) -> Made | None:
    """Return what ``call`` in ``module`` makes, if that is an application."""
    full = meaning(call.func, dict(sources.imports(module)))
    if full in CLASSES:
        return Made(framework=_installed(sources.project, CLASSES[full]))
    place = sources.origin(module, call.func)
    return _known(sources, *place, depth + 1) if place else None


def _known(sources: Sources, path: str, name: str, depth: int) -> Made | None:
    """Return what calling ``name`` of the file ``path`` makes; functions that call each other make nothing."""
    if (path, name) not in sources.made:
        sources.made[path, name] = None
        module = sources.project.modules.module(path)
        if module and depth < DEEPEST:
            sources.made[path, name] = _defined(sources, module, name, depth)
    return sources.made[path, name]


def _defined(sources: Sources, module: Module, name: str, depth: int) -> Made | None:
    for node in statements(module.tree.body):
        match node:
            case ast.ClassDef(name=found, bases=bases) if found == name:
                made = (_call(sources, module, ast.Call(base, [], []), depth) for base in bases)
                return next((replace(each, factory=None) for each in made if each), None)
            case ast.FunctionDef(name=found) | ast.AsyncFunctionDef(name=found) if found == name:
                return _factory(sources, module, node, depth)
            case _:
                pass
    passed_on = sources.imports(module).get(name, "")
    place = definition(sources.project, sources.start(module.path), passed_on) if passed_on else None
    return _known(sources, *place, depth + 1) if place and place != (module.path, name) else None


def _factory(
    sources: Sources, module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef, depth: int
) -> Made | None:
    """Return what a function makes: what it returns, if that is what a call in it made, or what it says it returns."""
    names = dict(sources.imports(module))
    if any(meaning(getattr(each, "func", each), names) not in _CACHES for each in function.decorator_list):
        return None
    framework = _returned(sources, module, function, depth) or _announced(function, names)
    if not framework:
        return None
    given = function.args
    positional = given.posonlyargs + given.args
    needs = [each.arg for each in positional[: len(positional) - len(given.defaults)]]
    needs += [each.arg for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None]
    return Made(
        framework=framework,
        factory=(module.path, function.name),
        needs=tuple(needs),
        is_async=isinstance(function, ast.AsyncFunctionDef),
    )


def _returned(
    sources: Sources, module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef, depth: int
) -> Framework | None:
    known: dict[str, Framework] = {}
    parts: set[tuple[str, str]] = set()
    inner = {id(node) for each in _nested(function) for node in ast.walk(each)}
    own = [node for node in ast.walk(function) if id(node) not in inner]
    for node in own:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call)
            ) if made := _call(sources, module, call, depth):
                known.setdefault(name, made.framework)
                parts |= {made.factory} if made.factory else set()
            case _:
                pass
    for node in own:
        match node:
            case ast.Return(value=ast.Name(id=name)) if name in known:
                sources.inside.update(parts)
                return known[name]
            case ast.Return(value=ast.Call(args=args) as call):
                if made := _call(sources, module, call, depth):
                    return made.framework
                passed = [each.id for each in args if isinstance(each, ast.Name) and each.id in known]
                if passed:
                    sources.inside.update(parts)
                    return known[passed[0]]
            case _:
                pass
    return None


def _nested(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return (node for node in ast.walk(function) if isinstance(node, kinds) and node is not function)


def _announced(function: ast.FunctionDef | ast.AsyncFunctionDef, names: dict[str, str]) -> Framework | None:
    """Return the framework of the class that a function says it returns, in quotes or not."""
    said = function.returns
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        return CLASSES.get(names.get(said.value, ""))
    has_value = any(isinstance(node, ast.Return) and node.value for node in ast.walk(function))
    return CLASSES.get(meaning(said, names)) if said and has_value else None


def _wrapped(sources: Sources, module: Module, call: ast.Call) -> Made | None:
    """Return what a known kind of wrapper is around: ``app = WhiteNoise(app)``, ``socketio.ASGIApp(sio, app)``."""
    if not name_of(call.func).endswith(_WRAPPERS):
        return None
    passed = {each.id for each in (*call.args, *(one.value for one in call.keywords)) if isinstance(each, ast.Name)}
    for node in statements(module.tree.body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as inner) if (
                name in passed and inner is not call
            ):
                if made := _call(sources, module, inner, 0):
                    return replace(made, factory=(module.path, name))
            case _:
                pass
    return None


def _mounted(sources: Sources, module: Module) -> Iterator[tuple[str, str]]:
    """Yield file and name of the applications that ``module`` makes part of another one."""
    for call in calls(module.tree):
        name = name_of(call.func).rpartition(".")[2]
        if name in {"mount", "Mount", "add_subapp"} or name.endswith(_WRAPPERS):
            given = [*call.args, keyword(call, "app", "other_asgi_app", "wsgi_app")]
            places = (sources.origin(module, each) for each in given if isinstance(each, ast.Name))
            yield from (place for place in places if place and not _assigns(module, call, place[1]))


def _assigns(module: Module, call: ast.Call, name: str) -> bool:
    """Tell whether what ``call`` makes gets the name that it wraps: ``app = ProxyFix(app)``."""
    return any(
        isinstance(node, ast.Assign)
        and node.value is call
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
        for node in walk(module.tree)
    )


def _server(module: Module, name: str) -> str:
    """Return what the module calls ``app.server``, the WSGI application inside of Dash."""
    for node in statements(module.tree.body):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=found)], value=ast.Attribute(value=ast.Name(id=inner), attr="server")
            ) if inner == name:
                return found
            case _:
                pass
    return ""


def target(project: Project, each: Application) -> str:
    """Return an application as servers name it: ``shop.main:app``, ``shop:create_app()``."""
    start = project.path(each.start) if each.start else project.folder
    return f"{dotted(each.path, start)}:{each.name}{'()' if each.is_factory else ''}"
