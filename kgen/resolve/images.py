"""Images: where they come from, and how those are built that kgen writes a Dockerfile for."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.filenames import IMAGE_LOCK
from kgen.model.app import App, Release
from kgen.model.build import OCI_LABELS
from kgen.model.companions import InitContainer, Sidecar
from kgen.model.component import Component
from kgen.model.container import Build, Image
from kgen.model.facts import Facts, NodeProject, Project
from kgen.model.image_plan import APP, ImagePlan
from kgen.model.platform import Platform
from kgen.record import replace
from kgen.resolve import frontends, outputs, projects, variants
from kgen.resolve.fields import exactly_one
from kgen.resolve.names import object_name
from kgen.resolve.packages import fetched_by, packages, uv_version
from kgen.resolve.rules import (
    CONTRADICTING_BUILDS,
    MISSING_IMAGE,
    NEEDED_FOR_TYPE,
    NOT_FOR_BUILD,
    UNTAGGED_IMAGE,
    WITHOUT_EFFECT,
)
from kgen.resolve.stopping import stop_signal

NOT_LOCKED = Rule(
    code="KG3297",
    name="base-image-not-locked",
    severity=Severity.WARNING,
    explain="A tag means another image tomorrow: the same commit would build another image.",
)
RULES = (NOT_LOCKED,)

_OF_GENERATED = ("variant", "python", "frontend", "labels", "include", "commands", "stop_signal")
"""Fields that the Dockerfile of kgen's own is made of."""

CLOUDNATIVE_PG = "ghcr.io/cloudnative-pg/postgresql"
"""Repository of PostgreSQL as CloudNativePG runs it."""


def build_of(app: App, component: Component) -> Build | None:
    """Return how a component's image is built: its own build, or the app's if it runs the app's image."""
    if component.type == "external":
        return None
    if component.build:
        return component.build
    return app.build if component.image.repository == app.image.repository else None


def reference(image: Image, default: str) -> str:
    """
    Return an image as a pod names it.

    >>> reference(Image(repository="ghcr.io/acme/shop", tag="1.7.3"), default="")
    'ghcr.io/acme/shop:1.7.3'
    """
    tag = f":{image.tag}" if image.tag else ""
    digest = f"@{image.digest}" if image.digest else ""
    return f"{image.repository or default}{tag}{digest}"


def of_server(given: Image, usual: str) -> str:
    """
    Return the image of a backing service: the given one, with the tag of the ``usual`` one if it has none.

    >>> of_server(Image(repository="mirror.example.com/postgres"), "postgres:17")
    'mirror.example.com/postgres:17'
    """
    repository, _, tag = usual.rpartition(":")
    return reference(given, repository) if given.tag or given.digest else f"{given.repository or repository}:{tag}"


def default_repository(app: App, component: str, platform: Platform) -> str:
    """Return the repository of an image that nobody named: the registry's, called after the app or the component."""
    own = app.components[component].build is not None if component else False
    name = object_name(app.name, component) if own else app.name
    return f"{platform.images.registry}/{name}" if platform.images.registry else ""


def faults(app: App, facts: Facts, platform: Platform) -> Iterator[Diagnostic]:
    """Yield images that nobody named, and build contexts that kgen cannot write a Dockerfile for."""
    for name, component in app.components.items():
        if component.type == "external":
            continue
        yield from _image_faults(component.image, default_repository(app, name, platform), name, ("components", name))
    if app.release:
        yield from _image_faults(app.image, default_repository(app, "", platform), "release", ("release",))
    builds: list[Path] = [
        ("components", name, "build") for name, component in app.components.items() if component.build
    ]
    for at in [("build",), *builds] if app.build else builds:
        yield from _field_faults(app, at)
    yield from _command_faults(app)
    checked: dict[outputs.Key, tuple[Build, Path]] = {}
    for build, at in _generated(app):
        first, where = checked.setdefault(outputs.key(build), (build, at))
        if first is build:
            project = facts.projects[build.context]
            yield from projects.faults(build, project, platform, at)
            yield from frontends.faults(build, frontend_of(build, facts), at)
            yield from variants.faults(build, projects.python_version(build, project, platform), project, platform, at)
        else:
            yield from _contradictions(build, at, first, where)
    yield from outputs.faults(app, {known: at for known, (_, at) in checked.items()}, platform)


