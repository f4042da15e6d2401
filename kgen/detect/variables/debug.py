"""
What is on for developers unless somebody says otherwise: ``DEBUG``, and settings that are called ``development``.

A variable that turns it off gets the value that does so, which depends on how the source reads it: ``bool("false")`` is
true. What only the source can turn off is a doubt.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kgen.detect.found import Doubt, Fact
from kgen.detect.project import Project
from kgen.detect.source.evaluated import UNKNOWN, Surroundings, evaluated
from kgen.detect.source.syntax import Module, name_of, walk
from kgen.detect.variables.variable import Variable

SWITCH = re.compile(r"(?!TEST)(?:\w+_)?DEBUG(?:_MODE|_ENABLED)?")
"""Names of variables that turn debugging on and off."""

_OFF = ("False", "false", "0", "")
"""What may turn it off, the likeliest first: functions of projects that know only one spelling know Python's."""
_MODE = re.compile(
    r"(?!SENTRY|TEST)(?:\w+_)?(?:ENV|ENVIRONMENT|CONFIG|CONFIGURATION|SETTINGS|MODE|STAGE)(?:_NAME|_MODE|_TYPE|_MODULE)?"
)
DEVELOPMENT = re.compile(r"(?:[\w.]+\.)?(?:dev|develop|development|local)(?:_?(?:config|settings))?", re.IGNORECASE)
"""Values of such variables: what developers run, by its name."""

_HARM = "which shows everybody the inside of each error"


def switched_off(worth: Callable[[Mapping[str, str]], Any], names: Iterable[str]) -> tuple[str, str] | None:
    """
    Return the variable, and its value, that turn something off.

    Args:
        worth: What it is in a given environment.
        names: Variables that may do it.
    """
    for name in names:
        for off in _OFF:
            found = worth({name: off})
            if found is not UNKNOWN and not found:
                return name, off
    return None


def on(where: str, help_: str) -> Doubt:
    """Return the doubt about debugging that no variable turns off."""
    return Doubt(path=("env",), question=f"{where} has debugging on, {_HARM}", help=help_)


def switches(project: Project, read: Iterable[Variable]) -> Iterator[tuple[str, Fact]]:
    """Yield the variables that turn debugging off where it is on unless they say so, or that have to say something."""
    for each in read:
        if not SWITCH.fullmatch(each.name):
            continue
        given = list(_uses(project, each.origin))
        if found := next((pair for node in given if (pair := _off(node, each))), None):
            yield each.name, Fact(found[1], each.origin)
        elif each.is_required or (not each.is_text and str(each.default).lower() in {"true", "1"}):
            yield each.name, Fact(_OFF[0], each.origin)


def _off(node: ast.expr, variable: Variable) -> tuple[str, str] | None:
    """Return what turns off what ``node`` is, if it is on or cannot be told."""
    usual = evaluated(node, Surroundings())
    if isinstance(usual, str) and usual.strip().lower() in _NO:  # a text, that is compared somewhere else
        return None
    if (usual is UNKNOWN and not variable.is_required) or not usual:
        return None
    return switched_off(lambda env: evaluated(node, Surroundings(env=env)), [variable.name])


_NO = frozenset({"", "0", "f", "false", "n", "no", "off"})


def _uses(project: Project, origin: str) -> Iterator[ast.expr]:
    """Yield the values at a place that something is set to: of names, of arguments, of entries."""
    file, _, line = origin.rpartition(":")
    module = project.modules.module(file)
    for node in walk(module.tree) if module else ():
        match node:
            case ast.Assign(value=given) | ast.AnnAssign(value=given) | ast.keyword(value=given) if given and (
                given.lineno <= int(line) <= (given.end_lineno or 0)
            ):
                yield given
            case _:
                pass


_PRODUCTION = re.compile(r"(?:(?:RUN|RUNNING)_)?(?:IN_|IS_)?PROD(?:UCTION)?(?:_MODE)?")
"""Names of variables that say whether it is production."""


def modes(project: Project, read: Iterable[Variable]) -> Iterator[Doubt]:
    """Yield which variables choose settings, and choose those for development unless somebody sets them."""
    for each in read:
        if _PRODUCTION.fullmatch(each.name) and str(each.default or "").lower() in _NO and not each.is_required:
            yield Doubt(
                path=("env",),
                question=f"{each.origin} is for development unless `{each.name}` is set",
                help="set it, and what the code asks for then",
            )
        if not _MODE.fullmatch(each.name) or each.is_required:
            continue
        given = [each.default, *(evaluated(node, Surroundings()) for node in _uses(project, each.origin))]
        said = next((one for one in given if isinstance(one, str) and DEVELOPMENT.fullmatch(one)), "")
        if said:
            yield Doubt(
                path=("env",),
                question=f"{each.origin} takes `{said}` unless `{each.name}` says otherwise",
                help=f"set `{each.name}` to what the code calls production",
            )


_LITERALS = (".debug = True", ".debug=True", "'DEBUG'] = True", '"DEBUG"] = True', "debug=True", "DEBUG=True")
_APPLICATIONS = frozenset({"FastAPI", "Starlette", "Litestar", "Flask", "Quart", "Application", "Starlite", "Dash"})


def fixed(project: Project) -> Iterator[Doubt]:
    """Yield where the source turns debugging on for good, whoever starts it."""
    for module in project.modules.about(*_LITERALS):
        for line in () if module.is_side else _fixed(module):
            yield on(f"{module.path}:{line}", "read it from the environment")
            return


def _fixed(module: Module) -> Iterator[int]:
    """Yield the lines that turn debugging on under no condition, as ``__name__ == "__main__"`` would be one."""
    nodes = walk(module.tree)
    perhaps = [range(node.lineno, (node.end_lineno or 0) + 1) for node in nodes if isinstance(node, ast.If)]
    for node in nodes:
        line = 0
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="debug", value=ast.Name()) as target], value=given):
                line = node.lineno if _is_true(given) and name_of(target) in {"app.debug", "application.debug"} else 0
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Attribute(attr="config"), slice=ast.Constant(value="DEBUG"))],
                value=given,
            ):
                line = node.lineno if _is_true(given) else 0
            case ast.Call(func=ast.Attribute(attr="update", value=ast.Attribute(attr="config")), keywords=keys):
                line = node.lineno if any(each.arg == "DEBUG" and _is_true(each.value) for each in keys) else 0
            case ast.Call(func=func, keywords=keys) if name_of(func).rpartition(".")[2] in _APPLICATIONS:
                line = node.lineno if any(each.arg == "debug" and _is_true(each.value) for each in keys) else 0
            case _:
                pass
        if line and not any(line in each for each in perhaps):
            yield line


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
