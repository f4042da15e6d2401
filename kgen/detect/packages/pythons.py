"""
Which minor version of Python a project runs on.

What somebody wrote down for this very purpose comes first. A range (``requires-python``) leaves a choice: then it is
the usual one, or an older one if packages have no wheels for that yet, or if the project was never tested with it.
"""

import re
from collections.abc import Callable, Collection, Iterator
from itertools import chain

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from kgen.detect.evidence import own_groups
from kgen.detect.evidence.compose import dockerfiles
from kgen.detect.found import Choice, Doubt, Fact
from kgen.detect.packages import ceilings, locked, python_hints
from kgen.detect.packages.managers import ENVIRONMENTS, LOCKS
from kgen.detect.packages.requirements import requirements_files
from kgen.detect.packages.setup_files import setups
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container as Dockerfile
from kgen.detect.source.dockerfiles import containers, containers_above
from kgen.detect.source.texts import origin, table, toml, yaml
from kgen.detect.source.tree import join
from kgen.filenames import PLATFORM_FILE
from kgen.locking import belonging

KNOWN = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
"""Minor versions that a project gets that leaves the choice, oldest first."""

USUAL = "3.13"
"""What a project gets that accepts any."""

ENDED = {
    "2.7": "January 2020",
    "3.4": "March 2019",
    "3.5": "September 2020",
    "3.6": "December 2021",
    "3.7": "June 2023",
    "3.8": "October 2024",
    "3.9": "October 2025",
}
"""
Version → when it got its last fix.

Source: https://devguide.python.org/versions/
"""

_MINOR = re.compile(r"(?:c?python[-@])?v?([23]\.\d+)(?![\d])")
_LOCKED = re.compile(r'\A(?:(?!\[).*\n)*?requires-python = "([^"]+)"')
_PATCHES = 40
_PATH = ("build", "python", "version")


def python(project: Project) -> tuple[Fact | None, tuple[Doubt, ...]]:
    """Return the minor version that the project's files ask for, and what is unclear about it."""
    ranges = list(_ranges(project))
    said = next(_said(project), None)
    if said and not (against := [each for each in ranges if not _fits(said.value, each.value)]):
        image = _dockerfile(project)
        both = (*_of_python_2(project, said), *_apart(said, image))
        return said, (*_old(said), *_too_new(project, said), *both)
    fact = _chosen(project, ranges)
    if not said:
        known = (*_old(fact), *_weak(fact), *_too_new(project, fact)) if fact else ()
        return fact, (*known, *_of_python_2(project, fact))
    doubt = Doubt(
        path=_PATH,
        question=f"{said.origin} says {said.value}, but {against[0].origin} does not allow it",
        help="make the two agree",
    )
    return fact or said, (doubt,)


_PYTHON_2 = frozenset(
    {
        "wsgiref",
        "distribute",
        "mysql-python",
        "beautifulsoup",
        "pil",
        "pysqlite",
        "functools32",
        "subprocess32",
        "futures",
    }
)
"""Distributions that cannot be installed on Python 3: it has them, or others have taken their place."""


def _of_python_2(project: Project, fact: Fact | None) -> Iterator[Doubt]:
    found = [each for name, each in project.dependencies.items() if name in _PYTHON_2 and not each.group]
    if found and not (fact and str(fact.value).startswith("2")):
        named = ", ".join(f"{each.name} ({each.origin})" for each in found)
        question = f"{named} {'are' if len(found) > 1 else 'is'} for Python 2 only"
        yield Doubt(path=_PATH, question=question, help="remove it, or take what has replaced it")


def _apart(said: Fact, image: Fact | None) -> tuple[Doubt, ...]:
    """Return the doubt about a version that is not the one of the project's own image."""
    if image is None or said.value == image.value:
        return ()
    choices = tuple(Choice(each.value, each.origin) for each in (said, image))
    return (Doubt(path=_PATH, question="the project's own image has another version", choices=choices),)


