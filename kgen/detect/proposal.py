"""From a folder to app files: who looks for what, in which order, and how it is put together."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kgen.detect import folders, layout, names, neighbours, workspaces
from kgen.detect.choose import chosen, completed
from kgen.detect.commands import stopping
from kgen.detect.django import sites
from kgen.detect.evidence import (
    build_steps,
    compose,
    old_paths,
    own_dockerfile,
    own_groups,
    platforms,
    procfile,
    start_scripts,
    units,
)
from kgen.detect.evidence.schedules import timed
from kgen.detect.files import absent, front_ends, included, kept, mounted, own_files, submodules
from kgen.detect.found import APP_WIDE, LOST, Doubt, Fact, Part, Program
from kgen.detect.frameworks import (
    data_apps,
    gradio,
    own_servers,
    paste,
    scripts,
    served,
    spiders,
    streamlit,
    web,
    workers,
)
from kgen.detect.joining import joined
from kgen.detect.packages import (
    backends,
    besides,
    large,
    managers,
    not_installed,
    outside,
    pythons,
    system_packages,
    undeclared,
    unlisted,
    unnamed,
)
from kgen.detect.packages.dependencies import dependencies
from kgen.detect.packages.managers import Managed
from kgen.detect.packages.requirements import packaged
from kgen.detect.programs import cluster, internet, management, scheduled, tables, unserved, unstarted
from kgen.detect.project import Dependency, Project
from kgen.detect.rules import NO_PYTHON_PROJECT, NOTHING_TO_RUN
from kgen.detect.source.syntax import SIDE, Modules
from kgen.detect.source.texts import toml
from kgen.detect.source.tree import Tree, join
from kgen.detect.variables.settings import settings
from kgen.diag import Diagnostic, Label, Outcome, Path
from kgen.record import dataclass

FINDERS = (
    *(procfile.programs, platforms.programs, own_dockerfile.programs, compose.programs, start_scripts.programs),
    units.programs,
    *(sites.programs, web.programs, own_servers.programs, streamlit.programs, gradio.programs, data_apps.programs),
    *(served.programs, paste.programs),
    *(workers.programs, spiders.programs, scripts.programs),
)
"""Who finds programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One app file."""

    folder: str
    """Where it belongs, relative to the tree."""

    part: Part
    programs: tuple[Program, ...]


def propose(tree: Tree) -> Outcome[tuple[Proposal, ...]]:
    """Return an app file for each project in ``tree``, or what keeps kgen from writing one."""
    folders = layout.folders(tree)
    if not folders:
        message = f"`{tree.root}` is no Python project: neither lock file, requirements, pyproject.toml nor a .py file"
        is_template = "cookiecutter.json" in tree or "copier.yml" in tree or "copier.yaml" in tree
        help_ = "make a project of the template first" if is_template else "name the folder of the project"
        return Outcome(None, (Diagnostic(rule=NO_PYTHON_PROJECT, message=message, at=Label(file="."), help=help_),))
    found = [each for folder in folders for each in managers.faults(tree, folder)]
    if found:
        return Outcome(None, tuple(found))
    called = [folder.rpartition("/")[2] for folder in folders]
    alone = [folder for folder, last in zip(folders, called, strict=True) if called.count(last) == 1]
    made = tuple(each for folder in folders if (each := proposal(tree, folder, is_alone=folder in alone)))
    if not made:
        message = "no program was found: no application object, no script, no `[project.scripts]`"
        help_ = "write app.yaml by hand, with the `command` to start: see docs/app.md"
        return Outcome(None, (Diagnostic(rule=NOTHING_TO_RUN, message=message, at=Label(file="."), help=help_),))
    return Outcome(made)


def proposal(tree: Tree, folder: str, *, is_alone: bool = True) -> Proposal | None:
    """
    Return the app file of the project in ``folder``; ``None`` if it has no program.

    Args:
        tree: All files.
        folder: Where the project is.
        is_alone: Whether no other project's folder is called like it.
    """
    installed = managers.managed(tree, folder)
    inner = workspaces.members(tree, folder) if installed and installed.manager.value == "uv" else {}
    project = look(tree, folder, installed, inner)
    programs = _programs(project)
    if inner and (found := _of_workspace(project, programs, inner)):
        return _workspace(project, installed, found)
    if not programs:
        return None
    app = names.name(project, is_alone=is_alone)
    placed = folders.at_home(project, programs)
    components = [folders.release(placed, placed), *(component(program) for program in placed)]
    head = [_head(app), names.image(project, app.value), build(project, installed, programs), neighbours.part(project)]
    head += [front_ends.part(project), stopping.part(project, programs), *_files(project, programs)]
    head += [internet.part(project, programs), included.part(project)]
    head += [] if installed else [unnamed.part(project)]
    known = {name for part in components for name in part.data.get("env", {})}
    version = str(head[2].data["build"]["python"].get("version", ""))
    python = head[2].data["build"]["python"]
    wanted = {*python.get("extras", ()), *python.get("groups", ())}
    left = not_installed.left(project, python)
    head += [
        large.part(left),
        undeclared.part(left, version),
        outside.part(project),
        unlisted.part(left, programs, wanted),
    ]
    head.append(backends.part(project, python))
    head.append(besides.part(left, installed))
    parts = [
        *head,
        system_packages.part(left, version, wanted, head[2].data["build"].get("commands", ())),
        *components,
        settings(project, app.value, known, programs),
    ]
    for below, name in inner.items():
        if project.has(name):  # what the root imports of it reads variables, too
            parts.append(settings(look(tree, below, managers.managed(tree, below)), app.value, known))
    return Proposal(folder=folder, part=joined(parts), programs=tuple(placed))


def _programs(project: Project) -> list[Program]:
    return scheduled.once(project, timed(project, chosen(each for finder in FINDERS for each in finder(project))))


def _head(app: Fact) -> Part:
    return Part(data={"apiVersion": "kgen/v1", "name": app.value}, comments={("name",): app.origin})


def _of_workspace(
    project: Project, programs: list[Program], inner: Mapping[str, str]
) -> dict[str, tuple[Project, list[Program]]]:
    """Return package → its project and programs; nothing if all programs are of the root."""
    found: dict[str, tuple[Project, list[Program]]] = {}
    if workspaces.is_sure(programs):
        for each in programs:
            folder = workspaces.owner(project, each, inner)
            member = look(project.tree, folder, managers.managed(project.tree, folder)) if folder else project
            own = [each for finder in FINDERS for each in finder(member)] if folder else []
            moved = [workspaces.moved(member, one, project.folder) for one in own if one.name == each.name]
            found.setdefault(inner.get(folder, ""), (member, []))[1].append(completed(each, moved))
        found |= _started_there(project, found, inner)
        return found if list(found) != [""] else {}
    beside = {folder for folder in inner if not SIDE.isdisjoint(project.below(folder).split("/"))}
    for folder, name in sorted(inner.items(), key=lambda each: each[0] in beside):
        if folder in beside and (found or programs):
            continue  # examples, unless there is nothing else
        member = look(project.tree, folder, managers.managed(project.tree, folder))
        if own := [workspaces.moved(member, each, project.folder) for each in _programs(member)]:
            found[name] = (member, own)
    lasting = {name: both for name, both in found.items() if any(each.type != "job" for each in both[1])}
    found = lasting or found
    if any(each.rank > LOST for each in programs) and (not lasting or any(each.type != "job" for each in programs)):
        found = {"": (project, programs), **found}
    return found if list(found) != [""] else {}


def _started_there(
    project: Project, found: Mapping[str, tuple[Project, list[Program]]], inner: Mapping[str, str]
) -> dict[str, tuple[Project, list[Program]]]:
    """Return the packages that files of their own start, and the root's files do not."""
    made: dict[str, tuple[Project, list[Program]]] = {}
    known = " ".join(str(each.command.value) for _, own in found.values() for each in own)
    for folder, name in inner.items():
        is_aside = not SIDE.isdisjoint(project.below(folder).split("/"))
        if is_aside or name in found or re.search(rf"\b{re.escape(name.replace('-', '_'))}\b", known):
            continue
        member = look(project.tree, folder, managers.managed(project.tree, folder))
        own = [each for each in _programs(member) if each.type != "job"]
        if workspaces.is_sure(own):
            made[name] = (member, [workspaces.moved(member, each, project.folder) for each in own])
    return made


