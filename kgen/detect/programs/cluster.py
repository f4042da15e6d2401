"""Whether a project asks the API of the cluster that it runs in, where pods have neither rights nor a token."""

import re
from collections.abc import Iterator

from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project

_DISTRIBUTIONS = (
    *("kubernetes", "kubernetes-asyncio", "pykube", "pykube-ng", "kr8s", "lightkube", "kopf", "openshift"),
    *("kubernetes-client", "asyncio-kubernetes"),
)
"""Clients of that API."""

_ASKS = re.compile(
    rb"load_incluster_config|KubeConfig\.from_(?:service_account|env)|^(?:import|from) (?:kopf|kr8s|lightkube)\b"
    rb"|config\.load_config\(",
    re.MULTILINE,
)
"""What takes the address and the token from where pods have them."""


def part(project: Project) -> Part:
    """Return the doubt about the rights of a program that asks the cluster's API."""
    where = next(_asking(project), "") if project.has(*_DISTRIBUTIONS) else ""
    doubt = Doubt(
        path=("components",),
        question=f"{where} asks the cluster's API, which gives nobody rights by itself",
        help="say in the component what it does there: `rbac: [{resources: [pods], verbs: [get, list, watch]}]`",
    )
    return Part(doubts=(doubt,)) if where else Part()


def _asking(project: Project) -> Iterator[str]:
    """Yield the places that do."""
    for path in project.modules.paths:
        text = b"" if project.modules.is_side(path) else project.tree.content(path)
        if match := _ASKS.search(text):
            line = text.count(b"\n", 0, match.start()) + 1
            yield f"{path}:{line}"
