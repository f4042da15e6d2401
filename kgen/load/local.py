"""
Local: an app on minikube, kind or k3d.

The environment `local`, or one that has `cluster: local` in kgen.yaml, is for a cluster on a developer's machine: one
node, no load balancer, no certificates, images that were built beside it. So what the base says about the number of
pods, autoscaling, disruption budgets, spread, TLS and tags does not count there. Every component runs one pod; an image
that the app builds, or that has no tag, is `<repository>:dev`; routes are a port of the node. What the local
environment itself says counts, in app.yaml and in kgen.yaml.

The image has to be built, and brought into the cluster by one of the next three commands:

    docker build -t ghcr.io/acme/shop:dev .
    minikube image load ghcr.io/acme/shop:dev
    kind load docker-image ghcr.io/acme/shop:dev
    k3d image import ghcr.io/acme/shop:dev

The namespace has to be there before the rest, and the Secrets that `kgen compile` lists before the pods start:

    kubectl apply -f deploy/local/shop/namespace-shop-local.yaml
    kubectl create secret generic shop-db --namespace shop-local --from-literal=url=postgresql://…
    kubectl apply -f deploy/local/shop
"""

from kgen.load.shape import Shape
from kgen.source import Node

ENVIRONMENT = "local"
"""The environment that is local unless kgen.yaml says that it is not."""

TAG = "dev"
_SEVERAL_PODS = ("web", "worker", "stateful")
_OF_REAL_CLUSTERS = ("replicas", "disruption", "spread", "verticalScaling")


def choices() -> Node:
    """Return what kgen.yaml chooses for such a cluster where it does not say otherwise."""
    without = dict.fromkeys(("class", "parent", "issuer", "annotations"), Node(None))
    return Node(
        {
            "routing": Node({"kind": Node("node-port"), **without}),
            "secrets": Node({"provider": Node("existing")}),
            "storage": Node({"class": Node(None)}),
            "argocd": Node(None),
        }
    )


def cut_down(app: Node, whole: Shape) -> Node:
    """Return ``app`` without what is meant for a real cluster, with one pod and the image that was built last."""
    if not isinstance(app.value, dict):
        return app
    made = dict(app.value)
    name = _text(made.get("name"))
    is_built = "build" in made and made["build"].value is not None
    if is_built or "image" in made:
        made["image"] = _image(made.get("image"), name, app, is_built=is_built)
    components = made.get("components")
    if components and isinstance(components.value, dict):
        parts = {key: _component(each, f"{name}-{key}") for key, each in components.value.items()}
        made["components"] = Node(parts, components.at, components.text, components.file)
    return Node({key: made[key] for key in made if key in whole.fields}, app.at, app.text, app.file)


def _component(part: Node, image: str) -> Node:
    if not isinstance(part.value, dict):
        return part
    made = {key: item for key, item in part.value.items() if key not in _OF_REAL_CLUSTERS}
    if _text(made.get("type")) in _SEVERAL_PODS:
        made["replicas"] = Node(1, part.at, "1", part.file)
    is_built = "build" in made and made["build"].value is not None
    if is_built or "image" in made:
        made["image"] = _image(made.get("image"), image, part, is_built=is_built)
    routes = made.get("routes")
    if routes and isinstance(routes.value, tuple):
        made["routes"] = Node(tuple(map(_without_tls, routes.value)), routes.at, routes.text, routes.file)
    ports = made.get("ports")
    if ports and isinstance(ports.value, dict):
        listed = {key: _on_node(port) for key, port in ports.value.items()}
        made["ports"] = Node(listed, ports.at, ports.text, ports.file)
    return Node(made, part.at, part.text, part.file)


def _on_node(port: Node) -> Node:
    """Return ``port`` without a load balancer: nobody there would give it an address."""
    public = port.value.get("public") if isinstance(port.value, dict) else None
    kind = public.value.get("type") if public and isinstance(public.value, dict) else None
    if not isinstance(port.value, dict) or public is None or kind is None or kind.value != "load-balancer":
        return port
    on_node = Node({"type": Node("node-port", kind.at, "node-port", kind.file)}, public.at, "", public.file)
    return Node({**port.value, "public": on_node}, port.at, port.text, port.file)


def _without_tls(route: Node) -> Node:
    items = route.value if isinstance(route.value, dict) else None
    if items is None:
        return route
    return Node({key: item for key, item in items.items() if key != "tls"}, route.at, route.text, route.file)


def _image(given: Node | None, name: str, above: Node, *, is_built: bool) -> Node:
    """Return the image built beside the cluster; one of somebody else, which has a tag already, stays."""
    items = given.value if given and isinstance(given.value, dict) else None
    if given and given.value is not None and items is None:
        return given  # no image at all: the form says so
    known = {key: item for key, item in (items or {}).items() if item.value is not None}
    if not is_built and (not known or known.keys() & {"tag", "digest"}):
        return given or above
    place = given or above
    repository = known.get("repository") or Node(name, place.at, name, place.file)
    tag = Node(TAG, place.at, TAG, place.file)
    return Node({"repository": repository, "tag": tag}, place.at, "", place.file)


def _text(node: Node | None) -> str:
    return node.value if node and isinstance(node.value, str) else ""
