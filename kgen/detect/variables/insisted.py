"""Variables that the source insists on: it raises, or ends, if one is not there or empty."""

import ast
import re
from collections.abc import Container, Iterator

from kgen.detect.source.syntax import name_of, nodes
from kgen.detect.source.words import Sought

_ENDING = frozenset({"sys.exit", "exit", "quit", "os._exit"})

_CHECKING = re.compile(
    r"_*(?:check|validate|verify|ensure|assert|require)(?:_\w*(?:env|config|setting|required|vars|variables|secret|cred)\w*)?"
)
"""Functions that look whether all is there, as they are usually called."""

_STARTED = frozenset({"main", "run", "start", "serve", "create_app", "lifespan"})
"""Functions that every start of a program calls, as they are usually called."""

STARTING: Sought = tuple(
    (name.encode(), re.compile(rf"def[ \t]+_*{name}".encode()))
    for name in (*sorted(_STARTED), "check", "validate", "verify", "ensure", "assert", "require")
)
"""How both begin."""

_NAME = re.compile(r"[A-Z][A-Z0-9_]+")


def insisted(tree: ast.Module) -> frozenset[ast.AST]:
    r"""
    Return the expressions without whose value a module goes no further.

    >>> [ast.unparse(each) for each in insisted(ast.parse("a = get('A', '')\nif not a:\n    raise KeyError"))]
    ["get('A', '')"]
    """
    found: set[ast.AST] = set()
    subjects = [one for check in _checks(tree) for one in _lacking(check)]
    made = _assigned(tree) if subjects else {}
    for subject in subjects:
        found |= {subject} if isinstance(subject, ast.Call) else set(_sources(_last(subject), made, 0))
    return frozenset(found)


_DEEPEST = 4


def _sources(name: str, made: dict[str, list[ast.expr]], depth: int) -> Iterator[ast.expr]:
    """Yield what a name is set to, and what that is made of: ``IDS = set(_ids)``, ``_ids = parse(getenv("IDS"))``."""
    for given in made.get(name, ()):
        yield given
        waiting = [given] if depth < _DEEPEST else []
        while waiting:
            match waiting.pop():
                case ast.Call(args=args) as call:
                    yield call
                    waiting += args
                case ast.BoolOp(op=ast.Or(), values=[first, *others]) if all(map(_is_named, others)):
                    waiting.append(first)
                case ast.Name(id=inner) if inner != name:
                    yield from _sources(inner, made, depth + 1)
                case _:
                    pass


def listed(tree: ast.Module) -> frozenset[str]:
    r"""
    Return the variables that a module has a list of, and ends if one of them is missing.

    >>> sorted(listed(ast.parse("for name in ['A_B', 'C_D']:\n    if not getenv(name):\n        raise KeyError")))
    ['A_B', 'C_D']
    """
    found: set[str] = set()
    made = _assigned(tree)
    for check in _checks(tree):
        match check:
            case ast.Name(id=name):
                for given in made.get(name, ()):
                    found |= set(_looked_through(given, made))
            case _:
                pass
    for loop in (each for each in _run(tree) if isinstance(each, ast.For)):
        if any(isinstance(each, ast.If) and _ends(each.body) for each in loop.body):
            found |= set(_names(loop.iter, made))
    return frozenset(found)


def _is_named(node: ast.expr) -> bool:
    """Tell whether an expression looks something up by a name like that of a variable: ``getenv("OLD_NAME")``."""
    given = node.args[:1] if isinstance(node, ast.Call) else []
    return any(isinstance(each, ast.Constant) and bool(_NAME.fullmatch(str(each.value))) for each in given)


