"""
Defaults: what kgen.yaml says for all apps of a repository, in the words of app files.

Each of these is laid over the one before: `defaults` of kgen.yaml, its `defaults.types.<type>`, the app, the component;
at last `overrides` of kgen.yaml and its `overrides.types.<type>`, which count whatever an app says. Both can differ per
environment, below `environments` of kgen.yaml. The app is merged with its own environment before: maps merge by key,
scalars and lists replace, `null` removes.
"""

from collections.abc import Iterable

from kgen.load import shape
from kgen.load.shape import Shape
from kgen.record import dataclass
from kgen.source import Node

INHERITED = ("image", "env", "resources", "security", "network", "pullSecrets")
"""What a component (or the release) takes from the app."""

_OF_COMPONENT = ("image", "env", "security", "workingDir")
"""What an init container or a sidecar takes from its component."""

_WITHOUT_PODS = "external"
"""The type of components that have nothing to inherit for."""

_NOTHING = Node({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What kgen.yaml says about all apps in one environment, in long form."""

    defaults: Node = _NOTHING
    overrides: Node = _NOTHING
    is_local: bool = False
    """Whether it is for a cluster on a developer's machine."""


def inherited(app: Node, whole: Shape, around: Around) -> Node:
    """Return ``app`` with each component's own values laid over what it inherits, and the overrides over both."""
    if not isinstance(app.value, dict):
        return app
    made = dict(app.value)
    components = made.get("components")
    each = whole.child("components").each
    if each and components and isinstance(components.value, dict):
        entries = {name: _component(app, component, each, around) for name, component in components.value.items()}
        made["components"] = Node(entries, components.at, components.text, components.file)
    if release := made.get("release"):
        made["release"] = _heir([around.defaults, app], release, [around.overrides], whole.child("release"))
    for key in INHERITED:
        values = [each[key] for each in (around.defaults, app, around.overrides) if _has(each, key)]
        if values and any(_has(each, key) for each in (around.defaults, around.overrides)):
            made[key] = _layered(values, whole.child(key))
    return Node(made, app.at, app.text, app.file)


def _component(app: Node, component: Node, inner: Shape, around: Around) -> Node:
    if not isinstance(component.value, dict):
        return component
    lower, upper = (_of_type(each, component) for each in (around.defaults, around.overrides))
    own = _placed(shape.merge(_without(lower), component, inner), component) if lower.value else component
    made = own
    if _type_of(component) != _WITHOUT_PODS:
        made = _heir([around.defaults, lower, app], own, [around.overrides, upper], inner)
    made = shape.merge(made, _without(upper), inner, keep_nulls=True) if upper.value else made
    return _with_companions(made, inner)


def _with_companions(component: Node, inner: Shape) -> Node:
    """Return ``component`` with what its init containers and sidecars take from it."""
    items = component.value if isinstance(component.value, dict) else {}
    kept = Node({key: items[key] for key in _OF_COMPONENT if key in items})
    made = dict(items)
    for section in ("init", "sidecars"):
        each, given = inner.child(section).each, items.get(section)
        if each and given and isinstance(given.value, dict):
            entries = {
                name: node if _is_stranger(node) else _heir([kept], node, [], each, _OF_COMPONENT)
                for name, node in given.value.items()
            }
            made[section] = Node(entries, given.at, given.text, given.file)
    return Node(made, component.at, component.text, component.file)


def _is_stranger(container: Node) -> bool:
    """Tell whether a container runs an image of its own: somebody else's program must not get the app's secrets."""
    image = container.value.get("image") if isinstance(container.value, dict) else None
    return image is not None and _has(image, "repository")


def _of_type(around: Node, component: Node) -> Node:
    """Return what ``around`` says of components of this type."""
    kind = _type_of(component)
    types = around.value.get("types") if isinstance(around.value, dict) else None
    if not kind or types is None or not isinstance(types.value, dict):
        return _NOTHING
    given = types.value.get(kind, _NOTHING)
    if not isinstance(given.value, dict):
        return _NOTHING
    return Node({key: item for key, item in given.value.items() if key != "type"}, given.at, given.text, given.file)


def _type_of(component: Node) -> str:
    """Return the type of a component, empty if it says none that could be one."""
    kind = component.value.get("type") if isinstance(component.value, dict) else None
    return kind.value if kind and isinstance(kind.value, str) else ""


def _without(given: Node) -> Node:
    """Return ``given`` without what has an order of its own."""
    items = given.value if isinstance(given.value, dict) else {}
    return Node({key: item for key, item in items.items() if key not in INHERITED}, given.at, given.text, given.file)


def _heir(
    below: Iterable[Node], part: Node, above: Iterable[Node], inner: Shape, keys: Iterable[str] = INHERITED
) -> Node:
    """Return ``part`` with its values over those of the nodes ``below``, and under those of the nodes ``above``."""
    if not isinstance(part.value, dict):
        return part
    made = dict(part.value)
    for key in keys:
        if key not in inner.fields:
            continue
        own = made.get(key)
        values = [each[key] for each in below if _has(each, key)]
        values += [own] if own is not None and own.value is not None else []  # a null takes back what the part had said
        values += [each[key] for each in above if _has(each, key)]
        if not values and own is None and not any(_names(each, key) for each in below):
            continue
        if not values and not (inner.child(key).spec or inner.child(key).each):
            made.pop(key, None)  # neither a list nor a text has an empty mapping for nothing
            continue
        value = _layered(values, inner.child(key)) if values else _NOTHING
        if own is not None and own.value is not None and value.value is not None:
            value = _placed(value, own)
        made[key] = value
    return Node(made, part.at, part.text, part.file)


def _names(node: Node, key: str) -> bool:
    return isinstance(node.value, dict) and key in node.value


def _has(node: Node, key: str) -> bool:
    return isinstance(node.value, dict) and key in node.value and node.value[key].value is not None


def _layered(values: Iterable[Node], inner: Shape) -> Node:
    """Return the last of ``values`` laid over those before it."""
    made = _NOTHING
    for each in values:
        made = _placed(shape.merge(made, each, inner), each)
    return made


def _placed(node: Node, own: Node) -> Node:
    """Return ``node`` with the places of ``own`` where both are mappings: findings about the whole are about that."""
    if not (isinstance(node.value, dict) and isinstance(own.value, dict)):
        return node
    made = {key: _placed(item, own.value.get(key, item)) for key, item in node.value.items()}
    return Node(made, own.at, own.text, own.file)
