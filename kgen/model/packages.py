"""How Python packages get into an image, with every question answered."""

from typing import Literal, TypeAlias

from kgen.record import dataclass

Manager: TypeAlias = Literal["pip", "uv", "poetry", "pdm", "pipenv"]
"""What a user calls it."""

Installer: TypeAlias = Literal["pip", "uv", "poetry", "pdm", "pipenv", "pylock", "project"]
"""
What fills the environment.

What belongs to pip is three: requirements files (``pip``), a ``pylock.toml`` (``pylock``), and a project that locks
nothing (``project``), the latter two by uv.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSecret:
    """A secret of BuildKit, by its id."""

    name: str
    variable: str = ""
    """Environment variable that holds it while packages are installed."""

    file: str = ""
    """Or the file that it is mounted as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """What a builder installs."""

    installer: Installer
    tool: str = ""
    """The manager itself as pip would install it, as ``poetry==2.1.3``; the base image has its own pip."""

    lock_files: tuple[str, ...] = ()
    """What is copied before the source, relative to the context: lock files and what else their reader needs."""

    vendored: tuple[str, ...] = ()
    """Wheels and archives of the context that lock files name; they are copied with them."""

    folders: tuple[str, ...] = ()
    """Folders of the context that lock files name, for managers that cannot leave them out at first."""

    requirements: tuple[str, ...] = ()
    """Requirements files, or the one ``pylock.toml``, relative to the context."""

    hashes: bool = False
    """Whether every requirement has a hash. Only for ``pip``, and ``pipenv`` with folders."""

    postponed: tuple[str, ...] = ()
    """What names folders of the context, which are there with the source. Only for ``pip`` and ``pipenv``."""

    seeds: tuple[str, ...] = ()
    """What is in every environment before anything else is installed. Only for ``pip`` and ``project``."""

    listed: tuple[str, ...] = ()
    """Dependencies that only code or ``setup.cfg`` names. Only for ``project``."""

    installs_project: bool = False
    """Whether the project itself is a package, and is installed."""

    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Optional dependencies and dependency groups to install besides the main ones."""

    member: str = ""
    """Package of a workspace that the image is for. Only for ``uv``."""

    version_variable: str = ""
    """Variable that tells the build backend which version it builds, where it would ask Git."""

    secrets: tuple[BuildSecret, ...] = ()

    @property
    def uses_uv(self) -> bool:
        """Whether the uv binary has to be there."""
        return self.installer in {"uv", "pylock"} or (self.installer == "project" and not self.is_nothing)

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to install: a program that needs only Python."""
        return not (self.requirements or self.listed or self.groups or self.installs_project)
