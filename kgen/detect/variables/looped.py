"""Variables that a loop reads by their names: ``for name, default in DEFAULTS.items(): environ.get(name, default)``."""

import ast
from collections.abc import Iterator
from itertools import chain

from kgen.detect.source.syntax import Module, meaning, nodes
from kgen.detect.variables.variable import Variable, as_text

_SELF = frozenset({"cls", "self"})
_READERS = frozenset({"os.getenv", "os.environ.get"})


def read(module: Module, names: dict[str, str]) -> Iterator[Variable]:
    """Yield the variables that loops of a module read, with their defaults as far as a table has them."""
    made: dict[str, ast.expr] | None = None
    for loop in nodes(module.tree, ast.For):
        if isinstance(loop, ast.For) and (name := _first(loop.target)) and _reads(loop, name, names):
            made = _tables(module.tree) if made is None else made
            for key, given in chain(_entries(loop.iter, made), _fields(module.tree, loop)):
                yield Variable(
                    name=key,
                    origin=f"{module.path}:{loop.lineno}",
                    is_required=False,
                    default=as_text(given) or None,
                    has_default=True,
                )


def _first(target: ast.expr) -> str:
    """Return the name of what a loop goes through, which is the key where there are pairs."""
    first = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else target
    return first.id if isinstance(first, ast.Name) else ""


def _reads(loop: ast.For, name: str, names: dict[str, str]) -> bool:
    calls = (each for inner in loop.body for each in ast.walk(inner) if isinstance(each, ast.Call) and each.args)
    return any(
        isinstance(each.args[0], ast.Name) and each.args[0].id == name and meaning(each.func, names) in _READERS
        for each in calls
    )


def _tables(tree: ast.Module) -> dict[str, ast.expr]:
    """Return name, or attribute → the table that it is set to."""
    found: dict[str, ast.expr] = {}
    for node in nodes(tree, ast.Assign):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.List | ast.Tuple):
            found |= {each.id: node.value for each in node.targets if isinstance(each, ast.Name)}
    return found


def _entries(over: ast.expr, made: dict[str, ast.expr]) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names that a loop goes through, with what stands beside them."""
    match over:
        case ast.Call(func=ast.Attribute(value=inner, attr="items" | "keys"), args=[]):
            yield from _entries(inner, made)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in made:
            yield from _entries(made[name], {})
        case ast.Dict(keys=keys, values=values):
            pairs = ((_text(key), given) for key, given in zip(keys, values, strict=True))
            yield from ((name, given) for name, given in pairs if name)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            yield from ((name, None) for each in parts if (name := _text(each)))
        case _:
            pass


def _fields(tree: ast.Module, loop: ast.For) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the attributes of the class that a loop goes through: ``for name in dir(cls)``."""
    match loop.iter:
        case ast.Call(func=ast.Name(id="dir" | "vars"), args=[ast.Name(id=what)]):
            pass
        case ast.Attribute(value=ast.Name(id=what), attr="__dict__" | "__annotations__"):
            pass
        case _:
            return
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef) and (owner.name == what or (what in _SELF and loop in ast.walk(owner))):
            for node in owner.body:
                targets = node.targets if isinstance(node, ast.Assign) else []
                targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
                given = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
                yield from ((each.id, given) for each in targets if isinstance(each, ast.Name) and each.id.isupper())


def _text(node: ast.expr | None) -> str:
    """Return the name of a variable that stands there, in capitals."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper()
    return str(node.value) if is_text and isinstance(node, ast.Constant) else ""
