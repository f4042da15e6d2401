"""``ALLOWED_HOSTS``: Django answers 400 to everybody who asks for a host that it does not know, probes too."""

import ast
from collections.abc import Iterator, Mapping

from kgen.detect.django.settings import Settings, variables
from kgen.detect.found import Doubt, Fact
from kgen.detect.source.values import value
from kgen.record import dataclass, field

_SETTING = "ALLOWED_HOSTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Whom a site answers."""

    is_open: bool
    """Whether it answers requests for any host."""

    env: Mapping[str, Fact] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def hosts(settings: Settings) -> Hosts:
    """Return whom a site with these settings answers, by the variable that says it if there is one."""
    found = settings.said(_SETTING)
    if not found:
        return Hosts(is_open=False, doubts=(_closed(f"{settings.name} has no `{_SETTING}`"),))
    node, where = found
    if value(node) == ["*"] or (_reads(node) and _default(node) in ("*", ["*"])):
        return Hosts(is_open=True)
    for name in _variables(settings, node) if _reads(node) else []:
        return Hosts(is_open=True, env={name: Fact("*", where)}, doubts=(_open(name),))
    return Hosts(is_open=False, doubts=(_closed(f"{where} says which hosts are allowed"),))


def _reads(node: ast.expr) -> bool:
    """Tell whether a value is nothing but what the environment says: no host is put together, none is added."""
    built = (ast.JoinedStr, ast.BinOp, ast.Constant) if isinstance(node, ast.List) else (ast.JoinedStr, ast.BinOp)
    parts = node.elts if isinstance(node, ast.List) else [node]
    return len(parts) == 1 and not any(isinstance(each, built) for part in parts for each in _outer(part))


def _outer(node: ast.expr) -> Iterator[ast.AST]:
    """Yield an expression and its parts, but for what is passed to functions."""
    yield node
    if not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            yield from _outer(child) if isinstance(child, ast.expr) else ()


def _default(node: ast.expr) -> object:
    """Return what is taken if the environment says nothing."""
    for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        if (found := value(call)) is not None:
            return found
        given = next((each.value for each in call.keywords if each.arg == "default"), None)
        if (found := value(given)) is not None:
            return found
    return None


def _variables(settings: Settings, node: ast.expr) -> list[str]:
    """Return the environment variables that the setting is made of."""
    known = {name: each for module in reversed(settings.modules) for name, each in _names(module.tree)}
    everywhere = [name for module in settings.modules for name, _ in variables(module.tree)]
    return [name for name, _ in variables(node, known)] or [name for name in everywhere if _SETTING in name]


def _names(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=given) if name != _SETTING:
                yield name, given
            case _:
                pass


def _open(name: str) -> Doubt:
    return Doubt(
        path=("env", name),
        question=f'`{name}: "*"` lets the site answer requests for any host',
        help="name its hosts once they are known; then probes have to be `tcp`, since they ask for the pod's address",
    )


def _closed(what: str) -> Doubt:
    return Doubt(
        path=("env",),
        question=f"{what}: others get the answer 400",
        help=f"read `{_SETTING}` from an environment variable",
    )
