"""Workers of Gunicorn that need certain versions of what they run on: newer releases refuse old ones, or lack them."""

import re
from collections.abc import Iterator, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from kgen.detect.found import Doubt
from kgen.detect.packages import locked
from kgen.detect.packages.ceilings import pinned
from kgen.detect.project import Project
from kgen.detect.source.tree import join

_RELEASES = ("27.0.1", "26.2.0", "25.3.0", "24.1.1", "23.0.0", "22.0.0", "21.2.0", "20.1.0", "19.10.0")
"""Of Gunicorn, the newest first: one a year or so."""

_GONE = Version("26")
"""Its first release without a worker for eventlet."""

_STRICT = Version("24")
"""Its first release that refuses what is older than these."""

_LEAST = {"gevent": Version("24.10.1"), "eventlet": Version("0.40.3")}
_CARET = re.compile(r"[\^~]=?\s*(\d[\w.]*)")
_SAID = re.compile(r"^worker_class\s*=\s*[\"'](gevent|eventlet)", re.MULTILINE)
_CLASSES = {"gevent": "gevent", "gevent_pywsgi": "gevent", "gevent_wsgi": "gevent", "eventlet": "eventlet"}


def doubts(project: Project, words: Sequence[str], folder: str) -> Iterator[Doubt]:
    """Yield that a command's worker does not start with what is installed."""
    kind = _kind(project, words, folder)
    if not kind or project.manager == "conda":
        return
    gunicorn = _version(project)
    if kind == "eventlet" and gunicorn >= _GONE:
        yield Doubt(
            path=("command",),
            question="Gunicorn has no worker for eventlet since its release 26",
            help="ask for `gunicorn<26`, or let it use threads: `--worker-class gthread --threads 100`",
        )
    elif gunicorn >= _STRICT and (old := _old(project, kind)):
        yield Doubt(
            path=("command",),
            question=f"Gunicorn {gunicorn} needs {kind} {_LEAST[kind]} or newer, which {old} rules out",
            help=f"ask for `gunicorn<24`, or update {kind}",
        )


def _kind(project: Project, words: Sequence[str], folder: str) -> str:
    """Return on what the workers of a command run."""
    if "gunicorn" not in words[:3]:
        return ""
    file = ""
    for place, word in enumerate(words):
        name, sign, given = word.partition("=")
        value = given if sign else next(iter(words[place + 1 : place + 2]), "")
        if name in {"-k", "--worker-class"}:
            return _CLASSES.get(value, "")
        if name in {"-c", "--config"}:
            file = value.removeprefix("file:").removeprefix("python:").removeprefix("./")
    texts = (project.text(each) for each in (join(folder, file), file, "gunicorn.conf.py") if each)
    match = next((match for text in texts if text and (match := _SAID.search(text))), None)
    return match[1] if match else ""


def _version(project: Project) -> Version:
    """Return the version of Gunicorn that is installed: the newest that the project allows."""
    if found := locked.version(project, "gunicorn"):
        return found
    asked = project.dependencies.get("gunicorn")
    specifier = asked.specifier if asked else ""
    if match := _CARET.match(specifier):
        return Version(match[1])
    try:
        allowed = SpecifierSet(specifier)
    except InvalidSpecifier:
        return Version(_RELEASES[0])
    return Version(next((each for each in _RELEASES if each in allowed), _RELEASES[-1]))


def _old(project: Project, kind: str) -> str:
    """Return what keeps the worker's package too old; nothing if nothing does."""
    if found := locked.version(project, kind):
        return f"{kind} {found}" if found < _LEAST[kind] else ""
    for name, least in ((kind, _LEAST[kind]), *((("greenlet", Version("3.1.1")),) if kind == "gevent" else ())):
        asked = project.dependencies.get(name)
        if asked and _is_below(asked.specifier, least):
            return f"{name} {asked.specifier} ({asked.origin})"
    return ""


def _is_below(specifier: str, least: Version) -> bool:
    """
    Tell whether a specifier allows only what is older than ``least``.

    >>> [_is_below(each, Version("24.10.1")) for each in ("==23.9.1", "<24", ">=20", "")]
    [True, True, False, False]
    """
    if version := pinned(specifier):
        return version < least
    match = re.search(r"<=?\s*(\d[\w.]*)", specifier)
    return bool(match) and Version(match[1]) <= least if match else False
