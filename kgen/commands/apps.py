"""Which app files a command means."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from kgen.diag import Diagnostic, Label, Rule
from kgen.filenames import APP_FILE

NO_APP = Rule(
    code="KG1101", name="no-app-file", explain="kgen compiles files called app.yaml, or those that are named."
)
RULES = (NO_APP,)

_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


def app_files(paths: Sequence[Path]) -> tuple[list[Path], list[Diagnostic]]:
    """Return the app files that ``paths`` mean, each once, in the order named; findings for those that mean none."""
    files: dict[Path, None] = {}
    found = []
    for path in paths:
        below = list(_search(path)) if path.is_dir() else [path]
        files |= dict.fromkeys(below)
        if not below:
            other = path / "app.yml"
            way_out = "name an app file, or write one: `apiVersion: kgen/v1`, `name`, `components`"
            found.append(
                Diagnostic(
                    rule=NO_APP,
                    message=f"there is no {APP_FILE} in `{path.as_posix()}` or below",
                    at=Label(file=path.as_posix()),
                    help=f"rename `{other.as_posix()}` to `{APP_FILE}`, or name it" if other.is_file() else way_out,
                )
            )
    return list(files), found


def _search(folder: Path) -> Iterator[Path]:
    """Yield the app files in ``folder`` and below, sorted, without hidden folders and installed packages."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        if APP_FILE in files:
            yield Path(here) / APP_FILE
