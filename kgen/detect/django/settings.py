"""Which settings a Django project has in production, and what they say."""

import ast
from collections.abc import Iterator, Mapping

from kgen.detect.frameworks.sources import Sources
from kgen.detect.project import Project
from kgen.detect.source.evaluated import reads
from kgen.detect.source.imports import absolute, definition, dotted
from kgen.detect.source.syntax import Module, name_of, nodes, walk
from kgen.detect.source.tree import join
from kgen.detect.source.values import keyword, statements, value
from kgen.detect.variables.insisted import insisted
from kgen.record import dataclass

VARIABLE = "DJANGO_SETTINGS_MODULE"
PRODUCTION = ("production", "prod", "live", "deploy", "deployment", "settings_production", "settings_prod")
DEVELOPMENT = ("dev", "develop", "development", "local", "debug", "docker", "test", "testing", "ci", "base", "common")
_DEEPEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One settings module, and those that it takes everything of."""

    name: str
    """As ``DJANGO_SETTINGS_MODULE`` says it."""

    modules: tuple[Module, ...] = ()
    """What is said first wins."""

    def said(self, name: str) -> tuple[ast.expr, str] | None:
        """Return the value of a setting, and where it is; the last assignment of the first module that has it."""
        for module in self.modules:
            found = [node for node in _assigned(module) if node[0] == name]
            if found:
                return found[-1][1], f"{module.path}:{found[-1][1].lineno}"
        return None

    def text(self, name: str) -> str:
        """Return a setting that is a text; empty if it is none."""
        found = self.said(name)
        given = value(found[0]) if found else None
        return given if isinstance(given, str) else ""

    def mentions(self, word: str) -> bool:
        """Tell whether a text in the settings has ``word``."""
        return any(word in text for text in self.texts())

    def texts(self) -> Iterator[str]:
        """Yield the texts in the settings."""
        for module in self.modules:
            for node in nodes(module.tree, ast.Constant):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _assigned(module: Module) -> Iterator[tuple[str, ast.expr]]:
    for node in statements(module.tree.body):
        match node:
            case ast.Assign(targets=targets, value=given):
                yield from ((each.id, given) for each in targets if isinstance(each, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=given) if given:
                yield name, given
            case _:
                pass


def named(sources: Sources, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the settings modules that files name as the usual ones, with the place: manage.py, wsgi.py, asgi.py."""
    for path in paths:
        module = sources.project.modules.module(path)
        for node in walk(module.tree) if module else ():
            match node:
                case ast.Call(func=ast.Attribute(attr="setdefault" | "get"), args=[ast.Constant(value=key), given]):
                    name = value(given)
                case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=key))], value=ast.Constant(value=name)):
                    pass
                case _:
                    continue
            if key == VARIABLE and isinstance(name, str):
                yield name, f"{path}:{node.lineno}"


def is_there(project: Project, base: str, name: str) -> bool:
    """Tell whether a settings module is one of the project's files: what nobody uses may name one that is not."""
    place = definition(project, base.removeprefix(project.folder).strip("/"), name)
    return place is not None and not place[1]


def beside(project: Project, base: str, name: str) -> list[str]:
    """Return the settings modules in the package that ``name`` is, or is in."""
    place = join(base, name.replace(".", "/"))
    is_package = f"{place}/__init__.py" in project.tree
    folder, package = (place, name) if is_package else (place.rpartition("/")[0], name.rpartition(".")[0])
    stems = [each.removesuffix(".py") for each in project.tree.here(folder) if each.endswith(".py")]
    is_one_of_several = place.rpartition("/")[2] in DEVELOPMENT  # then its folder has nothing but settings
    is_meant = is_package or is_one_of_several or _is_settings(folder)
    fitting = [each for each in stems if is_meant or each.startswith("settings")]
    return [f"{package}.{each}" for each in fitting if each != "__init__"]


def _is_settings(folder: str) -> bool:
    return folder.rpartition("/")[2] in {"settings", "config", "conf"}


def hardened(sources: Sources, base: str, names: list[str]) -> list[str]:
    """Return those of several settings modules that take others and turn debugging off, whatever they are called."""
    found = []
    for name in names:
        made = read(sources, base, name)
        said = [given for key, given in (_assigned(made.modules[0]) if len(made.modules) > 1 else ()) if key == "DEBUG"]
        if said and isinstance(said[-1], ast.Constant) and said[-1].value is False:
            found.append(name)
    return found


