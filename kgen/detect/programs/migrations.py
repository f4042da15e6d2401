"""The command that brings a database up to date before a new version starts."""

import posixpath
from configparser import ConfigParser, Error

from kgen.detect.found import Fact
from kgen.detect.project import Project
from kgen.detect.source.texts import origin, table
from kgen.detect.source.tree import join


def release(project: Project) -> Fact | None:
    """Return the command of Flask-Migrate, Alembic or Aerich, if the project has migrations for it."""
    return _flask(project) or _alembic(project) or _aerich(project)


def _flask(project: Project) -> Fact | None:
    if not project.has("flask-migrate"):
        return None
    for name in project.tree.below(project.folder):
        if name.endswith("/migrations/env.py") or name == "migrations/env.py":
            folder = posixpath.dirname(project.below(name))
            place = "" if folder == "migrations" else f" --directory {folder}"
            return Fact(f"flask db upgrade{place}", name)
    return None


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
