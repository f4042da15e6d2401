"""Programs that ask the API of the cluster that they run in."""

from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

LOOP = "while True:\n    pass\n"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("from kubernetes import config\nconfig.load_incluster_config()\n", "main.py:2"),
        ("import pykube\napi = pykube.HTTPClient(pykube.KubeConfig.from_env())\n", "main.py:2"),
        ("import kopf\n", "main.py:1"),
        ("import kubernetes\n", ""),
    ],
)
def test_a_program_that_asks_the_cluster_needs_rights(tmp_path: Path, source: str, place: str) -> None:
    files = {"requirements.txt": "kubernetes\n", "main.py": source + LOOP}
    (made,) = propose(grown(tmp_path, files)).value or ()
    found = [each.question for each in made.part.doubts if "API" in each.question]

    assert found == ([f"{place} asks the cluster's API, which gives nobody rights by itself"] if place else [])
