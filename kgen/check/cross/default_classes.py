"""Classes that are the default of a cluster: there can be one of each sort."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.reading import part
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources

_STORAGE = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
_INGRESS = "ingressclass.kubernetes.io/is-default-class"


def second_defaults(resources: Resources) -> Iterator[Finding]:
    """Yield classes that are a default where another one is it already."""
    yield from _second(resources, "XQTA007", ("scheduling.k8s.io", "PriorityClass"), ())
    yield from _second(resources, "XQTA008", ("storage.k8s.io", "StorageClass"), _STORAGE)
    yield from _second(resources, "XQTA009", ("networking.k8s.io", "IngressClass"), (_INGRESS,))


def _second(resources: Resources, row: str, kind: tuple[str, str], annotations: tuple[str, ...]) -> Iterator[Finding]:
    first = None
    for each in resources.of(*kind):
        given = part(each.value, "metadata", "annotations")
        key = next((key for key in annotations if given.get(key) == "true"), "")
        if not key and (annotations or each.value.get("globalDefault") is not True):
            continue
        at = ("metadata", "annotations", key) if key else ("globalDefault",)
        if first is None:
            first = each, at
        elif first[0].name != each.name:
            outcome = "the server refuses the second" if row == "XQTA007" else "the newest one wins"
            message = f"makes {each} the default, but {first[0]} is it already: {outcome}"
            yield Finding(each, invalid(row, at, message, "keep one of the two"), [(*first, "the other default")])


DEFAULT = (second_defaults,)
STRICT = ()
OFF = ()
