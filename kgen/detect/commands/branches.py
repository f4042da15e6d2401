"""In which branch of a shell script a command stands, and whether that is one for development."""

import re
from collections.abc import Sequence

_KEYWORDS = frozenset({"if", "elif", "else", "fi", "then", "do", "done", "{", "}", "while", "until", "!"})
_OTHERWISE = "else "
_DEVELOPMENT = re.compile(
    r"(?:^|[\W_\d])(?:dev(?:el(?:op(?:ment)?)?)?|debug(?:ging)?|(?:auto_?)?reload|local)(?:$|[\W_\d])", re.IGNORECASE
)
_PRODUCTION = re.compile(r"(?:^|[\W_\d])prod(?:uction)?(?:$|[\W_\d])", re.IGNORECASE)
_NOT = re.compile(r"!|(?:^|\s)-(?:z|ne)\s|=\s*[\"']?(?:false|0|no|off)?[\"']?\s*(?:\]|$)", re.IGNORECASE)
"""What turns a condition around: ``!=``, ``-z``, ``= false``."""


def branched(words: Sequence[str], branches: list[str]) -> None:
    """
    Bring ``branches``, the conditions that hold where a script has come to, up to date with its next words.

    >>> branches = ["[ $X = 1 ]"]
    >>> branched(["else", "OPTIONS="], branches)
    >>> branches
    ['else [ $X = 1 ]']
    """
    for place, word in enumerate(words):
        if word not in _KEYWORDS:
            return
        condition = " ".join(words[place + 1 :])
        if word == "if":
            branches.append(condition)
        elif branches and word == "elif":
            branches[-1] = condition
        elif branches and word == "else":
            branches[-1] = f"{_OTHERWISE}{branches[-1]}"
        elif branches and word == "fi":
            branches.pop()


def is_development(branch: str) -> bool:
    """
    Tell whether a branch is one that only development takes.

    >>> [is_development(each) for each in ("[ $DEV_MODE == TRUE ]", "else [ $DEV_MODE == TRUE ]", "[ $DEBUG = 0 ]")]
    [True, False, False]
    >>> is_development("else [ $APP_ENV = production ]"), is_development("[ -n $TLS ]")
    (True, False)
    """
    condition = branch.removeprefix(_OTHERWISE)
    holds = condition == branch
    if _NOT.search(condition):
        holds = not holds
    if _DEVELOPMENT.search(condition):
        return holds
    return bool(_PRODUCTION.search(condition)) and not holds
