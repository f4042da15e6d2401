"""Two Kubernetes versions compared, for one document after the other."""

from collections.abc import Iterator

from kgen.check.lifecycle.removals import Version, removal, version, written
from kgen.check.objects import Objects
from kgen.check.reading import at as value_at
from kgen.check.reading import text
from kgen.check.store import Store
from kgen.check.whereabouts import is_built_in, where_it_is
from kgen.diag import Diagnostic
from kgen.read.split import Chunk
from kgen.record import replace
from kgen.upgrade import changes, kinds
from kgen.upgrade.items import Item, Plan
from kgen.upgrade.references import Named, references, references_by_schema
from kgen.upgrade.rewriting import edited
from kgen.upgrade.where import Part, Where
from kgen.validate import sorts
from kgen.validate.judge import document, parts

CUSTOM = "custom resource"
UNKNOWN = "unknown kind"
FAULTY = "document with faults"


class Comparison:
    """What changes from one version to another."""

    def __init__(self, store: Store, current: str, target: str) -> None:
        """
        Args:
            current: The version that the objects are for.
            target: The one that they are to be for: not an older one.

        Raises:
            ValueError: ``store`` does not have one of them.
        """
        self._store = store
        known = store.versions()
        between = known[known.index(current) : known.index(target) + 1]
        self._versions = [Objects(store, (each,), _nothing) for each in between]
        self._current, self._target = self._versions[0], self._versions[-1]
        self._version: Version = version(target)

    def plan(self, chunk: Chunk, index: int, path: str) -> Plan:
        """Return what changes for one document of the file ``path``."""
        value, line, found = document(chunk, path)
        made = Plan(index=index, line=line + chunk.line + 1)
        if skipped := _skipped(chunk, found, path) or sorts.of_value(value):
            made.skipped = skipped
            return made
        made.api_version, made.kind = text(value, "apiVersion"), text(value, "kind")
        made.name, made.namespace = text(value, "metadata", "name"), text(value, "metadata", "namespace")
        where = Where(chunk)
        try:
            for at, each in parts(value):
                if text(each, "apiVersion") and text(each, "kind"):
                    part = Part(value=each, at=at, document=value, chunk=chunk, file=path, where=where)
                    made.items += self._items(part)
        except RecursionError:
            made.skipped = FAULTY
            return made
        made.skipped = "" if made.items else self._passed_over(made)
        return made

    def _passed_over(self, plan: Plan) -> str:
        """Return why a document was not compared, if it was not."""
        pair = plan.api_version, plan.kind
        if plan.kind.endswith("List") or pair in self._store.kinds(written(self._version)):
            return ""
        if not all(pair):
            return FAULTY
        return UNKNOWN if is_built_in(plan.api_version, self._store) else CUSTOM

    def _items(self, part: Part) -> Iterator[Item]:
        """Yield what changes for one object."""
        if own := kinds.item(part.value, part.at, self._version, part.where, is_object=True):
            yield self._changeable(own, part)
        elif self._is_lost(part):
            target = written(self._version)
            help_ = where_it_is(part.value["apiVersion"], part.value["kind"], target, self._store)
            yield kinds.lost(part.value, part.at, self._version, part.where, help_)
        for at, named in self._references(part):
            if item := kinds.item(named, at, self._version, part.where, is_object=False):
                edit = kinds.follows(named, at, self._version, is_object=False)
                yield replace(item, edit=edit) if edit and edited(part.chunk.text, [edit]) else item
        yield from changes.items(part, self._versions)

    def _references(self, part: Part) -> Iterator[Named]:
        """Yield what names a kind in an object."""
        if part.chunk.text.count(b"apiVersion") <= 1:
            return
        api_version, kind = part.value["apiVersion"], part.value["kind"]
        if not is_built_in(api_version, self._store):
            yield from references(part.value, part.at)
        elif name := self._schema(api_version, kind):
            yield from references_by_schema(part.value, part.at, {"$ref": name}, self._store.definition)

    def _schema(self, api_version: str, kind: str) -> str | None:
        """Return the definition of a built-in kind; of one that is long gone, that of its replacement."""
        gone = removal(api_version, kind)
        names = [(api_version, kind), *([gone.replacement] if gone and gone.replacement else [])]
        found = (self._store.schema(each, *name) for name in names for each in reversed(self._store.versions()))
        return next((each for each in found if each), None)

    def _changeable(self, item: Item, part: Part) -> Item:
        """Return ``item`` with the change that does it, or with what has to change beside the API version."""
        if not item.replacement or self._target.kind(item.replacement, part.value["kind"]).lacking:
            return item
        changed = replace(part, value={**part.value, "apiVersion": item.replacement})
        following = changes.errors(changed, self._target)
        edit = kinds.follows(part.value, part.at, self._version, is_object=True)
        if not edit:
            return replace(item, followed_by=following)
        help_ = f"write `{edit.new}`, no field changes{self._not_yet(edit.new, part.value['kind'])}"
        if following:
            return replace(item, followed_by=following, help=f"{help_}, but there are faults")
        is_here = value_at(part.document, item.path) is not None  # entries of a list of one kind need not say it
        if is_here and edited(part.chunk.text, [edit]):
            return replace(item, edit=edit, help=help_)
        return replace(item, help=f"{help_}; it is no plain text of its own, so `--write` leaves it to you")

    def _not_yet(self, api_version: str, kind: str) -> str:
        """Return a warning that a file which is rewritten now does not fit the cluster of now."""
        if not self._current.kind(api_version, kind).lacking:
            return ""
        return f", but Kubernetes {self._current.versions[0]} does not have it: apply it after the upgrade"

    def _is_lost(self, part: Part) -> bool:
        """Tell whether the older version has a kind that the newer one lacks, though the data does not say so."""
        kind = part.value["apiVersion"], part.value["kind"]
        return bool(self._target.kind(*kind).lacking) and not self._current.kind(*kind).lacking


def _skipped(chunk: Chunk, found: tuple[Diagnostic, ...], path: str) -> str:
    """Return why nobody looks at a document, if its text tells."""
    if sorts.is_template(chunk.text, path):
        return sorts.TEMPLATE
    if not found:
        return ""
    if b"{{" in chunk.text and sorts.has_open_braces(chunk.text):
        return sorts.TEMPLATE
    return FAULTY if sorts.seems_an_object(chunk.text) else sorts.BROKEN


def _nothing(*_: object) -> None:
    return None
