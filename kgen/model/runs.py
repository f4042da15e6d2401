"""How runs of jobs are shared out over pods, and what a failure means."""

from typing import Annotated, Literal, TypeAlias

from annotated_types import Interval

from kgen.scalars import Count
from kgen.spec import Spec

ExitCode: TypeAlias = Annotated[int, Interval(ge=1, le=255)]


class FailureRule(Spec):
    """What the failure of a pod means (`podFailurePolicy`). Exactly one of `exitCodes` and `disruption` is given."""

    exit_codes: tuple[ExitCode, ...] | None = None
    """Exit codes of the component's container."""

    disruption: Literal[True] | None = None
    """The pod was taken away: by a drain, a preemption, or a node that went."""

    action: Literal["fail-job", "fail-index", "ignore", "count"] | None = None
    """`fail-job` ends the run, `ignore` starts a pod for nothing, `count` as a retry; for `disruption`, `ignore`."""


class History(Spec):
    """How many runs of a cron component are kept."""

    successes: Count = 3
    """Runs that succeeded (`successfulJobsHistoryLimit`)."""

    failures: Count = 1
    """Runs that failed (`failedJobsHistoryLimit`)."""
