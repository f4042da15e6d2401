"""Manifests compared with those of an earlier revision: which object belongs to which, and where findings point."""

import io
from pathlib import Path

import pytest

from kgen.check.cross.resources import Finding
from kgen.check.fault import field
from kgen.check.resource import Resource
from kgen.check.slim import slim
from kgen.validate.revisions import Revision, revision

NOTHING = io.BytesIO()

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\nimmutable: true\ndata: {{level: {}}}\n"
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{clusterIP: {}, ports: [{{port: 80}}]}}\n"
MAPPED = "apiVersion: v1\nkind: List\nitems:\n- {{apiVersion: v1, kind: Secret, metadata: {{name: a}}, type: {}}}\n"


def written(folder: Path, files: dict[str, str]) -> Revision:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return revision(str(folder), NOTHING)


def compared(tmp_path: Path, before: dict[str, str], after: dict[str, str]) -> list[Finding]:
    old = written(tmp_path / "before", before)
    new = written(tmp_path / "after", after)
    resources = [Resource(slim(dict(each.value)), each.place) for each in new.resources]
    return list(old.findings(resources, "strict"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # the values of data are not kept in a run
        ({"a.yaml": CONFIG.format("info")}, {"a.yaml": CONFIG.format("debug")}, ["data.level"]),
        ({"a.yaml": CONFIG.format("info")}, {"a.yaml": CONFIG.format("info")}, []),
        # files may be renamed, joined and moved
        ({"a.yaml": SERVICE.format("10.0.0.1")}, {"b/c.yaml": SERVICE.format("10.0.0.2")}, ["spec.clusterIP"]),
        ({"a.yaml": MAPPED.format("Opaque")}, {"a.yaml": MAPPED.format("x")}, ["type"]),
        # each environment is compared with itself, and a new one with nothing
        (
            {"dev/a.yaml": SERVICE.format("10.0.0.1"), "prod/a.yaml": SERVICE.format("10.0.0.2")},
            {"dev/a.yaml": SERVICE.format("10.0.0.1"), "prod/a.yaml": SERVICE.format("10.0.0.2")},
            [],
        ),
        (
            {"dev/a.yaml": SERVICE.format("10.0.0.1")},
            {"dev/a.yaml": SERVICE.format("10.0.0.1"), "prod/a.yaml": SERVICE.format("10.0.0.2")},
            [],
        ),
        (
            {"dev/a.yaml": SERVICE.format("10.0.0.1"), "prod/a.yaml": SERVICE.format("10.0.0.2")},
            {"dev/a.yaml": SERVICE.format("10.0.0.1"), "prod/a.yaml": SERVICE.format("10.0.0.3")},
            ["spec.clusterIP"],
        ),
        # what is no object does not matter
        ({"a.yaml": "a: [", "b.yaml": "x: 1"}, {"a.yaml": SERVICE.format("10.0.0.1")}, []),
    ],
)
def test_changes_are_found(tmp_path: Path, before: dict[str, str], after: dict[str, str], expected: list[str]) -> None:
    assert [field(each.fault.path) for each in compared(tmp_path, before, after)] == expected


def test_related_places_are_in_the_earlier_revision(tmp_path: Path) -> None:
    before = {"a.yaml": SERVICE.format("10.0.0.1")}
    (finding,) = compared(tmp_path, before, {"a.yaml": SERVICE.format("10.0.0.2")})
    (old, path, _) = finding.related[0]
    assert (old.place.path, path) == (f"{tmp_path}/before/a.yaml", ("spec", "clusterIP"))


def test_a_single_file_can_be_compared(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(SERVICE.format("10.0.0.1"))
    new = written(tmp_path / "after", {"a.yaml": SERVICE.format("10.0.0.2")})
    old = revision(str(tmp_path / "old.yaml"), NOTHING)
    assert [each.fault.row for each in old.findings(new.resources, "default")] == ["XREV007"]


def test_a_missing_path_is_an_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        revision("nowhere", NOTHING)
