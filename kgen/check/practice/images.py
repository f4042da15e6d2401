"""Rules of practice on images: names that no node can pull, and names that mean something else tomorrow."""

from __future__ import annotations

from functools import lru_cache

from kgen.check.fault import short
from kgen.check.practice.advice import advice, containers
from kgen.check.practice.image_reference import fault_of, tag_of
from kgen.check.reading import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Version = tuple[int, int]

_GAP_SIGNS = ("<", ">", "{", "}", "$")
_GAP_STARTS = ("ko://",)
"""How the name of a program stands where ko puts the image that it has built."""

_GAP_WORDS = frozenset(
    {
        *("todo", "fixme", "changeme", "change_me", "change-me", "replaceme", "replace_me", "replace-me"),
        *("your-registry", "your-image", "your-repo", "yourimage", "yourregistry"),
    }
)
_MOVING_TAGS = frozenset(
    {
        *("latest", "stable", "main", "master", "dev", "develop", "development", "edge", "nightly", "canary"),
        *("snapshot", "test", "staging", "production", "prod"),
    }
)
_FROZEN = {
    "k8s.gcr.io/": "registry.k8s.io/",
    "gcr.io/google_containers/": "registry.k8s.io/",
    "gcr.io/google-containers/": "registry.k8s.io/",
    "quay.io/coreos/etcd:": "registry.k8s.io/etcd",
    "docker.pkg.github.com/": "ghcr.io/",
}
"""Beginning of a name that gets no updates → what has replaced it."""


def _images(resource: Resource) -> Iterator[tuple[Path, str]]:
    """Yield the images of all containers, each with its place."""
    for at, each in containers(resource):
        if image := text(each, "image"):
            yield (*at, "image"), image


@lru_cache(maxsize=2000)
def _gap(image: str) -> str:
    """Return the part of an image that somebody was meant to fill in, or ""."""
    for sign in _GAP_SIGNS:
        if sign in image:
            return sign
    for start in _GAP_STARTS:
        if image.startswith(start):
            return start
    words = image.lower().replace(":", "/").replace("@", "/").split("/")
    return next((word for word in words if word in _GAP_WORDS), "")


@lru_cache(maxsize=2000)
def _is_pullable(image: str) -> bool:
    """Tell whether ``image`` is none of those that nobody can pull, now or soon."""
    return not (_gap(image) or fault_of(image) or image.startswith(tuple(_FROZEN)))


def unusable_images(resource: Resource, _version: Version) -> Iterator[Fault]:
    """Yield images that no node can pull: one finding each, also if they are frozen besides."""
    template = resource.template
    if template is None:
        return
    for at, each in template.containers("containers", "initContainers"):
        image = text(each, "image")
        if not image or _is_pullable(image):
            continue
        path = (*at, "image")
        if gap := _gap(image):
            message = f"must be the name of an image, but `{short(image)}` has `{gap}`, a place to be filled in"
            yield advice("IMG04", path, message, "fill it in before the object is applied")
        elif fault := fault_of(image):
            yield advice("IMG03", path, fault, "write `registry/repository:tag`, as in `ghcr.io/acme/shop:1.7.3`")
        elif frozen := next((each for each in _FROZEN if image.startswith(each)), None):
            message = f"must not come from `{frozen.rstrip('/:')}`, which gets no updates, and may go away"
            yield advice("IMG08", path, message, f"look for it below `{_FROZEN[frozen].rstrip('/')}`")


def _readable(resource: Resource) -> Iterator[tuple[Path, str]]:
    return ((path, image) for path, image in _images(resource) if not _gap(image) and not fault_of(image))


def images_without_version(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, image in _readable(resource):
        if tag_of(image) == "latest":
            is_ = "has the tag `latest`" if image.endswith(":latest") else "has no tag, which means `latest`"
            message = f"must say which version, but `{short(image)}` {is_}: a restart may bring another program"
            yield advice("IMG01", path, message, "name a version, as in `:1.7.3`, or a digest")


def images_without_digest(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, image in _readable(resource):
        if "@" not in image:
            message = f"must have a digest, but `{short(image)}` has none: a tag can be moved"
            yield advice("IMG02", path, message, "add `@sha256:…` after the tag")


def moving_tags_kept(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        image, policy = text(each, "image"), text(each, "imagePullPolicy")
        if policy in {"IfNotPresent", "Never"} and image and tag_of(image) in _MOVING_TAGS:
            message = (
                f"must not be `{policy}` with the tag `{tag_of(image)}`, which moves: each node keeps another version"
            )
            yield advice("IMG05", (*at, "imagePullPolicy"), message, "name a version in the image, or use `Always`")


def images_not_always_pulled(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        given, image = text(each, "imagePullPolicy"), text(each, "image")
        is_always = given == "Always" or (not given and image and tag_of(image) == "latest")
        if not is_always:
            is_ = f"`{given}`" if given else "not set, which means `IfNotPresent`"
            message = f"must be `Always`, but is {is_}: a pod may use what another one pulled with its own rights"
            yield advice("IMG06", (*at, "imagePullPolicy"), message, "set it to `Always`")


DEFAULT = (unusable_images,)
STRICT = (images_without_version, moving_tags_kept)
OFF = (images_without_digest, images_not_always_pulled)
