"""The stages of a Dockerfile: which one starts from which, and what is copied from where to where."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from kgen.dockerfile import Dockerfile, Instruction, Word

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")
_OFFICIAL = re.compile(r"(?:.*/)?python")
_MADE_OF_IT = re.compile(r"(?:.*/)?python(?:[-_]\w+)+")
"""Images of others that are called like Python, and have its version as theirs."""


def stages_of(made: Dockerfile) -> dict[str, list[Instruction]]:
    """Return name or number → instructions; a stage starts with its ``FROM``."""
    stages: dict[str, list[Instruction]] = {}
    current: list[Instruction] = []
    for each in made.instructions:
        if each.name == "FROM":
            words = [word.text for word in each.words]
            named = [word for as_, word in pairwise(words) if as_.upper() == "AS"]
            name = named[0].lower() if named else str(len(stages))
            stages[name] = current = []
        current.append(each)
    return stages


def ancestry(stages: Mapping[str, list[Instruction]], last: str = "") -> list[str]:
    """Return the last stage, or the one of this name, and those that it starts from, the first of them first."""
    if not stages:
        return []
    names = [last or list(stages)[-1]]
    while True:
        words = stages[names[0]][0].words
        base = words[0].text.lower() if words else ""
        if base not in stages or base in names:
            return names
        names.insert(0, base)


def made_of(stages: Mapping[str, list[Instruction]], last: str = "") -> list[str]:
    """Return the last stage, or this one, and those that it starts from or copies of, wherever they do so."""
    waiting = ancestry(stages, last)[-1:]
    seen: list[str] = []
    while waiting:
        name = waiting.pop()
        if name in seen or name not in stages:
            continue
        seen.append(name)
        copied = [each.flag("from") for each in stages[name] if each.name == "COPY"]
        base = stages[name][0].words[:1] if stages[name][0].name == "FROM" else ()
        waiting += [word.text.lower() for word in (*base, *copied) if word]
    return seen


_NODE = re.compile(r"(?:[\w.-]+/)*(?:node|bun|deno)(?:[:@].*)?")


def front_ends(
    stages: Mapping[str, list[Instruction]], last: str, variables: Mapping[str, str]
) -> Iterator[tuple[str, Word]]:
    """Yield the stages of Node.js that make something which is copied: the image, and where it stands."""
    own = ancestry(stages, last)
    for name in made_of(stages, last):
        base = next((word for word in stages[name][0].words if not word.text.startswith("--")), None)
        image = filled(base.text, variables) if base else ""
        is_made = any(each.name == "RUN" for each in stages[name])
        if base and name not in own and is_made and _NODE.fullmatch(image):
            yield image, base


def filled(text: str, variables: Mapping[str, str]) -> str:
    """
    Return ``text`` with the variables that are known.

    >>> filled("python:${VERSION}-slim", {"VERSION": "3.12"}), filled('${A:-"b"}', {})
    ('python:3.12-slim', 'b')
    """
    return _VARIABLE.sub(lambda match: variables.get(match[1] or match[3], (match[2] or "").strip("\"'")), text)


def unquoted(text: str) -> str:
    """Return the string that an entry of a JSON list is."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text


def python_of(image: str) -> str:
    """
    Return the minor version of Python that an image has, by its name.

    >>> python_of("python:3.12-slim"), python_of("astral-sh/uv:python3.13-bookworm"), python_of("ubuntu:22.04")
    ('3.12', '3.13', '')
    >>> python_of("shop/python-browser:3.9")
    '3.9'
    """
    name, _, tag = image.partition("@")[0].rpartition(":")
    if _OFFICIAL.fullmatch(name):
        match = re.match(r"[23]\.\d+", tag)
        return match[0] if match else ""
    if _MADE_OF_IT.fullmatch(name) and (match := re.match(r"3\.\d+", tag)):
        return match[0]
    match = re.search(r"python-?([23]\.\d+)|py([23])\.?(\d+)", tag)
    return (match[1] or f"{match[2]}.{match[3]}") if match else ""


def workdir(instructions: Iterable[Instruction], variables: Mapping[str, str]) -> str:
    """Return the folder that commands run in after ``instructions``."""
    said = (filled(each.text, variables) for each in instructions if each.name == "WORKDIR")
    return posixpath.normpath(posixpath.join("/", *said))


def copies(instructions: Iterable[Instruction], variables: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    """Yield source and target of what is copied, and whether it comes from the context."""
    before: list[Instruction] = []
    for each in instructions:
        before.append(each)
        if each.name in {"COPY", "ADD"} and len(each.words) > 1:
            *sources, given = (filled(unquoted(word.text), variables) for word in each.words)
            here = workdir(before, variables)
            target = posixpath.normpath(posixpath.join(here, given))
            is_folder = given.endswith("/") or given == "." or target == here or len(sources) > 1
            place = f"{target.rstrip('/')}/" if is_folder else target
            yield from ((source, place, each.flag("from") is None) for source in sources)


def through(
    stages: Mapping[str, list[Instruction]], last: list[Instruction], variables: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield source and target of what another stage has from the context, and the last one has from that stage."""
    for each in last:
        other = each.flag("from") if each.name == "COPY" else None
        name = other.text.lower() if other else ""
        if name not in stages or len(each.words) < len(("source", "target")):
            continue
        *taken, given = (filled(unquoted(word.text), variables).rstrip("/") or "/" for word in each.words)
        inner = [one for stage in ancestry(stages, name) for one in stages[stage]]
        for source, target, is_own in copies(inner, variables):
            for start in taken:
                if is_own and start.startswith("/") and f"{target.rstrip('/')}/".startswith(f"{start}/"):
                    end = "/" if target.endswith("/") else ""
                    rest = target.rstrip("/")[len(start) :]
                    here = posixpath.join(workdir(last, variables), given)
                    yield source, f"{here.rstrip('/')}{rest}{end}"


_BIN = re.compile(r"/(?:usr/)?(?:local/)?s?bin/([a-z][\w.-]*)?")
_OF_BUILDERS = frozenset(
    {"uv", "uvx", "pip", "poetry", "pdm", "python", "python3", "tini", "dumb-init", "gosu", "su-exec"}
)
_PROGRAM = re.compile(r"[a-z][a-z0-9+-]+")


def programs(
    stages: Mapping[str, list[Instruction]], last: list[Instruction], variables: Mapping[str, str]
) -> Iterator[str]:
    """Yield the programs that are copied out of images of other things: ``COPY --from=acme/x /x /usr/bin/``."""
    for each in last:
        other = each.flag("from") if each.name == "COPY" else None
        if other is None or len(each.words) != len(("source", "target")):
            continue
        base = stages[other.text.lower()][0].words[0].text if other.text.lower() in stages else other.text
        source, target = (filled(unquoted(word.text), variables) for word in each.words)
        match = _BIN.fullmatch(target if not target.endswith("bin") else f"{target}/")
        name = (match[1] or posixpath.basename(source)) if match else ""
        is_python = base.lower() in stages or bool(python_of(filled(base, variables)))
        if _PROGRAM.fullmatch(name) and name not in _OF_BUILDERS and not is_python:
            yield name
