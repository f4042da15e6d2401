"""Read what a folder says about its front end; nothing of it is run."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgen.load.text import text_of
from kgen.model.facts import NodeProject

_LOCKS = (
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
)
_HOOKS = ("preinstall", "install", "postinstall", "prepare")
"""Scripts that run with the installation, and may need the source."""

_LOCK_VERSION = re.compile(r"^lockfileVersion: *['\"]?(\d+)", re.MULTILINE)


def frontend(folder: Path) -> NodeProject:
    """Return what the files of ``folder`` say."""
    text = text_of(folder / "package.json")
    if text is None:
        return NodeProject(exists=False)
    package = _mapping(text)
    scripts = package.get("scripts")
    named = package.get("packageManager")
    pnpm = _LOCK_VERSION.search((text_of(folder / "pnpm-lock.yaml") or "")[:200])
    return NodeProject(
        locks=tuple(name for name in _LOCKS if (folder / name).is_file()),
        manager=named.partition("+")[0] if isinstance(named, str) else "",
        pnpm_format=int(pnpm[1]) if pnpm else 0,
        is_berry="__metadata:" in (text_of(folder / "yarn.lock") or "")[:2000],
        needs_source=(
            any(key in package for key in ("workspaces", "patchedDependencies", "pnpm"))
            or any((folder / name).exists() for name in ("pnpm-workspace.yaml", ".yarnrc.yml", ".yarnrc"))
            or (isinstance(scripts, dict) and any(hook in scripts for hook in _HOOKS))
        ),
        scripts=tuple(scripts) if isinstance(scripts, dict) else (),
    )


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        return {}  # the package manager will say so
    return content if isinstance(content, dict) else {}
