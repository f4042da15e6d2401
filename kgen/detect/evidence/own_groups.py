"""The extras and groups of dependencies that the project's own Dockerfile installs: the program may need them."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from packaging.utils import canonicalize_name

from kgen.detect.commands.shell import filled
from kgen.detect.found import Doubt, Fact
from kgen.detect.packages import installed
from kgen.detect.packages.requirements import is_development
from kgen.detect.packages.setup_files import setups
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.texts import table

_EXTRAS: Mapping[str, frozenset[str]] = {
    "uv": frozenset({"--extra"}),
    "poetry": frozenset({"--extras", "-E"}),
    "pdm": frozenset({"--group", "-G"}),
}
_GROUPS: Mapping[str, frozenset[str]] = {
    "uv": frozenset({"--group", "--only-group"}),
    "poetry": frozenset({"--with", "--only"}),
    "pdm": frozenset({"--group", "-G"}),
    "pip": frozenset({"--group"}),
}
"""Manager → its options that name extras, and groups."""

_FEWER = ("--only", "--without", "--no-dev", "--sync", "--with")
"""Options of Poetry that choose among groups."""

_INSTALLING = frozenset({"install", "sync", "export", "wheel", "download"})
_OWN = re.compile(r"(?:\.?/?\.|/[\w./-]+|([A-Za-z][\w.-]*))\[([\w,\s.-]+)\]")
"""The project with extras, wherever an image has it: ``.[web]``, ``/app[web]``."""

_COMMANDS = re.compile(r"&&|\|\||[;|\n]")


def named(project: Project) -> Mapping[str, list[Fact]]:
    """Return the extras and groups that are installed, as the fields of a build have them; none for developers."""
    return {} if _has_file(project) else _named(project)


def _has_file(project: Project) -> bool:
    """Tell whether pip installs a requirements file, beside which kgen asks for no extras."""
    return project.manager == "pip" and bool(project.requirements)


def _named(project: Project) -> Mapping[str, list[Fact]]:
    groups = frozenset() if project.manager == "pip" else _groups(project)  # of which kgen's pip installs none
    known = {"extras": _extras(project), "groups": groups}
    spelled = {field: {canonicalize_name(name): name for name in names} for field, names in known.items()}
    found: dict[str, dict[str, Fact]] = {}
    for words, where in _lines(project):
        for field, given in _said(words, known, canonicalize_name(installed.name(project))):
            name = spelled[field].get(canonicalize_name(given), "")
            if name and not is_development(name):
                found.setdefault(field, {}).setdefault(name, Fact(name, where))
    return {field: list(facts.values()) for field, facts in found.items()}


def _unknown(project: Project) -> Iterator[Doubt]:
    """Yield the extras that the image installs and that no file of the project names: code makes them up."""
    known = {canonicalize_name(name) for name in _extras(project)}
    own = canonicalize_name(installed.name(project))
    for words, where in _lines(project) if known else ():
        of_pip = words[0] not in _EXTRAS
        given = [name for field, name in _said(words, {"extras": frozenset(), "groups": frozenset()}, own) if of_pip]
        for name in (each for each in given if canonicalize_name(each) not in known and "$" not in each):
            yield Doubt(
                path=("build",),
                question=f"{where} also installs the extra `{name}`, which no file names",
                help="name the extras that it is made of in `build.python.extras`",
            )
            return


def doubts(project: Project) -> Iterator[Doubt]:
    """Yield what is installed besides that a variable names, that no file knows, or that has no place in the build."""
    for each in _named(project).get("extras", ()) if _has_file(project) else ():
        yield Doubt(
            path=("build",),
            question=f"{each.origin} also installs the extra `{each.value}`",
            help=f"put what it names into {project.requirements}",
        )
    yield from _unknown(project)
    for words, where in _lines(project):
        open_ = [word for word in words[2:] if re.fullmatch(r"\$\{?\w+\}?", word)]
        if open_ and words[0] in _EXTRAS and (_extras(project) or _groups(project)):
            yield Doubt(
                path=("build",),
                question=f"{where} also installs what `{open_[0]}` names",
                help="name it in `build.python.extras` or `groups`",
            )
            return


def _lines(project: Project) -> Iterator[tuple[list[str], str]]:
    """Yield the commands that install something, with their places."""
    for container in containers(project.tree, project.folder)[:1]:
        for text, line in container.steps:
            for each in _COMMANDS.split(text) if any(word in text for word in _INSTALLING) else ():
                words = _words(filled(each, container.variables))
                start = next((place for place, word in enumerate(words) if _tool(word)), len(words))
                made = [_tool(words[start]), *words[start + 1 :]] if words[start:] else []
                if _INSTALLING & set(made[1:3]):
                    yield made, f"{container.file}:{line}"


def _tool(word: str) -> str:
    name = word.rpartition("/")[2]
    return name if name in {*_EXTRAS, "pip", "pip3"} else ""


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError:  # a quotation that goes on
        return text.split()


def _said(words: Sequence[str], known: Mapping[str, frozenset[str]], own: str) -> Iterator[tuple[str, str]]:
    """Yield field and name of what one command installs besides the usual, for a project that is called ``own``."""
    tool = words[0]
    for word in words[1:]:
        match = _OWN.fullmatch(word)
        if match and (not match[1] or canonicalize_name(match[1]) == own):
            yield from (("extras", name.strip()) for name in match[2].split(","))
    if tool == "poetry" and "install" in words and not any(word.startswith(_FEWER) for word in words):
        yield from (("groups", name) for name in sorted(known["groups"]))  # but for those that are optional
    if "--all-extras" in words:
        yield from (("extras", name) for name in sorted(known["extras"]))
    pairs = [
        *pairwise(words),
        *((name, value) for name, sign, value in (word.partition("=") for word in words) if sign),
    ]
    for option, given in pairs:
        for field, options in (("extras", _EXTRAS), ("groups", _GROUPS)):
            if option in options.get(tool, ()):
                yield from ((field, name) for name in re.split(r"[\s,]+", given))


def _extras(project: Project) -> frozenset[str]:
    poetry = table(project.pyproject, "tool", "poetry", "extras")
    old = [name for setup in setups(project.tree, project.folder) for name in setup.extras]
    return frozenset({*table(project.pyproject, "project", "optional-dependencies"), *poetry, *old})


def _groups(project: Project) -> frozenset[str]:
    poetry = table(project.pyproject, "tool", "poetry", "group")
    pdm = table(project.pyproject, "tool", "pdm", "dev-dependencies")
    return frozenset({*table(project.pyproject, "dependency-groups"), *poetry, *pdm})
