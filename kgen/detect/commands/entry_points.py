"""Scripts that images start with: the branch that an argument chooses, and the functions that it calls."""

import re
from collections.abc import Mapping, Sequence

from kgen.detect.commands.shorthands import plain

_FUNCTION = re.compile(
    r"^(?:function[ \t]+)?([\w-]+)[ \t]*\(\)[ \t]*\n?[ \t]*\{[ \t]*\n(.*?)^\}[ \t]*$", re.MULTILINE | re.DOTALL
)
_CASE = re.compile(
    r"^[ \t]*case[ \t]+[\"']?\$(?:1|\{1(?::?-(?P<usual>[\w-]+))?\})[\"']?[ \t]+in[ \t]*\n(?P<body>.*?)^[ \t]*esac\b",
    re.MULTILINE | re.DOTALL,
)
_BRANCH = re.compile(r"^[ \t]*\(?([\"'\w*|.\- ]+?)\)[ \t]*\n?(.*?)(?:;;|\Z)", re.MULTILINE | re.DOTALL)
_DEEPEST = 3
_LASTING = re.compile(r"work|sched|beat|celery|consum|cron|queue|flower|daphne|websocket|listen")
_NOT = re.compile(r"dev|debug|test|health|check|help|lint|shell|wait|stop|restart")


def entered(text: str, arguments: Sequence[str]) -> str:
    r"""
    Return what a script does if it is given ``arguments``: functions in place of their calls, one branch of a case.

    >>> script = 'web() {\n  gunicorn a:b\n}\ncase "$1" in\n  web) web;;\n  *) exec "$@";;\nesac\n'
    >>> entered(script, ["web"]).split()[-2:]
    ['gunicorn', 'a:b']
    """
    text = plain(text)
    functions = {match[1]: match[2] for match in _FUNCTION.finditer(text)}
    made = _FUNCTION.sub(lambda match: f"{match[1]}() {{\n:\n}}", text) if functions else text
    made = _CASE.sub(lambda match: _branch(match, arguments), made)
    for _ in range(_DEEPEST if functions else 0):
        made = _called(functions).sub(lambda match: functions[match[1]], made)
    return made


def knows(text: str, argument: str) -> bool:
    """Tell whether a script has a branch of its own for an argument."""
    branches = (each for match in _CASE.finditer(text) for each in _BRANCH.finditer(match["body"]))
    return any(argument in _labels(each) for each in branches)


def others(text: str, chosen: Sequence[str]) -> list[str]:
    """Return the arguments with which a script starts other programs that go on, such as ``worker``."""
    labels = [
        label for match in _CASE.finditer(text) for each in _BRANCH.finditer(match["body"]) for label in _labels(each)
    ]
    found = (each for each in labels if _LASTING.search(each) and not _NOT.search(each))
    return [each for each in dict.fromkeys(found) if each not in chosen]


def _called(functions: Mapping[str, str]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, functions))
    return re.compile(rf"^[ \t]*({names})(?=[ \t]|$)(?![ \t]*\(\))[^\n]*$", re.MULTILINE)


def _branch(match: re.Match[str], arguments: Sequence[str]) -> str:
    given = arguments[0] if arguments else match["usual"] or ""
    branches = list(_BRANCH.finditer(match["body"]))
    for wanted in (given, "*"):
        for each in branches:
            if wanted in _labels(each):
                return each[2]
    return match[0]


def _labels(branch: re.Match[str]) -> list[str]:
    return [label.strip().strip("\"'") for label in branch[1].split("|")]
