"""
Which Dockerfile makes which image: what the compose and app files of a run say, and whether the pods agree.

Only runs with a Dockerfile come here.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from kgen.check import catalogue
from kgen.check.cross.resources import Finding
from kgen.check.dockerfile import images
from kgen.check.dockerfile.facts import ImageFacts, image_facts
from kgen.check.dockerfile.image_names import image
from kgen.check.fault import Fault
from kgen.check.reading import part, text
from kgen.check.resource import Resource
from kgen.read.dockerfile import read as read_dockerfile
from kgen.read.split import chunks
from kgen.validate import sorts
from kgen.validate.document import Verdict
from kgen.validate.files import read
from kgen.validate.judge import document

_DOCKERFILE = "Dockerfile"
_ASKED = {"default": ("default",), "strict": ("default", "strict"), "off": ("default", "strict", "off")}


def disagreements(resources: Iterable[Resource], held: Iterable[Verdict], profile: str) -> Iterator[Finding]:
    """
    Yield where pods do not fit to the Dockerfiles of their images.

    Args:
        profile: ``default``, ``strict``, or ``off`` for all rules.
        held: The verdicts of the run, those on Dockerfiles and compose files among them.
    """
    verdicts = list(held)
    dockerfiles = {os.path.normpath(each.path) for each in verdicts if _is_dockerfile(each)}
    if not dockerfiles:
        return
    built = dict(_built(verdicts, dockerfiles))
    facts = {way: _facts(*way) for way in set(built.values())}
    for resource in resources:
        if resource.template is None:
            continue
        for at, container in resource.template.containers("containers"):
            way = built.get(_repository(text(container, "image")))
            known = facts.get(way) if way else None
            if way and known:
                for fault in images.faults(known, resource.template, container, at):
                    if catalogue.entry(fault.row).profile in _ASKED[profile]:
                        yield Finding(resource, _with_place(fault, way[0]))


def _with_place(fault: Fault, path: str) -> Fault:
    """Return ``fault`` with the file that the other half of the contradiction stands in."""
    out = f"{fault.help}; the image is made by `{path}`" if fault.help else f"the image is made by `{path}`"
    return Fault(keyword=fault.keyword, path=fault.path, message=fault.message, help=out, row=fault.row)


def _is_dockerfile(verdict: Verdict) -> bool:
    return any(each.kind == _DOCKERFILE and not each.skipped for each in verdict.documents)


def _repository(name: str) -> str:
    """Return the name of an image without tag and digest."""
    known = image(name) if name else None
    return known.repository if known else ""


def _facts(path: str, target: str, given: tuple[tuple[str, str], ...]) -> ImageFacts | None:
    try:
        data = read(path)
    except OSError:  # somebody has removed it since
        return None
    return image_facts(read_dockerfile(data), target, dict(given)) if data is not None else None


_Way: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]
"""Path of a Dockerfile, stage, and arguments."""


def _built(verdicts: Iterable[Verdict], dockerfiles: set[str]) -> Iterator[tuple[str, _Way]]:
    """Yield the repository of each image that a compose or app file builds, and how it is built."""
    for verdict in verdicts:
        wanted = {each.index for each in verdict.documents if each.skipped in (sorts.COMPOSE, sorts.APP)}
        if not wanted:
            continue
        try:
            data = read(verdict.path)
        except OSError:
            continue
        for index, chunk in enumerate(chunks(data or b"")):
            if index in wanted:
                value, _, _ = document(chunk, verdict.path)
                for name, build in (*_of_compose(value), *_of_app(value)):
                    path = _dockerfile(os.path.dirname(verdict.path), build)
                    if path in dockerfiles:
                        args = part(build, "args").items()
                        given = tuple((key, str(value)) for key, value in args if isinstance(value, str | int))
                        yield _repository(name), (path, text(build, "target"), given)


def _of_compose(value: Any) -> Iterator[tuple[str, Any]]:
    for service in part(value, "services").values():
        if text(service, "image") and "build" in service:
            yield text(service, "image"), service["build"]


def _of_app(value: Any) -> Iterator[tuple[str, Any]]:
    for each in (value, *part(value, "components").values()):
        given = each.get("image") if isinstance(each, dict) else None
        name = given if isinstance(given, str) else text(given, "repository")
        if name and each.get("build"):
            yield name, each["build"]


def _dockerfile(folder: str, build: Any) -> str:
    """Return the Dockerfile of a build, as compose and app files say: the usual one, unless another is named."""
    settings: Mapping[str, Any] = build if isinstance(build, dict) else {"context": build}
    context = os.path.join(folder, text(settings, "context") or ".")
    return os.path.normpath(
        os.path.join(context, text(settings, "dockerfile") or text(settings, "output") or _DOCKERFILE)
    )
