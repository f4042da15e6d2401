"""Front ends that `kgen init` finds: those that the app serves are built into its image, others are doubted."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import seen
from kgen.detect.files.front_ends import part

VITE = '{"scripts": {"build": "tsc && vite build"}}'
REACT = '{"scripts": {"build": "react-scripts build"}}'
CASES: Mapping[str, tuple[Mapping[str, str], dict[str, str], int]] = {
    "named by the source": (
        {"frontend/package.json": VITE, "frontend/yarn.lock": "", "app.py": "StaticFiles(directory='frontend/dist')\n"},
        {"path": "frontend", "output": "dist"},
        0,
    ),
    "named by parts": (
        {
            "ui/package.json": REACT,
            "ui/package-lock.json": "",
            "app.py": "PAGES = HERE / 'ui' / 'build' / 'index.html'\n",
        },
        {"path": "ui", "output": "build"},
        0,
    ),
    "with a folder of its own": (
        {
            "web/package.json": VITE,
            "web/pnpm-lock.yaml": "",
            "web/vite.config.ts": "export default { build: { outDir: 'out' } }",
            "app.py": "FOLDER = 'web/out/'\n",
        },
        {"path": "web", "output": "out"},
        0,
    ),
    "that nothing names": ({"frontend/package.json": VITE, "frontend/yarn.lock": "", "app.py": ""}, {}, 1),
    "with an unknown output": (
        {"package.json": '{"scripts": {"build": "rollup -c"}}', "package-lock.json": "", "app.py": "x = 'static/x'\n"},
        {},
        1,
    ),
    "without a lock file": ({"frontend/package.json": VITE, "app.py": "x = 'frontend/dist'\n"}, {}, 0),
    "without a build": ({"package.json": '{"scripts": {"lint": "eslint"}}', "yarn.lock": "", "app.py": ""}, {}, 0),
    "of the documentation": ({"docs/package.json": VITE, "docs/yarn.lock": "", "app.py": "x = 'docs/dist'\n"}, {}, 0),
    "of a stage that the own image copies from": (
        {
            "package.json": '{"dependencies": {"sass": "1"}}',
            "app.py": "",
            "Dockerfile": "FROM node:lts AS made\nRUN make css\nFROM python:3.13\nCOPY --from=made /app /app\n",
        },
        {},
        1,
    ),
    "of a stage that only lends its program": (
        {
            "app.py": "",
            "Dockerfile": "FROM node:lts AS node\nFROM python:3.13\nCOPY --from=node /usr/local/bin/node /usr/bin/\n",
        },
        {},
        0,
    ),
    "that cannot be read": ({"package.json": "{", "yarn.lock": "", "app.py": ""}, {}, 0),
}


@pytest.mark.parametrize(("files", "frontend", "doubts"), CASES.values(), ids=CASES)
def test_what_the_app_serves_is_built(
    tmp_path: Path, files: Mapping[str, str], frontend: dict[str, str], doubts: int
) -> None:
    made = part(seen(tmp_path, {"requirements.txt": "flask\n", **files}))
    assert made.data.get("build", {}).get("frontend", {}) == frontend
    assert len(made.doubts) == doubts


def test_a_doubt_says_which_lines_to_write(tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\n", "ui/package.json": REACT, "ui/yarn.lock": "", "app.py": ""}
    doubt = part(seen(tmp_path, files)).doubts[0]
    assert (
        doubt.question == "ui/package.json:1 builds a front end with `react-scripts build`, which is not in the image"
    )
    assert doubt.help == "if the app serves it, say `frontend: {path: ui, output: build, to: …}` here"