def _checks(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield the conditions under which a program comes to its end as soon as it starts."""
    for node in _run(tree):
        match node:
            case ast.If(test=test, body=body) if _ends(body):
                yield test
            case ast.FunctionDef(name="main" | "run" | "start") | ast.AsyncFunctionDef(name="main" | "run" | "start"):
                inner = (each for each in _run(node) if isinstance(each, ast.If))
                yield from (each.test for each in inner if _gives_up(each.body))
            case ast.Assert(test=ast.Name() | ast.Call() | ast.Attribute() as test):
                yield ast.UnaryOp(op=ast.Not(), operand=test)
            case _:
                pass


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements that every start of a module runs."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            is_run = each.name in _STARTED or _CHECKING.fullmatch(each.name) is not None
        elif isinstance(each, ast.ClassDef):
            methods = (one for one in each.body if isinstance(one, ast.FunctionDef))
            for method in (one for one in methods if _CHECKING.fullmatch(one.name)):
                yield from _run(method)
            is_run = False
        else:
            is_run = isinstance(each, ast.stmt)
        if is_run:
            yield each
            yield from _run(each)


def used_at_once(tree: ast.AST, always: Container[ast.If] = ()) -> frozenset[ast.AST]:
    r"""
    Return the calls whose value a module uses as soon as it is imported, so that it must not be nothing.

    Args:
        tree: A module.
        always: Conditions in it that hold whenever the program runs.

    >>> [ast.unparse(each) for each in used_at_once(ast.parse("A = int(get('A'))\nB = get('B') or 1"))]
    ["get('A')"]
    """
    return frozenset(one for given in _values(tree, always) for one in _used(given))


def _values(tree: ast.AST, always: Container[ast.If]) -> Iterator[ast.expr]:
    """Yield what names are set to in any case when a module is imported."""
    for each in ast.iter_child_nodes(tree):
        match each:
            case ast.ClassDef() | ast.With():
                yield from _values(each, always)
            case ast.Try(handlers=handlers) if reraises(handlers):
                yield from _values(ast.Module(body=each.body, type_ignores=[]), always)
            case ast.If() if each in always:
                yield from _values(ast.Module(body=each.body, type_ignores=[]), always)
            case ast.Assign(value=given) | ast.AnnAssign(value=given) if given:
                yield given
            case _:
                pass


def reraises(handlers: list[ast.ExceptHandler]) -> bool:
    """Tell whether a program ends all the same, whatever goes wrong."""
    return all(_ends(each.body) for each in handlers)


def _used(node: ast.expr) -> Iterator[ast.AST]:
    """Yield the calls in an expression that a number is made of, or that something is asked of."""
    match node:
        case ast.IfExp() | ast.BoolOp() | ast.Lambda() | ast.Compare():
            return
        case ast.Call(func=ast.Name(id="int" | "float"), args=[ast.Call() as read]):
            yield read
        case ast.Attribute(value=ast.Call() as read):
            yield read
        case _:
            pass
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.expr):
            yield from _used(each)
        elif isinstance(each, ast.comprehension):
            yield from _used(each.iter)


def _ends(body: list[ast.stmt]) -> bool:
    """Tell whether a program, not a mere request, comes to its end."""
    match body[-1]:
        case ast.Raise(exc=error):
            return error is not None and "HTTP" not in ast.unparse(error)
        case ast.Expr(value=ast.Call(func=func)):
            return name_of(func) in _ENDING
        case _:
            return False


_COMPLAINTS = frozenset({"print", "fatal", "critical", "error", "exception", "warning", "echo", "secho"})


def _gives_up(body: list[ast.stmt]) -> bool:
    """Tell whether a program says why it does not go on, and returns from its main function."""
    calls = (each.value for each in body if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call))
    return isinstance(body[-1], ast.Return) and any(
        name_of(one.func).rpartition(".")[2] in _COMPLAINTS for one in calls
    )


def _lacking(test: ast.expr) -> Iterator[ast.expr]:
    """Yield what has to be empty or missing for a condition to hold."""
    match test:
        case ast.UnaryOp(
            op=ast.Not(), operand=ast.Call(func=ast.Name(id="all"), args=[ast.List() | ast.Tuple() as all_])
        ):
            yield from all_.elts
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() | ast.Call() | ast.Attribute() as subject):
            yield subject
        case ast.UnaryOp(op=ast.Not(), operand=ast.BoolOp(op=ast.And(), values=values)):
            yield from values
        case ast.Compare(left=subject, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None | "")]):
            yield subject
        case ast.Compare(
            left=ast.Constant(value=None | ""), ops=[ast.In()], comparators=[ast.List() | ast.Tuple() as all_]
        ):
            yield from all_.elts
        case ast.BoolOp(op=ast.Or(), values=values):
            for each in values:
                yield from _lacking(each)
        case _:
            pass


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """Return name, or attribute → what it is set to."""
    made: dict[str, list[ast.expr]] = {}
    for node in nodes(tree, ast.Assign, ast.AnnAssign):
        match node:
            case ast.Assign(targets=[target, *_], value=given) | ast.AnnAssign(target=target, value=given) if given:
                if name := _last(target):
                    made.setdefault(name, []).append(given)
            case _:
                pass
    return made


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _looked_through(given: ast.expr, made: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Yield the names that a list of missing ones is made from: ``[name for name in NAMES if not getenv(name)]``."""
    match given:
        case ast.ListComp(generators=[one]) | ast.SetComp(generators=[one]) | ast.GeneratorExp(generators=[one]):
            if one.ifs:
                yield from _names(one.iter, made)
        case ast.Call(args=[inner]):
            yield from _looked_through(inner, made)
        case _:
            pass


def _names(node: ast.expr, made: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Yield the names of variables in a list, or as the keys of a mapping."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.Dict(keys=parts):
            texts = (each.value for each in parts if isinstance(each, ast.Constant))
            yield from (text for text in texts if isinstance(text, str) and _NAME.fullmatch(text))
        case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute() as inner, attr="items" | "keys"), args=[]):
            yield from _names(inner, made)
        case ast.Name() | ast.Attribute() if len(given := made.get(_last(node), [])) == 1:
            yield from _names(given[0], {})
        case _:
            pass
