"""Dockerfile instructions as text, with every word quoted for whoever reads it: Docker, the shell, or nobody."""

import json
import re
import shlex
from collections.abc import Iterable


def env(**values: str) -> str:
    """Return one ENV for all ``values``; they hold no quotes and no blanks."""
    return "ENV " + " \\\n    ".join(f"{name}={value}" for name, value in values.items())


def label(values: Iterable[tuple[str, str]]) -> str:
    r"""
    Return one LABEL; Docker would look for variables in the text, and for its end.

    >>> print(label([("com.example.price", 'a "fair" $5')]))
    LABEL com.example.price="a \"fair\" \$5"
    """
    quoted = (name + '="' + re.sub(r'([$"\\])', r"\\\1", text) + '"' for name, text in values)
    return "LABEL " + " \\\n    ".join(quoted)


def run(*commands: str, cache: str = "", mounts: Iterable[str] = ()) -> str:
    """
    Return one RUN of all ``commands``, each only if those before it succeeded.

    Args:
        commands: Shell commands, quoted already.
        cache: Absolute path of a folder that stays on the build machine and is in no layer.
        mounts: Further options of the same kind.
    """
    options = [*([f"--mount=type=cache,target={cache}"] if cache else []), *mounts]
    return "RUN " + "".join(f"{option} \\\n    " for option in options) + " \\\n    && ".join(commands)


def copy(sources: Iterable[str], target: str, stage: str = "") -> str:
    """
    Return a COPY from the context, or from another stage.

    Names that hold more than plain characters take the JSON form, where blanks do not separate. Even there ``$`` would
    be taken for a variable, and ``[`` for the start of a pattern.
    """
    words = [*sources, target]
    start = f"COPY --from={stage} " if stage else "COPY "
    if all(re.fullmatch(r"[\w./*@+-]+", word, re.ASCII) for word in words):
        return start + " ".join(words)
    return start + exec_form(word.replace("[", "[[]").replace("$", "\\$") for word in words)


def exec_form(words: Iterable[str]) -> str:
    """Return ``words`` as JSON, which neither a shell nor Docker looks into."""
    return json.dumps([*words], ensure_ascii=False)


def command_line(start: str, *options: str | tuple[str, Iterable[str]]) -> str:
    """
    Return a shell command.

    >>> command_line("uv sync", "--locked", ("--extra", ["a", "b c"]), ("--group", []))
    "uv sync --locked --extra a --extra 'b c'"
    """
    words = [start]
    for option in options:
        if isinstance(option, str):
            words.append(option)
        else:
            words += (f"{option[0]} {shlex.quote(value)}" for value in option[1])
    return " ".join(words)
