"""
Which Python is too new for what a project has pinned.

Two sources. A lock file names the wheels of every package: where the newest wheel is for 3.11, nobody has tried the
package with 3.12, and it would have to be compiled. Where only a version is known (requirements.txt), a table knows the
packages that people pin and that are compiled, or that use what a later Python has removed.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from packaging.version import InvalidVersion, Version

from kgen.detect.project import Dependency
from kgen.record import dataclass

BELOW: Mapping[str, str] = {
    "aiogram": "3:3.11",
    "aiohttp": "3.4:3.6 3.7:3.7 3.8:3.9 3.8.3:3.10 3.9:3.11 3.10.5:3.12 3.13:3.13",
    "asyncpg": "0.17:3.6 0.20:3.7 0.22:3.8 0.24:3.9 0.27:3.10 0.29:3.11 0.30:3.12 0.31:3.13",
    "brotli": "1.0.6:3.6 1.0.7:3.7 1.0.9:3.8 1.1:3.11 1.2:3.13",
    "celery": "4.3:3.6 5:3.9 5.3:3.11",
    "cffi": "1.11.5:3.6 1.13:3.7 1.14.3:3.8 1.15:3.9 1.15.1:3.10 1.16:3.11 1.17:3.12 2:3.13",
    "discord-py": "1:3.6 2:3.9 2.5:3.12",
    "django": "1.11.17:3.6 2.2:3.7 3.2:3.9 4.1.3:3.10 4.2.8:3.11 5.1.3:3.12 5.2.8:3.13",
    "eventlet": "0.33:3.9 0.34:3.11",
    "faust": "99:3.8",
    "gevent": "1.3.4:3.6 1.5:3.7 20.6.1:3.8 21.12:3.9 22.10.1:3.10 23.7:3.11 24.10.1:3.12 25.8.1:3.13",
    "greenlet": "0.4.13:3.6 0.4.15:3.7 0.4.17:3.8 1.1:3.9 1.1.3:3.10 3:3.11 3.1:3.12 3.2.3:3.13",
    "grpcio": "1.13:3.6 1.24.3:3.7 1.33.1:3.8 1.41:3.9 1.49.1:3.10 1.59:3.11 1.66.2:3.12 1.75.1:3.13",
    "httptools": "0.1.2:3.8 0.3:3.9 0.5:3.10 0.6.1:3.11 0.6.2:3.12 0.7.1:3.13",
    "lxml": "4.2.2:3.6 4.4.1:3.7 4.5.2:3.8 4.6.3:3.9 4.9.1:3.10 4.9.3:3.11 5.3:3.12 6.0.1:3.13",
    "markupsafe": "2:3.9",
    "matplotlib": "2.2.2:3.6 3.1.2:3.7 3.3.3:3.8 3.5:3.9 3.6:3.10 3.7.3:3.11 3.9.2:3.12 3.10.5:3.13",
    "multidict": "4.4:3.6 4.6:3.7 5:3.8 5.2:3.9 6.0.3:3.10 6.0.5:3.11",
    "numba": "0.39:3.6 0.47:3.7 0.53:3.8 0.55:3.9 0.57:3.10 0.59:3.11 0.61:3.12 0.63:3.13",
    "numpy": "1.14.5:3.6 1.17.3:3.7 1.19.3:3.8 1.21.2:3.9 1.23.2:3.10 1.26:3.11 2.1:3.12 2.3.2:3.13",
    "orjson": "2.0.11:3.7 2.2:3.8 3.4.7:3.9 3.7.7:3.10 3.9.3:3.11 3.10.7:3.12 3.11.1:3.13",
    "pandas": "0.23.2:3.6 0.25.2:3.7 1.1.3:3.8 1.3.3:3.9 1.5:3.10 2.1.1:3.11 2.2.3:3.12 2.3.3:3.13",
    "pillow": "5.2:3.6 6.2.1:3.7 8:3.8 8.3.2:3.9 9.2:3.10 10:3.11 10.4:3.12 11.3:3.13",
    "psycopg2-binary": "2.7.5:3.6 2.8.4:3.7 2.8.6:3.8 2.9.1:3.9 2.9.5:3.10 2.9.9:3.11 2.9.10:3.12 2.9.11:3.13",
    "pyarrow": "0.11:3.6 0.16:3.7 3:3.8 6:3.9 10.0.1:3.10 14:3.11 18:3.12 22:3.13",
    "pycrypto": "99:3.7",
    "pydantic": "1.10.13:3.11 1.10.19:3.12 2:3.13 2.4:3.11 2.8:3.12 2.12:3.13",
    "pyrogram": "99:3.13",
    "python-telegram-bot": "20:3.12",
    "pyyaml": "5.4:3.8 6:3.9 6.0.1:3.11 6.0.2:3.12 6.0.3:3.13",
    "scikit-learn": "0.19.2:3.6 0.22:3.7 0.24:3.8 1.0.2:3.9 1.1.3:3.10 1.3.1:3.11 1.5.2:3.12 1.7.2:3.13",
    "scipy": "1.1:3.6 1.3.2:3.7 1.5.4:3.8 1.7.2:3.9 1.9.2:3.10 1.11.2:3.11 1.14.1:3.12 1.16.1:3.13",
    "shapely": "1.6.4.post2:3.6 1.7:3.7 1.7.1:3.8 1.8:3.9 1.8.5:3.10 2.0.2:3.11 2.0.6:3.12 2.1.2:3.13",
    "sphinx": "6.2:3.12",
    "sqlalchemy": "2:any 2.0.31:3.12",
    "tensorflow": "1.13.1:3.6 2.2:3.7 2.5:3.8 2.8:3.9 2.12:3.10 2.16.1:3.11 2.20:3.12 99:3.13",
    "tiktoken": "0.5.2:3.11 0.8:3.12 0.12:3.13",
    "tornado": "6:3.9",
    "torch": "1.4:3.7 1.7.1:3.8 1.11:3.9 1.13:3.10 2.2:3.11 2.5:3.12 2.9:3.13",
    "ujson": "4:3.8 4.2:3.9 5.5:3.10 5.8:3.11 5.10:3.12 5.11:3.13",
    "uvloop": "0.11:3.6 0.14:3.7 0.15.2:3.8 0.16:3.9 0.17:3.10 0.18:3.11 0.21:3.12 0.22.1:3.13",
    "uwsgi": "2.0.22:3.11",
    "websockets": "10:3.9",
    "yarl": "1.4:3.6 1.6.1:3.8 1.7:3.9 1.8.2:3.10 1.9.3:3.11",
}
"""
Distribution → ``version:python``: releases below that version run on Pythons up to this one without a compiler. The
first that applies counts.

