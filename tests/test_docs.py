"""What the docs say is true."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "docs/rules/README.md", *ROOT.glob("examples/*/README.md")]
)


def test_generated_pages_are_up_to_date() -> None:
    script = "import build_docs, json; print(json.dumps(build_docs.pages()))"
    made = json.loads(
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT / "scripts", capture_output=True, text=True, check=True
        ).stdout
    )
    files = [ROOT / "docs/app.md", *ROOT.glob("docs/rules/*"), *ROOT.glob("docs/features/*")]
    there = {path.relative_to(ROOT / "docs").as_posix(): path.read_text("utf-8") for path in files}
    assert made == there, "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_paths_in_backticks_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(
        r"`((?:kgen|tests|golden|examples|docs|scripts|schemas|benchmarks|load|resolve|emit)/[\w./-]*)`", text
    )
    missing = [path for path in named if not (ROOT / path).exists() and not (ROOT / "kgen" / path).exists()]
    assert named
    assert missing == []


def test_the_readme_shows_the_smallest_example_as_it_is() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"```yaml\n# examples/hello/app\.yaml\n(.*?)```", readme, re.DOTALL)
    assert shown
    assert shown[1] == (ROOT / "examples/hello/app.yaml").read_text("utf-8")
    assert len(shown[1].splitlines()) == 8


def test_the_readme_lists_every_option() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = subprocess.run(
        [sys.executable, "-m", "kgen", "compile", "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"(?<![\w-])--[a-z]+", shown)) - {"--help"}
    assert options
    assert {option for option in options if option not in readme} == set()


def test_the_mistake_in_the_readme_prints_what_the_readme_says(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"```console\n\$ kgen compile\n(error.*?)```", readme, re.DOTALL)
    assert shown
    app = "apiVersion: kgen/v1\nname: hello\nimage: ghcr.io/acme/hello:1.0.0\n\ncomponents:\n  web:\n    type: web\n"
    (tmp_path / "app.yaml").write_text(app + "    port: 8000\n    replica: 3\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "kgen", "compile"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, shown[1])
