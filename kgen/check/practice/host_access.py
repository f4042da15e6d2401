"""Rules of practice: paths of the node in pods, and who the pods are for the API server."""

from __future__ import annotations

from kgen.check.fault import short
from kgen.check.practice.advice import advice, containers
from kgen.check.reading import mappings, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Version = tuple[int, int]

_SOCKETS = frozenset({"docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock"})
_SENSITIVE = frozenset(
    {
        *("/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/root"),
        *("/run", "/var", "/var/run", "/var/lib", "/var/lib/kubelet", "/var/lib/docker"),
        *("/etc/kubernetes", "/etc/kubernetes/manifests", "/etc/kubernetes/pki"),
    }
)


def _host_paths(resource: Resource) -> Iterator[tuple[Path, str, str]]:
    """Yield place, path and volume name of what a pod mounts from its node."""
    if resource.template is not None:
        for index, volume in mappings(resource.template.spec, "volumes"):
            if path := text(volume, "hostPath", "path"):
                at = (*resource.template.at_spec, "volumes", index, "hostPath", "path")
                yield at, path, text(volume, "name")


def runtime_sockets(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, path, _name in _host_paths(resource):
        if path.rpartition("/")[2] in _SOCKETS:
            message = f"must not be `{short(path)}`: who has the socket of the runtime can start anything on the node"
            yield advice("SEC05", at, message, "remove the volume; images can be built without a daemon")


def sensitive_host_paths(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, path, _name in _host_paths(resource):
        if (path.rstrip("/") or "/") in _SENSITIVE:
            message = f"must not be `{short(path)}`, from which the whole node can be taken over"
            yield advice("SEC06", at, message, "name the one file or folder that is needed")


def writable_host_paths(resource: Resource, _version: Version) -> Iterator[Fault]:
    paths = {name: path for _at, path, name in _host_paths(resource)}
    if not paths:
        return
    for at, each in containers(resource):
        for index, mount in mappings(each, "volumeMounts"):
            name = text(mount, "name")
            if name in paths and mount.get("readOnly") is not True:
                message = f"must be `true`: the container can change `{short(paths[name])}` of the node"
                yield advice("SEC07", (*at, "volumeMounts", index, "readOnly"), message, "set it to `true`")


def default_service_accounts(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    if template is None or template.spec.get("automountServiceAccountToken") is False:
        return
    name = text(template.spec, "serviceAccountName") or text(template.spec, "serviceAccount")
    if name in {"", "default"}:
        message = "must name a ServiceAccount of its own: `default` may do what any pod of the namespace needs"
        out = "name one, or set `automountServiceAccountToken: false` if the API server is not needed"
        yield advice("SEC03", (*template.at_spec, "serviceAccountName"), message, out)


def old_service_account_fields(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    if template is not None and (name := text(template.spec, "serviceAccount")):
        message = f"must not be set, but is `{short(name)}`: `serviceAccountName` has replaced it"
        has_new = text(template.spec, "serviceAccountName")
        out = "remove it" if has_new else f"write `serviceAccountName: {short(name)}`"
        yield advice("SEC04", (*template.at_spec, "serviceAccount"), message, out)


DEFAULT = ()
STRICT = (
    runtime_sockets,
    sensitive_host_paths,
    writable_host_paths,
    default_service_accounts,
    old_service_account_fields,
)
OFF = ()
