"""
Command lines and small shell scripts as lists of commands: enough for what people start containers with.

What a shell would decide at run time (conditions, loops) is not decided here: commands in there are known to be
conditional, and whoever asks has to doubt them.
"""

import os.path
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from kgen.detect.commands import shorthands
from kgen.detect.commands.branches import branched, is_development
from kgen.record import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One simple command."""

    words: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables that are set for it."""

    folder: str = ""
    """Where it runs, relative to where everything started."""

    is_conditional: bool = False
    is_background: bool = False
    """Whether the next command does not wait for it."""

    takes_over: bool = False
    """Whether it replaces the shell (``exec``)."""

    line: int = 1


_OPEN = frozenset({"if", "for", "while", "until", "case", "{", "select"})
_CLOSE = frozenset({"fi", "done", "esac", "}"})
_MIDDLE = frozenset({"then", "else", "elif", "do", "!", "in"})
_NOTHING = frozenset(
    {
        *("set", "echo", "printf", "sleep", "source", ".", "true", "false", ":", "wait", "trap", "shift", "date", "ls"),
        *("pwd", "id", "whoami", "umask", "ulimit", "return", "exit", "local", "declare", "test", "[", "[[", "cat"),
        *("break", "continue", "read", "unset", "alias", "ps", "env", "which", "command", "type", "function", "hash"),
        *(
            "chmod",
            "chown",
            "mkdir",
            "touch",
            "export",
            "readonly",
            "pg_isready",
            "nc",
            "ping",
            "kill",
            "pkill",
            "sync",
        ),
        *(
            "yes",
            "cp",
            "mv",
            "rm",
            "ln",
            "dirname",
            "basename",
            "curl",
            "wget",
            "tar",
            "sed",
            "grep",
            "awk",
            "git",
            "clear",
        ),
        *(
            "useradd",
            "usermod",
            "userdel",
            "deluser",
            "groupdel",
            "delgroup",
            "groupadd",
            "groupmod",
            "adduser",
            "addgroup",
            "getent",
            "find",
            "xargs",
            "install",
        ),
        *("update-ca-certificates", "ldconfig", "locale-gen", "stty", "tee", "head", "tr", "cut", "sort", "uname"),
        *(
            "hostname",
            "crontab",
            "redis-cli",
            "printenv",
            "shopt",
            "let",
            "getopts",
            "mapfile",
            "readarray",
            "pushd",
            "popd",
            "builtin",
        ),
        *("enable", "caller", "yq", "jq"),
    }
)
"""Commands that start nothing."""

_FUNCTION = re.compile(r"^\s*(?:function\s+)?([\w-]+)\s*\(\)", re.MULTILINE)
_HERE = re.compile(r"(<<-?[ \t]*[\"']?(\w+)[\"']?[^\n]*\n)(?:.*\n)*?[ \t]*\2[ \t]*(?=\n|$)")
"""A text that a command reads from the script itself."""

_COUNTED = re.compile(r"\bfor\s*\(\(.*?\)\)")
"""The head of a loop that counts."""

_ANSWERS = frozenset({"yes", "echo", "printf"})
"""Commands that only say something to the one behind the ``|``."""

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_ENDS = frozenset({"&&", ";", "\n", "&", "||", "|", ";;", "|&"})
_REDIRECTION = re.compile(r"(?:\s|^)\d*(?:>&|<&|&>>?|>>?|<)\s*(?:&\d|(?:\"[^\"]*\"|'[^']*'|[^\s;&|'\"])+)")
_PROGRAM = re.compile(r"[\w./~][\w./@+-]*|\$@|\$\{\w*@?(?:\[@\])?\}|\$\w[\w./]*")
_LONGEST = 60
"""Lines that one quotation may have."""


_USUAL = re.compile(r"\$\{(\w+):?=([^}$]+)\}")
"""What a script sets if nobody has: ``: ${WORKERS:=2}``."""


def commands(text: str) -> list[Command]:
    r"""
    Return the simple commands of a line or a script, in their order, without those that start nothing.

    >>> [each.words for each in commands("set -e\npython manage.py migrate && exec gunicorn shop.wsgi > log")]
    [('python', 'manage.py', 'migrate'), ('gunicorn', 'shop.wsgi')]
    >>> [each.words for each in commands(": ${WORKERS:=2}\ngunicorn shop.wsgi --workers $WORKERS")]
    [('gunicorn', 'shop.wsgi', '--workers', '${WORKERS:-2}')]
    """
    found: list[Command] = []
    text = shorthands.plain(_COUNTED.sub("for each in them", _HERE.sub(r"\1", text)))
    functions = {match[1] for match in _FUNCTION.finditer(text)}
    folder, depth = "", 0
    env: dict[str, str] = {}
    known: dict[str, str] = {}
    branches: list[str] = []
    for line, words, end in _pieces(text):
        branched(words, branches)
        depth, rest = _depth([one for word in words for one in _filled(word, known)], depth)
        made, rest = _assigned(rest)
        if not rest and any(map(is_development, branches)):
            continue
        if any(value.startswith(("(", "$(", "`")) for value in made.values()):  # an array, or what a command prints
            known |= {name: "." for name in made if "dirname" in rest}
            continue
        if not rest or rest[0] == "export":
            made |= _assigned(rest[1:])[0]
            known |= made
            env |= made if rest else {}
        elif rest[0] == "cd" and len(rest) > 1 and not depth and "$" not in rest[1]:
            folder = os.path.normpath(os.path.join(folder, rest[1])) if rest[1] != "." else folder
        elif rest[0] == "cd":
            pass  # who knows where, or whether
        elif rest[0] == ":":
            usual = [match for word in rest[1:] if (match := _USUAL.fullmatch(word))]
            known |= {match[1]: f"${{{match[1]}:-{match[2]}}}" for match in usual}
        elif rest[0] not in _NOTHING or (rest[0] == "env" and "=" in " ".join(rest[1:2])):
            takes_over = rest[0] == "exec"
            plain = tuple(rest[1:] if takes_over else rest)
            if plain and _PROGRAM.fullmatch(plain[0]) and plain[0] not in functions:
                found.append(
                    Command(
                        words=plain,
                        env=env | made,
                        folder="" if folder == "." else folder,
                        is_conditional=depth > 0,
                        is_background=end == "&",
                        takes_over=takes_over,
                        line=line,
                    )
                )
    return found


