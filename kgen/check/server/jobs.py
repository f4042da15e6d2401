"""Rules of the API server about Jobs and CronJobs."""

from __future__ import annotations

import re

from kgen.check.server import cron, pod, selectors, templates
from kgen.check.server.errors import invalid, required, too_long, unsupported
from kgen.check.server.job_policies import failure_policy, success_policy
from kgen.check.server.kinds import part
from kgen.check.server.texts import dns_label, dns_subdomain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_COUNTS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
_INDEX_COUNTS = ("backoffLimitPerIndex", "maxFailedIndexes")
_CRON_COUNTS = ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
_MODES = frozenset({"Indexed", "NonIndexed"})
_REPLACEMENTS = frozenset({"Failed", "TerminatingOrFailed"})
_CONCURRENCIES = frozenset({"Allow", "Forbid", "Replace"})
_UNIQUE = {
    "controller-uid": (1, 0),
    "job-name": (1, 0),
    "batch.kubernetes.io/controller-uid": (1, 27),
    "batch.kubernetes.io/job-name": (1, 27),
}
"""Labels that the server gives to the pods of a Job, and since when."""

_LONGEST_NAME = 63
_LONGEST_CRON_NAME = 52
_LONGEST_GENERATED = 58
_RANDOM = 5
_MANY = 100_000
_MANY_AT_ONCE = 10_000
_SINCE_FAILURE_POLICY = (1, 26)
_SINCE_PER_INDEX = (1, 29)
_SINCE_REPLACEMENT = (1, 29)
_SINCE_SUCCESS_POLICY = (1, 31)
_SINCE_MANAGED_BY = (1, 32)
_SINCE_NO_ZONE = (1, 29)


