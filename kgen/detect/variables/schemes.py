"""Schemes of databases' addresses: which driver SQLAlchemy takes is said by them."""

import re
from collections.abc import Mapping

from kgen.detect.project import Project
from kgen.record import dataclass

_SCHEME = re.compile(r"\s*[\"']?([a-z][a-z0-9]*\+[a-z0-9_]+)://")


def named(text: str) -> str:
    """
    Return the scheme of a database's URL if it names a driver.

    >>> named("postgresql+asyncpg://u:p@db/shop"), named("postgres://u:p@db/shop")
    ('postgresql+asyncpg', '')
    """
    match = _SCHEME.match(text)
    return match[1] if match and not match[1].startswith("sqlite") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drivers:
    """What a kind of database is talked to by."""

    usual: tuple[str, ...]
    """Those that SQLAlchemy takes if the address names none."""

    waiting: Mapping[str, tuple[str, ...]]
    """Scheme → the distributions of its driver; of those for ``async``."""

    others: Mapping[str, tuple[str, ...]]


_DRIVERS: Mapping[str, _Drivers] = {
    "postgres": _Drivers(
        usual=("psycopg2", "psycopg2-binary"),
        waiting={"postgresql+asyncpg": ("asyncpg",)},
        others={"postgresql+psycopg": ("psycopg", "psycopg-binary")},
    ),
    "mysql": _Drivers(
        usual=("mysqlclient",),
        waiting={"mysql+asyncmy": ("asyncmy",), "mysql+aiomysql": ("aiomysql",)},
        others={"mysql+pymysql": ("pymysql",), "mysql+mysqlconnector": ("mysql-connector-python",)},
    ),
}
_BY_SQLALCHEMY = ("sqlalchemy", "sqlmodel", "databases", "ormar", "advanced-alchemy", "flask-sqlalchemy")


def wanted(project: Project, kind: str) -> str:
    """Return the scheme that SQLAlchemy needs to take the only driver that is there, if the code does not see to it."""
    if kind == "postgres" and project.has("tortoise-orm"):
        return "postgres"  # which knows no other name of it
    if not (project.has(*_BY_SQLALCHEMY) or _imports_sqlalchemy(project)):
        return ""
    drivers = _DRIVERS[kind]
    changes = any(project.tree.mentions(path, (b".replace(",)) for path in project.modules.having(kind))
    if changes or project.has(*drivers.usual) or any(project.modules.having("install_as_MySQLdb")):
        return ""
    found = {
        is_async: next((scheme for scheme, names in given.items() if project.has(*names)), "")
        for is_async, given in ((True, drivers.waiting), (False, drivers.others))
    }
    if kind == "mysql" and all(found.values()) and not any(project.modules.having("create_async_engine")):
        return found[False]  # drivers for ``async`` are made of it, or for something else
    return found[True] or found[False]


def _imports_sqlalchemy(project: Project) -> bool:
    """Tell whether the source asks for SQLAlchemy, which others may bring along."""
    found = project.modules.having("from sqlalchemy", "import sqlalchemy")
    return any(not project.modules.is_side(path) for path in found)
