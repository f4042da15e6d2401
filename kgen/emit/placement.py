"""
The fields of a pod that say where it runs and which names it knows.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from typing import Any

from kgen.model.placement import Affinity, Toleration
from kgen.model.plan import Workload
from kgen.model.pod_plan import Placement
from kgen.units import seconds

_HOST = "kubernetes.io/hostname"


def names(given: Placement) -> dict[str, Any]:
    """Return what the pod knows about names: of images' registries, of hosts, of name servers."""
    made: dict[str, Any] = {}
    if given.pull_secrets:
        made["imagePullSecrets"] = [{"name": name} for name in given.pull_secrets]
    if given.host_aliases:
        hosts: dict[str, list[str]] = {}
        for host, address in given.host_aliases.items():
            hosts.setdefault(address, []).append(host)
        made["hostAliases"] = [{"ip": address, "hostnames": each} for address, each in hosts.items()]
    if given.dns and given.dns.policy not in {None, "ClusterFirst"}:
        made["dnsPolicy"] = given.dns.policy
    if given.dns and (given.dns.nameservers or given.dns.searches or given.dns.options):
        options = [{"name": name} | ({"value": value} if value else {}) for name, value in given.dns.options.items()]
        parts = (("nameservers", [*given.dns.nameservers]), ("searches", [*given.dns.searches]), ("options", options))
        made["dnsConfig"] = {key: part for key, part in parts if part}
    return made


def place(workload: Workload) -> dict[str, Any]:
    """Return where the pod may run."""
    given = workload.placement
    made: dict[str, Any] = {}
    if given.priority_class:
        made["priorityClassName"] = given.priority_class
    if given.runtime_class:
        made["runtimeClassName"] = given.runtime_class
    if given.node_selector:
        made["nodeSelector"] = dict(given.node_selector)
    if given.affinity and (affinity := _affinity(given.app, given.affinity)):
        made["affinity"] = affinity
    if given.tolerations:
        made["tolerations"] = [_toleration(each) for each in given.tolerations]
    if workload.spread.when != "none" and workload.spread.topologies:
        made["topologySpreadConstraints"] = _spread(workload)
    return made


def _affinity(app: str, given: Affinity) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if given.nodes:
        rules = []
        for rule in given.nodes:
            operator = rule.operator or ("In" if rule.values else "Exists")
            values = {"values": [*rule.values]} if rule.values else {}
            rules.append({"key": rule.key, "operator": operator, **values})
        terms = {"nodeSelectorTerms": [{"matchExpressions": rules}]}
        made["nodeAffinity"] = {"requiredDuringSchedulingIgnoredDuringExecution": terms}
    for key, components in (("podAffinity", given.beside), ("podAntiAffinity", given.apart_from)):
        if not components:
            continue
        terms_of = [
            {
                "labelSelector": {"matchLabels": {"app.kubernetes.io/component": each, "app.kubernetes.io/name": app}},
                "topologyKey": _HOST,
            }
            for each in components
        ]
        made[key] = (
            {"requiredDuringSchedulingIgnoredDuringExecution": terms_of}
            if given.when == "required"
            else {
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    {"weight": 100, "podAffinityTerm": term} for term in terms_of
                ]
            }
        )
    return made


def _toleration(given: Toleration) -> dict[str, Any]:
    made: dict[str, Any] = {"key": given.key} if given.key else {}
    if given.value is None:
        made["operator"] = given.operator or "Exists"
    else:
        made["value"] = given.value
    if given.effect:
        made["effect"] = given.effect
    if given.seconds:
        made["tolerationSeconds"] = seconds(given.seconds)
    return made


def _spread(workload: Workload) -> list[dict[str, Any]]:
    """Return constraints that keep the pods apart: a lost node or zone takes only its share."""
    when = "DoNotSchedule" if workload.spread.when == "required" else "ScheduleAnyway"
    # only pods of the same revision count, or a rolling update would leave the new ones lopsided
    revision = {"matchLabelKeys": ["pod-template-hash"]} if workload.spread_by_revision else {}
    return [
        {
            "maxSkew": workload.spread.max_skew,
            "topologyKey": key,
            "whenUnsatisfiable": when,
            "labelSelector": {"matchLabels": workload.target.selector},
            **revision,
        }
        for key in workload.spread.topologies
    ]
