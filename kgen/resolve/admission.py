"""What the organisation allows: asked of every image when an app is compiled, and of every pod in the cluster."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.features.admission import Guard
from kgen.k8s import Emitted, pod_spec
from kgen.model.app import App
from kgen.model.platform import Platform
from kgen.resolve import names
from kgen.words import listed

REGISTRY = Rule(
    code="KG3260",
    name="image-of-other-registry",
    explain="The organisation says in kgen.yaml where images may come from, and the cluster may refuse all others.",
)
RULES = (REGISTRY,)

_OPERATED: Mapping[str, tuple[str, ...]] = {
    "postgresql.cnpg.io/Cluster": ("spec", "imageName"),
    "rabbitmq.com/RabbitmqCluster": ("spec", "image"),
    "kafka.strimzi.io/Kafka": ("spec", "kafka", "image"),
}
"""Where custom resources have images; one that is left out is known to the operator alone."""


def faults(objects: Iterable[Emitted], platform: Platform) -> Iterator[Diagnostic]:
    """Yield images of registries that are not allowed, whatever part of the app brings them."""
    allowed = platform.security.registries
    if not allowed:
        return
    for each in objects:
        for image, at in _images(each):
            name = full_name(image)
            if not any(name.startswith(f"{registry}/") for registry in allowed):
                yield Diagnostic(
                    rule=REGISTRY,
                    message=f"`{name}` comes from another place than {listed(allowed, 'or')}",
                    at=Label(at),
                    help=_way_out(name, at, allowed),
                )


def _images(each: Emitted) -> Iterator[tuple[str, Path]]:
    """Yield every image of an object once, and where it was asked for; an operator's pods: the one named to it."""
    pod = pod_spec(each.manifest) or {}
    told = {container["image"] for container in pod.get("containers", ())}
    yield from ((image, (*each.origin, "image")) for image in sorted(told))
    for container in pod.get("initContainers", ()):
        if (image := container["image"]) not in told:
            told.add(image)
            section = "sidecars" if container.get("restartPolicy") == "Always" else "init"
            own: Path = (section, container["name"]) if each.origin[:1] == ("components",) else ()
            yield image, (*each.origin, *own, "image")
    body: Any = each.manifest
    for key in _OPERATED.get(f"{each.manifest['apiVersion'].partition('/')[0]}/{each.manifest['kind']}", ()):
        body = body.get(key) if isinstance(body, Mapping) else None
    if isinstance(body, str):
        yield body, (*each.origin, "image")


def _way_out(name: str, at: Path, allowed: Iterable[str]) -> str:
    for registry in allowed:
        if name.startswith(f"docker.io/{registry}/"):
            return f"write it in full in `security.registries` of kgen.yaml: `docker.io/{registry}`"
    taken = "name a mirror's in kgen.yaml" if at[:1] == ("needs",) else "take an image from there"
    return f"{taken}, or add its registry to `security.registries` in kgen.yaml"


def full_name(image: str) -> str:
    """
    Return an image with the registry that its name leaves out.

    >>> full_name("nginx"), full_name("grafana/loki"), full_name("ghcr.io/acme/shop")
    ('docker.io/library/nginx', 'docker.io/grafana/loki', 'ghcr.io/acme/shop')
    """
    first, slash, _ = image.partition("/")
    if not slash:
        return f"docker.io/library/{image}"
    is_registry = "." in first or ":" in first or first == "localhost"
    return image if is_registry else f"docker.io/{image}"


def guard(app: App, environment: str, platform: Platform) -> Guard | None:
    """Return the rules of the app's namespace, or ``None`` if nothing in the cluster enforces any."""
    if platform.security.policies is None:
        return None
    return Guard(
        engine=platform.security.policies,
        namespace=names.namespace(app, environment),
        app="" if app.namespace.create else app.name,  # several apps may be guests there
        registries=platform.security.registries,
    )
