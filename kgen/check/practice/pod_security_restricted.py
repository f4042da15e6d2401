"""
The controls of the Pod Security Standard ``restricted``: what a pod has to give up, though the sandbox would allow it.

What ``baseline`` forbids already is said with the row of baseline, so that each finding tells the level that it breaks.

Source: https://github.com/kubernetes/pod-security-admission/tree/master/policy
"""

from __future__ import annotations

from kgen.check.fault import short
from kgen.check.practice import pod_security_baseline as baseline
from kgen.check.practice.advice import advice, is_windows
from kgen.check.reading import entries, mappings, part
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.practice.pod_security_baseline import Control, Version
    from kgen.check.templates import Template
    from kgen.diag import Path

_VOLUMES = frozenset(
    {
        *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim"),
        *("projected", "secret"),
    }
)
_OTHER_VOLUMES = (
    *("gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume"),
    *("cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk"),
    *("photonPersistentDisk", "portworxVolume", "scaleIO", "storageos"),
)
_WINDOWS = (1, 25)
"""Since then, pods that say that they run on Windows are free of what Windows does not have."""

_USER_NAMESPACES = (1, 35)


def _is_exempt(template: Template, version: Version) -> bool:
    return version >= _WINDOWS and is_windows(template)


def volumes(template: Template, _version: Version) -> Iterator[Fault]:
    for index, volume in mappings(template.spec, "volumes"):
        if any(volume.get(key) is not None for key in _VOLUMES):
            continue
        at = (*template.at_spec, "volumes", index)
        if volume.get("hostPath") is not None:
            yield baseline.host_path(volume, (*at, "hostPath"))
        elif other := next((key for key in _OTHER_VOLUMES if volume.get(key) is not None), None):
            message = "must not be set: pods name storage only by a claim, or by one of the sources of their own"
            yield advice("PSSR01", (*at, other), message, f"use one of {listed(sorted(_VOLUMES))}")


def privilege_escalation(template: Template, version: Version) -> Iterator[Fault]:
    if _is_exempt(template, version):
        return
    for at, context in baseline.container_contexts(template):
        given = context.get("allowPrivilegeEscalation")
        if given is not False:
            is_ = f"`{short(given)}`" if given is not None else "not set, which means `true`"
            message = f"must be `false`, but is {is_}: a program could get more rights than the one that started it"
            yield advice("PSSR02", (*at, "allowPrivilegeEscalation"), message, "set it to `false`")


def root_not_excluded(template: Template, version: Version) -> Iterator[Fault]:
    if version >= _USER_NAMESPACES and baseline.is_in_user_namespace(template):
        return
    of_pod = part(template.spec, "securityContext").get("runAsNonRoot")
    at_pod: Path = (*template.at_spec, "securityContext", "runAsNonRoot")
    contexts = list(baseline.container_contexts(template))
    bad = [at for at, context in contexts if context.get("runAsNonRoot") is False]
    for at in (*((at_pod,) if of_pod is False else ()), *((*at, "runAsNonRoot") for at in bad)):
        yield advice("PSSR03", at, "must be `true`, but is `false`", "set it to `true`")
    unset = [at for at, context in contexts if context.get("runAsNonRoot") is None] if of_pod is not True else []
    if unset and not bad and of_pod is None:
        message = "must be `true`, but is not set: nothing keeps a container from running as root"
        for at in [at_pod] if len(unset) == len(contexts) else [(*each, "runAsNonRoot") for each in unset]:
            yield advice("PSSR03", at, message, "set it to `true`, and have the image name a user by its number")


def root_users(template: Template, version: Version) -> Iterator[Fault]:
    if version >= _USER_NAMESPACES and baseline.is_in_user_namespace(template):
        return
    for at, context in baseline.contexts(template):
        given = context.get("runAsUser")
        if given == 0 and not isinstance(given, bool):
            yield advice("PSSR04", (*at, "runAsUser"), "must not be `0`, which is root", "use a number above 0")


def seccomp(template: Template, version: Version) -> Iterator[Fault]:
    if _is_exempt(template, version):
        return
    bad = list(baseline.seccomp_profiles(template, version))
    yield from bad
    if bad or isinstance(part(template.spec, "securityContext").get("seccompProfile"), dict):
        return
    contexts = list(baseline.container_contexts(template))
    unset = [at for at, context in contexts if not isinstance(context.get("seccompProfile"), dict)]
    message = "must be `Localhost` or `RuntimeDefault`, but is not set: every call of the kernel is allowed"
    is_everywhere = bool(unset) and len(unset) == len(contexts)
    for at in [(*template.at_spec, "securityContext")] if is_everywhere else unset:
        yield advice("PSSR05", (*at, "seccompProfile", "type"), message, "set it to `RuntimeDefault`")


def capabilities(template: Template, version: Version) -> Iterator[Fault]:
    if _is_exempt(template, version):
        return
    yield from baseline.capabilities(template, version)
    for at, context in baseline.container_contexts(template):
        at_capabilities = (*at, "capabilities")
        if "ALL" not in entries(context, "capabilities", "drop"):
            message = "must have `ALL`: containers start with capabilities that few programs need"
            yield advice("PSSR06", (*at_capabilities, "drop"), message, "set it to `[ALL]`")
        for index, each in enumerate(entries(context, "capabilities", "add")):
            if isinstance(each, str) and each in baseline.CAPABILITIES - {"NET_BIND_SERVICE"}:
                message = f"must not be `{each}`: restricted allows `NET_BIND_SERVICE` only"
                yield advice("PSSR06", (*at_capabilities, "add", index), message, "remove it")


def proc_mounts(template: Template, _version: Version) -> Iterator[Fault]:
    yield from baseline.unmasked(template, "PSSR07" if baseline.is_in_user_namespace(template) else "PSSB10")


CONTROLS: tuple[tuple[Control, Version], ...] = (
    (volumes, (1, 0)),
    (privilege_escalation, (1, 8)),
    (root_not_excluded, (1, 0)),
    (root_users, (1, 23)),
    (seccomp, (1, 19)),
    (capabilities, (1, 22)),
    (proc_mounts, (1, 35)),
)
"""The controls, each with the version that it is from."""
