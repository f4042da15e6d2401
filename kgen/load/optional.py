"""Which extras and dependency groups a project defines, in the words of every manager."""

from collections.abc import Iterable, Mapping
from typing import Any

from kgen.distributions import canonical

_PIPFILE = frozenset({"source", "packages", "requires", "scripts", "pipenv"})
"""Tables of a Pipfile that are no categories of packages."""


def offered(
    pyproject: Mapping[str, Any], pipfile: Mapping[str, Any], extras: Iterable[str] | None
) -> dict[str, frozenset[str] | None]:
    """
    Return what can be asked for besides the main dependencies.

    Args:
        pyproject: The parsed ``pyproject.toml``.
        pipfile: The parsed ``Pipfile``.
        extras: Those of ``setup.py`` and ``setup.cfg``; ``None`` if only code tells.
    """
    project, poetry = table(pyproject, "project"), table(pyproject, "tool", "poetry")
    defined = [*table(project, "optional-dependencies"), *table(poetry, "extras"), *(extras or ())]
    groups = [
        *table(pyproject, "dependency-groups"),
        *table(poetry, "group"),
        *table(pyproject, "tool", "pdm", "dev-dependencies"),
        *(["dev"] if "dev-dependencies" in poetry or "dev-dependencies" in table(pyproject, "tool", "uv") else []),
        *(pipfile.keys() - _PIPFILE),
    ]
    is_dynamic = extras is None or "optional-dependencies" in (project.get("dynamic") or ())
    return {"extras": None if is_dynamic else _canonical(defined), "groups": _canonical(groups)}


def table(data: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return a table of a TOML file; empty if there is none."""
    for name in names:
        found = data.get(name)
        data = found if isinstance(found, dict) else {}
    return data


def _canonical(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(canonical, names))
