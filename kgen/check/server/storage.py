"""
Rules of the API server about PersistentVolumeClaims, wherever they stand, and PersistentVolumes.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from kgen.check.fault import Fault, field
from kgen.check.server.amounts import amount
from kgen.check.server.errors import forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.selectors import label_selector
from kgen.check.server.texts import dns_subdomain, label_value, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.server.kinds import Context
    from kgen.diag import Path

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_ALONE = "ReadWriteOncePod"
_VOLUME_MODES = ("Block", "Filesystem")
_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_ATTRIBUTES_CLASS = (1, 34)
"""The version that has VolumeAttributesClass on; an older one drops the field."""

_KEPT_SOURCES = frozenset({("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot")})
"""API group and kind of what ``dataSource`` may name; of a claim, the server drops others without ``dataSourceRef``."""

_TEMPLATE_METADATA = frozenset({"annotations", "labels"})
_METADATA_NAMES = {"uid": "uID"}
"""How the server writes fields of ``metadata`` that may not be set, where it is not as in the object."""


def claim(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a PersistentVolumeClaim."""
    yield from class_annotation(value)
    spec = part(value, "spec")
    source = part(spec, "dataSource")
    if (
        spec.get("dataSourceRef") is None
        and (source.get("apiGroup") or "", source.get("kind") or "") not in _KEPT_SOURCES
    ):
        spec = {key: inner for key, inner in spec.items() if key != "dataSource"}
    yield from claim_spec(spec, ("spec",), context)


def volume(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a PersistentVolume."""
    from kgen.check.server.persistent_volumes import volume_spec  # noqa: PLC0415  # seldom in what people write

    yield from class_annotation(value)
    name = part(value, "metadata").get("name") or ""
    yield from volume_spec(part(value, "spec"), name, ("spec",), context)


def class_annotation(value: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the annotation that was there before ``storageClassName``."""
    if _CLASS_ANNOTATION in part(part(value, "metadata"), "annotations"):
        path = ("metadata", "annotations", _CLASS_ANNOTATION)
        yield invalid("PVC012", path, "is deprecated since Kubernetes 1.8", "set `spec.storageClassName` in its place")


def claim_spec(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the spec of a claim, be it a template in a StatefulSet or an ephemeral volume."""
    yield from access_modes(spec, at)
    if selector := spec.get("selector"):
        for fault in label_selector(selector, (*at, "selector"), context):
            yield Fault(keyword=fault.keyword, path=fault.path, message=fault.message, help=fault.help, row="PVC008")
    yield from _size(spec, at)
    yield from _classes(spec, at, context)
    yield from volume_mode(spec, at)
    yield from _sources(spec, at)


def claim_template_metadata(metadata: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the metadata of an ephemeral volume's claim: only labels and annotations may be set."""
    for key, value in metadata.items():
        if value and key not in _TEMPLATE_METADATA:
            named = field((*at, _METADATA_NAMES.get(key, key)))
            yield forbidden("VOL018", (*at, key), "may not be set for an ephemeral volume").named(named)
    for key in part(metadata, "annotations"):
        if wrong := qualified_name(key.lower()):
            yield invalid("VOL018", (*at, "annotations"), f"has a key that {wrong}")
    for key, value in part(metadata, "labels").items():
        if wrong := qualified_name(key):
            yield invalid("VOL018", (*at, "labels"), f"has a key that {wrong}")
        if value and (wrong := label_value(value)):
            yield invalid("VOL018", (*at, "labels"), f"has a value at `{key}` that {wrong}")


def access_modes(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the access modes of a claim or volume."""
    modes = [mode or "" for mode in entries(spec, "accessModes")]
    if not modes:
        yield required("PVC001", (*at, "accessModes"), "with at least one mode")
    known = {mode for mode in modes if mode in ACCESS_MODES}
    for mode in modes:
        if mode not in known:
            yield unsupported("PVC002", (*at, "accessModes"), mode, ACCESS_MODES)
    if _ALONE in known and len(known) > 1:
        yield forbidden("PVC003", (*at, "accessModes"), f"may not have `{_ALONE}` beside other modes")


def _size(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    requests = part(part(spec, "resources"), "requests")
    path = (*at, "resources", "requests", "storage")
    if "storage" not in requests:
        yield required("PVC004", path).named(_size_field(at))
        return
    size = requests["storage"]
    given = amount(size)
    if given <= 0:
        yield invalid("PVC005", path, f"must be more than 0, but is `{size}`").named(_size_field(at))
    elif given.denominator != 1:
        yield invalid("RES018", path, f"should be a whole number of bytes, but is `{size}`")


def _size_field(at: Path) -> str:
    """Return how the server names the size: as if it did not stand in ``requests``."""
    return f"{field(at)}.resources[storage]"


def _classes(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if (name := spec.get("storageClassName")) and (wrong := dns_subdomain(name)):
        yield invalid("PVC006", (*at, "storageClassName"), wrong)
    name = spec.get("volumeAttributesClassName")
    if name and context.version >= _ATTRIBUTES_CLASS and (wrong := dns_subdomain(name)):
        yield invalid("PVC011", (*at, "volumeAttributesClassName"), wrong)


def volume_mode(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield a volume mode that there is not; without one it is ``Filesystem``."""
    mode = spec.get("volumeMode")
    if mode is not None and mode not in _VOLUME_MODES:
        yield unsupported("PVC007", (*at, "volumeMode"), mode, _VOLUME_MODES)


def _sources(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with where a claim gets its first content from."""
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    if source is None and reference is None:
        return
    if reference is not None and reference.get("namespace"):
        reference = None if source is None else {key: value for key, value in reference.items() if key != "namespace"}
    if reference is None:
        if source is not None:
            yield from _source(source, (*at, "dataSource"))
        return
    if source is not None:
        yield from _source(source, (*at, "dataSource"))
        if _identity(source) != _identity(reference):
            yield invalid("PVC010", at, "must have the same in `dataSource` and `dataSourceRef`")
    yield from _source(reference, (*at, "dataSourceRef"))


def _identity(source: Mapping[str, Any]) -> tuple[str | None, str, str]:
    return source.get("apiGroup"), source.get("kind") or "", source.get("name") or ""


def _source(source: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    group, kind = source.get("apiGroup") or "", source.get("kind") or ""
    for key in ("name", "kind"):
        if not source.get(key):
            yield required("PVC009", (*at, key))
    if group and (wrong := dns_subdomain(group)):
        yield invalid("PVC009", (*at, "apiGroup"), wrong)
    if kind and not group and kind != "PersistentVolumeClaim":
        yield invalid("PVC009", at, f"must be a `PersistentVolumeClaim` without `apiGroup`, but is a `{kind}`")