def anywhere(project: Project, base: str) -> list[str]:
    """Return the modules below ``base`` that look like settings."""
    found = [each for each in project.modules.mentioning("INSTALLED_APPS") if not each.is_side]
    return [
        dotted(each.path, base)
        for each in found
        if "settings" in each.path and (not base or each.path.startswith(f"{base}/"))
    ]


def read(sources: Sources, base: str, name: str) -> Settings:
    """Return settings with all that they import by ``from … import *``."""
    modules = tuple(_modules(sources.project, base, name, 0))
    return Settings(name=name, modules=modules)


def _modules(project: Project, base: str, name: str, depth: int) -> Iterator[Module]:
    below = base.removeprefix(project.folder).strip("/")
    place = definition(project, below, name)
    module = project.modules.module(place[0]) if place and not place[1] else None
    if module is None or depth > _DEEPEST:
        return
    yield module
    for node in statements(module.tree.body):
        match node:
            case ast.ImportFrom(names=[ast.alias(name="*")], module=given, level=level):
                inner = absolute(module.path, base, "." * level + (given or ""))
                yield from _modules(project, base, inner.rstrip("."), depth + 1)
            case _:
                pass


def variables(node: ast.AST, names: Mapping[str, ast.expr] | None = None) -> Iterator[tuple[str, bool]]:
    """Yield the environment variables that an expression reads, and whether it can do without each."""
    for each in ast.walk(node):
        match each:
            case ast.Subscript(value=given, slice=ast.Constant(value=str(key)), ctx=ast.Load()) if name_of(
                given
            ).endswith("environ"):
                yield key, False
            case ast.Call(func=func, args=[ast.Constant(value=str(key)), *rest]) if (
                reads(name_of(func)) and key.isupper()
            ):
                is_strict = name_of(func).partition(".")[0] in {"env", "config"}
                has_default = any(one.arg in {"default", "fallback"} for one in each.keywords)
                yield key, not is_strict or bool(rest) or has_default
            case ast.Name(id=name) if names and name in names:
                yield from variables(names[name])
            case _:
                pass


def needed(settings: Settings) -> list[str]:
    """Return the environment variables that the settings cannot be read without."""
    found: dict[str, None] = {}
    for module in settings.modules:
        strict = [key for node in _always(module) for key, optional in variables(node) if not optional]
        strict += [key for node in _always(module) for key in _used(node)]
        strict += [key for node in insisted(module.tree) for key in _empty(node)]
        strict += signing(module)
        found |= dict.fromkeys(strict)
    return list(found)


def _empty(node: ast.AST) -> Iterator[str]:
    """Yield the variables that an expression reads and that are nothing unless they are set."""
    usual: set[object] = set()
    for each in ast.walk(node):
        match each:
            case ast.Call(args=[ast.Constant(value=key), *rest]) as call:
                given = keyword(call, "default", "fallback") or next(iter(rest), None)
                usual |= {key} if isinstance(given, ast.Constant) and given.value else set()
            case _:
                pass
    yield from (key for key, _ in variables(node) if key not in usual)


def signing(module: Module) -> Iterator[str]:
    """Yield the variable of the key that signs sessions, if settings end unless it is a good one."""
    checks = [node for node in module.tree.body if isinstance(node, ast.If)]
    tests = [ast.unparse(each.test) for each in checks if any(isinstance(one, ast.Raise) for one in ast.walk(each))]
    if any(_KEY in test for test in tests):
        for name, given in _assigned(module):
            yield from (key for key, _ in variables(given) if name == _KEY)


_KEY = "SECRET_KEY"


def _always(module: Module) -> Iterator[ast.stmt]:
    """Yield the statements of settings that run in any case."""
    kinds = (ast.If, ast.Try, ast.With, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return (node for node in module.tree.body if not isinstance(node, kinds))


def _used(node: ast.AST) -> Iterator[str]:
    """Yield what is read without a default and used at once: ``os.environ.get("HOSTS").split()``."""
    for each in ast.walk(node):
        match each:
            case ast.Attribute(value=ast.Call(func=func, args=[ast.Constant(value=str(key))], keywords=[])) if name_of(
                func
            ).endswith(("environ.get", "getenv")):
                yield key
            case _:
                pass
