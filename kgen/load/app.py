"""
YAML values → App: the base and one app per environment, each merged, inherited and validated.

Every merged value still knows where it was written, so a fault in production's override of a default shows
at the override, and a fault in the default shows at the default, once.
"""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Outcome, Path, Rule, has_error
from kgen.load import form, inheritance, lineage, local, settings, shape
from kgen.load.inheritance import Around
from kgen.load.shape import Shape
from kgen.model.app import App
from kgen.record import dataclass, field, replace
from kgen.source import Node, Source, walk

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
UNUSED_TEMPLATE = Rule(
    code="KG2014",
    name="unused-template",
    explain="A template is only there for environments that extend it: nothing is made of it alone.",
)
RULES = (NOT_PER_ENVIRONMENT, NOT_AN_APP, NO_COMPONENT, UNUSED_TEMPLATE)

_FIXED = ("apiVersion", "name", "environments")
_ABOUT = (lineage.EXTENDS, "template")
"""What an environment says about itself; everything else is a change of the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The app as it is in one environment."""

    environment: str
    """Empty for the base."""

    app: App
    root: Node
    """What ``app`` was made of: tells where each of its values was written."""

    def written_in(self, file: str) -> frozenset[Path]:
        """Return the paths of ``app`` whose values are those of another file."""
        return frozenset(path for path, node in walk(self.root) if file and node.file == file)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an app file is merged with."""

    changes: Node | None = None
    """What to lay over every environment at last (``--set``)."""

    around: Mapping[str, Around] = field(
        default_factory=lambda: {"": Around(), local.ENVIRONMENT: Around(is_local=True)}
    )
    """What kgen.yaml says about all apps by environment; for those that it does not name, under the empty name."""

    def of(self, environment: str) -> Around:
        """Return what kgen.yaml says in ``environment``."""
        return self.around.get(environment, self.around[""])


ALONE = Given()


def validate(source: Source, given: Given = ALONE) -> Outcome[Document]:
    """
    Return the apps that ``source`` describes.

    Args:
        source: An app file that was read.
        given: What it is merged with.
    """
    if source.root is None:
        return Outcome(None, validate(_readable(source), given).found if source.rest else source.found)
    whole = shape.shape_of(App)
    overlays = _environments(source.root, whole)
    found = [*source.found, *_faults(source.root, overlays, whole)]
    if given.changes:
        found += settings.unknown_components(given.changes, source.root)
    if alone := [each for each in found if each.rule in {NOT_AN_APP, settings.NOT_SETTABLE}]:
        return Outcome(None, tuple(alone))
    variants = []
    for name, root in _merged(source.root, overlays, given, whole):
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


def remnants(source: Source, given: Given = ALONE) -> tuple[tuple[Variant, tuple[Path, ...]], ...]:
    """
    Return what is left of each variant, and which paths are gone, when the values with faults of form are taken out.

    So faults of meaning can be shown beside those of form. Nothing is made of a remnant.
    """
    if (readable := _readable(source).root) is None:
        return ()
    whole = shape.shape_of(App)
    made = []
    for name, root in _merged(readable, _environments(readable, whole), given, whole):
        rest, gone = form.remnant(App, root)
        app, found = form.made(App, rest)
        if app and not found:
            made.append((Variant(environment=name, app=app, root=rest), gone))
    return tuple(made)


def _merged(root: Node, overlays: Mapping[str, Node], given: Given, whole: Shape) -> Iterator[tuple[str, Node]]:
    """Yield the base (its name is empty) and every environment: merged, inherited, without nulls."""
    base = _without(shape.long_form(root, whole), "environments")
    at = ("environments",)
    names = {name: _only(overlay, *_ABOUT) for name, overlay in overlays.items()}
    about = Node({"environments": Node(names, at, file=root.file)}, file=root.file)
    lines = lineage.lineages(overlays)
    templates = {name for name, overlay in overlays.items() if _is_template(overlay)}
    for name in ("", *(name for name in overlays if name not in templates)):
        merged = shape.merge(base, about, whole) if not name else base
        is_cut = False
        for each in lines.get(name, ()):
            if given.of(each).is_local and not is_cut:
                merged, is_cut = local.cut_down(merged, whole), True
            merged = shape.merge(merged, _without(overlays[each], *_ABOUT), whole, keep_nulls=True)
        if given.changes:
            merged = shape.merge(merged, shape.long_form(given.changes, whole), whole, keep_nulls=True)
        yield name, shape.without_nulls(inheritance.inherited(merged, whole, given.of(name)), whole)


def lines(source: Source) -> Mapping[str, tuple[str, ...]]:
    """Return the environments of an app file, each with those that it extends before it."""
    root = _readable(source).root
    return lineage.lineages(_environments(root, shape.shape_of(App))) if root else {}


def _is_template(overlay: Node) -> bool:
    given = overlay.value.get("template") if isinstance(overlay.value, dict) else None
    return given is not None and given.value is True


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
    yield from lineage.faults(overlays)
    yield from _unused_templates(overlays)
    yield from shape.refusals(shape.long_form(root, whole), whole)
    for overlay in overlays.values():
        yield from shape.refusals(overlay, whole)
        yield from _base_only(overlay, whole)


def _unused_templates(overlays: Mapping[str, Node]) -> Iterator[Diagnostic]:
    lines = lineage.lineages(overlays)
    used = {above for name, line in lines.items() if not _is_template(overlays[name]) for above in line}
    for name, overlay in overlays.items():
        if _is_template(overlay) and name not in used:
            at = overlay["template"]
            yield Diagnostic(
                rule=UNUSED_TEMPLATE,
                message=f"`{name}` is only a template, and no environment extends it",
                at=Label(at.at, file=at.file),
                help=f"write `extends: {name}` in another environment, or remove `template`",
            )


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


def _only(node: Node, *keys: str) -> Node:
    items = node.value if isinstance(node.value, dict) else {}
    return Node({key: item for key, item in items.items() if key in keys}, node.at, node.text, node.file)


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
