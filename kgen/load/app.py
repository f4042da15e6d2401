"""
YAML values → App: the base and one app per environment, each merged, inherited and validated.

Every merged value still knows where it was written, so a fault in production's override of a default shows
at the override, and a fault in the default shows at the default, once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kgen.diag import Diagnostic, Label, Outcome, Path, Rule, has_error
from kgen.load import form, settings, shape
from kgen.load.shape import Shape
from kgen.model.app import App
from kgen.source import Node, Source

NOT_PER_ENVIRONMENT = Rule(
    code="KG2007",
    name="field-fixed-for-all-environments",
    explain="The name and the format of an app are the same in every environment; so is the list of environments.",
)
NOT_AN_APP = Rule(
    code="KG2008",
    name="not-an-app-file",
    explain="An app file has no `kind`, so that nobody takes it for a Kubernetes object.",
)
NO_COMPONENT = Rule(
    code="KG2009", name="app-without-components", explain="An app without components is nothing to deploy."
)
RULES = (NOT_PER_ENVIRONMENT, NOT_AN_APP, NO_COMPONENT)

_INHERITED = ("image", "env", "resources", "security")
_FIXED = ("apiVersion", "name", "environments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The app as it is in one environment."""

    environment: str
    """Empty for the base."""

    app: App
    root: Node
    """What ``app`` was made of: tells where each of its values was written."""

    def locate(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return ``diagnostic``, whose paths are those of ``app``, with the places in the user's file."""

        def put(label: Label) -> Label:
            if label.file:
                return label
            at = form.place(self.root, label.path, on=label.on)
            return replace(at, text=label.text)

        return replace(diagnostic, at=put(diagnostic.at), related=tuple(put(label) for label in diagnostic.related))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An app file that is valid in all its environments."""

    base: Variant
    environments: tuple[Variant, ...]
    """In the order written; one without a name if the file has none."""


def validate(source: Source, changes: Node | None = None) -> Outcome[Document]:
    """
    Return the apps that ``source`` describes.

    Args:
        source: An app file that was read.
        changes: What to lay over every environment at last (``--set``).
    """
    if source.root is None:
        return Outcome(None, validate(_readable(source), changes).found if source.rest else source.found)
    whole = shape.shape_of(App)
    overlays = _environments(source.root, whole)
    found = [*source.found, *_faults(source.root, overlays, whole)]
    if changes:
        found += settings.unknown_components(changes, source.root)
    if alone := [each for each in found if each.rule in {NOT_AN_APP, settings.NOT_SETTABLE}]:
        return Outcome(None, tuple(alone))
    variants = []
    for name, root in _merged(source.root, overlays, changes, whole):
        variant, faults = _variant(root, name)
        found += faults
        variants.append(variant)
    found = list(dict.fromkeys(found))  # the same fault of the base, seen in several environments
    if has_error(found) or None in variants:
        return Outcome(None, tuple(found))
    base_variant, *others = [variant for variant in variants if variant]
    return Outcome(Document(base=base_variant, environments=tuple(others) or (base_variant,)), tuple(found))


def _readable(source: Source) -> Source:
    return replace(source, root=source.root or source.rest)


def remnants(source: Source, changes: Node | None = None) -> tuple[tuple[Variant, tuple[Path, ...]], ...]:
    """
    Return what is left of each variant, and which paths are gone, when the values with faults of form are taken out.

    So faults of meaning can be shown beside those of form. Nothing is made of a remnant.
    """
    if (given := _readable(source).root) is None:
        return ()
    whole = shape.shape_of(App)
    made = []
    for name, root in _merged(given, _environments(given, whole), changes, whole):
        rest, gone = form.remnant(App, root)
        app, found = form.made(App, rest)
        if app and not found:
            made.append((Variant(environment=name, app=app, root=rest), gone))
    return tuple(made)


def _merged(root: Node, overlays: Mapping[str, Node], changes: Node | None, whole: Shape) -> Iterator[tuple[str, Node]]:
    """Yield the base (its name is empty) and every environment: merged, inherited, without nulls."""
    base = _without(shape.long_form(root, whole), "environments")
    at = ("environments",)
    names = Node({name: Node({}, (*at, name), file=root.file) for name in overlays}, at, file=root.file)
    for name, overlay in {"": Node({"environments": names}, file=root.file), **overlays}.items():
        merged = shape.merge(base, overlay, whole, keep_nulls=True)
        if changes:
            merged = shape.merge(merged, shape.long_form(changes, whole), whole, keep_nulls=True)
        yield name, shape.without_nulls(_inherited(merged, whole), whole)


def _variant(root: Node, name: str) -> tuple[Variant | None, list[Diagnostic]]:
    app, found = form.made(App, root)
    if app and name and not app.components:
        found.append(
            Diagnostic(
                rule=NO_COMPONENT,
                message=f"the environment `{name}` removes every component",
                at=Label(("environments", name), on="key", file=root.file),
                help="leave one, or remove the environment",
            )
        )
    return (Variant(environment=name, app=app, root=root) if app else None), found


def _inherited(app: Node, whole: Shape) -> Node:
    """Return ``app`` with each component's own values laid over the app's defaults."""
    if not isinstance(app.value, dict):
        return app
    made = dict(app.value)
    parts = {"components": whole.child("components").each, "release": whole.child("release")}
    for part, inner in parts.items():
        node = made.get(part)
        if inner is None or node is None or not isinstance(node.value, dict):
            continue
        if part == "components":
            entries = {name: _heir(app, component, inner) for name, component in node.value.items()}
            made[part] = Node(entries, node.at, node.text, node.file)
        else:
            made[part] = _heir(app, node, inner)
    return Node(made, app.at, app.text, app.file)


def _heir(app: Node, part: Node, inner: Shape) -> Node:
    if not (isinstance(part.value, dict) and isinstance(app.value, dict)):
        return part
    made = dict(part.value)
    for key in _INHERITED:
        default, own = app.value.get(key), made.get(key)
        if key not in inner.fields or (default is None and own is None):
            continue
        if default is None or default.value is None:
            default = Node({})  # a null removes nothing, but it is no value either
        if own is None or own.value is None:
            made[key] = default
        else:
            value = shape.merge(default, own, inner.child(key)).value
            made[key] = Node(value, own.at, own.text, own.file)  # a finding about the whole is about the component's
    return Node(made, part.at, part.text, part.file)


def _environments(root: Node, whole: Shape) -> dict[str, Node]:
    """Return each environment's changes in long form; one that says nothing changes nothing."""
    node = root.value.get("environments") if isinstance(root.value, dict) else None
    if node is None or not isinstance(node.value, dict):
        return {}
    made = {}
    for name, overlay in node.value.items():
        body = Node({}, overlay.at, "", overlay.file) if overlay.value is None else overlay
        if isinstance(body.value, dict):
            made[name] = _without(shape.long_form(body, whole), *_FIXED)
    return made


def _faults(root: Node, overlays: Mapping[str, Node], whole: Shape) -> Iterator[Diagnostic]:
    """Yield what can be said before anything is merged."""
    yield from _header(root)
    yield from _overlays(root)
    yield from shape.refusals(shape.long_form(root, whole), whole)
    for overlay in overlays.values():
        yield from shape.refusals(overlay, whole)
        yield from _base_only(overlay, whole)


def _base_only(overlay: Node, whole: Shape) -> Iterator[Diagnostic]:
    for key, node in shape.base_only(overlay, whole):
        yield Diagnostic(
            rule=NOT_PER_ENVIRONMENT,
            message=f"`{key}` cannot change per environment",
            at=Label(node.at, on="key", file=node.file),
            help="take it out: the Dockerfile and compose.yaml are made from the base, for all environments",
        )


def _without(node: Node, *keys: str) -> Node:
    if not isinstance(node.value, dict):
        return node
    return Node({key: item for key, item in node.value.items() if key not in keys}, node.at, node.text, node.file)


def _header(root: Node) -> Iterator[Diagnostic]:
    """Yield what is wrong with the file as a whole."""
    if not isinstance(root.value, dict):
        return
    kind = root.value.get("kind")
    if kind is not None and root.value.get("apiVersion") is not None:
        yield Diagnostic(
            rule=NOT_AN_APP,
            message="this is a Kubernetes object, not an app file",
            at=Label(("kind",), on="key", file=root.file),
            help="an app file starts with `apiVersion: kgen/v1` and has no `kind`",
        )
    components = root.value.get("components")
    if not root.value.keys() & {"apiVersion", "components"}:
        yield Diagnostic(
            rule=NOT_AN_APP,
            message="this is not an app file of kgen",
            at=Label((), file=root.file),
            help="one starts with `apiVersion: kgen/v1`; if the file is for another program, name the files to compile",
        )
    if components is not None and components.value == {}:
        yield Diagnostic(
            rule=NO_COMPONENT,
            message="the app has no components",
            at=Label(("components",), on="key", file=root.file),
            help="add one, as `web: {type: web, port: 8000}`",
        )


def _overlays(root: Node) -> Iterator[Diagnostic]:
    """Yield environments that are no mappings, and what they must not change."""
    node = root.value.get("environments") if isinstance(root.value, dict) else None
    for overlay in node.value.values() if node and isinstance(node.value, dict) else ():
        if overlay.value is not None and not isinstance(overlay.value, dict):
            yield Diagnostic(
                rule=form.WRONG_TYPE,
                message="an environment is a mapping of changes",
                at=Label(overlay.at, file=overlay.file),
            )
        for key, item in overlay.value.items() if isinstance(overlay.value, dict) else ():
            if key in _FIXED:
                yield Diagnostic(
                    rule=NOT_PER_ENVIRONMENT,
                    message=f"`{key}` cannot change per environment",
                    at=Label(item.at, on="key", file=item.file),
                    help="take it out of the environment",
                )
