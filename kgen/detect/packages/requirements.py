"""
Requirements as pip reads them: one, and files of them, with the files that they include.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import posixpath
import re
from collections.abc import Iterator

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from kgen.detect.packages.setup_files import setups
from kgen.detect.project import Dependency
from kgen.detect.source.texts import table, toml
from kgen.detect.source.tree import Tree, join

DEVELOPMENT = frozenset(
    {
        *("dev", "develop", "development", "test", "tests", "testing", "lint", "linting", "linters", "docs", "doc"),
        *("readthedocs", "rtd", "sphinx", "mkdocs"),
        *("typing", "types", "ci", "style", "format", "quality", "bench", "benchmark", "notebook", "local", "debug"),
    }
)
"""Words in the names of groups, extras and files that no image needs."""

_FILES = re.compile(r"(?:[\w.-]*[-_.])?req(?:uirement)?s?[\w.-]*\.(?:txt|in)", re.IGNORECASE)
_INCLUDE = re.compile(r"(?:-[rc]\s*|--(?:requirement|constraint)[\s=]+)(\S+)")
_ARCHIVE = re.compile(r"/(?:archive|zipball|tarball)/.*")
_EDITABLE = re.compile(r"^(?:-e\s*|--editable[\s=]+)")
_OPTIONS = re.compile(r"\s--(?:hash|config-settings?|global-option|no-binary|only-binary)\b.*")
_EGG = re.compile(r"#egg=([A-Za-z0-9._-]+)")
_LINUX = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
}
_MINORS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def is_development(name: str) -> bool:
    """
    Tell whether a group, an extra or a file is for developers only, by its name.

    >>> is_development("requirements-dev.txt"), is_development("prod")
    (True, False)
    """
    return not DEVELOPMENT.isdisjoint(re.split(r"[\W_]+", name.lower()))


def is_requirements(name: str) -> bool:
    """
    Tell whether a file has requirements to install, by its name.

    >>> is_requirements("requirements_linux.txt"), is_requirements("requirements-dev.txt")
    (True, False)
    """
    return _FILES.fullmatch(name) is not None and not is_development(name)


def requirements_files(tree: Tree, folder: str) -> Iterator[str]:
    """Yield the requirements files of a project, the one to install first; none for developers."""
    here = [name for name in tree.here(folder) if is_requirements(name) and not _is_of_tools(tree, folder, name)]
    below = [
        f"{inner}/{name}"
        for inner in ("requirements", "reqs", "deps")
        for name in tree.here(join(folder, inner))
        if name.endswith((".txt", ".in")) and not is_development(name)
    ]
    yield from _resolved(sorted(here, key=_place))
    yield from _resolved(sorted(below, key=_place))


_MANIFESTS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "environment.yml", "environment.yaml"})


def packaged(tree: Tree, folder: str) -> str:
    """
    Return the package in ``folder`` that has a requirements file in it, if its modules import it by its name.

    Then the project starts above its list: ``from shop.models import User`` beside ``shop/requirements.txt``.
    """
    if any(name in _MANIFESTS or name.endswith(".lock") or is_requirements(name) for name in tree.here(folder)):
        return ""
    start = f"{folder}/" if folder else ""
    inner = {name[len(start) :].partition("/")[0] for name in tree.below(folder) if name.endswith("/requirements.txt")}
    for name in sorted(each for each in inner if each.isidentifier()):
        place = join(folder, name)
        if (
            f"{place}/__init__.py" in tree
            and f"{place}/requirements.txt" in tree
            and f"{place}/pyproject.toml" not in tree
        ):
            words = (f"\nfrom {name}.".encode(), f"\nimport {name}.".encode())
            own = (path for path in tree.below(place) if path.endswith(".py"))
            return name if any(tree.mentions(path, words) for path in own) else ""
    return ""


def _resolved(names: list[str]) -> list[str]:
    """Return ``names`` without those that another one was made of: ``base.in`` beside ``base.txt``."""
    return [name for name in names if not (name.endswith(".in") and f"{name.removesuffix('.in')}.txt" in names)]


_TOOLS = frozenset({"pytest", "nose", "tox", "nox", "flake8", "pylint", "ruff", "black", "mypy", "coverage", "twine"})


def _is_of_tools(tree: Tree, folder: str, name: str) -> bool:
    """Tell whether a file has what developers of a package need, and nothing of what the package itself needs."""
    lines = [line for _, line in _lines(tree.text(join(folder, name)) or "")]
    if any(line.startswith(("-", ".")) for line in lines):  # the package itself, or another file
        return False
    project = table(toml(tree.text(join(folder, "pyproject.toml"))), "project").get("dependencies")
    wanted = [each for setup in setups(tree, folder) for each in setup.install]
    wanted += [each for each in project if isinstance(each, str)] if isinstance(project, list) else []
    needed, listed = ({made.name for each in all_ if (made := dependency(each, ""))} for all_ in (wanted, lines))
    return bool(needed) and needed.isdisjoint(listed) and not _TOOLS.isdisjoint(listed)


def _place(name: str) -> tuple[int, str]:
    """Return what to sort a requirements file by: the plain name first, then those of production."""
    stem = name.rpartition("/")[2].lower()
    usual = ("requirements.txt", "prod", "production", "deploy", "base", "common", "main", "requirements")
    return next((place for place, word in enumerate(usual) if stem.startswith(word) or word in stem), 99), name


def requirements(tree: Tree, file: str) -> Iterator[Dependency]:
    """Yield what a requirements file and those that it includes (``-r``) name; constraints (``-c``) install nothing."""
    yield from _file(tree, file, frozenset({file}))


def included(tree: Tree, file: str) -> Iterator[str]:
    """Yield the files that ``file`` includes, by their paths in the tree; also those that are not there."""
    for _, line in _lines(tree.text(file) or ""):
        if (match := _INCLUDE.match(line)) and "://" not in match[1]:
            yield _beside(file, match[1])


def _file(tree: Tree, file: str, seen: frozenset[str]) -> Iterator[Dependency]:
    for number, line in _lines(tree.text(file) or ""):
        if match := _INCLUDE.match(line):
            other = _beside(file, match[1])
            if other not in seen and not line.startswith(("-c", "--constraint")):
                yield from _file(tree, other, seen | {other})
        elif made := dependency(_EDITABLE.sub("", line, count=1), f"{file}:{number}"):
            yield made


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the logical lines with their numbers, without comments and options of a requirement."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        start = start if joined else number
        joined += line.removesuffix("\\")
        if line.endswith("\\"):
            continue
        plain = _OPTIONS.sub("", re.sub(r"(^|\s)#.*", "", joined)).strip()
        if plain:
            yield start, plain
        joined = ""


def _beside(file: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), other))


def dependency(text: str, where: str, group: str = "", *, is_extra: bool = False) -> Dependency | None:
    """
    Return the requirement that ``text`` is; ``None`` if it is none, or not for Linux.

    >>> dependency("Flask[async]>=3", "requirements.txt:1").name
    'flask'
    >>> dependency("pywin32; sys_platform == 'win32'", "requirements.txt:2")
    >>> dependency("git+https://example.com/acme/shop.git@main#egg=shop", "requirements.txt:3").source
    'git'
    """
    text = text.strip()
    if text.startswith(("git+", "hg+", "svn+", "http://", "https://")):
        egg = _EGG.search(text)
        plain = _ARCHIVE.sub("", text)  # of a branch, by whose name it is called
        name = egg[1] if egg else plain.split("#")[0].split("@")[0].rstrip("/").rpartition("/")[2].removesuffix(".git")
        text = f"{name} @ {text}"
    try:
        asked = Requirement(text)
    except InvalidRequirement:
        return None
    if asked.marker and not _holds(asked.marker):
        return None
    return Dependency(
        name=canonicalize_name(asked.name),
        origin=where,
        extras=frozenset(asked.extras),
        group=group,
        specifier=str(asked.specifier),
        is_extra=is_extra,
        source="git" if (asked.url or "").startswith("git+") else "",
    )


def _holds(marker: Marker) -> bool:
    """Tell whether ``marker`` holds on Linux with some version of Python."""
    try:
        return any(
            marker.evaluate({**_LINUX, "python_version": minor, "python_full_version": f"{minor}.0", "extra": ""})
            for minor in _MINORS
        )
    except (UndefinedComparison, UndefinedEnvironmentName):
        return True