Source: the names of all files that PyPI lists for these distributions, read with pip on 2026-11-22. A step is the first
final release with a wheel for a newer Python on Linux (x86-64), or with one for any. Not by files, since they have few
wheels or none, but by release notes: aiogram, Celery, discord.py, Django, eventlet, faust, pycrypto, Pydantic,
Pyrogram, python-telegram-bot, PyYAML before 6, Sphinx, SQLAlchemy, uWSGI. MarkupSafe, tornado and websockets install
without a wheel, too.
"""

AT_LEAST = {"audioop-lts": "3.13"}
"""Distribution → the first Python that it installs on."""

EITHER_WAY = frozenset(
    {
        *("markupsafe", "sqlalchemy", "wrapt", "simplejson", "websockets", "charset-normalizer", "coverage", "peewee"),
        *("tornado", "zope-interface", "msgpack", "protobuf", "pyrsistent", "aiohttp-cors", "lazy-object-proxy"),
    }
)
"""Distributions that install without a compiler, too: they are slower then."""

_WHEEL = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9_.]*)-(\d[^-\s/\"'%]*(?:%2B[^-\s/\"']*)?)(?:-\d[^-\s/\"']*)?-((?:cp|py|pp)[\w.]+)-(\w+)-([\w.]+)"
)
_CPYTHON = re.compile(r"cp3(\d+)")
_PIN = re.compile(r"(?:={2,3}|~=(?=\s*\d+\.\d+\.))?\s*v?(\d[\w.]*?)(?:\.\*)?")
_UPPER = re.compile(r"<\s*(\d[\w.]*)")
_CARET = re.compile(r"(?:\^|~=)\s*(\d[\w.]*)")


@dataclass(frozen=True, slots=True)
class Limit:
    """Minor versions of Python that a project's packages run on, and which of them says so."""

    newest: int
    reason: str