def _contradictions(build: Build, at: Path, first: Build, where: Path) -> Iterator[Diagnostic]:
    """Yield the field that makes another image of ``build``, though both have one Dockerfile."""
    different = [name for name in (*_OF_GENERATED, "secrets") if getattr(build, name) != getattr(first, name)]
    for field in map(_written, different[:1]):
        yield Diagnostic(
            rule=CONTRADICTING_BUILDS,
            message=f"the folder `{build.context}` is built in two ways",
            at=Label((*at, field), on="key"),
            related=(Label(where, "the other one", on="key"),),
            help=f"say `{field}` once, at the app's `build`, or give this one a Dockerfile of its own: "
            "`output: Dockerfile.two`",
        )


def _written(field: str) -> str:
    """Return the name of a field of ``Build`` as people write it."""
    return Build.model_fields[field].alias or field


def frontend_of(build: Build, facts: Facts) -> NodeProject:
    """Return what the repository says about the front end of ``build``."""
    return facts.frontends[frontends.key(build.context, build.frontend)] if build.frontend else NodeProject()


def pinned(image: str, facts: Facts) -> str:
    """Return ``image`` with the digest that the lock file has for it, if it has one."""
    digest = (facts.digests or {}).get(image)
    return f"{image}@{digest}" if digest else image


def unlocked(plans: Mapping[outputs.Key, ImagePlan], app: App, facts: Facts) -> Iterator[Diagnostic]:
    """Yield images that the lock file should have and does not; without such a file, nobody has asked for digests."""
    if facts.digests is None:
        return
    where = {outputs.key(build): at for build, at in reversed([*_generated(app)])}
    told: set[str] = set()
    for known, plan in plans.items():
        for image in plan.images:
            if image not in facts.digests and image not in told:
                told.add(image)
                yield Diagnostic(
                    rule=NOT_LOCKED,
                    message=f"there is no digest of `{image}` in `{IMAGE_LOCK}`",
                    at=Label(where[known], on="key"),
                    help="ask for it, and commit the file: `kgen lock`",
                )


def unused(app: App) -> Iterator[Diagnostic]:
    """Yield a finding if nothing runs what the app's ``build`` makes; only the base counts, it makes the Dockerfile."""
    if app.build and not app.release and all(build_of(app, each) is not app.build for each in app.components.values()):
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message="no component runs the image that this builds",
            at=Label(("build",), on="key"),
            help="remove it, or let a component run the app's `image`",
        )


def _image_faults(image: Image, default: str, name: str, at: Path) -> Iterator[Diagnostic]:
    if not (image.repository or default):
        yield Diagnostic(
            rule=MISSING_IMAGE,
            message=f"`{name}` has no image",
            at=Label(at, on="key"),
            help="add `image`, as `image: ghcr.io/you/app:1.0.0`, or `images.registry` in kgen.yaml",
        )
    else:
        yield from untagged(image, (*at, "image") if at[0] == "components" else ("image",), default)


def untagged(image: Image, at: Path, default: str = "") -> Iterator[Diagnostic]:
    """Yield an image that may be another one tomorrow."""
    if not (image.tag or image.digest):
        yield Diagnostic(
            rule=UNTAGGED_IMAGE,
            message=f"the image `{image.repository or default}` has neither tag nor digest",
            at=Label(at),
            help="add a tag, or compile with `--set image.tag=…`",
        )


