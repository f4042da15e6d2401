"""
PDM: a hash of the parts of ``pyproject.toml`` that packages depend on, and a format that it must know.

Source: ``PyProject.content_hash`` and ``PDMLock.compatibility`` in https://github.com/pdm-project/pdm,
``src/pdm/project/project_file.py`` and ``src/pdm/project/lockfile/pdmlock.py``: the same from 2.20 to 2.29
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from kgen.locking import Belonging, Files

_HASH = re.compile(r'^content_hash = "([a-z0-9]+):([0-9a-f]+)"', re.MULTILINE)
_FORMAT = re.compile(r'^lock_version = "(\d+)\.(\d+)', re.MULTILINE)
_KNOWN = (4, 5)
"""The format of PDM 2.20 to 2.29. They read older ones with the same first number, and refuse all others."""


def belonging(lock: str, files: Files) -> Belonging:
    """Return whether ``pdm.lock`` belongs to ``pyproject.toml`` by PDM 2.20 and later."""
    pyproject, layout = files("pyproject.toml"), _FORMAT.search(lock)
    settings = pyproject.get("tool", {}).get("pdm", {})
    hashed = _HASH.search(lock)
    if layout and int(layout[1]) < _KNOWN[0]:
        why = f"it is of format {layout[1]}.{layout[2]}, which PDM does not read any more"
        return Belonging(ways=frozenset(), why=why)
    if (
        not (layout and hashed)
        or (int(layout[1]), int(layout[2])) > _KNOWN
        or _is_told_otherwise(lock, settings, files)
    ):
        return Belonging()
    project, groups = pyproject.get("project"), _groups(pyproject.get("dependency-groups", {}), settings)
    if project is None or groups is None:
        return Belonging()
    common = {
        "sources": settings.get("source", []),
        "dependencies": project.get("dependencies", []),
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
    }
    resolution, old_groups = settings.get("resolution", {}), settings.get("dev-dependencies", {})
    made = _hash(hashed[1], common | {"dev-dependencies": groups, "resolution": resolution})
    old = _hash(hashed[1], common | {"dev-dependencies": old_groups, "overrides": resolution.get("overrides", {})})
    why = "PDM before 2.16 wrote it, and newer ones compare otherwise" if old == hashed[2] else ""
    return Belonging(ways=frozenset({"pdm"}) if made == hashed[2] else frozenset(), why=why)


def _hash(algorithm: str, content: Mapping[str, Any]) -> str:
    return hashlib.new(algorithm, json.dumps(content, sort_keys=True).encode()).hexdigest()


def _is_told_otherwise(lock: str, settings: Mapping[str, Any], files: Files) -> bool:
    """Tell whether newer ways to compare are asked for, or another lock file."""
    news = "workspace" in settings or settings.get("resolution", {}).get("lock_inputs") is not None
    return news or "lock_inputs" in lock or "lock" in files("pdm.toml")


def _groups(groups: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the groups of both tables; ``None`` if one is in both: what PDM makes of that depends on its version."""
    found: dict[str, Any] = {}
    for name, wanted in (*groups.items(), *settings.get("dev-dependencies", {}).items()):
        normal = re.sub(r"[^A-Za-z0-9]+", "-", name).lower()
        if normal in found:
            return None
        found[normal] = wanted
    return found
