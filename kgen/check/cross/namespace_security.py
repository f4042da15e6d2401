"""
Namespaces that enforce a Pod Security Standard, and the pods in them that it forbids.

Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault
from kgen.check.reading import part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources

_ENFORCE = "pod-security.kubernetes.io/enforce"
_VERSION = f"{_ENFORCE}-version"
_LATEST = (1, 1000)
"""Stands for the newest version of the standard."""


def forbidden_pods(resources: Resources) -> Iterator[Finding]:
    """Yield what the Pod Security Standard of its own namespace forbids about a workload."""
    for namespace in resources.of("", "Namespace"):
        labels = part(namespace.value, "metadata", "labels")
        level = text(labels, _ENFORCE)
        if level not in ("baseline", "restricted"):
            continue
        from kgen.check.practice.pod_security import violations  # noqa: PLC0415  # few namespaces say so themselves

        version = _version(text(labels, _VERSION))
        for each in resources.workloads(namespace.name):
            if each.template is None or each.kind == "PodTemplate":
                continue
            for fault in violations(each.template, level, version):
                outcome = "it is refused" if each.kind == "Pod" else "its pods are refused"
                message = f"{fault.message}; {namespace} enforces the level `{level}`, so {outcome}"
                made = Fault(keyword=fault.keyword, path=fault.path, message=message, help=fault.help, row="XQTA001")
                yield Finding(each, made, [(namespace, ("metadata", "labels", _ENFORCE), "enforced here")])


def _version(label: str) -> tuple[int, int]:
    """
    Return the version of the standard.

    >>> _version("v1.30"), _version("latest") == _version("")
    ((1, 30), True)
    """
    major, _, minor = label.removeprefix("v").partition(".")
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else _LATEST


DEFAULT = (forbidden_pods,)
STRICT = ()
OFF = ()
