"""What kgen read from the repository besides the app file: a Python project's files, the files to mount."""

from collections.abc import Mapping
from typing import Any

from kgen.model.packages import Manager
from kgen.record import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What requirements files say, with those that they include."""

    files: tuple[str, ...] = ()
    """Relative to the context."""

    missing: tuple[str, ...] = ()
    """Files that are not there."""

    hashes: bool = False
    """Whether every requirement has a hash."""

    has_setuptools: bool = False
    """Whether setuptools is among them."""

    loose: tuple[str, ...] = ()
    """Requirements of no version in particular."""

    archives: tuple[str, ...] = ()
    """Wheels and archives of the context that they name."""

    postponed: tuple[str, ...] = ()
    """Lines that name folders of the context."""

    itself: str = ""
    """The line among them that names the project itself, as `-e .`."""

    only_itself: bool = False
    """Whether there is no other."""

    outside: tuple[str, ...] = ()
    """Folders and archives outside of the context that they name."""

    sources: tuple[str, ...] = ()
    """Repositories that they name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock file of a package manager."""

    name: str
    files: tuple[str, ...] = ()
    """What the manager reads to install what is locked, this file included; relative to the context."""

    archives: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """As in `Requirements`."""

    members: tuple[str, ...] = ()
    """Packages that the repository holds itself."""

    written_by: str = ""
    """Version of the manager that wrote it, if it says so."""

    layout: str = ""
    """Version of the file's own format."""

    ways: frozenset[str] | None = None
    """Ways to compare by which it belongs to the project's own file; ``None`` if nobody can tell. See `locking`."""

    why: str = ""
    """What is different, if that is known."""

    only_python: str = ""
    """The minor version of Python with which alone it belongs to the project."""

    refused: str = ""
    """What the manager does not take about the project's own file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """Whether and how the project itself is a package."""

    exists: bool = False
    """Whether there is metadata of a project."""

    installs: Mapping[str, bool] = field(default_factory=dict)
    """Manager → whether it can install the project itself."""

    is_static: bool = False
    """Whether `pyproject.toml` alone says what the project depends on."""

    files: tuple[str, ...] = ()
    """Requirements files that `pyproject.toml` leaves it to."""

    dependencies: tuple[str, ...] | None = None
    """What `setup.py` or `setup.cfg` ask for; ``None`` if only running code tells."""

    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What they ask for besides."""

    offered: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    """`extras` and `groups` → those that the project defines, by their canonical names; ``None`` if only code tells."""

    required_uv: str = ""
    """Which versions of uv the project is for, as a version specifier."""

    version_variable: str = ""
    """What tells the build backend its version, where it would ask Git."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a build context says about its Python project."""

    exists: bool = True
    locks: Mapping[Manager, Lock] = field(default_factory=dict)
    """Lock files of managers."""

    pip: str = ""
    """What pip installs by default: `pylock.toml`, `requirements.txt`, or nothing."""

    requirements: Mapping[tuple[str, ...], Requirements] = field(default_factory=dict)
    """By the files that builds ask for, and the default one."""

    conda: str = ""
    """File of a conda environment."""

    packaging: Packaging = Packaging()
    python: str = ""
    """Minor version that `.python-version` asks for."""

    requires_python: str = ""
    """What the project's metadata says, as a version specifier."""

    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Folders that commands start in and that the image would not have → those that may be meant instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDockerfile:
    """A Dockerfile that a user wrote."""

    text: str | None
    """``None`` if it cannot be read as text."""

    ignored: str | None = None
    """Text of the .dockerignore that counts for it: its own, or the one of its context."""

    ignore_file: str = ""
    """Where that stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeProject:
    """What a folder says about its front end."""

    exists: bool = True
    """Whether there is a `package.json`."""

    locks: tuple[str, ...] = ()
    """Lock files, of all package managers."""

    manager: str = ""
    """What `packageManager` asks for, as `pnpm@10.4.0`."""

    pnpm_format: int = 0
    """Format of `pnpm-lock.yaml`; 0 if it does not say."""

    is_berry: bool = False
    """Whether `yarn.lock` was written by Yarn 2 or later."""

    needs_source: bool = False
    """Whether the installation may read more than `package.json` and a lock file."""

    scripts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFile:
    """A file of an encrypted Secret. Nobody prints anything of it but names."""

    shown: str
    """Its path, as findings name it."""

    text: str = field(repr=False)
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The object in it; empty if there is none."""

    problem: str = ""
    """Why there is none."""

    encrypted: tuple[str, ...] = ()
    """Keys with encrypted values."""

    plain: tuple[str, ...] = ()
    """Keys with values that are not encrypted."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        metadata = self.document.get("metadata")
        return metadata if isinstance(metadata, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it, by path relative to the app file."""

    app_file: str = "app.yaml"
    """Name of the app file, without its folder."""

    digests: Mapping[str, str] | None = None
    """Base image → digest; ``None`` if nobody has locked any."""

    projects: Mapping[str, Project] = field(default_factory=dict)
    frontends: Mapping[str, NodeProject] = field(default_factory=dict)
    files: Mapping[str, str | None] = field(default_factory=dict)
    """Text of each file to mount; ``None`` if it cannot be read as text."""

    dockerfiles: Mapping[str, OwnDockerfile] = field(default_factory=dict)

    secret_files: Mapping[str, SecretFile] = field(default_factory=dict)
    """Files of encrypted Secrets that are there."""

    manifests: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    """Pattern → the files of objects that it names, with their text; ``None`` if it cannot be read as text."""
