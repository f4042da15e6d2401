"""Folders that commands start in: whether the images have them that kgen builds."""

from collections.abc import Iterator, Sequence
from posixpath import join

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.model.app import App
from kgen.model.container import Build
from kgen.model.facts import Facts
from kgen.model.image_plan import APP
from kgen.resolve import companions
from kgen.resolve.images import build_of
from kgen.words import nearest, suggestion

NOT_IN_IMAGE = Rule(
    code="KG3286",
    name="working-directory-not-in-image",
    explain="An image that kgen builds has the project at `/app`, and nothing of it elsewhere: a command that starts "
    "in another folder would find no file of it.",
)
RULES = (NOT_IN_IMAGE,)


def faults(app: App, facts: Facts) -> Iterator[Diagnostic]:
    """Yield the folders to start in that images of kgen's do not have."""
    if app.release and app.build:
        yield from _faults(app.release.working_dir, app.build, facts, ("release",))
    for name, component in app.components.items():
        at: Path = ("components", name)
        build = build_of(app, component)
        if build is None:
            continue
        mounted = tuple(volume.path for volume in component.volumes.values())
        yield from _faults(component.working_dir, build, facts, at, mounted)
        for section, own_name, each in companions.all_of(component):
            is_inherited = each.working_dir == component.working_dir
            if companions.runs_same_image(component, each) and not is_inherited:
                yield from _faults(each.working_dir, build, facts, (*at, section, own_name), mounted)


def _faults(
    folder: str | None, build: Build, facts: Facts, at: Path, mounted: Sequence[str] = ()
) -> Iterator[Diagnostic]:
    if folder is None or build.dockerfile is not None or any(_is_beside(folder, path) for path in mounted):
        return
    meant = facts.projects[build.context].folders.get(folder)
    if meant is None or _is_made(folder, build, meant):
        return
    yield Diagnostic(
        rule=NOT_IN_IMAGE,
        message=_message(folder, build),
        at=Label((*at, "workingDir")),
        help=f"did you mean `{APP}{folder}`?"
        if f"{APP}{folder}" in meant
        else suggestion(folder, meant, "folders there") or f"write a folder below `{APP}`, or leave the field out",
    )


def _message(folder: str, build: Build) -> str:
    if not folder.startswith(f"{APP}/"):
        return f"the image has nothing of the project at `{folder}`: all of it is at `{APP}`"
    where = "the project" if build.context == "." else f"`{build.context}`"
    return f"there is no folder `{folder.removeprefix(f'{APP}/')}` in {where}, which the image has at `{APP}`"


def _is_beside(folder: str, path: str) -> bool:
    """Tell whether what is mounted at ``path`` makes ``folder``."""
    return f"{path}/".startswith(f"{folder}/") or folder.startswith(f"{path}/")


def _is_made(folder: str, build: Build, meant: Sequence[str]) -> bool:
    """Tell whether the build may make ``folder``: then it is wrong only if it looks like one that is there."""
    if not folder.startswith(f"{APP}/"):
        return False
    front_end = build.frontend is not None and _is_beside(folder, join(APP, build.frontend.to or build.frontend.output))
    return front_end or (bool(build.commands) and nearest(folder, meant) is None)