def of_wheels(lock: str, besides: Container[str] = ()) -> Limit | None:
    """
    Return the newest minor version that every package in the text of a lock file has a wheel for, but for ``besides``.

    Packages count that have wheels for Linux, each for one version; backports do not: they are for old versions only.
    """
    tags: dict[tuple[str, str], set[int]] = {}
    for written, version, pythons, abi, platform in _wheels(lock):
        name = written.lower().replace("_", "-").replace(".", "-")
        if ("linux" in platform or platform == "any") and not name.startswith("backports") and name not in besides:
            anything = abi in {"abi3", "none"} or "py3" in pythons
            minors = {_ANY} if anything else {int(each) for each in _CPYTHON.findall(pythons)}
            tags.setdefault((name, version), set()).update(minors)
    limits = [(max(minors), name, version) for (name, version), minors in tags.items() if minors]
    limited = sorted(each for each in limits if each[0] < _ANY)
    if not limited:
        return None
    newest, name, version = limited[0]
    return Limit(newest, f"{name} {version} has no wheel for a newer Python")


def _wheels(lock: str) -> Iterator[tuple[str, ...]]:
    """
    Yield the parts of the names of all wheels: found by their ends, since a pattern for all takes long in a large file.

    >>> list(_wheels('url = "https://a.example/x/lxml-5.3.0-1-cp312-cp312-manylinux_2_28_x86_64.whl"'))
    [('lxml', '5.3.0', 'cp312', 'cp312', 'manylinux_2_28_x86_64')]
    """
    for before in lock.split(".whl")[:-1]:
        last = before[-_LONGEST:]
        start = max(last.rfind(mark) for mark in "/\"' \n=@[")
        if match := _WHEEL.fullmatch(last, start + 1):
            yield match.groups()


_EVERY = Version("99")
_LONGEST = 300
"""Characters of the name of a wheel."""

_ANY = 99


def of_pins(dependencies: Iterable[Dependency], besides: Container[str] = ()) -> Limit | None:
    """Return the newest minor version that everything pinned runs on, but for ``besides``."""
    wanted = {each.name: each for each in dependencies if each.name not in besides}
    found = sorted(_limits(wanted), key=lambda limit: limit.newest)
    lowest = max((int(AT_LEAST[name].split(".")[1]) for name in wanted if name in AT_LEAST), default=0)
    fitting = [limit for limit in found if limit.newest >= lowest]
    return fitting[0] if fitting else None


def floor(dependencies: Iterable[Dependency]) -> int:
    """Return the lowest minor version that all dependencies install on, as far as it is known."""
    return max((int(AT_LEAST[each.name].split(".")[1]) for each in dependencies if each.name in AT_LEAST), default=0)


def _limits(wanted: Mapping[str, Dependency]) -> Iterator[Limit]:
    for name, each in wanted.items():
        if name in BELOW and (newest := _newest(BELOW[name], each.specifier)):
            said = f"{name} {each.specifier.lstrip('=')}".strip()
            yield Limit(int(newest.split(".")[1]), f"{said} in {each.origin}")


def pinned(specifier: str) -> Version | None:
    """
    Return the version that ``specifier`` asks for, if it is one alone.

    >>> pinned("==20.1.0"), pinned(">=20")
    (<Version('20.1.0')>, None)
    """
    match = _PIN.fullmatch(specifier.strip())
    try:
        return Version(match[1]) if match else None
    except InvalidVersion:
        return None


def _newest(below: str, specifier: str) -> str:
    """
    Return the newest Python for the versions that ``specifier`` allows; nothing if it allows new ones.

    >>> [_newest(BELOW["numpy"], each) for each in ("==1.20.2", "~=1.20.0", "~=1.23", "^1.23", ">=1.20")]
    ['3.9', '3.9', '3.12', '3.12', '']
    """
    steps = [(Version(version), python) for version, python in (each.split(":") for each in below.split())]
    if steps[0][0] == _EVERY:
        return steps[0][1]  # nobody makes releases of it any more
    try:
        if match := _PIN.fullmatch(specifier.strip()):
            pinned = Version(match[1])
            final = Version(pinned.base_version)  # `2.0.0b3` has the files of 2.0.0, not of what came before
            found = next((python for step, python in steps if final < step), "any")
        elif match := _UPPER.search(specifier):
            found = _up_to(Version(match[1]), steps)
        elif match := _CARET.search(specifier):
            start = Version(match[1])
            end = f"{start.major + 1}" if start.major else f"0.{start.minor + 1}"
            found = _up_to(Version(end), steps)
        else:
            found = "any"
    except InvalidVersion:
        return ""
    return found.replace("any", "")


def _up_to(end: Version, steps: Iterable[tuple[Version, str]]) -> str:
    """Return the newest Python for the last version before ``end``."""
    return next((python for step, python in steps if end <= step), "any")
