"""What the project's own containers get from the machine that they run on: files of nobody's repository, and Docker."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from kgen.detect.evidence.compose import compose_files, is_for_development, services
from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project
from kgen.detect.source.texts import table, yaml

_SOCKET = "docker.sock"
_FILE = re.compile(
    r"(?:^|/)\.?[\w-][\w.-]*\.(?:json5?|ya?ml|ini|toml|cfg|conf|config|txt|csv|xml|pem|crt|key|list|netrc)$"
)
"""Files that a program reads; what ends otherwise may be data, or a folder."""

_CALLS = ("docker.from_env(", "DockerClient(", "APIClient(", "docker.sock")
_MOST = 3


def part(project: Project) -> Part:
    """Return the doubts about what a pod has not."""
    return Part(doubts=(*_missing(project), *_docker(project)))


def _missing(project: Project) -> Iterator[Doubt]:
    """Yield the files that services mount, and that the repository has not."""
    found: dict[str, str] = {}
    for file, source in _mounts(project):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), source))
        if source.startswith("./") and _FILE.search(path) and path not in project.tree:
            found.setdefault(path, file)
    if found:
        listed = ", ".join(list(found)[:_MOST]) + (f" and {len(found) - _MOST} more" if len(found) > _MOST else "")
        yield Doubt(
            path=("components",),
            question=f"{next(iter(found.values()))} mounts {listed}, which the repository has not",
            help="mount them with `files`",
        )


def _docker(project: Project) -> Iterator[Doubt]:
    """Yield the doubt about a program that talks to the Docker that it runs in."""
    where = next((file for file, source in _mounts(project) if source.endswith(_SOCKET)), "")
    if not where and project.has("docker", "aiodocker", "python-on-whales"):
        found = project.modules.having(*_CALLS)
        where = next((path for path in found if not project.modules.is_side(path)), "")
    if where:
        yield Doubt(
            path=("components",),
            question=f"it talks to Docker ({where}), whose socket pods have not",
            help="set `DOCKER_HOST` to a Docker that it may use, or mount the node's socket",
        )


def _mounts(project: Project) -> Iterator[tuple[str, str]]:
    """Yield file and source of what the project's services mount from their machine."""
    files = [each for each in compose_files(project.tree, project.folder) if not is_for_development(each)]
    for file in files[:1]:
        about = table(yaml(project.tree.text(file)), "services")
        for each in services(project, file):
            given = table(about, each.name).get("volumes")
            for one in given if isinstance(given, list) else ():
                yield file, str(one.get("source") or "") if isinstance(one, Mapping) else str(one).partition(":")[0]
