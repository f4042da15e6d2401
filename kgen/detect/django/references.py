"""Files that style sheets and scripts name and that are not there: storages with a manifest stop at the first."""

import posixpath
import re
from collections.abc import Iterator

from kgen.detect.django.settings import Settings
from kgen.detect.found import Doubt, listed
from kgen.detect.project import Project

_URL = re.compile(r"url\(\s*['\"]?([^'\")\s]+)")
_MAP = re.compile(r"^(?://|/\*)# sourceMappingURL=(\S+?)(?:\s*\*/)?\s*$", re.MULTILINE)
_COMMENT = re.compile(r"/\*(?!#).*?\*/", re.DOTALL)
_ELSEWHERE = re.compile(r"[a-z][a-z+]*:|/|#|\?|\{|<|%|\$")
_MARKS = (b"url(", b"sourceMappingURL")
_STRICT = ("ManifestStaticFilesStorage", "ManifestStorage")
_SETTING = ("django-heroku", "django-on-heroku")
"""Parts of the names of such storages, and distributions that set one."""

_BROUGHT = frozenset({"..", "admin", "rest_framework", "debug_toolbar", "grappelli", "jet", "wagtailadmin", "vendor"})
"""Folders with static files of what is installed, and above all of them."""

_MOST = 2
"""Names in a doubt."""


def doubts(project: Project, settings: Settings) -> Iterator[Doubt]:
    """Yield the doubt about what ``collectstatic`` does not find, if the settings have such a storage."""
    if not any(settings.mentions(each) for each in _STRICT) and not project.has(*_SETTING):
        return
    known = {below: file for file in project.tree.below(project.folder) if (below := _below(file))}
    missing = list(
        dict.fromkeys(
            (file, name)
            for below, file in known.items()
            if below.endswith((".css", ".js")) and project.tree.mentions(file, _MARKS)
            for name in _named(project.tree.text(file) or "", is_script=below.endswith(".js"))
            if (target := posixpath.normpath(posixpath.join(posixpath.dirname(below), name))) not in known
            and target.partition("/")[0] not in _BROUGHT
        )
    )
    if missing:
        names = listed((f"{name} ({project.below(file)})" for file, name in missing), _MOST)
        yield Doubt(
            path=("build", "commands"),
            question=f"static files name others that are not there, at which collectstatic stops: {names}",
            help="add them, or take the lines out",
        )


def _below(file: str) -> str:
    """Return the path of a static file as addresses have it; nothing of others."""
    head, mark, rest = f"/{file}".partition("/static/")
    return rest if mark and "node_modules" not in head else ""


def _named(text: str, *, is_script: bool) -> Iterator[str]:
    """
    Yield what a file names beside itself, without queries.

    >>> list(_named("a { b: url('c.png?d') } /* url(e) */ f { g: url(data:h) }", is_script=False))
    ['c.png']
    """
    found = _MAP.findall(text) if is_script else [*_URL.findall(_COMMENT.sub("", text)), *_MAP.findall(text)]
    for each in found:
        if not _ELSEWHERE.match(each):
            yield re.split(r"[?#]", each)[0]