def _command_faults(app: App) -> Iterator[Diagnostic]:
    """Yield components that would run nothing: an image that kgen builds has no command but theirs."""
    for name, component in app.components.items():
        build = build_of(app, component)
        if build and build.dockerfile is None and not (component.command or component.args):
            yield Diagnostic(
                rule=NEEDED_FOR_TYPE,
                message=f"`{name}` runs an image that kgen builds and needs a `command`",
                at=Label(("components", name), on="key"),
                help="add `command`, as `gunicorn app:app`",
            )


def _field_faults(app: App, at: Path) -> Iterator[Diagnostic]:
    """Yield fields of a build that nobody would read."""
    build = app.components[str(at[1])].build if len(at) > 1 else app.build
    if build is None:
        return
    for name, secret in build.secrets.items():
        yield from exactly_one(secret, ("env", "file"), (*at, "secrets", name))
    unread = ("target", "args") if build.dockerfile is None else ("output", *_OF_GENERATED)
    reason = "a Dockerfile of your own" if build.dockerfile is None else "the Dockerfile that kgen writes"
    for field in map(_written, (name for name in unread if name in build.model_fields_set)):
        yield Diagnostic(
            rule=NOT_FOR_BUILD,
            message=f"`{field}` is for {reason}",
            at=Label((*at, field), on="key"),
            help="remove it" + (", or name the file: `dockerfile: …`" if build.dockerfile is None else ""),
        )


def _generated(app: App) -> Iterator[tuple[Build, Path]]:
    """Yield the builds without a Dockerfile of the user's own, and where each was written."""
    for name, component in app.components.items():
        build = build_of(app, component)
        if build and build.dockerfile is None:
            yield build, ("components", name, "build") if component.build else ("build",)
    if app.release and app.build and app.build.dockerfile is None:
        yield app.build, ("build",)


def main(components: Sequence[Component]) -> Component | None:
    """Return the one of ``components`` that their image runs by itself: the first web one, or else the first."""
    return next((each for each in components if each.type == "web"), components[0] if components else None)


def started(app: App) -> Mapping[outputs.Key, str]:
    """Return the folders that the programs of the images start in which kgen builds."""
    made = {}
    for build, _ in _generated(app):
        first = main(_running(app, outputs.key(build))) or app.release
        made[outputs.key(build)] = (first.working_dir if first else None) or APP
    return made


def plans(app: App, facts: Facts, platform: Platform) -> Mapping[outputs.Key, ImagePlan]:
    """Return all Dockerfiles that kgen writes; ``faults`` has found nothing."""
    builds = {outputs.key(build): build for build, _ in _generated(app)}
    made: dict[outputs.Key, ImagePlan] = {}
    for known, build in builds.items():
        first = main(_running(app, known))
        runs: Component | Release | None = first or app.release
        if runs:
            made[known] = _plan(build, runs, _exposed(first) if first else (), facts, platform)
    made = {known: replace(plan, named=_named(app, known, builds[known])) for known, plan in made.items()}
    return {known: _for_all(plan, _running(app, known)) for known, plan in made.items()}


_NAMED = re.compile(r"(?:^|[\s=:,\"'])(?:\./|(?:\.\./)+|/app/)?(\w[\w-]*)(?:[/.]|(?=\s|$))")


def _named(app: App, known: outputs.Key, build: Build) -> tuple[str, ...]:
    """Return the first names of all paths and modules that commands in the image of ``known`` speak of."""
    commands: list[Sequence[str]] = [*build.commands]
    for component in _running(app, known):
        companions: tuple[InitContainer | Sidecar, ...] = (*component.init.values(), *component.sidecars.values())
        commands += [words or () for each in (component, *companions) for words in (each.command, each.args)]
        commands += [(each.working_dir or "",) for each in (component, *companions)]
    if app.release and app.build and outputs.key(app.build) == known:
        commands += [app.release.command or (), app.release.args or (), (app.release.working_dir or "",)]
    return tuple(sorted({name for command in commands for word in command for name in _folders(word)}))


