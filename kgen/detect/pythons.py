"""Which minor version of Python a project runs on."""

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from kgen.detect.found import Fact
from kgen.detect.project import Project
from kgen.detect.texts import origin, table

KNOWN = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
"""Minor versions with an image, oldest first."""

USUAL = "3.13"
"""What a project gets that accepts any."""

_MINOR = re.compile(r"(?:cpython-|python-)?(3\.\d+)")
_PATCHES = 40


def python(project: Project) -> Fact | None:
    """Return the minor version that the project's files ask for, by the first of them that does."""
    return next(_asked(project), None)


def _asked(project: Project) -> Iterator[Fact]:
    for name in (".python-version", "runtime.txt"):
        if match := _MINOR.match((project.text(name) or "").strip()):
            yield Fact(match[1], name)
    pyproject = project.text("pyproject.toml") or ""
    required = str(table(project.pyproject, "project").get("requires-python", ""))
    if required and (version := newest(required)):
        yield Fact(version, f"{origin('pyproject.toml', pyproject, 'requires-python')}: {required}")


def newest(required: str) -> str:
    """
    Return the version to take for ``requires-python``: the usual one, or else the newest that fits.

    >>> newest(">=3.10"), newest(">=3.9,<3.12"), newest(">=3.14"), newest(">=4")
    ('3.13', '3.11', '3.14', '')
    """
    try:
        allowed = SpecifierSet(required)
    except InvalidSpecifier:
        return ""
    fitting = [each for each in KNOWN if any(allowed.contains(f"{each}.{patch}") for patch in range(_PATCHES))]
    return USUAL if USUAL in fitting else fitting[-1] if fitting else ""