def _workspace(
    project: Project, installed: Managed | None, found: Mapping[str, tuple[Project, list[Program]]]
) -> Proposal:
    """Return the app file of a workspace: one image for its only program, or one for each package that has some."""
    app = names.name(project)
    image = names.image(project, app.value, *(member for member, _ in found.values()))
    parts: list[Part] = []
    every: list[Program] = []
    for package, (member, own) in found.items():
        programs = folders.at_home(project, workspaces.named(own, package) if package and len(found) > 1 else own)
        made = joined([build(project, installed, programs), neighbours.part(project), system_packages.part(member)])
        every += programs
        if len(found) == 1:
            parts += [Part(data={"build": {"python": {"package": package}}} if package else {}), made]
            parts += map(component, programs)
            continue
        own_build = made.data["build"]
        parts.append(Part(comments={}, doubts=made.doubts))
        for each in programs:
            one = component(each)
            place = f"{image.data['image'].rpartition(':')[0]}:{names.tag(project, member)}"
            parts.append(workspaces.part(one, own_build, package, each.name, place) if package else one)
        if not package:
            parts.append(made)
    if len(found) > 1 and "" not in found and (first := next((one for one in every if one.release), None)):
        package = next(name for name, (_, own) in found.items() if any(_is_from(first, one) for one in own))
        made = joined([build(project, installed, [first]), system_packages.part(found[package][0])])
        parts.append(Part(data={"build": {**made.data["build"], "output": f"Dockerfile.{names.label(package)}"}}))
        parts.append(Part(data={"build": {"python": {"package": package}}}))
    parts.append(folders.release(every, every if len(found) == 1 else found.get("", (project, []))[1]))
    parts += [internet.part(member, own) for member, own in found.values()]
    parts += [each for member, own in found.values() for each in _files(member, own)]
    known = {name for each in every for name in each.env}
    parts += [settings(member, app.value, known, own) for member, own in found.values()]
    compose = Part(
        data={"compose": neighbours.part(project).data["compose"]} if "compose" in neighbours.part(project).data else {}
    )
    return Proposal(folder=project.folder, part=joined([_head(app), image, compose, *parts]), programs=tuple(every))


