"""Rules of the API server about what a Service gets from outside of the cluster."""

from __future__ import annotations

from kgen.check.server import addresses
from kgen.check.server.errors import forbidden, invalid, renamed, unsupported
from kgen.check.server.kinds import entries
from kgen.check.server.ports import address, number
from kgen.check.server.texts import qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_POLICIES = ("Cluster", "Local")
RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_ONLY_BALANCED = "may only be set with type `LoadBalancer`"


def faults(spec: Mapping[str, Any], annotations: Mapping[str, Any], of_type: str, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about external addresses, load balancers, and external traffic."""
    for index, text in enumerate(entries(spec, "externalIPs")):
        if wrong := address(text or "", context.version):
            yield invalid("SVC026", ("spec", "externalIPs", index), wrong)
    yield from _source_ranges(spec, annotations, of_type, context)
    yield from _balancer(spec, of_type)
    yield from _traffic(spec, of_type)


def _source_ranges(
    spec: Mapping[str, Any], annotations: Mapping[str, Any], of_type: str, context: Context
) -> Iterator[Fault]:
    ranges = entries(spec, "loadBalancerSourceRanges")
    if not ranges and RANGES not in annotations:
        return
    if ranges:
        at = ("spec", "loadBalancerSourceRanges")
        # the server spells the field in its own way
        yield from renamed(_ranges(ranges, at, of_type, context), at, ("spec", "LoadBalancerSourceRanges"))
        return
    noted_at = ("metadata", "annotations", RANGES)
    if of_type != "LoadBalancer":
        yield forbidden("SVC027", noted_at, _ONLY_BALANCED)
    noted = (annotations[RANGES] or "").strip()
    for text in noted.split(",") if noted else ():
        if wrong := addresses.cidr(text.strip(), context.version):
            yield invalid("SVC028", noted_at, wrong)


def _ranges(ranges: Sequence[Any], at: Path, of_type: str, context: Context) -> Iterator[Fault]:
    if of_type != "LoadBalancer":
        yield forbidden("SVC027", at, _ONLY_BALANCED)
    for index, text in enumerate(ranges):
        if wrong := addresses.cidr((text or "").strip(), context.version):
            yield invalid("SVC028", (*at, index), wrong)


def _balancer(spec: Mapping[str, Any], of_type: str) -> Iterator[Fault]:
    name = spec.get("loadBalancerClass")
    if name is not None:
        if of_type != "LoadBalancer":
            yield forbidden("SVC029", ("spec", "loadBalancerClass"), _ONLY_BALANCED)
        elif wrong := qualified_name(name):
            yield invalid("SVC030", ("spec", "loadBalancerClass"), wrong)
    if spec.get("allocateLoadBalancerNodePorts") is not None and of_type != "LoadBalancer":
        yield forbidden("SVC031", ("spec", "allocateLoadBalancerNodePorts"), _ONLY_BALANCED)


def _traffic(spec: Mapping[str, Any], of_type: str) -> Iterator[Fault]:
    at = ("spec", "externalTrafficPolicy")
    if policy := spec.get("externalTrafficPolicy"):
        is_open = of_type in ("LoadBalancer", "NodePort") or (of_type == "ClusterIP" and spec.get("externalIPs"))
        if not is_open:
            message = "must not be set without type `NodePort` or `LoadBalancer`, or `externalIPs`"
            yield invalid("SVC032", at, message)
        elif policy not in _POLICIES:
            yield unsupported("SVC032", at, policy, _POLICIES)
    if port := spec.get("healthCheckNodePort"):
        at = ("spec", "healthCheckNodePort")
        if of_type != "LoadBalancer" or policy != "Local":
            message = "must not be set without type `LoadBalancer` and `externalTrafficPolicy: Local`"
            yield invalid("SVC033", at, message)
        elif wrong := number(port):
            yield invalid("SVC033", at, wrong)
