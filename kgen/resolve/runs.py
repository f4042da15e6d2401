"""Jobs of several pods: what belongs together, and which Kubernetes versions know it."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.platform import Platform
from kgen.model.runs import FailureRule
from kgen.resolve.rules import NEEDED_FOR_TYPE, WITHOUT_EFFECT
from kgen.resolve.versions import too_old
from kgen.spec import CHOOSE_ONE

PER_INDEX_SINCE = "1.29"
FAILURE_POLICY_SINCE = "1.26"


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield fields of jobs that cannot do without another one, or that a declared version does not know."""
    for name, component in app.components.items():
        at: Path = ("components", name)
        yield from _index_faults(component, platform, at)
        if component.on_failure:
            yield from too_old(platform, "`onFailure`", FAILURE_POLICY_SINCE, (*at, "onFailure"))
        for index, rule in enumerate(component.on_failure):
            yield from _rule_faults(component, rule, (*at, "onFailure", index))


def _index_faults(component: Component, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    if component.completion_mode and component.completions is None:
        yield _needs("`completionMode: indexed`", "completions", (*at, "completionMode"))
    if component.retries_per_index is not None:
        yield from too_old(platform, "`retriesPerIndex`", PER_INDEX_SINCE, (*at, "retriesPerIndex"))
        if not component.completion_mode:
            yield _needs("`retriesPerIndex`", "completionMode: indexed", (*at, "retriesPerIndex"))
    if component.max_failed_indexes is not None and component.retries_per_index is None:
        yield _needs("`maxFailedIndexes`", "retriesPerIndex", (*at, "maxFailedIndexes"))
    if component.completions and (component.max_failed_indexes or 0) > component.completions:
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message=f"there are only {component.completions} indexes",
            at=Label((*at, "maxFailedIndexes")),
            related=(Label((*at, "completions"), "one each"),),
            help="lower `maxFailedIndexes`",
        )
    if (component.parallelism or 1) > (component.completions or component.parallelism or 1):
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message=f"no more than {component.completions} pods ever run at once",
            at=Label((*at, "parallelism")),
            related=(Label((*at, "completions"), "as many have to succeed"),),
            help="lower `parallelism`",
        )


def _rule_faults(component: Component, rule: FailureRule, at: Path) -> Iterator[Diagnostic]:
    if bool(rule.exit_codes) == bool(rule.disruption):
        both = rule.disruption is not None
        yield Diagnostic(
            rule=CHOOSE_ONE,
            message="both `exitCodes` and `disruption` are given" if both else "neither is given",
            at=Label((*at, "disruption") if both else at, on="key"),
            help="give exactly one of the two",
        )
    if rule.action == "fail-index" and component.retries_per_index is None:
        yield _needs("`fail-index`", "retriesPerIndex", (*at, "action"))
    if rule.exit_codes is not None and rule.action is None:
        yield _needs("a rule on exit codes", "action", at)


def _needs(what: str, other: str, at: Path) -> Diagnostic:
    return Diagnostic(rule=NEEDED_FOR_TYPE, message=f"{what} needs `{other}`", at=Label(at, on="key"), help="add it")