def _is_from(first: Program, other: Program) -> bool:
    """Tell whether two programs have the same release."""
    both = first.release, other.release
    return all(both) and len({each.origin for each in both if each}) == 1


def _files(project: Project, programs: Sequence[Program]) -> tuple[Part, ...]:
    """Return what there is to say about files: those that are written, that others have, that nobody starts."""
    return (
        own_files.part(project),
        old_paths.part(project),
        kept.part(project, programs),
        mounted.part(project),
        management.part(project, programs),
        unstarted.part(project, programs),
        tables.part(project, programs),
        unserved.part(project, programs),
        absent.part(project, programs),
        cluster.part(project),
        submodules.part(project),
    )


def look(tree: Tree, folder: str, installed: Managed | None, inner: Iterable[str] = ()) -> Project:
    """
    Return the project in ``folder``, as finders look at it: without the source in the folders ``inner``.

    What these packages of a workspace depend on counts, too: one of them has what the root's files start.
    """
    known: dict[str, Dependency] = {}
    for each in inner:
        known |= dependencies(tree, each)
    known |= dependencies(tree, folder, installed.requirements if installed else "")
    return Project(
        tree=tree,
        folder=folder,
        modules=Modules(tree, folder, (*inner, *_beside(tree, folder))),
        pyproject=toml(tree.text(join(folder, "pyproject.toml"))),
        dependencies=known,
        manager=installed.manager.value if installed else "",
        requirements=installed.requirements if installed else "",
        source=layout.source(tree, folder),
    )


