"""Service level objectives: which queries tell whether requests are good, and how fast the budget may burn."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from kgen.diag import Diagnostic, Label, Path
from kgen.features import slo
from kgen.features.metrics import Requests
from kgen.features.slo import Burn, Goal, Promise
from kgen.k8s import Target
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.platform import Platform
from kgen.prometheus import bound
from kgen.resolve import installed, monitoring
from kgen.resolve.kinds import RUNS_FOR_EVER

_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
_URGENT = (("0.02", 1, "1h", "5m"), ("0.05", 6, "6h", "30m"))
_SLOW = (("0.1", 24, "1d", "2h"), ("0.1", 72, "3d", "6h"))
"""Share of the budget, hours in which it is used up, the long window and the short one."""

_ALERTS = ("ErrorBudgetBurnsFast", "ErrorBudgetBurnsSlowly", "ObjectiveWithoutData")


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield objectives that nothing measures."""
    for name, component in app.components.items():
        if component.slo and component.type in RUNS_FOR_EVER:
            at: Path = ("components", name, "slo")
            yield from _faults(component, at)
            if not (component.metrics and not component.metrics.off):
                continue  # whoever declares metrics has to declare the custom resource, too
            yield from installed.faults(platform, slo.API_VERSION, "PrometheusRule", at)


def _faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    given = component.slo
    requests = component.metrics.requests if component.metrics and not component.metrics.off else None
    if given is None:
        return
    if given.availability is None and given.latency is None:
        yield Diagnostic(
            rule=slo.NO_OBJECTIVE,
            message="`slo` has no objective",
            at=Label(at, on="key"),
            help="add `availability: 99.9`, or `latency: {target: 300ms, percent: 95}`",
        )
    elif requests is None or not (requests.counter or requests.histogram):
        yield Diagnostic(
            rule=slo.NO_REQUESTS,
            message=f"`{at[1]}` does not say which metrics count its requests",
            at=Label(at, on="key"),
            help="add `metrics: {requests: {counter: http_requests_total, histogram: http_request_duration_seconds}}`",
        )
    elif given.latency and not requests.histogram:
        yield Diagnostic(
            rule=slo.NO_REQUESTS,
            message="nothing measures how long requests take",
            at=Label((*at, "latency"), on="key"),
            related=(Label((at[0], at[1], "metrics", "requests"), "no `histogram` here", on="key"),),
            help="add `histogram: http_request_duration_seconds` to `metrics.requests`",
        )


def promise(component: Component, target: Target, platform: Platform, *, by_service: bool) -> Promise | None:
    """Return the objectives of ``component``; ``faults`` has found nothing."""
    given = component.slo
    requests = component.metrics.requests if component.metrics else None
    if given is None or requests is None:
        return None
    which = f'namespace="{target.namespace}", job="{monitoring.scrape_job(target, by_service=by_service)}"'
    days = int(given.window[:-1])
    goals = []
    if given.availability:
        summary = f"{given.availability} % of the requests are answered without an error"
        goals.append(_goal("availability", summary, _failed(requests, which), given.availability, days))
    if given.latency:
        summary = f"{given.latency.percent} % of the requests are answered within {given.latency.target}"
        ratio = _slow(requests, which, given.latency.target)
        goals.append(_goal("latency", summary, ratio, given.latency.percent, days))
    pages = {name: page for name in _ALERTS if (page := platform.monitoring.runbook(name))}
    return Promise(goals=tuple(goals), windows=_WINDOWS, runbooks=pages, labels=platform.monitoring.labels)


def _goal(name: Literal["availability", "latency"], summary: str, ratio: str, percent: str, days: int) -> Goal:
    budget = (100 - Decimal(percent)) / 100
    return Goal(
        name=name,
        summary=summary,
        ratio=ratio,
        budget=f"{budget.normalize():f}",
        allowed=f"{(budget * 100).normalize():f}",
        urgent=tuple(_burns(_URGENT, budget, days)),
        slow=tuple(_burns(_SLOW, budget, days)),
    )


def _burns(which: tuple[tuple[str, int, str, str], ...], budget: Decimal, days: int) -> Iterator[Burn]:
    """Yield the conditions that can hold: no more than all requests can be bad."""
    for share, hours, long, short in which:
        factor = (Decimal(share) * days * 24 / hours).quantize(Decimal("0.001"))
        if factor * budget < 1:
            yield Burn(factor=f"{factor.normalize():f}", long=long, short=short)


def _failed(requests: Requests, which: str) -> str:
    counter = requests.counter or f"{requests.histogram}_count"
    errors = requests.errors.replace("\\", "\\\\").replace('"', '\\"')
    return (
        # without an error yet there is no such series
        f'(sum(rate({counter}{{{which}, {requests.label}=~"{errors}"}}[$window])) or vector(0))\n'
        f"/\nsum(rate({counter}{{{which}}}[$window]))"
    )


def _slow(requests: Requests, which: str, target: str) -> str:
    size = bound(target)
    # clients in Python write whole seconds as `1.0`, those in Go as `1`
    matcher = f'le="{size}"' if "." in size else f'le=~"{size}|{size}[.]0"'
    return (
        f"1 - (\n  sum(rate({requests.histogram}_bucket{{{which}, {matcher}}}[$window]))\n"
        f"  /\n  sum(rate({requests.histogram}_count{{{which}}}[$window]))\n)"
    )
