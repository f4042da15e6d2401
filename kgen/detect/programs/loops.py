"""Loops that are there to go on until somebody stops the program, and those that read pages, or try once more."""

import ast
import re
from collections.abc import Iterable, Iterator

_RUNNING = re.compile(
    r"(?:not )?[\w.]*(?:run|alive|active|stop|shut|exit|quit|terminat|kill|interrupt)\w*(?:\.is_set)?(?:\(\))?"
)
"""Conditions of loops that go on until somebody stops the program."""

_STOPPING = re.compile(
    r"run|alive|active|stop|shut|exit|quit|terminat|kill|interrupt|signal|once|daemon|cancel|abort|clos|\bargs?\.|\bopt"
    r"|test|debug|dry|error|fail|except|argv|environ",
    re.IGNORECASE,
)
"""Conditions of what leaves such a loop: somebody stops it, wants it to run once, or it cannot go on."""

_WAITING = re.compile(r"_?(?:\w+_)?(?:sleep|wait)(?:_\w+)?")


def goes_on(loop: ast.While) -> bool:
    r"""
    Tell whether a loop is there to go on for ever: it has no way out but to be stopped, or it polls, and asks nobody.

    >>> [goes_on(ast.parse(f"while {test}: sleep(1)").body[0]) for test in ("True", "not stop.is_set()", "n < 3")]
    [True, True, False]
    >>> [goes_on(ast.parse(f"while 1:\n  if {test}: break\n  sleep(1)").body[0]) for test in ("stopped", "not page")]
    [True, False]
    """
    is_sure = isinstance(loop.test, ast.Constant) and bool(loop.test.value)
    if not is_sure and not _RUNNING.fullmatch(ast.unparse(loop.test)):
        return False
    calls = {ast.unparse(each.func).rpartition(".")[2] for each in ast.walk(loop) if isinstance(each, ast.Call)}
    exits = list(_exits(loop.body, is_stop=False, is_own=True))
    if "input" in calls:
        return False
    if is_sure and not exits:
        return True
    return "poll" in calls or (all(exits) and any(map(_WAITING.fullmatch, calls)))


def _exits(body: Iterable[ast.stmt], *, is_stop: bool, is_own: bool) -> Iterator[bool]:
    """Yield for each way out of a loop whether it is one for whoever stops it."""
    for node in body:
        match node:
            case ast.Return() | ast.Break() if is_own or isinstance(node, ast.Return):
                yield is_stop
            case ast.If(test=test, body=inner, orelse=other):
                asks = is_stop or _STOPPING.search(ast.unparse(test)) is not None
                yield from _exits([*inner, *other], is_stop=asks, is_own=is_own)
            case ast.Try(body=inner, orelse=other, finalbody=last, handlers=handlers):
                yield from _exits([*inner, *other, *last], is_stop=is_stop, is_own=is_own)
                yield from (one for each in handlers for one in _exits(each.body, is_stop=True, is_own=is_own))
            case ast.While(body=inner) | ast.For(body=inner) | ast.AsyncFor(body=inner):
                yield from _exits(inner, is_stop=is_stop, is_own=False)
            case ast.With(body=inner) | ast.AsyncWith(body=inner):
                yield from _exits(inner, is_stop=is_stop, is_own=is_own)
            case ast.Match(cases=cases):
                yield from (one for each in cases for one in _exits(each.body, is_stop=is_stop, is_own=is_own))
            case _:
                pass
