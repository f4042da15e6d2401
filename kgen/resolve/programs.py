"""Programs that commands count on and that the image does not have: some variants have Python and nothing else."""

from collections.abc import Iterator
from posixpath import basename
from typing import Final, TypeAlias

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.model.app import App
from kgen.model.companions import InitContainer, Sidecar
from kgen.model.component import Component
from kgen.model.container import Build, Probes
from kgen.resolve.images import build_of

NO_SUCH_PROGRAM = Rule(
    code="KG3295",
    name="program-not-in-variant",
    explain="Images without a shell have none of the usual tools either: what calls one never starts.",
)
RULES = (NO_SUCH_PROGRAM,)

_SHELLS: Final = frozenset({"sh", "ash", "bash", "dash", "zsh"})
_TOOLS: Final = frozenset(
    {"awk", "cat", "chmod", "chown", "cp", "curl", "date", "echo", "env", "find", "grep", "kill", "ls", "mkdir", "mv"}
    | {"nc", "nice", "nohup", "pg_isready", "pgrep", "pkill", "ps", "redis-cli", "rm", "sed", "sleep", "stat", "tail"}
    | {"tee", "test", "timeout", "tini", "touch", "wget", "xargs"}
)

_Words: TypeAlias = tuple[str, ...]


def has_programs(build: Build | None) -> bool:
    """Tell whether an image may have more than Python, as somebody else's may."""
    return build is None or build.dockerfile is not None or build.variant == "slim"


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield the commands of images with Python alone that start something else."""
    for name, component in app.components.items():
        build = build_of(app, component)
        if build is not None and not has_programs(build):
            for words, at in _of_component(component, ("components", name)):
                yield from _missing(build, words, at)
    if app.release and app.build and not has_programs(app.build):
        for words, at in _started(app.release.command, app.release.args, ("release",)):
            yield from _missing(app.build, words, at)


def _of_component(component: Component, at: Path) -> Iterator[tuple[_Words, Path]]:
    """Yield all commands that run in the image of ``component``, and where each was written."""
    yield from _started(component.command, component.args, at)
    yield from _probes(component.probes, at)
    if component.lifecycle:
        for hook, field in ((component.lifecycle.post_start, "postStart"), (component.lifecycle.pre_stop, "preStop")):
            if hook and hook.exec:
                yield hook.exec, (*at, "lifecycle", field, "exec")
    for name, init in component.init.items():
        if _is_same(init, component):
            yield from _started(init.command, init.args, (*at, "init", name))
    for name, sidecar in component.sidecars.items():
        if _is_same(sidecar, component):
            yield from _started(sidecar.command, sidecar.args, (*at, "sidecars", name))
            yield from _probes(sidecar.probes, (*at, "sidecars", name))


def _is_same(companion: InitContainer | Sidecar, component: Component) -> bool:
    return companion.image.repository == component.image.repository


def _started(command: _Words | None, args: _Words | None, at: Path) -> Iterator[tuple[_Words, Path]]:
    """Yield the words that start a container: arguments alone are a command, for the image has no entrypoint."""
    if command:
        yield command, (*at, "command")
    elif args:
        yield args, (*at, "args")


def _probes(probes: Probes, at: Path) -> Iterator[tuple[_Words, Path]]:
    for kind in ("startup", "readiness", "liveness"):
        probe = getattr(probes, kind)
        if probe and probe.exec:
            yield probe.exec, (*at, "probes", kind, "exec")


def _missing(build: Build, words: _Words, at: Path) -> Iterator[Diagnostic]:
    program = basename(words[0])
    is_script = program.endswith(".sh")
    if is_script or program in _SHELLS | _TOOLS:
        what = "no shell, which the script" if is_script else "nothing but Python: the program"
        yield Diagnostic(
            rule=NO_SUCH_PROGRAM,
            message=f"a {build.variant} image has {what} `{words[0]}` {'needs' if is_script else 'is not there'}",
            at=Label(at),
            help="write it in Python, or say `variant: slim`",
        )
