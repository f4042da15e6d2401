"""Projects in a folder of their own, as `kgen init` and `kgen compile` leave them, and what was generated for them."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import images
import index
import yaml

ROOT = Path(__file__).parents[2]
PROJECTS = Path(__file__).parent / "projects"
LEFT_OUT = shutil.ignore_patterns(".venv", "__pycache__", "deploy", ".pytest_cache")


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A project with its generated files."""

    folder: Path
    name: str
    env: str = "default"

    def object(self, kind: str, component: str = "") -> dict[str, Any]:
        """Return the one object of ``kind`` that was made for ``component``, or for the whole app."""
        name = f"{self.name}-{component}" if component else self.name
        return document(self._objects / f"{kind}-{name}.yaml")

    @property
    def builds(self) -> dict[str, str]:
        """Return image → name of its Dockerfile."""
        app = document(self.folder / "app.yaml")
        every = [app, *app["components"].values()]
        return {each["image"]: each["build"].get("output", "Dockerfile") for each in every if "build" in each}

    @property
    def configuration(self) -> list[dict[str, Any]]:
        """Return what pods refer to and podman knows."""
        kinds = ("configmap", "persistentvolumeclaim")
        return [document(file) for kind in kinds for file in sorted(self._objects.glob(f"{kind}-*.yaml"))]

    @property
    def _objects(self) -> Path:
        return self.folder / "deploy" / self.env / self.name


def initialised(name: str, folder: Path, edits: Mapping[str, str] | None = None, *, port: str = "") -> Compiled:
    """
    Let kgen find out about a copy of the project ``name``, and compile what it wrote.

    Args:
        name: Folder in ``projects``; also the name of the app.
        folder: Where the copy is made.
        edits: What a person changes in app.yaml before the first compile: text → other text. Each has to be there once.
        port: A port of the source, or one that init wrote; another one, which is free, takes its place everywhere.
    """
    app = copied(PROJECTS / name, folder)
    file = app / "app.yaml"
    free = str(free_port())
    for source in app.rglob("*.py") if port else ():
        source.write_text(source.read_text("utf-8").replace(port, free), "utf-8")
    kgen("init", "--yes", str(app))
    edit(file, edits or {})
    text = file.read_text("utf-8")
    assert not port or port in text or free in text, text
    file.write_text(text.replace(port, free) if port else text, "utf-8")
    kgen("compile", str(app))
    return Compiled(folder=app, name=name)


def copied(source: Path, folder: Path) -> Path:
    """Copy a project, and say that it is for the Python that the lab has."""
    app = folder / source.name
    shutil.copytree(source, app, ignore=LEFT_OUT)
    (app / ".python-version").write_text(images.python_version() + "\n", "ascii")
    index.adapt(app)
    return app


def edit(file: Path, edits: Mapping[str, str]) -> None:
    """Replace each text that is in ``file`` exactly once."""
    text = file.read_text("utf-8")
    for old, new in edits.items():
        assert text.count(old) == 1, f"`{old}` is {text.count(old)} times in\n{text}"
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def kgen(*words: str) -> str:
    """Run kgen, which has to succeed."""
    command = [sys.executable, "-m", "kgen", *words]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def document(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return loaded
