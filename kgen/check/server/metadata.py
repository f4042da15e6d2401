"""Rules of the API server about the metadata of all objects, and of pod templates."""

from __future__ import annotations

from kgen.check.server.errors import invalid, renamed, too_long
from kgen.check.server.kinds import entries, part
from kgen.check.server.names import form, generated, masked
from kgen.check.server.selectors import are_right, labels
from kgen.check.server.texts import dns_label, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_AT: Path = ("metadata",)
_MOST_ANNOTATION_BYTES = 256 * 1024
_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})
_ADMISSION = "admissionregistration.k8s.io"
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_POLICIES = (
    *("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
)

STORED_NOWHERE = frozenset({"authentication.k8s.io", "authorization.k8s.io"})
"""API groups of questions and answers; nobody looks at their metadata."""

ANY_FINALIZER = frozenset(
    {
        ("", "Event"),
        ("events.k8s.io", "Event"),
        ("policy", "PodDisruptionBudget"),
        ("node.k8s.io", "RuntimeClass"),
        ("coordination.k8s.io", "Lease"),
        ("coordination.k8s.io", "LeaseCandidate"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        *((_ADMISSION, kind) for kind in (*_WEBHOOKS, *_POLICIES)),
    }
)
"""Built-in kinds whose finalizers need no ``/``; custom kinds neither."""

ANY_GENERATION = frozenset(
    {
        *(("", kind) for kind in ("Pod", "PodTemplate", "ReplicationController")),
        *(("apps", kind) for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")),
        *(("batch", kind) for kind in ("Job", "CronJob")),
        *(("networking.k8s.io", kind) for kind in ("Ingress", "IngressClass", "NetworkPolicy")),
        ("policy", "PodDisruptionBudget"),
        ("discovery.k8s.io", "EndpointSlice"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("resource.k8s.io", "DeviceClass"),
        ("resource.k8s.io", "ResourceSlice"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        *((_ADMISSION, kind) for kind in (*_WEBHOOKS, *_POLICIES)),
    }
)
"""Kinds whose ``generation`` the server overwrites before it looks; so it does for custom kinds."""

POD_MAKERS = frozenset(
    {
        ("", "Pod"),
        ("", "ReplicationController"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("batch", "CronJob"),
        ("batch", "Job"),
    }
)
"""Kinds whose name becomes the name of a host."""


PODS: Mapping[tuple[str, str], Path] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): ("spec", "template"),
}
"""Where the kinds have their pod."""

_MARKS = (
    "alpha.kubernetes.io/",
    "beta.kubernetes.io/",
    "kubernetes.io/config.mirror",
    "kubernetes.io/pod-deletion-cost",
)
"""What the annotations of pods have in their keys that ``pod_annotations`` is about."""

_MARKED = "kubernetes.io/"
"""What is in all of them."""


def faults(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the metadata of any object."""
    metadata = part(value, "metadata")
    if context.group in STORED_NOWHERE:
        return
    if not _has_right_name(metadata, context):
        yield from _names(value, metadata, context)
    if context.is_namespaced is not False and (namespace := metadata.get("namespace")):  # noqa: SIM102  # most are right
        if wrong := dns_label(namespace):
            yield invalid("META011", ("metadata", "namespace"), wrong)
    if (generation := metadata.get("generation")) and generation < 0:
        yield from _generation(generation, context)
    if not _has_right_texts(metadata):
        yield from _texts(metadata, _AT)
    if finalizers := metadata.get("finalizers"):
        yield from _finalizers(finalizers, context)
    if metadata.get("ownerReferences"):
        yield from _owners(metadata)
    if (places := PODS.get((context.group, context.kind))) is not None:
        yield from _pod_annotations(value, places)


def _pod_annotations(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    pod = value
    for key in at:
        pod = part(pod, str(key))
    notes = part(pod, "metadata").get("annotations")
    if notes and any(_MARKED in key and any(mark in key for mark in _MARKS) for key in notes):
        from kgen.check.server import pod_annotations  # noqa: PLC0415  # few pods have such annotations

        yield from pod_annotations.faults(pod, at, is_template=bool(at))


def template_metadata(metadata: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the metadata of a pod template; it leaves ``metadata`` out of the path."""
    del context
    if not _has_right_texts(metadata):
        yield from renamed(_texts(metadata, at), at, at[:-1])


def _has_right_texts(metadata: Mapping[str, Any]) -> bool:
    """Tell whether labels and annotations are right, as nearly all are: that is known sooner than what is wrong."""
    own, notes = metadata.get("labels"), metadata.get("annotations")
    if own and not are_right(own):
        return False
    characters = 0
    for key, text in notes.items() if notes else ():
        characters += len(key) + len(text or "")
        if qualified_name(key.lower()):
            return False
    return characters * 4 <= _MOST_ANNOTATION_BYTES


def _texts(metadata: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if own := metadata.get("labels"):
        yield from labels(own, (*at, "labels"))
    if notes := metadata.get("annotations"):
        yield from _annotations(notes, (*at, "annotations"))


def _has_right_name(metadata: Mapping[str, Any], context: Context) -> bool:
    """Tell whether a name that was given, not made, is right: that of an APIService has rules of its own."""
    name = metadata.get("name")
    if not name or "generateName" in metadata or context.kind == "APIService" or form(context)[1](name):
        return False
    return not ((context.group, context.kind) in POD_MAKERS and dns_label(name))


def _names(value: Mapping[str, Any], metadata: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    yield from _name(metadata, context)
    if context.kind == "APIService":
        yield from _api_service(value)


def _name(metadata: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    row, wrong_with = form(context)
    name = metadata.get("name")
    if prefix := metadata.get("generateName"):
        if wrong := wrong_with(masked(prefix)):
            yield invalid("META010", ("metadata", "generateName"), wrong)
        elif not name and (wrong := wrong_with(generated(prefix))):
            message = f"is `{prefix}`, but a name that is made from it {wrong}"
            yield invalid("META010", ("metadata", "generateName"), message).named("metadata.name")
    if not name:
        return
    if wrong := wrong_with(name):
        yield invalid(row, ("metadata", "name"), wrong)
    elif (context.group, context.kind) in POD_MAKERS and dns_label(name):
        message = f"is `{name}`, which is too long for the name of a host, or has dots"
        yield invalid("META039", ("metadata", "name"), message)


def _api_service(value: Mapping[str, Any]) -> Iterator[Fault]:
    spec, name = part(value, "spec"), part(value, "metadata").get("name")
    wanted = f"{spec.get('version') or ''}.{spec.get('group') or ''}"
    if name and name != wanted:
        yield invalid("META008", ("metadata", "name"), f"must be `{wanted}`, as `spec` says, but is `{name}`")


def _generation(generation: int, context: Context) -> Iterator[Fault]:
    if context.is_namespaced is not None and (context.group, context.kind) not in ANY_GENERATION:
        yield invalid("META013", ("metadata", "generation"), f"must be at least 0, but is {generation}")


def _annotations(notes: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    characters = 0
    for key, text in notes.items():
        characters += len(key) + len(text or "")
        if wrong := qualified_name(key.lower()):
            yield invalid("META016", at, f"has a key that {wrong}")
    if characters * 4 <= _MOST_ANNOTATION_BYTES:  # no character has more bytes
        return
    length = sum(_bytes(key) + _bytes(text or "") for key, text in notes.items())
    if length > _MOST_ANNOTATION_BYTES:
        yield too_long("META017", at, _MOST_ANNOTATION_BYTES, length, "bytes")


def _finalizers(finalizers: Sequence[Any], context: Context) -> Iterator[Fault]:
    at = ("metadata", "finalizers")
    has_own = context.is_namespaced is not None and (context.group, context.kind) not in ANY_FINALIZER
    for index, entry in enumerate(finalizers):
        finalizer = entry if isinstance(entry, str) else ""
        if wrong := qualified_name(finalizer):
            yield invalid("META018", at, f"has an entry that {wrong}")
        elif has_own and "/" not in finalizer and finalizer not in _FINALIZERS:
            message = (
                f"must have a `/`, or be one of `foregroundDeletion`, `kubernetes` or `orphan`, but is `{finalizer}`"
            )
            yield invalid("META019", (*at, index), message)
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        yield invalid("META020", at, "must not have both `orphan` and `foregroundDeletion`")


_OWNER = (("kind", "META022"), ("name", "META023"), ("uid", "META024"))


def _owners(metadata: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the owners; entries with the ``uid`` of an earlier one are dropped before."""
    at = ("metadata", "ownerReferences")
    owners: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for index, entry in enumerate(entries(metadata, "ownerReferences")):
        owner = entry or {}
        owners.setdefault(owner.get("uid") or "", (index, owner))
    for index, owner in owners.values():
        yield from renamed(_owner(owner, (*at, index)), (*at, index), at)
    controllers = sum(bool(owner.get("controller")) for _, owner in owners.values())
    if controllers > 1:
        yield invalid("META026", at, f"must have at most one entry with `controller: true`, but has {controllers}")


def _owner(owner: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with one owner; the server does not tell which."""
    version = owner.get("apiVersion") or ""
    if not _has_version(version):
        yield invalid("META021", (*at, "apiVersion"), f"must have a version, but is `{version}`")
    for key, row in _OWNER:
        if not owner.get(key):
            yield invalid(row, (*at, key), "must not be empty")
    if version == "v1" and owner.get("kind") == "Event":
        yield invalid("META025", at, "must not be an Event")


def _has_version(api_version: str) -> bool:
    parts = api_version.split("/")
    return len(parts) <= len(("group", "version")) and bool(parts[-1])


def _bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
