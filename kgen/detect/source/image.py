"""Where the files of a project are in the image that its own Dockerfile makes."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from kgen.detect.folders import PATH, placed
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container
from kgen.detect.source.tree import join
from kgen.detect.source.written import written

_OF_PACKAGES = re.compile(
    r"(?:^|/)(?:[\w.*-]*(?:requirements|constraints)[\w.*-]*|pyproject\.toml|[\w.*-]+\.lock\*?|Pipfile\*?|README[\w.*]*|"
    r"LICENSE[\w.*]*|setup\.(?:py|cfg)|package[\w.*-]*\.json|\.python-version|[\w.-]+\.sh|uv\.toml)$",
    re.IGNORECASE,
)
"""Files that images have for their packages and for their start."""


_PLACED = re.compile(r"\b(?:ln|cp|mv|install)\s+(?:-\S+\s+(?:0?\d{3}\s+)?)*([\w./-]+)\s+([\w./-]+)")
"""What puts a file somewhere else in the image."""


class Image:
    """Where the files of a project are in the image that a Dockerfile makes; without one, where they are."""

    def __init__(self, project: Project, container: Container | None) -> None:
        self.project = project
        self.container = container

    def path(self, name: str, folder: str = "") -> str | None:
        """Return the path in the project of what is ``name`` in the image, seen from ``folder``; ``None``: nowhere."""
        for each in self._places(name, folder):
            if join(self.project.folder, each) in self.project.tree:
                return each
        return None

    def copied_as(self, name: str) -> str:
        """Return the file of the project that the image has as the program ``name``; nothing if it has none."""
        if self.container is None:
            return ""
        placed = [*self.container.copies, *(pair for text, _ in self.container.steps for pair in _PLACED.findall(text))]
        for source, target in placed:
            there = f"{target}{posixpath.basename(source)}" if target.endswith("/") else target
            folder, _, last = there.rpartition("/")
            if last == name and folder.endswith("bin") and (found := self.path(source)):
                return found
        return ""

    def written(self) -> Mapping[str, str]:
        """Return path → text of the scripts that the Dockerfile writes itself."""
        return written(self.container.steps) if self.container else {}

    def here(self, value: str) -> str:
        """Return a path in the folder that commands run in as it is in kgen's image; other values stay."""
        workdir = self.container.workdir if self.container else ""
        if len(workdir) < len("/a") or not value.startswith(f"{workdir}/"):
            return value
        folder = self.folder()
        return posixpath.join(placed("" if self.is_mixed(folder) else folder), value[len(workdir) + 1 :])

    def searched(self) -> str:
        """Return where Python looks for modules in kgen's image, as far as the Dockerfile says so; often nothing."""
        given = self.container.env.get(PATH, "") if self.container else ""
        parts = [part.rstrip("/") for part in given.split(":") if part.startswith("/")]
        targets = [f"{target.rstrip('/')}/" for _, target in self._copied()]
        known = [part for part in parts if any(f"{part}/".startswith(target) for target in targets)]
        return ":".join(dict.fromkeys(placed(self.inner(part)) for part in known))

    def folder(self) -> str:
        """Return the project's folder that commands run in, ``""`` for its root."""
        if self.container is None:
            return ""
        here = f"{self.container.workdir}/"
        if any(here.startswith(f"{target.rstrip('/')}/") and self._is_folder(path) for path, target in self._copied()):
            return self.inner(".")
        if any(here.startswith(f"{target.rstrip('/')}/") for target in self.container.others):
            return ""  # what an earlier stage has put together
        sources = {posixpath.normpath(posixpath.join(path, up)) for path, up in self._beside() if self._is_source(path)}
        return sources.pop().removeprefix(".") if len(sources) == 1 else ""

    def is_mixed(self, folder: str) -> bool:
        """Tell whether commands find files where they run that the project has at its root, and not in ``folder``."""
        return any(
            not f"{path}/".startswith(f"{folder}/") and posixpath.normpath(posixpath.join(path, up)) == "."
            for path, up in self._beside()
        )

    def _beside(self) -> Iterator[tuple[str, str]]:
        """Yield the paths in the project of what is copied below where commands run, and how far up that is."""
        workdir = self.container.workdir if self.container else ""
        for path, target in self._copied():
            name = "" if self._is_folder(path) else posixpath.basename(path)
            there = posixpath.join(target, name) if target.endswith("/") and name else target.rstrip("/")
            rest = posixpath.relpath(there, workdir) if there.startswith(f"{workdir}/") else ""
            if path and rest and f"/{path}".endswith(f"/{rest}") and not _OF_PACKAGES.search(path):
                yield path, "/".join([".."] * len(rest.split("/")))

    def _copied(self) -> Iterator[tuple[str, str]]:
        """Yield the path in the project, ``""`` for its root, and the target of what is copied."""
        for source, target in self.container.copies if self.container else ():
            yield self._below(posixpath.normpath(source)), target

    def _is_source(self, path: str) -> bool:
        there = self.project.path(path)
        return path.endswith(".py") or any(each.endswith(".py") for each in self.project.tree.below(there))

    def _is_folder(self, path: str) -> bool:
        return not path or self.project.tree.has_folder(self.project.path(path))

    def inner(self, name: str) -> str:
        """Return the project's folder that is ``name`` in the image; ``""`` for its root, or if it is none."""
        for each in self._places(name, "") if name else ():
            if not each or self.project.tree.has_folder(self.project.path(each)):
                return each
        return ""

    def has(self, name: str) -> bool:
        """Tell whether ``name`` in the image is a folder of the project, or its root."""
        return any(not each or self.project.tree.has_folder(self.project.path(each)) for each in self._places(name, ""))

    def _places(self, name: str, folder: str) -> Iterator[str]:
        workdir = self.container.workdir if self.container else "/app"
        wanted = posixpath.normpath(posixpath.join(workdir, folder, name))
        for source, target in self.container.copies if self.container else ((".", "/app"),):
            there = posixpath.normpath(posixpath.join(workdir, target))
            is_folder = target.endswith("/") or target in {".", "./"} or there == workdir
            start = posixpath.normpath(source)
            if f"{wanted}/".startswith(f"{there}/" if there != "/" else "/"):
                rest = posixpath.relpath(wanted, there)
                yield self._below(posixpath.normpath(posixpath.join(start, rest)))
                if is_folder and rest == posixpath.basename(start):
                    yield self._below(start)
        if f"{wanted}/".startswith(f"{workdir}/"):
            yield self._below(posixpath.relpath(wanted, workdir))
        plain = posixpath.normpath(posixpath.join(folder, name)) if not name.startswith("/") else name.lstrip("/")
        yield self._below(plain)
        parts = plain.split("/")
        yield from (self._below("/".join(parts[place:])) for place in range(1, len(parts)))

    def _below(self, path: str) -> str:
        """Return ``path``, which may be relative to the root of the repository, relative to the project."""
        start = f"{self.project.folder}/"
        made = path.removeprefix(start) if self.project.folder else path
        return "" if made in {".", ".."} or made.startswith("../") else made