def _beside(tree: Tree, folder: str) -> Iterator[str]:
    """Yield the folders beside a package that is all of its project."""
    if name := packaged(tree, folder):
        start = f"{folder}/" if folder else ""
        inner = {each[len(start) :].partition("/")[0] for each in tree.below(folder) if "/" in each[len(start) :]}
        yield from (join(folder, each) for each in sorted(inner - {name}))


def build(project: Project, installed: Managed | None, programs: Sequence[Program]) -> Part:
    """Return how the image is built."""
    path: Path = ("build", "python")
    python: dict[str, Any] = {}
    comments: dict[Path, str] = {}
    version, doubts = pythons.python(project)
    if version := version or pythons.unsaid(project):
        python["version"] = version.value
        comments[*path, "version"] = version.origin
    if installed:
        python["manager"] = installed.manager.value
        comments[*path, "manager"] = installed.manager.origin
        if installed.requirements not in {"", "requirements.txt"}:
            python["requirements"] = installed.requirements
    for field, needed in groups(programs, own_groups.named(project)).items():
        python[field] = [each.value for each in needed]
        comments[*path, field] = needed[0].origin
    data: dict[str, Any] = {"python": python}
    commands = [each for program in programs for each in program.commands]
    front = front_ends.part(project)
    more = build_steps.steps(project, [each.value for each in commands], has_front_end=bool(front.data or front.doubts))
    if commands := [*commands, *more.commands]:
        data["commands"] = [each.value for each in commands]
        comments[("build", "commands")] = commands[0].origin
    said = (*(installed.doubts if installed else ()), *doubts, *more.doubts, *own_groups.doubts(project))
    made = Part(data={"build": data}, comments=comments, doubts=said)
    return joined([made, not_installed.part(project, programs)])


def groups(programs: Iterable[Program], own: Mapping[str, Iterable[Fact]]) -> Mapping[str, list[Fact]]:
    """Return the extras and groups of dependencies that have what programs run by, and those of the project's image."""
    made = {field: {str(each.value): each for each in facts} for field, facts in own.items()}
    for each in (need for program in programs for need in program.needs if need.group):
        field = "extras" if each.is_extra else "groups"
        made.setdefault(field, {}).setdefault(each.group, Fact(each.group, f"{each.origin}: {each.name}"))
    return {field: list(made[field].values()) for field in sorted(made)}


def component(program: Program) -> Part:
    """Return one component."""
    at: Path = ("components", program.name)
    comments: dict[Path, str] = {(*at, "command"): program.command.origin}
    made: dict[str, Any] = {"type": program.type, "command": program.command.value}
    if program.command.folder:
        made["workingDir"] = folders.placed(program.command.folder)
        comments[*at, "workingDir"] = program.command.reason or program.command.origin
    if program.port:
        made["port"] = program.port.value
        comments[*at, "port"] = program.port.origin
    if program.health:
        made["probes"] = program.health.value
        comments[*at, "probes"] = program.health.origin
    if program.type == "job":
        made["when"] = "post-deploy"
    data: dict[str, Any] = {"components": {program.name: made | dict(program.fields)}}
    if program.env:
        data = {"env": {name: fact.value for name, fact in program.env.items()}} | data
        comments |= {("env", name): fact.origin for name, fact in program.env.items()}
    doubts = tuple(_at(at, each) for each in program.doubts)
    return Part(data=data, comments=comments, doubts=doubts)


def _at(path: Path, doubt: Doubt) -> Doubt:
    there = () if doubt.path[0] in APP_WIDE else path
    return Doubt(path=(*there, *doubt.path), question=doubt.question, choices=doubt.choices, help=doubt.help)
