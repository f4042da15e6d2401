"""What the project's own containers get from the machine that they run on: files of nobody's repository, and Docker."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from kgen.detect.evidence.compose import compose_files, is_for_development, services
from kgen.detect.found import Doubt, Part, listed
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.detect.source.image import Image
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
    return Part(doubts=(*_missing(project), *_docker(project), *_made(project)))


_FOLDER = re.compile(
    r"/(?!(?:usr|bin|sbin|opt|proc|sys|dev|root|tmp|app|venv|etc|lib|run|home|var/(?:run|log|lock))(?:/|\b))[\w/.-]+"
)
_MKDIR = re.compile(r"^\s*(?:sudo\s+)?mkdir\s+((?:[^\n;&|]|\\\n)+)", re.MULTILINE)


def _made(project: Project) -> Iterator[Doubt]:
    """Yield the folders that the script makes with which the project's image starts."""
    for container in containers(project.tree, project.folder)[:1]:
        image = Image(project, container)
        words = container.start.split() if isinstance(container.start, str) else container.start
        for path in filter(None, (image.path(word) for word in words if "/" in word or word.endswith(".sh"))):
            text = "" if path.endswith(".py") else project.text(path) or ""
            named = [word.strip("\"'") for each in _MKDIR.findall(text) for word in each.split()]
            made = [
                each for each in named if _FOLDER.fullmatch(each) and not f"{each}/".startswith(f"{container.workdir}/")
            ]
            if made:
                yield Doubt(
                    path=("components",),
                    question=f"{path} makes {', '.join(dict.fromkeys(made))}, which is not in the image here",
                    help="mount a volume there, or let the program have it below `/tmp`",
                )
                return


def _missing(project: Project) -> Iterator[Doubt]:
    """Yield the files that services mount, and that the repository has not."""
    found: dict[str, str] = {}
    for file, source in _mounts(project):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), source))
        if source.startswith("./") and _FILE.search(path) and path not in project.tree:
            found.setdefault(path, file)
    if found:
        yield Doubt(
            path=("components",),
            question=f"{next(iter(found.values()))} mounts {listed(found, _MOST)}, which the repository has not",
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
