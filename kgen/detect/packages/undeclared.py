"""
Packages that import ``pkg_resources``, which nobody has any more: neither environments, nor new releases of setuptools.

Up to Python 3.11 kgen's images have a setuptools that has it.
"""

from collections.abc import Iterator, Mapping

from packaging.version import Version

from kgen.detect.found import Doubt, Part
from kgen.detect.packages.ceilings import pinned
from kgen.detect.project import Project
from kgen.distributions import SETUPTOOLS, brings_setuptools

IMPORTING: Mapping[str, str] = {
    "apscheduler": "3.10.2",
    "djangorestframework-simplejwt": "5.3.1",
    "drf-yasg": "1.21.8",
    "flask-restx": "1.3",
    "gunicorn": "21",
    "honcho": "2",
    "lightning-utilities": "0.9",
    "opentelemetry-instrumentation": "0.49b0",
    "pastedeploy": "3",
    "pyramid": "2.1",
    "razorpay": "2",
    "supervisor": "4.3",
}
"""
Distribution → its first release that does not, or that asks for the setuptools that has it.

Source: the wheels on PyPI.
"""


def part(project: Project, python: str) -> Part:
    """Return what is doubtful about packages that are installed from requirements, for a minor version of Python."""
    is_open = project.manager == "pip" and not (brings_setuptools(python) or project.has("setuptools"))
    return Part(doubts=tuple(_doubts(project)) if is_open else ())


def _doubts(project: Project) -> Iterator[Doubt]:
    for name, first in IMPORTING.items():
        found = project.dependencies.get(name)
        version = pinned(found.specifier) if found else None
        if found and version and version < Version(first):
            yield Doubt(
                path=("build", "python"),
                question=f"{name} {version} in {found.origin} imports `pkg_resources`, which setuptools has no more",
                help=f"update it, or add `{SETUPTOOLS}` to the requirements",
            )
