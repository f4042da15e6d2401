"""
Dockerfiles that the user wrote, compared with the app file: what is wrong with them, and where the two do not agree.

The rules are those of `kgen validate`. Comments in the Dockerfile and kgen.yaml silence them as they do there.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kgen.check.templates import template
from kgen.diag import Diagnostic, Label, Path
from kgen.handmade import build_faults, image_use
from kgen.handmade.chosen import Choice, counting
from kgen.handmade.own_image import OwnImage, Use
from kgen.k8s import Emitted
from kgen.model.app import App
from kgen.model.container import Build
from kgen.model.facts import OwnDockerfile
from kgen.model.plan import Workload
from kgen.record import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made of the app in one environment."""

    environment: str
    workloads: tuple[Workload, ...]
    objects: tuple[Emitted, ...]
    locate: Callable[[Diagnostic], Diagnostic]
    """Puts paths of the app to where they were written."""


def own_images(app: App, given: Mapping[str, OwnDockerfile], folder: str) -> list[OwnImage]:
    """
    Return the Dockerfiles of ``app`` that can be read, once for each build that is written in the app file.

    Args:
        app: The base of the app file, which alone says how images are built.
        given: What was read, by path relative to the app file.
        folder: That of the app file, as findings name it.
    """
    return [
        OwnImage(at, build, posixpath.normpath(posixpath.join(folder, path)), given[path])
        for at, build in _builds(app)
        if (path := _path(build)) in given and given[path].text is not None
    ]


def _builds(app: App) -> Iterator[tuple[Path, Build]]:
    if app.build and app.build.dockerfile:
        yield ("build",), app.build
    for name, component in app.components.items():
        if component.build and component.build.dockerfile:
            yield ("components", name, "build"), component.build


def _path(build: Build) -> str:
    return posixpath.normpath(f"{build.context}/{build.dockerfile}")


def findings(
    images: Sequence[OwnImage], base: Made, made: Iterable[Made], absent: Mapping[str, frozenset[str]], choice: Choice
) -> tuple[Diagnostic, ...]:
    """
    Return what is to be said about ``images``.

    Args:
        images: What the app file builds.
        base: The app without environments: tells where builds are written.
        made: What runs them, in each environment.
        absent: Context → what is not there of what is copied from it.
        choice: Which rules count.
    """
    texts = {each.shown: each.file.text for each in images}
    alone: list[Diagnostic] = []
    together: list[Diagnostic] = []
    environments = tuple(made)
    for image in images:
        uses = [(each, use) for each in environments for use in _uses(image, each)]
        alone += map(base.locate, _alone(image, [use for _, use in uses], absent, choice))
        if image.is_known and not image.is_broken:
            together += _together(image, uses, len(environments))
    found = dict.fromkeys((*alone, *_merged(together)))
    said = {file: tuple(each for each in found if _file_of(each, texts) == file) for file in texts}
    return tuple(each for file in texts for each in counting(said[file], texts[file], file, choice))


def _alone(
    image: OwnImage, uses: Sequence[Use], absent: Mapping[str, frozenset[str]], choice: Choice
) -> Iterator[Diagnostic]:
    if image.is_known:
        yield from build_faults.faults(image, uses, is_strict=choice.is_strict)
        if not image.is_broken:
            yield from build_faults.missing(image, absent.get(image.build.context, frozenset()), image.build.context)


def _file_of(found: Diagnostic, texts: Mapping[str, str]) -> str:
    """Return the Dockerfile that a finding is about."""
    return next(label.file for label in (found.at, *found.related) if label.file in texts)


def _together(image: OwnImage, uses: Iterable[tuple[Made, Use]], count: int) -> Iterator[Diagnostic]:
    """Yield where an image and what runs it do not agree; if only in some environments, it names the first one."""
    seen: dict[Diagnostic, list[str]] = {}
    for made, use in uses:
        release: Path | None = ("release",) if any(each.type == "release" for each in made.workloads) else None
        for each in image_use.faults(image, use, release):
            seen.setdefault(made.locate(each), []).append(made.environment)
    for each, environments in seen.items():
        is_everywhere = len(environments) == count or not environments[0]
        yield each if is_everywhere else replace(each, message=f"{each.message} (in environment `{environments[0]}`)")


def _merged(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield ``found``, what one rule says about one word of a Dockerfile as one, with the places of all."""
    made: dict[tuple[str, Label], Diagnostic] = {}
    for each in found:
        first = made.setdefault((each.rule.code, each.at), each)
        others = [label for label in each.related if label not in first.related]
        made[each.rule.code, each.at] = replace(first, related=(*first.related, *others))
    yield from made.values()


def _uses(image: OwnImage, made: Made) -> Iterator[Use]:
    """Yield the containers of components, and of the release, that run ``image``."""
    for workload in made.workloads:
        if workload.build != image.build:
            continue
        for each in made.objects:
            manifest = each.manifest
            if each.origin != workload.target.origin or manifest["kind"] != workload.kind:
                continue
            pods = template(manifest["apiVersion"].rpartition("/")[0], manifest["kind"], manifest)
            for at, container in pods.containers("containers") if pods else ():
                if pods and container.get("name") == workload.container.name:
                    yield Use(workload.target.origin, workload.type, pods, container, at)
