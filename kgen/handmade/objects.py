"""Objects that kgen made → with what the user changed in them, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kgen.diag import Diagnostic, Label, Path
from kgen.handmade.patches import blamed, patched
from kgen.handmade.verdicts import ByHand, Cluster, disagreements, refusals
from kgen.k8s import Emitted
from kgen.model.app import App


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """All objects of an app in one environment."""

    objects: tuple[Emitted, ...]
    """Only those that kgen made if there is an error: others look at them, and trust their form."""

    found: tuple[Diagnostic, ...]
    """Places without a file are paths of the app."""


def completed(app: App, objects: Sequence[Emitted], cluster: Cluster) -> Completed:
    """Return ``objects``, which kgen made of ``app``, with what the user changed in them."""
    if not app.patches:
        return Completed(objects=tuple(objects), found=())
    made, found = patched(objects, app.patches)
    if not found:
        found = list(_faults(app, objects, made, cluster))
    return Completed(objects=tuple(objects if found else made), found=tuple(found))


def _faults(app: App, before: Sequence[Emitted], made: Sequence[Emitted], cluster: Cluster) -> Iterator[Diagnostic]:
    by_hand = {number: _patched(app, each) for number, each in enumerate(made) if each.patches}
    found = [each for one in by_hand.values() for each in refusals(one, cluster)]
    yield from found
    if not found:
        old, new = ([each.manifest for each in objects] for objects in (before, made))
        yield from disagreements(old, new, by_hand, cluster)


def _patched(app: App, made: Emitted) -> ByHand:
    patches = dict(enumerate(app.patches))

    def place(path: Path) -> Label:
        return Label(blamed(patches, made.patches, path), on="value" if path else "key")

    return ByHand(manifest=made.manifest, place=place, words="the patched ")