def unsaid(project: Project) -> Fact | None:
    """Return the version of a project that says nothing, written down so that it stays; a platform has its own."""
    return None if PLATFORM_FILE in project.tree else Fact(USUAL, "nothing says which; kgen's default")


def _old(fact: Fact) -> tuple[Doubt, ...]:
    if fact.value not in ENDED:
        return ()
    question = f"Python {fact.value} has had no fixes since {ENDED[fact.value]}"
    return (Doubt(path=_PATH, question=question, help="move to a newer one"),)


def _weak(fact: Fact) -> tuple[Doubt, ...]:
    """Return the doubt about a version that nothing of the program has been run with."""
    if python_hints.ASIDE not in fact.origin:
        return ()
    question = f"nothing says which Python the program runs on; {fact.value} is {fact.origin.rpartition('; ')[2]}"
    return (Doubt(path=_PATH, question=question, help="see whether it is right"),)


def _too_new(project: Project, fact: Fact) -> Iterator[Doubt]:
    """Yield which package would have to be compiled for a Python that it is older than."""
    limit = _limit(project, ceilings.EITHER_WAY)
    if limit and fact.value.startswith("3.") and _number(fact.value) > limit.newest:
        yield Doubt(
            path=_PATH,
            question=f"{limit.reason}: Python 3.{limit.newest} is the newest that it has wheels for or works with",
            help="update it, or name what compiles it in `build.python.buildPackages`",
        )


def _said(project: Project) -> Iterator[Fact]:
    """Yield the versions that the project's files name, the strongest first."""
    sources: tuple[Callable[[Project], Fact | None], ...] = (
        *(_version_file, _runtime, _pipfile, _tool_versions, _mise, _dockerfile, _bento, _conda),
        *(_pipfile_lock, _compiled),
    )
    yield from (fact for source in sources if (fact := source(project)))


def _version_file(project: Project) -> Fact | None:
    """
    Pyenv's and uv's file: one version a line, the first is ``python``; also that of a folder above.

    One with several is for tests with each of them: then the version of the project's own image comes first.
    """
    folder = project.folder
    while True:
        file = join(folder, ".python-version")
        lines = (project.tree.text(file) or "").splitlines()
        if versions := list(dict.fromkeys(match[1] for line in lines if (match := _MINOR.match(line.strip())))):
            image = _dockerfile(project) if len(versions) > 1 else None
            return image or Fact(versions[0], file)
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def _runtime(project: Project) -> Fact | None:
    """Heroku's and Cloud Foundry's file."""
    match = _MINOR.match((project.text("runtime.txt") or "").strip())
    return Fact(match[1], "runtime.txt") if match else None


def _pipfile_lock(project: Project) -> Fact | None:
    """The Python that an old Pipenv locked with, as it wrote it down: what it locked is of that time."""
    text = project.text("Pipfile.lock") or ""
    match = re.search(r'"host-environment-markers":\s*\{[^}]*"python_version":\s*"([23]\.\d+)"', text)
    return Fact(match[1], origin("Pipfile.lock", text, '"python_version"')) if match else None


def _pipfile(project: Project) -> Fact | None:
    text = project.text("Pipfile") or ""
    requires = table(toml(text), "requires")
    for key in ("python_full_version", "python_version"):
        if match := _MINOR.match(str(requires.get(key, ""))):
            return Fact(match[1], origin("Pipfile", text, key))
    return None


_COMPILED = re.compile(r"^#.*(?:pip-compile with python |--python-version[= ])(3\.\d+)", re.IGNORECASE | re.MULTILINE)


def _compiled(project: Project) -> Fact | None:
    """The Python that pip-compile or uv resolved the requirements for, as they write it above them."""
    for file in requirements_files(project.tree, project.folder):
        text = project.text(file) or ""
        if match := _COMPILED.search(text[:_HEAD]):
            return Fact(match[1], f"{file}:{text.count(chr(10), 0, match.start(1)) + 1}")
    return None


_HEAD = 600
"""Characters of a file's first comment."""


