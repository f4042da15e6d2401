"""
Folders in which a project keeps copies of what others wrote: packages from PyPI, to be there without being installed.

They are imported like any other, but nothing in them is the project's to start or to set.
"""

from collections import Counter
from collections.abc import Iterator

from kgen.detect.source.tree import Tree

_WELL_KNOWN = frozenset(
    {
        *("requests", "urllib3", "certifi", "idna", "chardet", "charset_normalizer", "six", "bs4", "soupsieve", "yaml"),
        *("jinja2", "markupsafe", "dateutil", "pytz", "click", "packaging", "simplejson", "httplib2", "oauthlib"),
        *("requests_oauthlib", "mako", "cherrypy", "tornado", "werkzeug", "flask", "django", "sqlalchemy", "pyparsing"),
        *("html5lib", "webencodings", "feedparser", "apscheduler", "tzlocal", "cheroot", "attr", "jwt", "rsa", "lxml"),
        *("importlib_metadata", "importlib_resources", "typing_extensions", "pkg_resources", "setuptools", "zipp"),
    }
)
"""Packages that many others need."""

_ENOUGH = 3
"""Well-known packages side by side: a project may call one of its own ``attr``, or ``click``."""


def copied(tree: Tree, folder: str) -> Iterator[str]:
    """Yield the folders below ``folder`` in which copies of packages stand side by side."""
    found: Counter[str] = Counter()
    for name in tree.below(folder):
        package, _, last = name.rpartition("/")
        if last == "__init__.py":
            above, _, own = package.rpartition("/")
            found[above] += own in _WELL_KNOWN
    yield from (place for place, number in found.items() if number >= _ENOUGH and place != folder)
