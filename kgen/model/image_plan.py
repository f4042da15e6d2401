"""How an image is built, with every question answered: what the Dockerfile emitter and the compose emitter read."""

from posixpath import join, normpath
from typing import Literal, TypeAlias

from kgen.model.packages import Packages
from kgen.record import dataclass

Variant: TypeAlias = Literal["slim", "distroless", "chainguard"]
"""What an image starts from."""

DOCKERFILE = "Dockerfile"
"""What a Dockerfile is called that nobody has to name."""

APP = "/app"
"""Where an image that kgen builds has the project: the whole context."""

UID = 65532
"""User and group of every container: the `nonroot` of distroless and Chainguard images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontendPlan:
    """The stage that builds a front end; all paths are relative to the context, as to ``/app``."""

    image: str
    path: str
    """Folder of ``package.json``."""

    lock_files: tuple[str, ...]
    """What packages are installed from, in a layer of their own; empty: they need the whole folder."""

    tool: str
    """Package manager that npm installs first, with its version; empty for npm itself."""

    install: str
    cache: str
    """Folder of the package manager's cache."""

    command: tuple[str, ...]
    sources: tuple[str, ...] = ()
    output: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """One Dockerfile."""

    app_file: str
    """The app file as the header names it, relative to the build context's Dockerfile: usually ``app.yaml``."""

    context: str
    """Build context relative to the app file's folder, POSIX, ``.`` for that folder itself."""

    output: str = DOCKERFILE
    """Name of the Dockerfile in the context."""

    python: str
    """Minor version, as ``3.13``; empty if only the image knows."""

    variant: Variant = "slim"
    builder: str
    """Image of the stage that installs, as ``python:3.13-slim-trixie``."""

    base: str
    """Image of the stage that runs; its Python is at the path where the builder has it."""

    interpreter: str
    """What uv takes for Python: the minor version, or the path of the one that both images have."""

    uv_image: str = ""
    """Where the uv binary comes from, as ``ghcr.io/astral-sh/uv:0.13``, if it is needed."""

    packages: Packages
    """What the builder installs, and how."""

    system_packages: tuple[str, ...] = ()
    """Debian packages of the runtime image."""

    build_packages: tuple[str, ...] = ()
    """Debian packages of the builder: compilers, headers, and what its commands need."""

    commands: tuple[tuple[str, ...], ...] = ()
    """What the builder runs in ``/app`` once project and packages are there; without a shell."""

    labels: tuple[tuple[str, str], ...] = ()
    """Full names and values, the same in every build."""

    frontend: FrontendPlan | None = None
    include: tuple[str, ...] = ()
    """Files and folders that are not left out, whatever they look like."""

    named: tuple[str, ...] = ()
    """First names of what its commands speak of, as ``jobs`` of ``python jobs/run.py``: they are not left out."""

    stop_signal: str = ""
    """Signal that stops the program, as ``SIGINT``; empty: the usual one, ``SIGTERM``."""

    data: tuple[str, ...] = ()
    """Folders that persistent volumes are mounted at, by any component that runs the image."""

    working_dir: str = APP
    """Folder that it starts in."""

    entrypoint: tuple[str, ...] = ()
    """What Kubernetes calls ``command``; empty: none."""

    command: tuple[str, ...] = ()
    """What Kubernetes calls ``args``, or the whole command if there is no entrypoint; exec form."""

    ports: tuple[str, ...] = ()
    """Documented with EXPOSE: numbers, with a protocol where it is not TCP."""

    @property
    def ignore_file(self) -> str:
        """Name of the ignore file in the context."""
        return ignore_file(self.output)

    @property
    def images(self) -> tuple[str, ...]:
        """What its stages start from, without digests."""
        names = (self.uv_image, self.frontend.image if self.frontend else "", self.builder, self.base)
        return tuple(dict.fromkeys(name.partition("@")[0] for name in names if name))

    @property
    def path(self) -> str:
        """The Dockerfile relative to the app file's folder."""
        return normpath(join(self.context, self.output))

    @property
    def files(self) -> tuple[str, str]:
        """Both files, relative to the app file's folder."""
        return self.path, normpath(join(self.context, self.ignore_file))


def ignore_file(dockerfile: str) -> str:
    """
    Return the name of the ignore file for ``dockerfile``: BuildKit and Buildah prefer one that is called after it.

    >>> ignore_file("Dockerfile"), ignore_file("Dockerfile.kgen")
    ('.dockerignore', 'Dockerfile.kgen.dockerignore')
    """
    return ".dockerignore" if dockerfile == DOCKERFILE else f"{dockerfile}.dockerignore"
