"""Objects that kgen made → with what the user changed in them and brought beside them, and what is wrong with that."""

from collections.abc import Iterator, Mapping, Sequence

from kgen.diag import Diagnostic, Label, Path, has_error
from kgen.handmade.manifests import Brought, Document, brought
from kgen.handmade.patches import blamed, patched
from kgen.handmade.verdicts import ByHand, Cluster, disagreements, refusals
from kgen.k8s import Emitted
from kgen.model.app import App
from kgen.record import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """All objects of an app in one environment."""

    objects: tuple[Emitted, ...]
    """Only those that kgen made if there is an error: others look at them, and trust their form."""

    found: tuple[Diagnostic, ...]
    """Places without a file are paths of the app."""


def completed(app: App, objects: Sequence[Emitted], given: Brought, cluster: Cluster) -> Completed:
    """Return ``objects``, which kgen made of ``app``, with what the user changed in them and brought beside them."""
    if not app.patches and not app.manifests:
        return Completed(objects=tuple(objects), found=())
    made, found = patched(objects, app.patches)
    own, faults = brought(app.manifests, given)
    found += faults
    made += [each for each, _ in own]
    if not found:
        documents = dict(enumerate((document for _, document in own), len(objects)))
        found = list(_faults(app, objects, made, documents, cluster))
    return Completed(objects=tuple(objects if has_error(found) else made), found=tuple(found))


def _faults(
    app: App, before: Sequence[Emitted], made: Sequence[Emitted], documents: Mapping[int, Document], cluster: Cluster
) -> Iterator[Diagnostic]:
    by_hand = {number: _patched(app, each) for number, each in enumerate(made) if each.patches}
    by_hand |= {number: _own(made[number], document) for number, document in documents.items()}
    found = [each for one in by_hand.values() for each in refusals(one, cluster)]
    yield from found
    if not found:
        old, new = ([each.manifest for each in objects] for objects in (before, made))
        yield from disagreements(old, new, by_hand, cluster)


def _patched(app: App, made: Emitted) -> ByHand:
    patches = dict(enumerate(app.patches))

    def place(path: Path) -> Label:
        return Label(blamed(patches, made.patches, path), on="value" if path else "key")

    def key(path: Path) -> Label:
        return replace(place(path), on="key")

    return ByHand(manifest=made.manifest, place=place, key=key, words="the patched ")


def _own(made: Emitted, document: Document) -> ByHand:
    return ByHand(manifest=made.manifest, place=document.value, key=document.key, words="the ")
