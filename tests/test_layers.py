"""The architecture, read off the imports: who may know whom, who may write, and what nobody may use."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "kgen"
MOST_LINES = 400

VOCABULARY: Mapping[str, frozenset[str]] = {
    "record": frozenset(),
    "diag": frozenset({"record"}),
    "units": frozenset(),
    "cron": frozenset(),
    "words": frozenset(),
    "exits": frozenset(),
    "filenames": frozenset(),
    "terminal": frozenset(),
    "versions": frozenset(),
    "distributions": frozenset(),
    "usage": frozenset({"record", "units"}),
    "source": frozenset({"diag"}),
    "dockerfile": frozenset(),
    "k8s": frozenset({"diag", "record"}),
    "secret_text": frozenset(),
    "discretion": frozenset({"diag", "record", "secret_text", "source"}),
    "image_lock": frozenset(),
    "spec": frozenset({"diag", "record", "source"}),
    "scalars": frozenset({"cron", "diag", "source", "spec", "units", "words"}),
    "labels": frozenset({"scalars", "spec"}),
    "prometheus": frozenset({"diag", "scalars", "spec"}),
    "addresses": frozenset({"diag", "spec"}),
    "judgement": frozenset({"diag", "scalars", "spec"}),
}
"""Modules without a layer, and which of each other they may import."""

WORDS = frozenset(VOCABULARY)
LAYERS: Mapping[str, frozenset[str]] = {
    "features": WORDS,
    "model": WORDS | {"features"},
    "syntax": WORDS,
    "read": WORDS | {"syntax"},
    "locking": WORDS,
    "load": WORDS | {"locking", "model", "syntax"},
    "resolve": WORDS | {"model", "features"},
    "emit": WORDS | {"model", "features"},
    "check": WORDS,
    "handmade": WORDS | {"model", "read", "check", "validate"},
    "workspace": WORDS | {"model", "load", "resolve", "check"},
    "detect": WORDS | {"locking", "read", "syntax"},
    "validate": WORDS | {"check", "read", "syntax"},
    "upgrade": WORDS | {"check", "read", "syntax", "validate"},
    "write": WORDS,
    "report": WORDS,
    "registry": WORDS,
    "beside": WORDS | {"emit", "model", "workspace", "write"},
    "deployments": WORDS | {"features", "resolve", "write"},
    "naming": WORDS | {"resolve"},
    "quotas": WORDS | {"emit", "features", "load", "model", "resolve", "workspace"},
    "pipeline": WORDS
    | {"beside", "deployments", "naming", "quotas", "features", "model", "load", "resolve", "emit", "handmade"}
    | {"check", "workspace", "write"},
    "commands": WORDS
    | {"pipeline", "quotas", "workspace", "report", "write", "load", "check", "read", "validate", "upgrade", "detect"}
    | {"model", "features", "registry"},
    "rules": WORDS
    | {
        "features",
        "syntax",
        "read",
        "load",
        "resolve",
        "check",
        "validate",
        "write",
        "workspace",
        "handmade",
        "commands",
        "detect",
    },
    "cli": WORDS | {"commands", "rules"},
    "arguments": frozenset({"commands"}),
    "main": WORDS | {"arguments", "commands", "cli"},
    "__main__": frozenset({"main"}),
    "__init__": frozenset(),
}
"""Packages and modules, and which others they may import; a package may always import itself, but for `features`."""

NEVER = {"time", "datetime", "random", "uuid", "socket", "urllib", "requests", "subprocess", "http", "secrets"}
"""The same input gives the same bytes, without the clock, chance, or the network."""

ASKS_REGISTRIES = {"time", "urllib", "http"}
"""What the one module with the network in it uses besides; only the command that is for it may import it."""

ONLY_WRITE = {"shutil", "tempfile"}
ONLY_WRITE_CALLS = {
    *("write_text", "write_bytes", "mkdir", "makedirs", "unlink", "rmdir", "rename", "symlink_to", "hardlink_to"),
    *("touch", "chmod", "rmtree", "removedirs", "fsync"),
}

FILES = sorted(path for path in ROOT.rglob("*.py") if "__pycache__" not in path.parts)
PER_FILE = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())


def layer(path: Path) -> str:
    """Return the package of a file below ``ROOT``, or its own name if it is in none."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield the dotted name of every import in ``path``, and whether it is made only when a function is called."""
    tree = ast.parse(path.read_text("utf-8"))
    inner = {
        id(child)
        for each in ast.walk(tree)
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.walk(each)
    }
    for each in ast.walk(tree):
        if isinstance(each, ast.Import):
            for alias in each.names:
                yield alias.name, id(each) in inner
        elif isinstance(each, ast.ImportFrom):
            assert each.level == 0, "imports are absolute"
            for alias in each.names:
                yield f"{each.module}.{alias.name}", id(each) in inner


