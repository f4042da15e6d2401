"""Where kgen.yaml is, and what it says: what all apps of a repository have in common."""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from kgen.check.store import Store, default_directory
from kgen.diag import Diagnostic, Rule
from kgen.filenames import PLATFORM_FILE
from kgen.load import app as load_app
from kgen.load import form
from kgen.load import platform as load_platform
from kgen.load.files import read
from kgen.load.inheritance import Around
from kgen.model.platform import Platform
from kgen.record import dataclass, field, replace
from kgen.resolve import argocd, secrets
from kgen.source import Node, Source

UNKNOWN_VERSION = Rule(
    code="KG2010",
    name="unknown-kubernetes-version",
    explain="Output is checked against the schemas of the declared version, so kgen has to have them.",
)
RULES = (UNKNOWN_VERSION,)


@cache
def store() -> Store:
    """Return the schemas that come with kgen."""
    return Store(default_directory())


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where kgen.yaml was found, and what it says."""

    root: Path
    """Folder that output paths are relative to: that of kgen.yaml, or the app file's without one."""

    source: Source | None
    platform: Platform
    """The choices for the whole repository: for the base of app files, and for what stands beside the source."""

    platforms: Mapping[str, Platform] = field(default_factory=dict)
    """Environments that make choices of their own, with all choices that hold there."""

    roots: Mapping[str, Node] = field(default_factory=dict)
    """What those choices were made of: tells where each was written."""

    found: tuple[Diagnostic, ...]

    around: Mapping[str, Around] = field(default_factory=lambda: {"": Around()})
    """What it says about all apps, by environment; under the empty name for those that it does not name."""

    def given(self, changes: Node | None) -> load_app.Given:
        """Return what every app file is merged with."""
        return load_app.Given(changes=changes, around=self.around)

    def inheriting(self, lines: Mapping[str, Sequence[str]]) -> "Workspace":
        """
        Return the same for an app whose environments extend each other.

        Where kgen.yaml does not name an environment, what it says of the one that is extended holds there too.

        Args:
            lines: Environments of an app file, each with those that it extends before it.
        """
        named = {
            name: next((each for each in reversed(line) if each in self.platforms), "") for name, line in lines.items()
        }
        return replace(
            self,
            platforms={**self.platforms, **{name: self.platforms[each] for name, each in named.items() if each}},
            around={**self.around, **{name: self.around[each] for name, each in named.items() if each}},
        )

    def platform_for(self, environment: str) -> Platform:
        """Return the choices that hold in ``environment``."""
        return self.platforms.get(environment, self.platform)

    def root_for(self, environment: str) -> Node:
        """Return what the choices that hold in ``environment`` were made of."""
        return self.roots.get(environment) or self.roots.get("") or Node({})


def open_workspace(folder: Path) -> Workspace:
    """Look for kgen.yaml in ``folder`` and above it, up to the top of the repository."""
    for above in (folder.absolute(), *folder.absolute().parents):
        if (above / PLATFORM_FILE).is_file():
            root = Path(os.path.relpath(above))
            source = read(root / PLATFORM_FILE, (root / PLATFORM_FILE).as_posix())
            outcome = load_platform.choices(source)
            chosen = outcome.value or load_platform.none()
            found = dict.fromkeys(
                (*outcome.found, *(fault for each in chosen.values() for fault in _platform_faults(each)))
            )
            return replace(_of(chosen, root), source=source, found=tuple(found))
        if (above / ".git").exists():
            break
    return _of(load_platform.none(), folder)


def _of(chosen: Mapping[str, load_platform.Choices], root: Path) -> Workspace:
    return Workspace(
        root=root,
        source=None,
        platform=chosen[""].platform,
        platforms={name: each.platform for name, each in chosen.items()},
        roots={name: each.root for name, each in chosen.items()},
        around={name: each.around for name, each in chosen.items()},
        found=(),
    )


def _platform_faults(chosen: load_platform.Choices) -> Iterator[Diagnostic]:
    yield from _version_faults(chosen)
    for each in (*argocd.faults(chosen.platform), *secrets.platform_faults(chosen.platform)):
        places = (form.place(chosen.root, label.path, on=label.on) for label in each.related)
        related = tuple(replace(place, text=label.text) for place, label in zip(places, each.related, strict=True))
        yield replace(each, at=form.place(chosen.root, each.at.path, on=each.at.on), related=related)


def _version_faults(chosen: load_platform.Choices) -> Iterator[Diagnostic]:
    known = store().versions()
    for index, version in enumerate(chosen.platform.kubernetes):
        if version not in known:
            yield Diagnostic(
                rule=UNKNOWN_VERSION,
                message=f"kgen has no schemas of Kubernetes {version}",
                at=form.place(chosen.root, ("kubernetes", index)),
                help=f"versions: {known[0]} to {known[-1]}",
            )