def _folders(word: str) -> Iterator[str]:
    """
    Yield the first names of the paths and modules that a word of a command has.

    >>> [*_folders("tests/run.py")], [*_folders("/app/tests/run.py")], [*_folders("tests.run")], [*_folders("tests")]
    (['tests'], ['tests'], ['tests'], ['tests'])
    >>> [*_folders("--to=../tests/")], [*_folders("python tests/run.py")], [*_folders("shop/tests/run.py")]
    (['tests'], ['python', 'tests'], ['shop'])
    """
    return (name for match in _NAMED.finditer(word) for name in match.groups() if name)


def _running(app: App, known: outputs.Key) -> list[Component]:
    """Return the components that run the image of ``known``."""
    builds = [(component, build_of(app, component)) for component in app.components.values()]
    return [each for each, build in builds if build and build.dockerfile is None and outputs.key(build) == known]


def _for_all(plan: ImagePlan, components: Sequence[Component]) -> ImagePlan:
    """Return ``plan`` fit for all ``components`` that run its image: their volumes, the signal that stops them."""
    paths: set[str] = set()
    for component in components:
        paths |= {volume.path for volume in component.volumes.values() if volume.type == "persistent"}
        paths |= _shared_paths(component)
    signal = plan.stop_signal or stop_signal(component.command or component.args or () for component in components)
    return replace(plan, data=tuple(sorted(paths)), stop_signal=signal)


def _shared_paths(component: Component) -> set[str]:
    """Return where containers of the same image mount volumes that they share, which compose.yaml keeps."""
    made: set[str] = set()
    companions: tuple[InitContainer | Sidecar, ...] = (*component.init.values(), *component.sidecars.values())
    for companion in companions:
        for name, shared in companion.volumes.items():
            path = component.volumes[name].path
            made |= {path, shared.path or path} if companion.image.repository == component.image.repository else {path}
    return made


def _exposed(component: Component) -> tuple[str, ...]:
    """Return the ports that the component listens on, as EXPOSE names them."""
    return tuple(
        str(port.port) if port.protocol == "TCP" else f"{port.port}/{port.protocol.lower()}"
        for port in component.ports.values()
    )


def _needed_to_build(build: Build, project: Project) -> tuple[str, ...]:
    """Return the Debian packages of the builder: the user's own commands import the app, and what it links against."""
    run = build.python.system_packages if build.commands else ()
    return tuple(dict.fromkeys((*build.python.build_packages, *fetched_by(build, project), *run)))


def _plan(
    build: Build, runs: Component | Release, ports: tuple[str, ...], facts: Facts, platform: Platform
) -> ImagePlan:
    project, python = facts.projects[build.context], build.python
    version = projects.python_version(build, project, platform)
    images = variants.bases(build, version, platform)
    frontend = frontends.plan(build, frontend_of(build, facts), platform)
    uv = uv_version(build, project, platform.images.uv)
    installed = packages(build, project, uv, version)
    return ImagePlan(
        app_file=posixpath.relpath(facts.app_file, build.context),
        context=build.context,
        output=build.output,
        python="" if variants.is_rolling(build, platform) else version,
        variant=build.variant,
        builder=pinned(images.builder, facts),
        base=pinned(images.runtime, facts),
        interpreter=images.interpreter,
        uv_image=pinned(f"ghcr.io/astral-sh/uv:{uv}", facts) if installed.uses_uv else "",
        packages=installed,
        labels=tuple((name if "." in name else OCI_LABELS + name, text) for name, text in build.labels.items()),
        frontend=replace(frontend, image=pinned(frontend.image, facts)) if frontend else None,
        include=build.include,
        system_packages=python.system_packages,
        build_packages=_needed_to_build(build, project),
        commands=build.commands,
        stop_signal=build.stop_signal or "",
        working_dir=runs.working_dir or APP,
        entrypoint=(runs.command or ()) if runs.args else (),
        command=runs.args or runs.command or (),
        ports=ports,
    )
