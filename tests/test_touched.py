"""
Changing one field of an app file changes only the output that it should.

A row says: in this golden case, put this value at this path of app.yaml, and these files change and no other. Files are
named without the folder of their environment; ``+`` before a name: it is new, ``-``: it is gone.
"""

from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from ruamel.yaml import YAML

from kgen.pipeline import Options, compile_app
from test_golden import GOLDEN, inputs_of

Steps: TypeAlias = tuple[str | int, ...]
Row: TypeAlias = tuple[str, Steps, Any, set[str]]

ROWS: Final[tuple[Row, ...]] = (
    ("autoscaling/defaults", ("components", "worker", "replicas", "max"), 9, {"horizontalpodautoscaler"}),
    ("configuration/env", ("env", "LOG_LEVEL"), "debug", {"configmap", "deployment"}),
    (
        "configuration/immutable-names",
        ("env", "LOG_LEVEL"),
        "debug",
        {"-configmap", "+configmap", "cronjob", "deployment", "job"},
    ),
    ("disruption/min-available", ("components", "web", "disruption", "minAvailable"), 1, {"poddisruptionbudget"}),
)
"""Case, path, new value, kinds (or files) that change. A kind stands for all its objects."""


def _put(data: Any, steps: Steps, value: Any) -> None:
    *above, last = steps
    for step in above:
        data = data.setdefault(step, {}) if isinstance(data, dict) else data[step]
    if value is None:
        del data[last]
    else:
        data[last] = value


def _compiled() -> dict[str, str]:
    compiled = compile_app(Path("app.yaml"), Options())
    assert compiled.trees, [each.message for each in compiled.found]
    files = {}
    for tree in compiled.trees:
        for name, text in tree.files.items():
            files[(tree.root / name).as_posix()] = text
    return files


def _kind(name: str) -> str:
    """Return what a row calls a file: the kind of a manifest, the name of anything else."""
    file = Path(name).name
    return file.partition("-")[0] if name.startswith("deploy/") and "-" in file else file


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {'.'.join(map(str, row[1]))}")
def test_changing_one_field_touches_only_its_files(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, steps, value, kinds = row
    source = inputs_of(case)
    for path in source.rglob("*"):
        if path.is_file() and path.is_relative_to(source) and "out" not in path.relative_to(source).parts:
            target = tmp_path / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (tmp_path / ".git").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path)
    before = _compiled()
    yaml = YAML()
    data = yaml.load((tmp_path / "app.yaml").read_text("utf-8"))
    _put(data, steps, value)
    with (tmp_path / "app.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(data, file)
    after = _compiled()
    touched = {_kind(name) for name in before.keys() & after.keys() if before[name] != after[name]}
    touched |= {f"+{_kind(name)}" for name in after.keys() - before.keys()}
    touched |= {f"-{_kind(name)}" for name in before.keys() - after.keys()}
    assert touched == kinds


def test_rows_name_cases_that_exist() -> None:
    assert {case for case, *_ in ROWS if not (GOLDEN / case).is_dir()} == set()