def _tool_versions(project: Project) -> Fact | None:
    """Asdf's file: the tool, and its versions."""
    for number, line in enumerate((project.text(".tool-versions") or "").splitlines(), 1):
        tool, _, versions = line.strip().partition(" ")
        if tool == "python" and (match := _MINOR.match(versions.strip())):
            return Fact(match[1], f".tool-versions:{number}")
    return None


def _mise(project: Project) -> Fact | None:
    for name in ("mise.toml", ".mise.toml", ".config/mise.toml", ".mise/config.toml", "mise/config.toml"):
        text = project.text(name)
        asked = table(toml(text), "tools").get("python") if text else None
        first = asked[0] if isinstance(asked, list) and asked else asked
        wanted = first.get("version") if isinstance(first, dict) else first
        if match := _MINOR.match(str(wanted or "")):
            return Fact(match[1], origin(name, text or "", "python"))
    return None


def _dockerfile(project: Project) -> Fact | None:
    """The project's own Dockerfile, or one that its compose file builds a service with."""
    own = chain(containers(project.tree, project.folder), containers_above(project.tree, project.folder))
    found = (each for each in chain(own, dockerfiles(project), _bases(project)) if each.python)
    return next((Fact(each.python, f"{each.file}:{each.python_line}") for each in found), None)


def _bases(project: Project) -> Iterator[Dockerfile]:
    """Yield the Dockerfiles above a project whose own starts from an image that is made with one of those."""
    if not any(each.start for each in containers(project.tree, project.folder)):
        return
    folder = project.folder
    while folder:
        folder = folder.rpartition("/")[0]
        yield from containers(project.tree, folder)


_BENTO = re.compile(r"images?\.Image\((?s:.){0,200}?python_version\s*=\s*[\"'](3\.\d+)")


def _bento(project: Project) -> Fact | None:
    """What BentoML makes an image of a service with: its own file, or the source."""
    text = project.text("bentofile.yaml") or ""
    if match := _MINOR.match(str(table(yaml(text), "docker").get("python_version", ""))):
        return Fact(match[1], origin("bentofile.yaml", text, "python_version"))
    for module in project.modules.mentioning("bentoml.images"):
        source = project.tree.text(module.path) or ""
        if match := _BENTO.search(source):
            return Fact(match[1], origin(module.path, source, match[0][-8:]))
    return None


def _conda(project: Project) -> Fact | None:
    for name in ENVIRONMENTS:
        text = project.text(name)
        wanted = table(yaml(text)).get("dependencies") if text else None
        for each in wanted if isinstance(wanted, list) else ():
            match = re.match(r"python\s*(?:=+|>=|~=)\s*([23]\.\d+)", str(each))
            if match:
                return Fact(match[1], origin(name, text or "", str(each)))
    return None


def _ranges(project: Project) -> Iterator[Fact]:
    """Yield the specifiers of Python that the project's metadata has."""
    text = project.text("pyproject.toml") or ""
    required = table(project.pyproject, "project").get("requires-python")
    if isinstance(required, str) and required.strip():
        yield Fact(required, f"{origin('pyproject.toml', text, 'requires-python')}: {required}")
    wanted = table(project.pyproject, "tool", "poetry", "dependencies").get("python")
    if isinstance(wanted, str) and (specifier := of_poetry(wanted)):
        yield Fact(specifier, f"{origin('pyproject.toml', text, 'python =')}: {wanted}")
    lock = project.text("uv.lock") or ""
    if not required and (match := _LOCKED.search(lock)):  # what the packages of a workspace say together
        only = belonging(
            "uv", lock, lambda name: toml(project.text(name))
        ).python  # uv would lock anew with another one
        yield Fact(f"=={only}.*" if only else match[1], f"{origin('uv.lock', lock, 'requires-python')}: {match[1]}")
    for setup in setups(project.tree, project.folder):
        if setup.requires_python:
            yield Fact(setup.requires_python, f"{setup.origin('python_requires')}: {setup.requires_python}")


