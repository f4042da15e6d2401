"""The wheel is what users get: it holds kgen and the schemas, and works without a network and without this checkout."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REVIEWED = ROOT / "golden" / "examples" / "hello" / "out"
DEPLOYMENT = "deploy/default/hello/deployment-hello-web.yaml"
MOST_SCHEMAS = 4_000_000
"""Bytes of the schemas in the wheel, compressed."""

BLOCKED = """
import socket, sys
def refused(*_, **__):
    raise OSError("no network here")
socket.socket = socket.create_connection = socket.getaddrinfo = refused
sys.argv[0] = "kgen"
from kgen.main import main
main()
"""
"""Runs kgen without sockets, where the machine gives us no namespace without a network."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A virtual environment with the wheel in it."""

    python: Path
    env: dict[str, str]

    def run(self, *words: str, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run kgen without a network, outside of the checkout."""
        command = [*isolation(), str(self.python.with_name("kgen"))]
        if not isolation():
            command = [str(self.python), "-c", BLOCKED]
        done = subprocess.run([*command, *words], cwd=cwd, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done


@cache
def isolation() -> tuple[str, ...]:
    """Return the command that runs another one without a network, if this machine has one that works."""
    ways = (("unshare", "-rn"), ("unshare", "-n")) if shutil.which("unshare") else ()
    done = (way for way in ways if not subprocess.run([*way, "true"], capture_output=True, check=False).returncode)
    return next(done, ())


def build(target: str, source: Path, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Installed:
    """Install the wheel from the registry, or beside the libraries of this environment if there is none to reach."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    foreign = ("PYTHON", "VIRTUAL_ENV", "KGEN_")
    env = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    env |= {"PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "15"}  # without a registry, go on at once
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*pip, str(wheel)], env=env, capture_output=True, check=False).returncode:
        subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], env=env, check=True, capture_output=True)
        where = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        site = Path(subprocess.run(where, env=env, check=True, capture_output=True, text=True).stdout.strip())
        libraries = {path for path in sys.path if path.endswith("-packages")}
        (site / "libraries.pth").write_text("".join(f"{path}\n" for path in sorted(libraries)), "utf-8")
    return Installed(python, env)


def files_below(folder: Path, pattern: str) -> set[str]:
    """Return the files that a wheel should hold, from the checkout."""
    return {path.relative_to(folder.parent).as_posix() for path in folder.rglob(pattern) if path.is_file()}


def test_the_wheel_holds_the_package_and_the_schemas_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        schemas = [each for each in archive.infolist() if each.filename.startswith("kgen/schemas/")]
    about = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    expected = {"kgen/py.typed"}
    for pattern in ("*.py", "*.toml", "*.csv"):
        expected |= files_below(ROOT / "kgen", pattern)
    expected |= {f"kgen/{name}" for name in files_below(ROOT / "schemas", "*")}
    assert names - about == expected
    assert {name.partition("/")[2] for name in about} == {
        *("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
    }
    assert schemas
    assert sum(each.compress_size for each in schemas) < MOST_SCHEMAS


def test_a_wheel_from_the_sdist_is_the_same(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = build("wheel", source, tmp_path / "again")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_the_sdist_holds_all_sources_and_nothing_that_was_built(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = [Path(*Path(member.name).parts[1:]) for member in archive.getmembers()]
    folders = ("kgen", "schemas", "tests", "golden", "examples", "docs", "scripts", "benchmarks")
    assert {name.parts[0] for name in names} >= {"LICENSE", "README.md", "Makefile", "pyproject.toml", *folders}
    built = {"build", "dist", *(f".{name}" for name in ("git", "venv", "hypothesis"))}
    unwanted = [name for name in names if name.parts[0] in built or name.parts[0].endswith("_cache")]
    assert [*unwanted, *(name for name in names if "__pycache__" in name.parts)] == []


def test_there_is_no_network_where_kgen_runs(installed: Installed) -> None:
    """So that the tests below mean something."""
    look = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=1)"  # RFC 5737: nobody has this address
    code = BLOCKED.partition("from kgen")[0] if not isolation() else ""
    command = [*isolation(), str(installed.python), "-c", f"{code}\n{look}"]
    done = subprocess.run(command, env=installed.env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "unreachable" in done.stderr or "no network here" in done.stderr


def test_the_installed_kgen_is_the_one_in_the_wheel(installed: Installed, tmp_path: Path) -> None:
    look = [str(installed.python), "-c", "import kgen; print(kgen.__file__)"]
    where = subprocess.run(look, cwd=tmp_path, env=installed.env, check=True, capture_output=True, text=True).stdout
    assert Path(where.strip()).is_relative_to(installed.python.parents[1])
    assert installed.run("--version", cwd=tmp_path).stdout.startswith("kgen ")


def test_the_installed_kgen_compiles_and_knows_the_schemas(installed: Installed, tmp_path: Path) -> None:
    made = shutil.ignore_patterns("deploy", "Dockerfile", ".dockerignore", "compose.yaml", ".env.example", ".kgen.lock")
    shutil.copytree(ROOT / "examples" / "hello", tmp_path / "hello", ignore=made)
    installed.run("compile", cwd=tmp_path / "hello")
    assert (tmp_path / "hello" / DEPLOYMENT).read_bytes() == (REVIEWED / DEPLOYMENT).read_bytes()
    installed.run("compile", "--check", cwd=tmp_path / "hello")
    listed = installed.run("schema", "list", cwd=tmp_path).stdout
    versions = [path.stem for path in (ROOT / "schemas" / "kinds").glob("*.json")]
    assert all(f"\n{version} " in listed for version in versions)


def test_the_installed_kgen_validates(installed: Installed, tmp_path: Path) -> None:
    text = (REVIEWED / DEPLOYMENT).read_text("utf-8")
    (tmp_path / "good.yaml").write_text(text, "utf-8")
    (tmp_path / "bad.yaml").write_text(text.replace("replicas:", "replcias:"), "utf-8")
    installed.run("validate", "good.yaml", cwd=tmp_path)
    done = installed.run("validate", "bad.yaml", cwd=tmp_path, code=1)
    assert "replcias" in done.stdout + done.stderr
