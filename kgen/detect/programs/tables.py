"""Tables of a database that only a command of the project makes, which no server runs: then there are none."""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from kgen.detect.found import Doubt, Part, Program
from kgen.detect.project import Project
from kgen.detect.source.syntax import Module
from kgen.detect.source.texts import origin, table, yaml
from kgen.detect.source.values import is_main

_MAKING = ("create_all", "create_db_and_tables", "create_tables")
_LIBRARIES = ("sqlalchemy", "flask-sqlalchemy", "sqlmodel", "peewee", "flask-peewee", "flask-script", "quart-db")
_TOOL = re.compile(r"(?:^|_)(?:create|init|setup|reset|make|seed|populate)_?(?:db|database|tables?|data)?$")
"""Names of scripts that are run once."""

_DEEPEST = 2
_MOST = 8
"""Modules that call a function: if more do, many functions have its name."""


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return the doubt about tables that nothing makes before the programs start, or what a platform runs once."""
    every = list(programs)
    if any(each.release for each in every):
        return Part()
    said = " ".join(chain((str(each.command.value) for each in every), _asked(every)))
    made = _by_command(project, said) if project.has(*_LIBRARIES) else ""
    once, where = _once(project)
    if not (made or once):
        return Part()
    question = f"{where} runs `{once}` once" if once else f"tables are made at {made}, which no server runs"
    help_ = "let `release` run it" if once else "let `release` run what does"
    return Part(doubts=(Doubt(path=("components",), question=question, help=help_),))


def _asked(programs: Iterable[Program]) -> Iterator[str]:
    """Yield what doubts about programs say: they name what is to run before."""
    yield from (doubt.question for each in programs for doubt in each.doubts)


def _once(project: Project) -> tuple[str, str]:
    """Return the command that Heroku runs after the first deployment, and where it says so."""
    text = project.text("app.json") or ""
    command = table(yaml(text), "scripts").get("postdeploy") if "postdeploy" in text else None
    return (str(command), origin("app.json", text, '"postdeploy"')) if isinstance(command, str) else ("", "")


def _by_command(project: Project, said: str) -> str:
    """Return the place of the first call that makes tables, if every one is in something that no server runs."""
    first = ""
    for name in _MAKING:
        calls = [place for each in _mentioning(project, name) for place in _calls(project, each, name, said)]
        if any(is_run for _, is_run in calls):
            return ""
        first = first or next((place for place, _ in calls), "")
    return first


def _mentioning(project: Project, name: str) -> list[Module]:
    """Return the modules of the program that call something of a name."""
    return [module for module in project.modules.about(f"{name}(") if not module.is_side]


def _calls(project: Project, module: Module, name: str, said: str, depth: int = 0) -> Iterator[tuple[str, bool]]:
    """Yield where a function is called in a module, and whether a server gets there."""
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    is_tool = _TOOL.search(stem) is not None and re.search(rf"\b{re.escape(stem)}\b", said) is None
    for call, function, is_aside in _found(module.tree, name):
        place = f"{module.path}:{call.lineno}"
        if is_tool or (is_aside and f"{stem}.py" not in said):
            yield place, False
        elif function and function not in _MAKING and depth < _DEEPEST and not _is_hook(function):
            others = _mentioning(project, function)
            few = others if len(others) <= _MOST else []
            callers = [is_run for other in few for _, is_run in _calls(project, other, function, said, depth + 1)]
            yield place, any(callers) or not callers
        else:
            yield place, True


_HOOKS = frozenset({"create_app", "make_app", "lifespan", "startup", "on_startup", "main", "setup", "init_app"})


def _is_hook(function: str) -> bool:
    return function in _HOOKS or "startup" in function or "lifespan" in function


def _found(
    tree: ast.AST, name: str, function: str = "", *, is_aside: bool = False
) -> Iterator[tuple[ast.Call, str, bool]]:
    """Yield the calls of ``name``, the function that each is in, and whether only a command or a script gets there."""
    for each in ast.iter_child_nodes(tree):
        inner, aside = function, is_aside
        match each:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner = function or each.name
                aside = is_aside or any("command" in ast.unparse(mark) for mark in each.decorator_list)
            case ast.If(test=test):
                aside = is_aside or is_main(test)
            case ast.ClassDef(bases=bases):
                aside = is_aside or any("Command" in ast.unparse(base) for base in bases)
            case ast.Call(func=ast.Attribute(attr=last) | ast.Name(id=last)) if last == name:
                yield each, function, is_aside
            case _:
                pass
        yield from _found(each, name, inner, is_aside=aside)