def of_poetry(text: str) -> str:
    """
    Return Poetry's constraint as a specifier; nothing if it has alternatives or is none.

    >>> of_poetry("^3.10"), of_poetry("~3.10"), of_poetry("3.9.9"), of_poetry(">=3.8,<4.0"), of_poetry("^2.7 || ^3.6")
    ('>=3.10,<4', '>=3.10,<3.11', '==3.9.9', '>=3.8,<4.0', '')
    """
    if "|" in text:
        return ""
    parts = []
    for each in text.replace(" ", "").split(","):
        if match := re.fullmatch(r"\^(\d+)([\d.]*)", each):
            parts.append(f">={match[1]}{match[2]},<{int(match[1]) + 1}")
        elif match := re.fullmatch(r"~(\d+)\.(\d+)([\d.]*)", each):
            parts.append(f">={match[1]}.{match[2]}{match[3]},<{match[1]}.{int(match[2]) + 1}")
        elif re.fullmatch(r"\d+\.\d+", each):
            parts.append(f"=={each}.*")
        elif re.fullmatch(r"[\d.]+(\.\*)?", each):
            parts.append(f"=={each}")
        elif each != "*":
            parts.append(each)
    return ",".join(parts)


def _chosen(project: Project, ranges: list[Fact]) -> Fact | None:
    """Return the version for a project that leaves the choice; nothing if it says nothing at all."""
    fitting = [each for each in KNOWN if all(_fits(each, allowed.value) for allowed in ranges)]
    reason = ranges[0].origin if ranges else ""
    if not fitting:
        old = [f"3.{minor}" for minor in range(8, 3, -1) if all(_fits(f"3.{minor}", each.value) for each in ranges)]
        return Fact(old[0], reason) if old and ranges else None
    limit = _limit(project)
    lowest = ceilings.floor(project.dependencies.values())
    possible = [each for each in fitting if _number(each) >= lowest]
    within = [each for each in possible if not limit or _number(each) <= limit.newest]
    if limit and possible and not within:  # all that packages run on is older than what images usually have
        older = f"3.{limit.newest}"
        return Fact(
            older if not ranges or all(_fits(older, each.value) for each in ranges) else possible[0], limit.reason
        )
    if limit and within and _number(within[-1]) < _number(USUAL):
        return Fact(within[-1], "; ".join(each for each in (reason, limit.reason) if each))
    if not ranges or lowest == 0:
        known = python_hints.tested(project)
        if known and known.value in within and _number(known.value) < _number(USUAL):
            return Fact(known.value, "; ".join(each for each in (reason, known.origin) if each))
    if not (ranges or lowest):
        return None
    return Fact(USUAL if USUAL in within else within[-1] if within else possible[-1], reason)


def _limit(project: Project, besides: Collection[str] = ()) -> ceilings.Limit | None:
    """Return what the locked packages, or else the pinned ones, run on, but for ``besides``."""
    for lock in (LOCKS.get(project.manager, ""), "pylock.toml"):
        if lock and (text := project.text(lock)):
            groups = {str(each.value) for each in own_groups.named(project).get("groups", ())}
            besides = frozenset((*besides, *locked.left_out(project, groups)))
            pins = locked.pins(lock, text) or project.dependencies.values()
            return ceilings.of_wheels(text, besides) or ceilings.of_pins(pins, besides)
    named = [project.text(file) or "" for file in requirements_files(project.tree, project.folder)]
    wheels = [limit for text in named if ".whl" in text and (limit := ceilings.of_wheels(text, besides))]
    return wheels[0] if wheels else ceilings.of_pins(project.dependencies.values(), besides)


def _number(version: str) -> int:
    return int(version.partition(".")[2])


def _fits(version: str, required: str) -> bool:
    """
    Tell whether some patch release of minor ``version`` meets ``required``.

    >>> _fits("3.12", ">=3.10"), _fits("3.9", ">=3.10"), _fits("3.9", "==3.9.9")
    (True, False, True)
    """
    try:
        allowed = SpecifierSet(required)
    except InvalidSpecifier:
        return True
    return any(allowed.contains(Version(f"{version}.{patch}")) for patch in range(_PATCHES))
