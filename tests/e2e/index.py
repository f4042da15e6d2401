"""
Poetry on an index that has no JSON interface, as mirrors of pypi.org mostly have none.

Of all package managers only Poetry asks pypi.org for ``/pypi/<name>/<version>/json``. Where nobody answers, the copy of
a project that a test builds takes its packages from the same pages as pip's: pyproject.toml gets a source, and
poetry.lock says that every package comes from it. The Dockerfile stays as it was generated.
"""

import functools
import hashlib
import json
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PAGES = "https://pypi.org/simple"
SOURCE = f'\n[[tool.poetry.source]]\nname = "pages"\nurl = "{PAGES}/"\npriority = "primary"\n'
ORIGIN = f'\n[package.source]\ntype = "legacy"\nurl = "{PAGES}"\nreference = "pages"\n'


def adapt(folder: Path) -> None:
    """Let Poetry find packages for the project in ``folder``, if it is one of Poetry's and needs help."""
    lock = folder / "poetry.lock"
    if not lock.exists() or _answers():
        return
    pyproject = folder / "pyproject.toml"
    with pyproject.open("a", encoding="utf-8") as file:
        file.write(SOURCE)
    head, *packages = lock.read_text("utf-8").split("[[package]]\n")
    packages[-1], end = packages[-1].split("[metadata]\n")
    sourced = [f"{package.rstrip()}\n{ORIGIN}\n" for package in packages]
    hashed = tomllib.loads(f"[metadata]\n{end}")["metadata"]["content-hash"]
    end = end.replace(hashed, _content_hash(tomllib.loads(pyproject.read_text("utf-8"))))
    lock.write_text("[[package]]\n".join([head, *sourced]) + "[metadata]\n" + end, "utf-8")


@functools.cache
def _answers() -> bool:
    """Tell whether pypi.org, as this machine sees it, tells about one release of a package."""
    try:
        with urllib.request.urlopen("https://pypi.org/pypi/poetry-core/2.0.0/json", timeout=20) as answer:  # a constant
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False


def _content_hash(pyproject: dict[str, Any]) -> str:
    """Return by what Poetry 2 knows that a lock file belongs to ``pyproject``, for a project with ``[project]``."""
    project, poetry = pyproject["project"], pyproject["tool"]["poetry"]
    parts = {
        "project": _some(project, "requires-python", "dependencies", "optional-dependencies"),
        "dependency-groups": pyproject.get("dependency-groups"),
        # `group` counts even if there is none
        "tool": {"poetry": {"group": None} | _some(poetry, "dependencies", "source", "extras", "group")},
    }
    relevant = {name: part for name, part in parts.items() if part is not None}
    return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()


def _some(table: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: table[key] for key in keys if key in table}
