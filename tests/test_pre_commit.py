"""The hooks in `.pre-commit-hooks.yaml`, run by the real pre-commit in a repository of a user, as the README says."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
PERSON = ("kgen", "kgen@example.com")

APP = """\
apiVersion: kgen/v1
name: demo
image: ghcr.io/acme/demo:1.0.0
components:
  web: {type: web, port: 8000}
"""
GOOD = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: by-hand
data:
  replicas: "3"
"""
BAD = GOOD.replace("by-hand", "by-hand-too")


@dataclass(frozen=True, slots=True)
class Done:
    """How a run of pre-commit ended. ``out`` is what it says and what the hooks say."""

    code: int
    out: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository of a user, whose hooks come from this checkout."""

    path: Path
    env: dict[str, str]

    def git(self, *words: str) -> str:
        return git(self.path, self.env, *words)

    def write(self, files: dict[str, str]) -> None:
        """Write ``files`` and stage them."""
        for name, text in files.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(text, "utf-8")
        self.git("add", "--all")

    def run(self, hook: str, *, only_staged: bool = False) -> Done:
        """Run ``hook`` over all files, or as a commit would."""
        which = [] if only_staged else ["--all-files"]
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", hook, *which, "--color=never"],
            cwd=self.path,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout + done.stderr)


def git(folder: Path, env: dict[str, str], *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables for git and pre-commit, without those of a hook that runs the tests, and of whoever runs them."""
    foreign = re.compile(r"GIT_|PRE_COMMIT|SKIP$|PYTHONPATH$|VIRTUAL_ENV$")
    name, address = PERSON
    return {
        **{key: value for key, value in os.environ.items() if not foreign.match(key)},
        **{
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", address))
        },
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PIP_RETRIES": "0",  # without a registry, skip at once
        "PIP_DEFAULT_TIMEOUT": "15",
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
    }


@pytest.fixture(scope="module")
def kgen(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> tuple[Path, str]:
    """Make a repository with this checkout as it is, uncommitted changes and all; return it and its only commit."""
    clone = tmp_path_factory.mktemp("kgen")
    for name in git(ROOT, env, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, clone / name)
    git(clone, env, "init", "--quiet")
    git(clone, env, "add", "--all", "--force")
    git(clone, env, "commit", "--quiet", "--message", "kgen as it is", "--no-verify")
    return clone, git(clone, env, "rev-parse", "HEAD").strip()


def snippet() -> str:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"## In pre-commit\n+```yaml\n(# \.pre-commit-config\.yaml\n.*?)```", readme, re.DOTALL)
    assert shown
    return shown[1]


