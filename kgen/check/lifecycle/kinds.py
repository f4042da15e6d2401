"""
What the ``apiVersion`` of an object says about its future: deprecated, soon gone, or not served unless somebody asks.

Both functions take an object of a kind that the version serves. That a kind is gone already is said where kinds are
looked up; ``removals.farewell`` has the words for the way out.
"""

from __future__ import annotations

from kgen.check.fault import Fault, Keyword
from kgen.check.lifecycle.removals import advice, removal, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.lifecycle.removals import Removal, Version
    from kgen.diag import Path

_SOON = 2
"""Minor versions that a removal is announced ahead: eight months."""

_AT: Path = ("apiVersion",)

GROUPS = frozenset(
    {
        *("", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps"),
        *("authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io"),
        *("coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io"),
        *(
            "internal.apiserver.k8s.io",
            "lifecycle.k8s.io",
            "networking.k8s.io",
            "node.k8s.io",
            "policy",
            "rbac.authorization.k8s.io",
        ),
        *("resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io"),
    }
)
"""API groups of Kubernetes itself. An alpha version of any other group is served as its definition says."""

_SERVED_BETAS = frozenset(
    {
        *("autoscaling/v2beta2", "flowcontrol.apiserver.k8s.io/v1beta1", "flowcontrol.apiserver.k8s.io/v1beta2"),
        "flowcontrol.apiserver.k8s.io/v1beta3",
    }
)
_SERVED_BETA_KINDS = frozenset({("storage.k8s.io/v1beta1", "CSIStorageCapacity")})
"""Betas that are older than the rule that no beta is served by default, or go on from one."""


def deprecated(value: Mapping[str, Any], version: Version) -> Iterator[Fault]:
    """Yield that the server warns about the kind of ``value``: it is served, but deprecated."""
    gone = removal(value["apiVersion"], value["kind"])
    if gone and is_served(gone, version) and is_deprecated(gone, version):
        message = f"names `{gone.api_version}`, where `{gone.kind}` {until(gone)}"
        yield _fault("LIF02", message, advice(gone, version))


def outlook(value: Mapping[str, Any], version: Version) -> Iterator[Fault]:
    """Yield what the server does not warn about: a removal that is near, and what no server has by default."""
    api_version, kind = value["apiVersion"], value["kind"]
    gone = removal(api_version, kind)
    if gone and is_near(gone, version) and not is_deprecated(gone, version):
        yield _fault("LIF03", f"names `{api_version}`, where `{kind}` {until(gone)}", advice(gone, version))
    if stage := _stage(api_version, kind):
        message = f"names {stage} version of `{kind}`, which no API server has unless it is told to"
        yield _fault("LIF05", message, "use a stable version, or set `--runtime-config` of the API server")


def is_served(gone: Removal, version: Version) -> bool:
    """Tell whether the kind is still there."""
    return gone.removed is None or version < gone.removed


def is_deprecated(gone: Removal, version: Version) -> bool:
    """Tell whether upstream has said so, for this version or an older one."""
    return gone.deprecated is not None and gone.deprecated <= version


def is_near(gone: Removal, version: Version) -> bool:
    """Tell whether a kind is still served, but not for long."""
    return is_served(gone, version) and gone.removed is not None and gone.removed[1] - version[1] <= _SOON


def until(gone: Removal) -> str:
    """
    Return since when a kind is deprecated, and when it goes; both follow its name.

    >>> until(removal("policy/v1beta1", "PodDisruptionBudget"))
    'is deprecated since Kubernetes 1.21, and goes in 1.25'
    """
    going = f"goes in {written(gone.removed)}" if gone.removed else ""
    if gone.deprecated is None:
        return going.replace("in ", "in Kubernetes ")
    since = f"is deprecated since Kubernetes {written(gone.deprecated)}"
    return f"{since}, and {going}" if going else since


def _stage(api_version: str, kind: str) -> str:
    """Return which sort of version no server has by default, with its article; nothing for all others."""
    group, _, name = api_version.rpartition("/")
    if group not in GROUPS:
        return ""
    if "alpha" in name:
        return "an alpha"
    if "beta" not in name or api_version in _SERVED_BETAS or (api_version, kind) in _SERVED_BETA_KINDS:
        return ""
    return "a beta"


def _fault(row: str, message: str, help: str) -> Fault:  # noqa: A002  # the name of the field that it fills
    return Fault(keyword=Keyword.INVALID, path=_AT, message=message, help=help, row=row)
