"""Files of the project's own where kgen would write: they stay, and kgen's get another name beside them."""

from kgen.detect.found import Part
from kgen.detect.project import Project
from kgen.diag import Path

DOCKERFILES = ("Dockerfile", ".dockerignore")
COMPOSE_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""What Docker Compose takes without being told; of two it takes the first."""

ENV_EXAMPLE = ".env.example"


def part(project: Project) -> Part:
    """Return the names of files that kgen writes, as far as the usual ones are taken."""
    data: dict[str, dict[str, str]] = {}
    comments: dict[Path, str] = {}
    for section, field, name, usual in (
        ("build", "output", "Dockerfile.kgen", DOCKERFILES),
        ("compose", "output", "compose.kgen.yaml", COMPOSE_FILES),
        ("compose", "envExample", ".env.kgen.example", (ENV_EXAMPLE,)),
    ):
        if taken := next((each for each in usual if project.path(each) in project.tree), ""):
            data.setdefault(section, {})[field] = name
            comments[section, field] = f"beside {taken}, which is yours"
    return Part(data=data, comments=comments)