def of_checkout(config: str, kgen: tuple[Path, str]) -> str:
    """Return the README's ``config`` with the hooks of this checkout."""
    place, revision = kgen
    config, places = re.subn(r"(?<=repo: )\S+", str(place), config)
    config, revisions = re.subn(r"(?<=rev: )\S+", revision, config)
    assert (places, revisions) == (1, 1)
    return config


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str], kgen: tuple[Path, str]) -> None:
    """Install the one environment of all hooks, or skip if the registry of packages cannot be reached."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    probe = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", *needed]
    found = subprocess.run(probe, env=env, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip(f"pip cannot fetch what kgen needs: {found.stderr.strip().splitlines()[-1]}")
    first = tmp_path_factory.mktemp("first")
    git(first, env, "init", "--quiet")
    (first / ".pre-commit-config.yaml").write_text(of_checkout(snippet(), kgen), "utf-8")
    install = [sys.executable, "-m", "pre_commit", "install-hooks"]
    done = subprocess.run(install, cwd=first, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def mine(tmp_path: Path, env: dict[str, str], kgen: tuple[Path, str], installed: None) -> Repository:  # noqa: ARG001  # has to be first
    repository = Repository(tmp_path, env)
    repository.git("init", "--quiet")
    both = of_checkout(snippet(), kgen).replace("- id: kgen-compile\n", "- id: kgen-compile\n      - id: kgen-check\n")
    repository.write({".pre-commit-config.yaml": both})
    return repository


def test_the_readme_names_hooks_that_exist() -> None:
    known = {hook["id"] for hook in HOOKS}
    (repository,) = yaml.safe_load(snippet())["repos"]
    assert {hook["id"] for hook in repository["hooks"]} <= known
    readme = (ROOT / "README.md").read_text("utf-8")
    assert {hook for hook in known if f"`{hook}`" not in readme} == set()


def test_all_hooks_share_one_environment() -> None:
    assert {(hook["language"], *hook.get("additional_dependencies", ())) for hook in HOOKS} == {("python",)}


def test_compile_writes_and_stops_the_commit_if_that_changed_it(mine: Repository) -> None:
    mine.write({"app.yaml": APP})
    done = mine.run("kgen-compile")
    assert done.code == 0, done.out  # all is new: git sees no change of a file that it has
    assert (mine.path / "deploy/default/demo/deployment-demo-web.yaml").is_file()
    mine.write({"app.yaml": APP.replace("1.0.0", "1.0.1")})
    done = mine.run("kgen-compile", only_staged=True)
    assert done.code == 1
    assert "files were modified by this hook" in done.out
    changed = mine.git("diff", "--name-only").splitlines()
    assert "deploy/default/demo/deployment-demo-web.yaml" in changed
    mine.git("add", "--all")
    done = mine.run("kgen-compile")
    assert (done.code, mine.git("diff", "--name-only")) == (0, "")


def test_compile_says_what_is_wrong(mine: Repository) -> None:
    mine.write({"app.yaml": APP.replace("port:", "prot:")})
    done = mine.run("kgen-compile")
    assert done.code == 1
    assert "app.yaml:5:20" in done.out
    assert not (mine.path / "deploy").exists()


def test_check_fails_until_somebody_compiles(mine: Repository) -> None:
    mine.write({"app.yaml": APP})
    done = mine.run("kgen-check")
    assert done.code == 1
    assert "exit code: 3" in done.out
    assert not (mine.path / "deploy").exists()
    mine.run("kgen-compile")
    done = mine.run("kgen-check")
    assert done.code == 0, done.out


def test_validate_passes_what_is_good_and_what_is_not_for_kubernetes(mine: Repository) -> None:
    mine.write({"app.yaml": APP, "kgen.yaml": 'kubernetes: "1.34"\n'})
    mine.run("kgen-compile")
    mine.write({"deploy/by-hand.yaml": GOOD, "deploy/values.yaml": "replicas: 3\n", "deploy/notes.md": "# Notes\n"})
    done = mine.run("kgen-validate")
    assert done.code == 0, done.out
    assert "(no files to check)" not in done.out


def test_validate_without_a_folder_is_not_confused_by_the_files_of_others(mine: Repository) -> None:
    config = mine.path / ".pre-commit-config.yaml"
    mine.write({config.name: config.read_text("utf-8").replace("        files: ^deploy/\n", "")})
    mine.write({"app.yaml": APP, "kgen.yaml": 'kubernetes: "1.34"\n', "package.json": '{"name": "web"}\n'})
    mine.run("kgen-compile")
    mine.write({"compose.yaml": "services: {web: {image: web}}\n"})
    done = mine.run("kgen-validate")
    assert done.code == 0, done.out
    assert "(no files to check)" not in done.out


def test_validate_shows_the_line_of_a_bad_manifest(mine: Repository) -> None:
    mine.write({"deploy/good.yaml": GOOD, "deploy/bad.yaml": BAD.replace('"3"', "3")})
    done = mine.run("kgen-validate")
    assert done.code == 1
    assert re.search(r"deploy/bad\.yaml:6\b", done.out), done.out
    assert "deploy/good.yaml:" not in done.out
    mine.write({"deploy/bad.yaml": BAD})
    done = mine.run("kgen-validate")
    assert done.code == 0, done.out