def job(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Job."""
    spec = part(value, "spec")
    name = part(value, "metadata").get("name") or ""
    is_counted = spec.get("completions") is not None or spec.get("parallelism") is not None
    yield from _spec(spec if is_counted else {**spec, "completions": 1}, ("spec",), context)
    completions = spec.get("completions") if is_counted else 1
    if spec.get("completionMode") == "Indexed" and completions and completions > 0 and name:
        last = f"{name}-{int(completions) - 1}"
        if wrong := dns_label(last):
            yield invalid("JOB003", ("metadata", "name"), f"gives the last pod a name that {wrong}")
    if spec.get("manualSelector"):
        yield from _manual_selector(spec, context)
    else:
        yield from _generated_selector(spec, name, context)


def cron_job(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a CronJob."""
    spec = part(value, "spec")
    metadata = part(value, "metadata")
    length = (
        len(metadata.get("name") or "") or min(len(metadata.get("generateName") or ""), _LONGEST_GENERATED) + _RANDOM
    )
    if length > _LONGEST_CRON_NAME:
        message = f"must have at most {_LONGEST_CRON_NAME} characters in a CronJob, but has {length}"
        yield invalid("JOB022", ("metadata", "name"), message, "the names of its Jobs are 11 characters longer")
    yield from _schedule(spec.get("schedule") or "", context)
    zone = spec.get("timeZone")
    if zone is not None and (wrong := cron.time_zone(zone)):
        yield invalid("JOB026", ("spec", "timeZone"), wrong)
    concurrency = spec.get("concurrencyPolicy")
    if concurrency and concurrency not in _CONCURRENCIES:
        yield unsupported("JOB027", ("spec", "concurrencyPolicy"), concurrency, _CONCURRENCIES)
    yield from templates.not_negative("JOB028", spec, _CRON_COUNTS, ("spec",))
    made = part(part(spec, "jobTemplate"), "spec")
    at = ("spec", "jobTemplate", "spec")
    if made.get("selector") is not None:
        yield invalid("JOB029", (*at, "selector"), "may not be set in a CronJob, which makes one for each Job")
    if made.get("manualSelector"):
        yield unsupported("JOB029", (*at, "manualSelector"), made["manualSelector"], ("false",))
    yield from _spec(made, at, context)


def _schedule(text: str, context: Context) -> Iterator[Fault]:
    at = ("spec", "schedule")
    if not text:
        yield required("JOB023", at)
    elif "TZ" in text and context.version >= _SINCE_NO_ZONE:
        yield invalid("JOB025", at, f"may not name a time zone, but is `{text}`", "put the zone into `timeZone`")
    else:
        schedule, zone = cron.without_zone(text)
        if wrong := cron.schedule(schedule) or (zone and cron.time_zone(zone)):
            yield invalid("JOB024", at, wrong)


def _generated_selector(spec: Mapping[str, Any], name: str, context: Context) -> Iterator[Fault]:
    if len(name) > _LONGEST_NAME:
        message = (
            f"becomes a label of the pods, so it must have at most {_LONGEST_NAME} characters, but has {len(name)}"
        )
        yield invalid("JOB002", ("metadata", "name"), message).named("spec.template.labels")
    labels = templates.template_labels(spec)
    # the unique id is made by the server: nobody can know it
    made = {
        label: name if label.endswith("name") else "" for label, since in _UNIQUE.items() if context.version >= since
    }
    for label in made.keys() & labels.keys():
        if not label.endswith("name") or (name and labels[label] != name):
            at = ("spec", "template", "metadata", "labels", label)
            yield invalid("JOB004", at, f"is set by the server, but is `{labels[label]}`", "leave the label out")
    selector = spec.get("selector")
    if not selector:
        return
    wrong = tuple(selectors.label_selector(selector, ("spec", "selector"), context))
    yield from wrong
    if not wrong and not selectors.matches(selector, made):
        message = "is made by the server for a Job without `manualSelector: true`"
        yield invalid("JOB004", ("spec", "selector"), message, "leave the selector out")


def _manual_selector(spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    selector = spec.get("selector")
    if selector is None:
        yield required("JOB004", ("spec", "selector"), "with `manualSelector: true`")
        return
    wrong = tuple(selectors.label_selector(selector, ("spec", "selector"), context))
    yield from wrong
    if not wrong and not selectors.matches(selector, templates.template_labels(spec)):
        yield templates.mismatch(spec)


def _spec(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with a ``JobSpec``."""
    yield from templates.not_negative("JOB001", spec, _COUNTS, at)
    if context.version >= _SINCE_PER_INDEX:
        yield from templates.not_negative("JOB001", spec, _INDEX_COUNTS, at)
    mode = spec.get("completionMode")
    if mode is not None and mode not in _MODES:
        yield unsupported("JOB005", (*at, "completionMode"), mode, _MODES)
    if mode == "Indexed":
        yield from _indexed(spec, at, context)
    else:
        yield from _not_indexed(spec, at, context)
    has_policy = context.version >= _SINCE_FAILURE_POLICY and spec.get("podFailurePolicy") is not None
    if has_policy:
        yield from failure_policy(spec, at)
    replacement = spec.get("podReplacementPolicy")
    if replacement is not None and context.version >= _SINCE_REPLACEMENT:
        allowed = frozenset({"Failed"}) if has_policy else _REPLACEMENTS
        if replacement not in allowed:
            yield unsupported("JOB019", (*at, "podReplacementPolicy"), replacement, allowed)
    manager = spec.get("managedBy")
    if manager is not None and context.version >= _SINCE_MANAGED_BY:
        yield from _managed_by(manager, (*at, "managedBy"))
    yield from pod.template(part(spec, "template"), (*at, "template"), context)


def _not_indexed(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if context.version >= _SINCE_PER_INDEX:
        for key in _INDEX_COUNTS:
            if spec.get(key) is not None:
                yield invalid("JOB008", (*at, key), "may only be set with `completionMode: Indexed`")
        yield from _needs_backoff(spec, at)
    if context.version >= _SINCE_SUCCESS_POLICY and spec.get("successPolicy") is not None:
        yield invalid("JOB020", (*at, "successPolicy"), "may only be set with `completionMode: Indexed`")


def _indexed(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    completions = spec.get("completions")
    parallelism = spec.get("parallelism") or 0
    if completions is None:
        yield required("JOB006", (*at, "completions"), "with `completionMode: Indexed`")
    if parallelism > _MANY:
        message = f"must be at most {_MANY} with `completionMode: Indexed`, but is {parallelism}"
        yield invalid("JOB007", (*at, "parallelism"), message)
    if context.version >= _SINCE_PER_INDEX:
        yield from _needs_backoff(spec, at)
        yield from _failed_indexes(spec, at)
    if completions is None:
        return
    if completions > _MANY and parallelism > _MANY_AT_ONCE:
        message = f"has {completions} completions, {parallelism} at a time, which the cluster may not keep up with"
        yield invalid("JOB030", at, message)
    policy = spec.get("successPolicy")
    if policy is not None and context.version >= _SINCE_SUCCESS_POLICY:
        yield from success_policy(policy, completions, (*at, "successPolicy"))


def _needs_backoff(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        yield required("JOB009", (*at, "backoffLimitPerIndex"), "with `maxFailedIndexes`")


def _failed_indexes(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    completions = spec.get("completions")
    failed = spec.get("maxFailedIndexes")
    if failed is not None:
        most = _MANY if completions is None else min(completions, _MANY)
        if failed > most:
            yield invalid("JOB010", (*at, "maxFailedIndexes"), f"must be at most {most}, but is {failed}")
    if completions is None or completions <= _MANY or spec.get("backoffLimitPerIndex") is None:
        return
    for key in ("maxFailedIndexes", "parallelism"):
        number = spec.get(key)
        if number is not None and number > _MANY_AT_ONCE:
            message = f"must be at most {_MANY_AT_ONCE} with more than {_MANY} completions, but is {number}"
            yield invalid("JOB011", (*at, key), message)
    if failed is None:
        yield required("JOB011", (*at, "maxFailedIndexes"), f"with more than {_MANY} completions")


def _managed_by(manager: str, at: Path) -> Iterator[Fault]:
    domain, _, path = manager.partition("/")
    if not manager:
        yield required("JOB012", at, "if it is set at all")
    elif not domain or not path:
        yield invalid("JOB012", at, f"must be a domain, `/` and a path as `example.com/queue`, but is `{manager}`")
    elif wrong := dns_subdomain(domain):
        yield invalid("JOB012", at, f"has a part before the `/` that {wrong}")
    elif not re.fullmatch(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+", path):
        message = f"has signs in `{path}` that may not be in the path of an address"
        yield invalid("JOB012", at, message)
    if len(manager.encode("utf-8", "replace")) > _LONGEST_NAME:
        yield too_long("JOB012", at, _LONGEST_NAME, len(manager.encode("utf-8", "replace")), "bytes")
