"""The command that brings a database up to date before a new version starts."""

import posixpath
from collections.abc import Mapping
from configparser import ConfigParser, Error

from kgen.detect.found import Fact
from kgen.detect.project import Project
from kgen.detect.source.texts import origin, table
from kgen.detect.source.tree import join


def release(project: Project) -> Fact | None:
    """Return the command of Flask-Migrate, Litestar, Alembic or Aerich, if the project has migrations for it."""
    return _flask(project) or _litestar(project) or _alembic(project) or _aerich(project)


APPS: Mapping[str, str] = {"flask": "FLASK_APP", "litestar": "LITESTAR_APP"}
"""Command with migrations → the variable by which it finds the application."""


def named(release: Fact | None) -> str:
    """Return the variable by which the command of a release finds the application; nothing if it needs none."""
    return APPS.get(str(release.value).partition(" ")[0], "") if release else ""


def _flask(project: Project) -> Fact | None:
    if not project.has("flask-migrate"):
        return None
    for name in project.tree.below(project.folder):
        if name.endswith("/migrations/env.py") or name == "migrations/env.py":
            folder = posixpath.dirname(project.below(name))
            place = "" if folder == "migrations" else f" --directory {folder}"
            return Fact(f"flask db upgrade{place}", name)
    return None


def _litestar(project: Project) -> Fact | None:
    """Return Litestar's command for migrations of Advanced Alchemy, which Alembic's own cannot run."""
    if not project.has("litestar"):
        return None
    found = (name for name in project.tree.below(project.folder) if name.endswith("/env.py"))
    own = next((name for name in found if project.tree.mentions(name, (b"advanced_alchemy",))), "")
    return Fact("litestar database upgrade --no-prompt", own) if own else None


def _alembic(project: Project) -> Fact | None:
    """Return Alembic's command, run where its file stands if that names its scripts from there."""
    if not project.has("alembic", "flask-alembic", "sqlmodel", "flask-db", "advanced-alchemy"):
        return None
    for path in _ini(project):
        file = project.below(path)
        folder = posixpath.dirname(file)
        text = project.tree.text(path) or ""
        where = origin(path, text, "script_location")
        if not folder:
            return Fact("alembic upgrade head", where)
        scripts = _scripts(text)
        if "%(here)s" in scripts or project.tree.has_folder(project.path(scripts)):
            return Fact(f"alembic --config {file} upgrade head", where)
        return Fact("alembic upgrade head", where, folder)
    return None


def _ini(project: Project) -> list[str]:
    """Return the files of Alembic itself; Flask-Migrate's are among its migrations."""
    found = [name for name in project.tree.below(project.folder) if name.rpartition("/")[2] == "alembic.ini"]
    own = [name for name in found if not project.modules.is_side(name)]
    own = [name for name in own if "{" not in _scripts(project.tree.text(name) or "")]  # what a program fills in
    return sorted(own, key=lambda name: (name.count("/"), name))


def _scripts(text: str) -> str:
    parser = ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read_string(text)
    except Error:
        return ""
    return (parser.get("alembic", "script_location", fallback="") or "").removeprefix("./")


def _aerich(project: Project) -> Fact | None:
    if project.has("aerich") and table(project.pyproject, "tool", "aerich"):
        return Fact("aerich upgrade", join(project.folder, "pyproject.toml"))
    return None