def own(name: str) -> str:
    """Return which part of kgen ``kgen.part.module.word`` is, or nothing if it is somebody else's."""
    package, _, rest = name.partition(".")
    return rest.split(".")[0] if package == "kgen" else ""


@PER_FILE
def test_the_module_has_a_place(path: Path) -> None:
    assert layer(path) in LAYERS.keys() | VOCABULARY.keys(), "put the new module into the table"


@PER_FILE
def test_dataclasses_are_those_that_start_soon(path: Path) -> None:
    made_by_the_thousand = path == ROOT / "source.py"
    if path != ROOT / "record.py" and not made_by_the_thousand:
        assert "dataclasses" not in {name for name, _ in imports(path)}, (
            "import dataclass, field, replace of kgen.record"
        )


@PER_FILE
def test_imports_follow_the_layers(path: Path) -> None:
    mine = layer(path)
    allowed = VOCABULARY[mine] if mine in VOCABULARY else LAYERS[mine]
    if mine != "features":
        allowed |= {mine}
    wrong = sorted(name for name, _ in imports(path) if own(name) and own(name) not in allowed)
    assert wrong == []


def test_every_line_of_the_table_is_about_something() -> None:
    assert {layer(path) for path in FILES} == LAYERS.keys() | VOCABULARY.keys()


def test_the_command_line_loads_commands_only_when_it_needs_them() -> None:
    """``kgen --help`` must not wait for pydantic."""
    eager = [name for name, is_inner in imports(ROOT / "cli.py") if own(name) and not is_inner]
    assert {own(name) for name in eager} <= WORDS


@PER_FILE
def test_nothing_depends_on_time_chance_or_network(path: Path) -> None:
    forbidden = NEVER - ASKS_REGISTRIES if path == ROOT / "registry" / "client.py" else NEVER
    assert {name.split(".")[0] for name, _ in imports(path)} & forbidden == set()


@PER_FILE
def test_only_one_command_knows_the_network(path: Path) -> None:
    if layer(path) != "registry" and path != ROOT / "commands" / "lock.py":
        assert [name for name, _ in imports(path) if own(name) == "registry"] == []


def writes(path: Path) -> Iterator[str]:
    """Yield what in ``path`` changes files."""
    yield from (name for name, _ in imports(path) if name.split(".")[0] in ONLY_WRITE)
    for each in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(each, ast.Call):
            continue
        called = each.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        is_os = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "os"
        if is_os and name == "open" and isinstance(each.args[1], ast.Name) and each.args[1].id == "READ_ONLY":
            continue
        if name in ONLY_WRITE_CALLS or (is_os and name in {"replace", "remove", "open", "write", "link", "symlink"}):
            yield f"{name}() in line {each.lineno}"
        if name == "open" and not is_os:
            modes = [
                *each.args[isinstance(called, ast.Name) :][:1],
                *(key.value for key in each.keywords if key.arg == "mode"),
            ]
            yield from (
                f"open() in line {each.lineno}"
                for mode in modes
                if not (isinstance(mode, ast.Constant) and mode.value in {"r", "rb"})
            )


@PER_FILE
def test_only_write_writes(path: Path) -> None:
    if layer(path) != "write":
        assert list(writes(path)) == []


def test_the_test_above_sees_writes() -> None:
    assert list(writes(ROOT / "write" / "save.py"))


@PER_FILE
def test_the_file_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES
