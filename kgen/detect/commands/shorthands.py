"""What a shell script says once and uses later: functions that run what they are given, and arrays of words."""

import re
import shlex
from collections.abc import Iterator

_HEAD = re.compile(r"^([ \t]*)function[ \t]+([\w-]+)(?:[ \t]*\(\))?", re.MULTILINE)
_BODY = re.compile(r"^[ \t]*([\w-]+)[ \t]*\(\)\s*\{(.*?)^[ \t]*\}", re.MULTILINE | re.DOTALL)
_ALL = r"\"?\$(?:@|\*|\{@\}|\{\*\})\"?"
_PASSED = re.compile(
    rf"^[ \t]*(?:exec[ \t]+|eval[ \t]+|(?:gosu|su-exec|chpst|sudo|setpriv|nice|timeout)[ \t]+[^\n;&|]*?)*{_ALL}[^\n]*$",
    re.MULTILINE,
)
"""A line of a function that runs what the function is given."""

_ARRAY = re.compile(
    r"^([ \t]*)(?:(?:local|declare|readonly)[ \t]+(?:-\w+[ \t]+)?)?(\w+)=\(([^()]*)\)[ \t]*$", re.MULTILINE
)
_HOSTED = re.compile(
    r"(?<![\w./-])/(?:home/site/wwwroot|opt/render/project/src|var/app/current|home/vcap/app)(?=[/\s\"']|$)"
)
"""Where hosting platforms have the project."""

_USE = re.compile(r"\"?\$\{(\w+)\[[@*]\]\}\"?")


_LOOP = re.compile(r"\bfor[ \t]+(\w+)[ \t]+in\b")


def _once(text: str) -> str:
    """
    Return a script without options that number what a loop starts: there is one of each in a container.

    >>> _once("for i in 1 2; do rq worker a --name w-$i & done")
    'for i in 1 2; do rq worker a & done'
    """
    for name in dict.fromkeys(_LOOP.findall(text)):
        text = re.sub(rf"[ \t]+--?[\w-]+[ =][\"']?[\w./-]*\$(?:{name}\b|\{{{name}\}})[\w./-]*[\"']?", "", text)
    return text


def plain(text: str) -> str:
    r"""
    Return a script without such shorthands: calls of a function that runs what it is given are what they give it.

    >>> plain('keep() {\n  "$@" &\n  wait\n}\nkeep gosu web python app.py')
    'keep() {\n\n  wait\n}\ngosu web python app.py'
    >>> plain('A=(--port 80)\nexec serve "${A[@]}"')
    '\nexec serve --port 80'
    """
    text = _once(_HOSTED.sub("/app", text))
    text = _HEAD.sub(r"\1\2()", text) if "function" in text else text
    text = _spread(text) if "=(" in text else text
    for name in list(_passing(text)):
        call = re.compile(
            rf"(^|[;&|]|\b(?:then|else|do|if|!))([ \t]*){re.escape(name)}[ \t]+(?=[^\s()=])", re.MULTILINE
        )
        text = call.sub(r"\1\2", text)
    return _BODY.sub(lambda match: _PASSED.sub("", match[0]), text) if "()" in text else text


def _passing(text: str) -> Iterator[str]:
    """Yield the functions of a script that run what they are given."""
    for match in _BODY.finditer(text) if "()" in text else ():
        if _PASSED.search(match[2]):
            yield match[1]


def _spread(text: str) -> str:
    """Return a script with what its arrays have instead of their names; nothing else is known of those that vary."""
    found: dict[str, list[str]] = {}
    for match in _ARRAY.finditer(text):
        found.setdefault(match[2], []).append(" ".join(match[3].split()))
    is_all = re.compile(_ALL)
    words: dict[str, str] = {}
    for name, given in found.items():
        own = [each for each in given if not is_all.fullmatch(each)]
        if len(own) == 1 and "[@]" not in own[0]:
            words[name] = own[0] if len(given) == 1 else f'"${{@:-{_unquoted(own[0])}}}"'
    text = _ARRAY.sub(lambda match: "\n" * match[0].count("\n"), text)
    return _USE.sub(lambda match: words.get(match[1], match[0]), text)


def _unquoted(line: str) -> str:
    try:
        return " ".join(shlex.split(line))
    except ValueError:
        return line.replace('"', "")


def usual(word: str) -> tuple[str, ...]:
    """
    Return what stands for all arguments of a script if there are none.

    >>> usual("${@:-run --port ${PORT:-80}}"), usual("$@")
    (('run', '--port', '${PORT:-80}'), ())
    """
    return tuple(word[5:-1].split()) if word.startswith("${@:-") else ()
