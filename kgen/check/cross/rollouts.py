"""
What happens while a workload is replaced by its next version.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy
"""

from __future__ import annotations

from itertools import pairwise

from kgen.check.cross.references import of_kind
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import entries, number, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.check.templates import Template
    from kgen.diag import Path

_GRACE_SECONDS = 30
_PROGRESS_SECONDS = 600
_PERIOD_SECONDS = 10
_THRESHOLD = 3
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_UNITS = {"s": 1, "m": 60, "h": 3600}
_SHORTEST_HASH, _LONGEST_HASH = 5, 64


def recreated_behind_services(resources: Resources) -> Iterator[Finding]:
    """Yield Deployments that a Service leads to, and of which no pod is left during a rollout."""
    selected: set[int] | None = None
    for each in resources.of("apps", "Deployment"):
        path = _all_at_once(each)
        if path is None or any(True for _ in of_kind(each, "PersistentVolumeClaim")):
            continue  # a volume that only one pod may use leaves no choice
        if selected is None:
            selected = {
                id(found)
                for service in resources.of("", "Service")
                if (pairs := part(service.spec, "selector"))
                for found in resources.matching(service.namespace, {"matchLabels": pairs})
            }
        if id(each) in selected:
            message = (
                "ends all pods before new ones start, so the Service that leads to them is down during each rollout"
            )
            helped = "use `RollingUpdate`, unless two versions must not run at once"
            yield _finding(each, path, message, helped, "XWRK006")


def hooks_longer_than_grace(resources: Resources) -> Iterator[Finding]:
    """Yield containers that sleep before they stop until they are killed."""
    for each in resources.all_workloads():
        template = each.template
        for at, container in template.containers("containers") if template is not None else ():
            if template is not None and "lifecycle" in container and (found := _sleep(container)):
                path, seconds = found
                grace = number(template.spec, "terminationGracePeriodSeconds")
                grace = _GRACE_SECONDS if grace is None else grace
                # of an action that is longer, the server says so itself
                if seconds >= grace > 0 and (seconds == grace or "exec" in path):
                    message = f"sleeps {seconds} s, and {grace} s after the start of the hook the container is killed"
                    helped = f"set `terminationGracePeriodSeconds` to more than {seconds}, with time to shut down"
                    yield _finding(each, (*at, *path), message, helped, "XWRK009")


def rollouts_reported_too_early(resources: Resources) -> Iterator[Finding]:
    """Yield Deployments whose pods may take longer to start than the rollout may take to go on."""
    for each in resources.of("apps", "Deployment"):
        deadline = number(each.spec, "progressDeadlineSeconds")
        deadline = _PROGRESS_SECONDS if deadline is None else deadline
        for at, container in each.template.containers("containers") if each.template else ():
            startup = part(container, "startupProbe")
            budget = number(startup, "initialDelaySeconds") or 0
            if startup:
                tries = number(startup, "failureThreshold") or _THRESHOLD
                budget += tries * (number(startup, "periodSeconds") or _PERIOD_SECONDS)
            budget += number(container, "readinessProbe", "initialDelaySeconds") or 0
            budget += number(each.spec, "minReadySeconds") or 0
            if budget >= deadline > 0:
                message = f"may take {budget} s until it is ready, but a rollout counts as failed after {deadline} s"
                helped = f"set `progressDeadlineSeconds` to more than {budget}"
                yield _finding(each, (*at, "startupProbe" if startup else "readinessProbe"), message, helped, "XWRK010")


def configuration_that_starts_nothing_again(resources: Resources) -> Iterator[Finding]:
    """Yield configuration that pods read at their start only, and whose change does not start new ones."""
    for each in resources.all_workloads():
        template = each.template
        if template is None or each.kind in {"Job", "CronJob", "Pod"} or is_watched(each, template):
            continue
        for kind in ("ConfigMap", "Secret"):
            seen: set[str] = set()
            for name, path in of_kind(each, kind):
                source = resources.get("", kind, each.namespace, name)
                if source is None or name in seen or "volumes" in path or has_hash(name):
                    continue
                seen.add(name)
                if source.value.get("immutable") is not True:
                    message = (
                        f"names {source}, whose change starts no new pods: they keep what they read at their start"
                    )
                    helped = "put a hash of the content into its name, or into an annotation of the template"
                    fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row="XWRK018")
                    yield Finding(each, fault, [(source, ("metadata", "name"), "this one")])


def immutable_without_hash(resources: Resources) -> Iterator[Finding]:
    """Yield immutable configuration that cannot be changed under its name."""
    for kind in ("ConfigMap", "Secret"):
        for each in resources.of("", kind):
            if each.value.get("immutable") is True and each.name and not has_hash(each.name):
                message = "is set, but the name has no hash or version: the next change of the content is refused"
                helped = "put a hash of the content into the name, so that a change makes a new object"
                yield _finding(each, ("immutable",), message, helped, "XWRK019")


def _all_at_once(resource: Resource) -> Path | None:
    strategy = part(resource.spec, "strategy")
    if text(strategy, "type") == "Recreate":
        return ("spec", "strategy", "type")
    if part(strategy, "rollingUpdate").get("maxUnavailable") == "100%":
        return ("spec", "strategy", "rollingUpdate", "maxUnavailable")
    return None


def _sleep(container: Mapping[str, Any]) -> tuple[Path, int] | None:
    """Return where the hook before the stop sleeps, and how many seconds."""
    hook = part(container, "lifecycle", "preStop")
    if (seconds := number(hook, "sleep", "seconds")) is not None:
        return ("lifecycle", "preStop", "sleep", "seconds"), seconds
    words: list[str] = []
    for each in entries(hook, "exec", "command"):
        words.extend(str(each).replace(";", " ").replace("&&", " ").split())
    program = words[0].rpartition("/")[2] if words else ""
    if program != "sleep" and program not in _SHELLS:
        return None
    for word, following in pairwise(words):
        if word.rpartition("/")[2] == "sleep":
            count = following.rstrip("smh")
            if count.isascii() and count.isdecimal():
                seconds = int(count[:9]) * _UNITS.get(following[len(count) :], 1)
                return ("lifecycle", "preStop", "exec", "command"), seconds
    return None


def is_watched(resource: Resource, template: Template) -> bool:
    """Tell whether an annotation changes with the content, or some controller starts the pods again."""
    own, of_pods = part(resource.value, "metadata", "annotations"), part(template.value, "metadata", "annotations")
    return any("checksum" in str(key) or "hash" in str(key) or "reloader" in str(key) for key in (*own, *of_pods))


def has_hash(name: str) -> bool:
    """
    Tell whether a name ends in a hash or a version.

    >>> has_hash("web-6f8k2mh4t9"), has_hash("web-v2"), has_hash("web-config")
    (True, True, False)
    """
    last = name.rpartition("-")[2] if "-" in name else ""
    is_hash = _SHORTEST_HASH <= len(last) <= _LONGEST_HASH and any(sign.isdigit() for sign in last)
    return is_hash or last.removeprefix("v").isdigit()


def _finding(resource: Resource, path: Path, message: str, helped: str, row: str) -> Finding:
    return Finding(resource, Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row=row))


DEFAULT = (hooks_longer_than_grace,)
STRICT = (
    recreated_behind_services,
    rollouts_reported_too_early,
    configuration_that_starts_nothing_again,
    immutable_without_hash,
)
OFF = ()
