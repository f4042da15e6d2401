"""How new pods take the place of old ones."""

from typing import Literal

from kgen.features.disruption import Amount
from kgen.scalars import Count
from kgen.spec import Spec


class Update(Spec):
    """How new pods take the place of old ones (`strategy` of a Deployment, `updateStrategy` of the others)."""

    strategy: Literal["rolling", "recreate", "on-delete"] | None = None
    """`rolling`: a few at a time; `recreate` (web, worker): all at once; `on-delete` (daemon, stateful): by hand."""

    max_unavailable: Amount | None = None
    """Pods that may be missing meanwhile; none for web and worker by default, 1 for daemon."""

    max_surge: Amount | None = None
    """Pods that may run on top meanwhile; `25%` for web and worker by default, none for daemon."""

    partition: Count | None = None
    """Pods of a stateful component below this number keep the old revision."""
