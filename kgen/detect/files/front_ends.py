"""Front ends that Node.js builds: one that the app's source serves is built into the image, others are named."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.syntax import SIDE
from kgen.detect.source.texts import origin, table
from kgen.detect.source.tree import join
from kgen.record import dataclass

_LOCKS = frozenset({"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock"})
_OTHER_LOCKS = ("bun.lock", "bun.lockb", "deno.lock")
"""Of managers that kgen's images do not install with."""

_DEEPEST = 3
"""Folders between the project's and that of a front end."""

_OUTPUTS = (("react-scripts build", "build"), ("vite build", "dist"), ("vue-cli-service build", "dist"))
"""Part of a build's command → the folder that it makes."""

_OUT_DIR = re.compile(r"outDir:\s*[\"']([\w./-]+)[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class _FrontEnd:
    """A folder with a front end, relative to the project's."""

    path: str
    origin: str
    command: str
    output: str
    """Folder that the build makes, relative to ``path``; empty: unknown."""


def part(project: Project) -> Part:
    """Return the front end that the app serves; a doubt for one of which nothing says whether it does."""
    found = list(_front_ends(project))
    served = [each for each in found if each.output and _is_served(project, each)]
    if served:
        first = served[0]
        made = {"path": first.path or ".", "output": first.output}
        return Part(data={"build": {"frontend": made}}, comments={("build", "frontend"): first.origin})
    return Part(doubts=tuple(map(_unbuilt, found[:1])) or tuple(_copied(project)))


_BUILDING = re.compile(r"\b(?:npm|yarn|pnpm|bun)\b[^&;|]*\bbuild\b")


def _copied(project: Project) -> Iterator[Doubt]:
    """Yield what the project's own Dockerfile makes with Node.js, unless that step is doubted by name."""
    for container in containers(project.tree, project.folder)[:1]:
        is_named = any(_BUILDING.search(text) for text, _ in container.steps)
        for image, line in () if is_named else container.front_ends[:1]:
            yield Doubt(
                path=("build",),
                question=f"{container.file}:{line} makes files with `{image}`, which are not in the image here",
                help="let them be there when the image is built, or build with a Dockerfile of your own",
            )


def _unbuilt(each: _FrontEnd) -> Doubt:
    more = f", output: {each.output}" if each.output not in {"", "dist"} else ""
    return Doubt(
        path=("build",),
        question=f"{each.origin} builds a front end with `{each.command}`, which is not in the image",
        help=f"if the app serves it, say `frontend: {{path: {each.path or '.'}{more}, to: …}}` here",
    )


def _front_ends(project: Project) -> Iterator[_FrontEnd]:
    for file in project.tree.below(project.folder):
        inner = project.below(file)
        folder, _, name = inner.rpartition("/")
        if name != "package.json" or inner.count("/") > _DEEPEST or not SIDE.isdisjoint(folder.split("/")):
            continue
        text = project.tree.text(file) or ""
        command = table(_read(text), "scripts").get("build")
        has_lock = any(join(folder, lock) in _here(project, folder) for lock in (*_LOCKS, *_OTHER_LOCKS))
        if isinstance(command, str) and has_lock:
            where = origin(file, text, '"build"')
            yield _FrontEnd(path=folder, origin=where, command=command, output=_output(project, folder, command))


def _here(project: Project, folder: str) -> frozenset[str]:
    place = project.path(folder) if folder else project.folder
    return frozenset(join(folder, name) for name in project.tree.here(place))


def _read(text: str) -> Mapping[str, Any]:
    try:
        return table(json.loads(text))
    except ValueError:  # somebody's half-finished edit
        return {}


def _output(project: Project, folder: str, command: str) -> str:
    """Return the folder that a build makes: what the bundler is told, or else its usual one."""
    for name in ("vite.config.ts", "vite.config.js", "vite.config.mts", "vite.config.mjs"):
        if match := _OUT_DIR.search(project.text(join(folder, name)) or ""):
            return match[1] if not match[1].startswith(("/", "..")) else ""
    return next((output for part, output in _OUTPUTS if part in command), "")


def _is_served(project: Project, each: _FrontEnd) -> bool:
    """Tell whether the source names the folder that the build makes: ``frontend/dist``, ``"frontend" / "dist"``."""
    parts = join(each.path, each.output).split("/")
    between = r"(?:/|[\"']\s*[/,]\s*[\"'])"
    pattern = re.compile(rf"[\"'/]{between.join(map(re.escape, parts))}[\"'/]".encode())
    return len(parts) > 1 and any(project.tree.matches(path, pattern) for path in project.modules.paths)
