"""Arguments that a program cannot do without: started as it is, it says how it is used, and ends."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from kgen.detect.found import Doubt
from kgen.detect.project import Project
from kgen.detect.source.reached import reached
from kgen.detect.source.syntax import imported, meaning, name_of, nodes, walk
from kgen.detect.source.values import is_main, keyword, value
from kgen.detect.source.words import sought

_ASKING = sought("add_argument", "add_subparsers", "OptionParser", "len(args", "argv", "click", "typer", "fire")
_NEAR = 2
"""Imports away from the script: what is farther reads no command line of its."""

_ALONE = (b"@click.command", b"typer.run(")
"""What stands in a file with a command that is all of a program: what it imports has other ones."""

_OPTIONAL = ("?", "*", "REMAINDER", -1)
"""Numbers of arguments of which none is enough."""

ADD = "add them"
_GROUPS = frozenset({"click.group", "click.Group", "fire.Fire"})


def doubts(project: Project, path: str, command: str, given: Sequence[str]) -> Iterator[Doubt]:
    """
    Yield the doubt about a program that asks for arguments, and is given none.

    Args:
        project: The project.
        path: The file that is run, by its path in the tree.
        command: What is started, as people call it.
        given: The arguments that it is started with.
    """
    if not given and path and (found := commands(project, path)):
        names, where = found
        yield Doubt(
            path=("command",), question=f"`{command}` has commands ({where})", help=f"add one: {', '.join(names)}"
        )
    elif not given and path and (where := _asked(project, path, _asks)):
        yield Doubt(path=("command",), question=f"`{command}` asks for arguments ({where})", help=ADD)
    elif not given and path and (where := _asked(project, path, _takes)):
        yield Doubt(
            path=("command",),
            question=f"`{command}` takes any number of arguments ({where}), and is given none",
            help="add them, if it does nothing without",
        )


def commands(project: Project, path: str) -> tuple[list[str], str] | None:
    """Return the commands of a program that has several, and where the first is; ``None`` if it has not."""
    for file, depth in reached(project, path):
        if depth > _NEAR:
            break
        if not depth and _is_alone(project, file):
            return None
        has_some = project.tree.mentions(file, (b"add_parser(", b".command("))
        if has_some and (module := project.modules.part(file, _DEFINING)):
            found = list(_commands(module.tree))
            is_default = project.tree.mentions(file, (b"invoke_without_command", b"DefaultGroup"))
            is_needed = project.tree.mentions(file, (b".command(", b"required=True")) or any(
                _STARTING.search(name) for name, _ in found
            )
            if len(found) > 1 and is_needed and not is_default:
                return [name for name, _ in found], f"{file}:{found[0][1]}"
    return None


_DEFINING = sought("import", "add_parser", ".command(")
_STARTING = re.compile(r"\b(?:run)?(?:serve|web|run|start|work|api|bot)")
"""Parts of the names of commands by which alone a program starts what it is for."""


def _commands(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield name and line of the commands of Click, Typer and argparse that a module has."""
    names = imported(tree)
    roots = {full.partition(".")[0] for full in names.values()}
    for node in walk(tree):
        match node:
            case (
                ast.FunctionDef(decorator_list=found, name=name) | ast.AsyncFunctionDef(decorator_list=found, name=name)
            ):
                for each in found if roots & {"click", "typer", "rich_click", "asyncclick", "cyclopts"} else ():
                    func = each.func if isinstance(each, ast.Call) else each
                    if (
                        isinstance(func, ast.Attribute)
                        and func.attr == "command"
                        and name_of(func.value) not in _MODULES
                    ):
                        given = value(each.args[0]) if isinstance(each, ast.Call) and each.args else None
                        yield (given if isinstance(given, str) else name.replace("_", "-")), node.lineno
            case ast.Call(func=ast.Attribute(attr="add_parser"), args=[ast.Constant(value=str(name)), *_]):
                yield name, node.lineno
            case _:
                pass


_MODULES = frozenset({"click", "typer", "bot", "commands", "client", "app_commands", "tree"})
"""What has `command` that is no group of them."""


def _asked(project: Project, path: str, asks: Callable[[ast.expr, dict[str, str]], bool]) -> str:
    """Return where a program asks for arguments of a kind; nothing if it does not."""
    for file, depth in reached(project, path):
        if depth > _NEAR:
            break
        if project.tree.tells(file, _ASKING) and (module := project.modules.part(file, _ASKING)):
            names = imported(module.tree)
            asking = [
                node.lineno for node in nodes(module.tree, ast.Call, ast.Subscript, ast.Compare) if asks(node, names)
            ]
            aside = list(_aside(module.tree, is_started=not depth)) if asking else []
            if line := min((each for each in asking if not any(each in lines for lines in aside)), default=0):
                return f"{module.path}:{line}"
            if not depth and _is_alone(project, file):
                break
    return ""


def _aside(tree: ast.Module, *, is_started: bool) -> Iterator[range]:
    """Yield the lines of what depends on what the command line has, or may fail."""
    for node in nodes(tree, ast.If, ast.IfExp, ast.Match, ast.Try):
        match node:
            case ast.Match(subject=test) | ast.If(test=test) | ast.IfExp(test=test):
                is_aside = "argv" in ast.unparse(test) or (not is_started and is_main(test))
            case _:
                is_aside = True
        if is_aside:
            place = vars(node)
            yield range(place["lineno"], place["end_lineno"] + 1)


def _asks(node: ast.expr, names: dict[str, str]) -> bool:
    match node:
        case ast.Subscript(value=what, slice=ast.Constant(value=int(place)), ctx=ast.Load()):
            return place > 0 and meaning(what, names) == "sys.argv"
        case ast.Compare(left=ast.Call(func=ast.Name(id="len"), args=[ast.Name(id="args")]), ops=[ast.Lt()]):
            return any(full.startswith("optparse") for full in names.values())
        case ast.Call(func=func):
            full = meaning(func, names)
            if full in _GROUPS:
                return True
            if full in {"typer.Argument", "typer.Option"}:
                return value(node.args[0] if node.args else None) is ...
            is_known = full.endswith((".add_argument", ".add_subparsers")) or full in {"click.argument", "click.option"}
            return is_known and _is_required(node)
        case _:
            return False


def _is_alone(project: Project, file: str) -> bool:
    """Tell whether a file has a command that is all of a program."""
    return project.tree.mentions(file, _ALONE) and not project.tree.mentions(file, (b"group(", b"Typer("))


def _takes(node: ast.expr, names: dict[str, str]) -> bool:
    """Tell whether a call defines what a program works on, as many as there are: none may be too few."""
    full = meaning(node.func, names) if isinstance(node, ast.Call) else ""
    if not isinstance(node, ast.Call) or not (full.endswith(".add_argument") or full == "click.argument"):
        return False
    number = keyword(node, "nargs")
    is_any = value(number) == "*" or (isinstance(number, ast.UnaryOp) and ast.unparse(number) == "-1")
    is_option = bool(node.args) and str(value(node.args[0])).startswith("-")
    return is_any and not is_option and keyword(node, "default") is None


def _is_required(call: ast.Call) -> bool:
    said = keyword(call, "required")
    if said is not None:
        return value(said) is True
    first = value(call.args[0]) if call.args else None
    has_default = keyword(call, "default") is not None
    number = keyword(call, "nargs")
    nargs = number.attr if isinstance(number, ast.Attribute) else value(number)
    if isinstance(number, ast.UnaryOp):
        nargs = -1
    return isinstance(first, str) and not first.startswith("-") and not has_default and nargs not in _OPTIONAL
