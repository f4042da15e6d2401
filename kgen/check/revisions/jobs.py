"""
Jobs: nearly all of a Job is fixed when it is created.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/batch/validation/validation.go
"""

from __future__ import annotations

from kgen.check.reading import at, part
from kgen.check.revisions.canonical import canonical, differences
from kgen.check.revisions.changes import change, fixed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from kgen.check.cross.resources import Finding
    from kgen.check.resource import Resource
    from kgen.diag import Path

_FIELDS = ("selector", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy")
_HELP = "delete the Job first, or give the new one another name, as `generateName` does"
_TEMPLATE = ("spec", "template")
_SCHEDULING = ("nodeSelector", "tolerations", "schedulingGates")
"""What may be changed as long as a Job was never started; so may the affinity to nodes, and requests since 1.36."""


def fixed_jobs(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield what cannot be changed about a Job that may be there."""
    if before.spec.get("ttlSecondsAfterFinished") is not None:
        return  # it is deleted some time after its end
    for field in _FIELDS:
        yield from fixed("XREV003", before, after, ("spec", field), helped=_HELP)
    yield from fixed("XREV003", before, after, ("spec", "completionMode"), default="NonIndexed", helped=_HELP)
    if not _is_elastic(before, after):
        yield from fixed("XREV003", before, after, ("spec", "completions"), default=_completions(before), helped=_HELP)
    path = _changed(before, after)
    if path is not None:
        yield change("XREV003", before, after, path, _HELP)


def _is_elastic(before: Resource, after: Resource) -> bool:
    """Tell whether the Job may change its completions, as they are its parallelism."""
    return all(
        each.spec.get("completionMode") == "Indexed" and each.spec.get("completions") == each.spec.get("parallelism", 1)
        for each in (before, after)
    )


def _completions(job: Resource) -> int | None:
    """Return what the server fills in: one, unless there is a parallelism."""
    return 1 if job.spec.get("parallelism") is None else None


def _changed(before: Resource, after: Resource) -> Path | None:
    """Return the place of the first difference between the templates."""
    old, new = (canonical(part(each.value, *_TEMPLATE), "template") for each in (before, after))
    if before.spec.get("suspend") is True:
        old, new = _without_scheduling(old), _without_scheduling(new)
    first = next(differences(old, new), None)
    return None if first is None else (*_TEMPLATE, *first)


def _without_scheduling(template: dict[str, Any]) -> dict[str, Any]:
    spec = {key: each for key, each in part(template, "spec").items() if key not in _SCHEDULING}
    affinity = {key: each for key, each in part(spec, "affinity").items() if key != "nodeAffinity"}
    spec["affinity"] = affinity
    for key in ("containers", "initContainers"):
        found = at(spec, (key,))
        if isinstance(found, list):
            spec[key] = [
                {name: each for name, each in container.items() if name != "resources"}
                for container in found
                if isinstance(container, dict)
            ]
    return {"spec": spec}


RULES = {("batch", "Job"): (fixed_jobs,)}
