"""
Variants of images: what the two stages of a Dockerfile start from, and what cannot be had there.

Both stages have Python at one path, since the environment that is copied from one to the other refers to it:
``/usr/local/bin`` in Docker's images, ``/usr/bin`` in Debian's, distroless and Chainguard's.

Source: https://github.com/GoogleContainerTools/distroless/blob/main/python3/README.md,
https://edu.chainguard.dev/chainguard/chainguard-images/getting-started/python/
"""

from collections.abc import Iterator, Mapping
from typing import Final

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.model.container import Build
from kgen.model.facts import Project
from kgen.model.platform import CHAINGUARD, Platform
from kgen.record import dataclass
from kgen.words import listed

NO_SUCH_PYTHON = Rule(
    code="KG3291",
    name="python-not-in-variant",
    explain="Debian's release decides which Python distroless images have, and only the newest of Chainguard is free.",
)
NO_PACKAGES = Rule(
    code="KG3292",
    name="packages-not-in-variant",
    explain="Images without a package manager take no packages of Debian.",
)
LEFT_TO_IMAGE = Rule(
    code="KG3293",
    name="python-left-to-image",
    severity=Severity.WARNING,
    explain="The free image of Chainguard gets the next Python on the day that it is out, ready for it or not.",
)
RULES = (NO_SUCH_PYTHON, NO_PACKAGES, LEFT_TO_IMAGE)

DISTROLESS: Final = "3.13"
"""The Python of Debian 13, the only one that distroless images have."""


LAST_DEBIAN: Final[Mapping[str, str]] = {
    "2.7": "buster",
    "3.5": "buster",
    "3.6": "bullseye",
    "3.7": "bookworm",
    "3.8": "bookworm",
}
"""
Python that has no image on a current Debian → the last release that it has one on.

Source: https://hub.docker.com/_/python/tags
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """What a Dockerfile starts from."""

    builder: str
    runtime: str
    interpreter: str
    """How uv finds Python, in both."""


def bases(build: Build, python: str, platform: Platform) -> Bases:
    """Return the images of ``build`` for the minor version ``python``."""
    match build.variant:
        case "distroless":
            runtime = "gcr.io/distroless/python3-debian13:nonroot"
            return Bases(builder="debian:trixie-slim", runtime=runtime, interpreter=f"/usr/bin/python{DISTROLESS}")
        case "chainguard":
            tag = "latest" if is_rolling(build, platform) else python
            repository = platform.images.chainguard
            builder = f"{repository}:{tag}-dev"
            return Bases(builder=builder, runtime=f"{repository}:{tag}", interpreter="/usr/bin/python")
        case "slim":
            image = f"python:{python}-slim-{LAST_DEBIAN.get(python, platform.images.distribution)}"
            return Bases(builder=image, runtime=image, interpreter=python)


def is_rolling(build: Build, platform: Platform) -> bool:
    """Tell whether the image decides which Python it has, and may decide anew tomorrow."""
    return build.variant == "chainguard" and platform.images.chainguard == CHAINGUARD


def faults(build: Build, python: str, project: Project, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    """Yield what ``build`` asks for and its variant does not have."""
    if build.variant == "distroless" and python != DISTROLESS:
        yield Diagnostic(
            rule=NO_SUCH_PYTHON,
            message=f"the project needs Python {python}, but distroless images have {DISTROLESS}",
            at=Label((*at, "variant")),
            help=f'say `python: {{version: "{DISTROLESS}"}}` if the project runs on it, or `variant: slim`',
        )
    elif is_rolling(build, platform) and build.python.version:
        yield Diagnostic(
            rule=NO_SUCH_PYTHON,
            message=f"`{CHAINGUARD}` has no tag for Python {build.python.version}: only the newest is free",
            at=Label((*at, "python", "version")),
            help="remove it, say `variant: slim`, or name your organisation's repository in kgen.yaml: "
            "`images: {chainguard: cgr.dev/example.com/python}`",
        )
    elif is_rolling(build, platform) and project.python:
        yield Diagnostic(
            rule=LEFT_TO_IMAGE,
            message=f"`.python-version` asks for {project.python}, but `{CHAINGUARD}` has only the newest Python",
            at=Label((*at, "variant")),
            help="say `variant: slim`, or name your organisation's repository in kgen.yaml: "
            "`images: {chainguard: cgr.dev/example.com/python}`",
        )
    yield from _package_faults(build, at)


def _package_faults(build: Build, at: Path) -> Iterator[Diagnostic]:
    refused = {"slim": (), "distroless": ("system_packages",), "chainguard": ("system_packages", "build_packages")}
    for field in refused[build.variant]:
        names: tuple[str, ...] = getattr(build.python, field)
        if names:
            shown = "systemPackages" if field == "system_packages" else "buildPackages"
            yield Diagnostic(
                rule=NO_PACKAGES,
                message=f"a {build.variant} image cannot have the Debian "
                f"{'package' if len(names) == 1 else 'packages'} {listed(names, 'and')}",
                at=Label((*at, "python", shown), on="key"),
                help="say `variant: slim`, or take a Python package that brings its libraries along in its wheel",
            )