def _pieces(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield line, words and end of each piece between ``&&``, ``;``, ``|`` and the ends of lines."""
    skipping = False
    for number, line in _lines(text):
        words: list[str] = []
        for token in (*(_tokens(line) or ()), "\n"):
            is_tested = "[[" in words and "]]" not in words  # `&&` in there is part of the condition
            if token not in _ENDS or (is_tested and token in {"&&", "||"}):
                words.append(token)
                continue
            if words and not skipping:
                yield number, words, token
            # what comes after `||` runs if something failed; after `|` it only reads, unless it reads a mere answer
            answers = bool(words) and words[0] in _ANSWERS
            skipping, words = token in {"||", *(() if answers else ("|", "|&"))}, []


def _lines(text: str) -> Iterator[tuple[int, str]]:
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        start = start if joined else number
        joined += line.rstrip().removesuffix("\\") + (" " if line.rstrip().endswith("\\") else "")
        if line.rstrip().endswith("\\"):
            continue
        if joined.strip() and not joined.lstrip().startswith("#"):
            if _tokens(joined) is None and number - start < _LONGEST:  # a quotation that goes on
                joined += "\n"
                continue
            yield start, joined
        joined = ""
    if joined.strip():
        yield start, joined


def _tokens(line: str) -> list[str] | None:
    """Return the words and operators of a line, without redirections; ``None`` if its quotes do not end in it."""
    lexer = shlex.shlex(_REDIRECTION.sub(" ", line), posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        return list(lexer)
    except ValueError:
        return None


def _depth(words: Sequence[str], depth: int) -> tuple[int, list[str]]:
    """Return how deep in conditions and loops we are after the keywords at the start of ``words``, and the rest."""
    rest = list(words)
    while rest:
        if rest[0] in _OPEN:
            depth += 1
            rest = [] if rest[0] in {"for", "case", "select"} else rest[1:]
        elif rest[0] in _CLOSE:
            depth = max(depth - 1, 0)
            rest = rest[1:]
        elif rest[0] in _MIDDLE or (rest[0].endswith(")") and "(" not in rest[0]):
            rest = rest[1:]
        elif rest[0].endswith("()") or (len(rest) > 1 and rest[1] == "()"):
            return depth + (rest[-1] == "{"), []
        else:
            break
    return depth, rest


def _assigned(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the variables that are set at the start of ``words``, and the rest."""
    made: dict[str, str] = {}
    rest = list(words)
    while rest and (match := _ASSIGNMENT.fullmatch(rest[0])):
        made[match[1]] = match[2]
        rest.pop(0)
    return made, rest


_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?[-=]((?:\$\{[^{}]*\}|[^}])*))?\}|(\w+))")


def _known(word: str, values: Mapping[str, str]) -> str:
    """Return ``word`` with the variables that were set before; what has a default may still be set by others."""

    def value(match: re.Match[str]) -> str:
        name, default = match[1] or match[3], match[2] or ""
        return values.get(name) or (f"${{{name}:-{filled(default, plain)}}}" if "$" in default else match[0])

    plain = {name: filled(each, {}) for name, each in values.items()}
    return _VARIABLE.sub(value, word)


def _filled(word: str, values: Mapping[str, str]) -> list[str]:
    """Return the words that one is: options in a variable are several, and none if a script has set it to nothing."""
    match = _VARIABLE.fullmatch(word)
    name = (match[1] or match[3]) if match else ""
    if name not in values:
        return [_known(word, values)]
    value = values[name]
    return (
        shlex.split(value)
        if not value or (value.startswith("-") and not set(value) & set("'\"$"))
        else [_known(word, values)]
    )


def filled(word: str, values: Mapping[str, str]) -> str:
    """
    Return ``word`` with the variables whose values are known, or that have a default.

    >>> filled("0.0.0.0:$PORT", {"PORT": "8000"}), filled("${WORKERS:-4}", {}), filled("$UNKNOWN", {})
    ('0.0.0.0:8000', '4', '$UNKNOWN')
    >>> filled("${PORT:-${OTHER:-5000}}", {})
    '5000'
    """

    def value(match: re.Match[str]) -> str:
        return values.get(match[1] or match[3]) or (filled(match[2], values) if match[2] else match[0])

    return _VARIABLE.sub(value, word)
