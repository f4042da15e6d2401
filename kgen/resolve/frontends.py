"""Front ends: which package manager builds them, in which image, and what stands in the way."""

import re
from collections.abc import Iterator, Mapping
from posixpath import join, normpath
from typing import Final

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.model.container import Build
from kgen.model.facts import NodeProject
from kgen.model.frontend import Frontend
from kgen.model.image_plan import FrontendPlan
from kgen.model.platform import Platform
from kgen.words import listed

NOT_BUILDABLE = Rule(
    code="KG3298",
    name="frontend-not-buildable",
    explain="A front end is built from `package.json` and one lock file: without, one commit makes two images.",
)
RULES = (NOT_BUILDABLE,)

_MANAGERS: Final[Mapping[str, str]] = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
}
_PNPM: Final = {5: "7", 6: "8", 9: "10"}
"""Format of the lock file → the newest major version that writes it."""

_YARN, _BERRY = "1.22.22", "4"
"""The last release of classic Yarn, and what the other one is where `package.json` does not say."""

_EXACT = re.compile(r"\d+\.\d+\.\d+(-[\w.]+)?")


def key(context: str, frontend: Frontend) -> str:
    """Return the folder of a front end, relative to the app file."""
    return normpath(join(context, frontend.path))


def faults(build: Build, node: NodeProject, at: Path) -> Iterator[Diagnostic]:
    """Yield why the front end of ``build`` cannot be built: the first reason."""
    if build.frontend is None:
        return
    folder = key(build.context, build.frontend)
    known = [name for name in node.locks if name in _MANAGERS]
    message, way_out = "", ""
    if not node.exists:
        message, way_out = f"there is no `package.json` in `{folder}`", "name its folder, relative to `context`"
    elif len({_MANAGERS[name] for name in known}) > 1:
        message, way_out = f"{listed(known, 'and')} are both in `{folder}`", "remove the one that is not used"
    elif not known and node.locks:
        message = f"`{folder}` has only {listed(node.locks, 'and')}, which kgen cannot build from"
        way_out = "lock the packages with npm, pnpm or Yarn"
    elif not known:
        message, way_out = f"`{folder}` has no lock file", "run `npm install`, and commit `package-lock.json`"
    elif build.frontend.command is None and "build" not in node.scripts:
        message = f"`package.json` in `{folder}` has no script `build`"
        way_out = "name what builds: `frontend: {command: …}`"
    if message:
        yield Diagnostic(rule=NOT_BUILDABLE, message=message, at=Label((*at, "frontend")), help=way_out)


def plan(build: Build, node: NodeProject, platform: Platform) -> FrontendPlan | None:
    """Return how the front end of ``build`` is built; ``faults`` has found nothing."""
    frontend = build.frontend
    if frontend is None:
        return None
    lock = next(name for name in node.locks if name in _MANAGERS)
    manager = _MANAGERS[lock]
    tool, install, cache = _calls(manager, node)
    path = normpath(frontend.path)
    made = normpath(join(path, frontend.output))
    return FrontendPlan(
        image=f"node:{frontend.version or platform.images.node}-{platform.images.distribution}-slim",
        path=path,
        lock_files=() if node.needs_source else tuple(normpath(join(path, each)) for each in ("package.json", lock)),
        tool=tool,
        install=install,
        cache=cache,
        command=frontend.command or (manager, "run", "build"),
        sources=frontend.sources,
        output=made,
        to=normpath(frontend.to) if frontend.to else made,
    )


def _calls(manager: str, node: NodeProject) -> tuple[str, str, str]:
    """Return what npm installs to have the manager, its installation of what is locked, and the folder of its cache."""
    name, _, version = node.manager.partition("@")
    exact = version if name == manager and _EXACT.fullmatch(version) else ""
    if manager == "pnpm":
        tool = f"pnpm@{exact or _PNPM.get(node.pnpm_format, '10')}"
        return tool, "pnpm install --frozen-lockfile --store-dir /root/.pnpm-store", "/root/.pnpm-store"
    if manager == "yarn" and node.is_berry:
        return f"@yarnpkg/cli-dist@{exact or _BERRY}", "yarn install --immutable", "/root/.yarn/berry/cache"
    if manager == "yarn":
        install = "yarn install --frozen-lockfile --non-interactive --cache-folder /root/.cache/yarn"
        return f"yarn@{exact or _YARN}", install, "/root/.cache/yarn"
    return "", "npm ci --no-audit --no-fund", "/root/.npm"
