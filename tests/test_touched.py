"""
Changing one field of an app file changes only the output that it should.

A row of ``data/touched/<feature>.toml`` says: in this golden case of the feature, put this value at this path of
app.yaml, and these files change and no other. A manifest is named by its kind, anything else by its file name; ``+``
before it: it is new, ``-``: it is gone.
"""

import pkgutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

import kgen.features
from kgen.pipeline import Options, compile_app
from test_golden import GOLDEN, inputs_of

TABLES: Final = Path(__file__).parent / "data" / "touched"
"""A file per feature: ``golden/<feature>``."""


def _rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted(TABLES.glob("*.toml")):
        for row in tomllib.loads(path.read_text("utf-8"))["change"]:
            yield f"{path.stem}/{row['case']}", row


ROWS: Final = tuple(_rows())


def _put(data: Any, path: str, value: Any) -> None:
    """Put ``value`` at ``path``, whose steps are apart by dots; numbers count the items of a list."""
    *above, last = path.split(".")
    for step in above:
        data = data[int(step)] if isinstance(data, list) else data.setdefault(step, {})
    if isinstance(data, list):
        data[int(last)] = value
    else:
        data[last] = value


def _compiled() -> dict[str, str]:
    compiled = compile_app(Path("app.yaml"), Options())
    assert compiled.trees, [each.message for each in compiled.found]
    files = {}
    for tree in (*compiled.trees, *compiled.shared):
        for name, text in tree.files.items():
            files[(tree.root / name).as_posix()] = text
    return files


def _kind(name: str) -> str:
    """Return what a row calls a file: the kind of a manifest, the name of anything else."""
    file = Path(name).name
    return file.partition("-")[0] if name.startswith("deploy/") and "-" in file else file


@pytest.mark.parametrize(("case", "row"), ROWS, ids=lambda each: each if isinstance(each, str) else each["path"])
def test_changing_one_field_touches_only_its_files(
    case: str, row: Mapping[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    _put(data, row["path"], row["value"])
    with (tmp_path / "app.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(data, file)
    after = _compiled()
    touched = {_kind(name) for name in before.keys() & after.keys() if before[name] != after[name]}
    touched |= {f"+{_kind(name)}" for name in after.keys() - before.keys()}
    touched |= {f"-{_kind(name)}" for name in before.keys() - after.keys()}
    assert touched == set(row["touches"])


def test_rows_name_cases_that_exist() -> None:
    assert {case for case, _ in ROWS if not (GOLDEN / case).is_dir()} == set()


def test_every_feature_has_rows() -> None:
    features = {module.name.replace("_", "-") for module in pkgutil.iter_modules(kgen.features.__path__)}
    assert features - {path.stem for path in TABLES.glob("*.toml")} == set()
