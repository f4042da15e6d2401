"""
Workspaces of uv: several packages with one lock file, of which some are programs and the others what they share.

One app file is for all of them. Each program's image has its package alone: ``build.python.package``.

Source: https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

import posixpath
import shlex
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from kgen.detect.folders import NO_PACKAGE
from kgen.detect.found import Fact, Part, Program
from kgen.detect.names import label
from kgen.detect.project import Project
from kgen.detect.source.texts import table, toml
from kgen.detect.source.tree import Tree, join
from kgen.record import replace

_SURE = 80
"""Rank from which on somebody wrote the command down."""


def members(tree: Tree, folder: str) -> Mapping[str, str]:
    """Return folder → name of the packages of the workspace whose root is ``folder``, without the root; often none."""
    workspace = table(toml(tree.text(join(folder, "pyproject.toml"))), "tool", "uv", "workspace")
    wanted, unwanted = (_patterns(workspace.get(key)) for key in ("members", "exclude"))
    found: dict[str, str] = {}
    for file in tree.below(folder) if wanted else ():
        inner, _, name = file.rpartition("/")
        below = inner[len(folder) + 1 :] if folder else inner
        if name == "pyproject.toml" and below and _matches(below, wanted) and not _matches(below, unwanted):
            given = table(toml(tree.text(file)), "project").get("name")
            found[inner] = str(given or posixpath.basename(inner))
    return found


def _patterns(value: object) -> list[str]:
    return [posixpath.normpath(str(each)) for each in value] if isinstance(value, list) else []


def _matches(folder: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(folder, each) and folder.count("/") == each.count("/") for each in patterns)


def owner(project: Project, program: Program, inner: Mapping[str, str]) -> str:
    """Return the folder of the package that a program of the root's files belongs to; ``""``: the root's own."""
    path = str(program.env["PYTHONPATH"].value).removeprefix("/app").lstrip("/") if "PYTHONPATH" in program.env else ""
    words = shlex.split(str(program.command.value))
    places = [path, program.command.folder, *(word for word in words if "/" in word), program.command.origin]
    for folder in inner:
        below = folder[len(project.folder) + 1 :] if project.folder else folder
        if any(place == below or place.startswith(f"{below}/") for place in places):
            return folder
    for word in words:
        stem = word.partition(":")[0].replace(".", "/")
        for folder in inner:
            if any(join(folder, f"{start}{stem}{end}") in project.tree for start in ("", "src/") for end in _ENDS):
                return folder
    scripts = {folder: _scripts(project.tree, folder) for folder in inner}
    return next((folder for folder, names in scripts.items() if words and words[0] in names), "")


_ENDS = (".py", "/__init__.py", "/__main__.py")


def _scripts(tree: Tree, folder: str) -> Mapping[str, object]:
    return table(toml(tree.text(join(folder, "pyproject.toml"))), "project", "scripts")


def is_sure(programs: Iterable[Program]) -> bool:
    """Tell whether somebody wrote down what runs."""
    return any(each.rank >= _SURE for each in programs)


def moved(project: Project, program: Program, root: str) -> Program:
    """Return a program of the package ``project`` as it runs in the image of the workspace, whose root is ``root``."""
    below = project.folder[len(root) + 1 :] if root else project.folder
    env = dict(program.env)
    if "PYTHONPATH" in env:
        old = str(env["PYTHONPATH"].value).removeprefix("/app").strip("/")
        env["PYTHONPATH"] = Fact(posixpath.join("/app", below, old), env["PYTHONPATH"].origin)
    elif not program.command.folder and not _is_package(project):
        env["PYTHONPATH"] = Fact(f"/app/{below}", f"{join(below, 'pyproject.toml')}{NO_PACKAGE}")
    return replace(
        program,
        env=env,
        command=_placed(project, program.command, below),
        release=_inside(_placed(project, program.release, below), below) if program.release else None,
        commands=tuple(_placed(project, each, below) for each in program.commands),
    )


_FROM_THERE = frozenset({"alembic", "flask", "aerich"})
"""Commands that look for their files where they are called."""


def _inside(command: Fact, below: str) -> Fact:
    """Return a command as it is called in the folder of the package, if it looks for files there."""
    line = str(command.value)
    is_placed = below in line or command.folder or not isinstance(command.value, str)
    if is_placed or line.partition(" ")[0] not in _FROM_THERE:
        return command
    return replace(command, folder=below)


def _is_package(project: Project) -> bool:
    return "build-system" in project.pyproject and table(project.pyproject, "tool", "uv").get("package") is not False


def _placed(project: Project, command: Fact, below: str) -> Fact:
    """Return a command with the paths of the package's files as they are seen from the root."""
    words = shlex.split(str(command.value))
    made = [f"{below}/{word}" if project.path(word) in project.tree else word for word in words]
    line = shlex.join(made) if made != words else command.value
    return replace(command, value=line, folder=join(below, command.folder) if command.folder else "")


def named(programs: Iterable[Program], package: str) -> list[Program]:
    """Return the programs of a package with names that tell it: ``desk``, ``desk-worker``."""
    found = list(programs)
    start = label(package)
    usual = {"web", "main", "bot", *([found[0].name] if len(found) == 1 else [])}
    return [replace(each, name=start if each.name in usual else f"{start}-{each.name}"[:40]) for each in found]


def part(component: Part, build: Mapping[str, object], package: str, name: str, image: str) -> Part:
    """Return a component with a build and an image of its own: those of its package."""
    repository, _, tag = image.rpartition(":")
    python = build.get("python")
    own = {
        **build,
        "python": {**(python if isinstance(python, Mapping) else {}), "package": package},
        "output": f"Dockerfile.{label(package)}",
    }
    components = component.data["components"]
    made = {"image": f"{repository}-{label(package)}:{tag}", "build": own, **components[name]}
    env = component.data.get("env")
    made |= {"env": env} if env else {}
    order = ("type", "image", "build")
    data = {**{key: made[key] for key in order if key in made}, **{key: made[key] for key in made if key not in order}}
    shared = {key: value for key, value in component.data.items() if key != "env"}
    if env and "release" in shared:
        shared["release"] = {"command": shared["release"], "env": env}
    there = {
        ("components", name, *path) if path[0] == "env" else path: origin for path, origin in component.comments.items()
    }
    return Part(data={**shared, "components": {name: data}}, comments=there, doubts=component.doubts)
