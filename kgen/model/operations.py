"""What kgen.yaml says about monitoring and backups: whose objects they are, and where they live."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.labels import LabelKey, LabelValue
from kgen.scalars import INVALID_REFERENCE, Name
from kgen.spec import Spec, fault

_ALERT = "{alert}"


def _page(text: str) -> str:
    if _ALERT not in text:
        way_out = f"write `{_ALERT}` where the name of the alert belongs, as `https://runbooks.example.com/{_ALERT}`"
        raise fault(INVALID_REFERENCE, f"`{text}` is the same page for all alerts", way_out)
    return text


Page: TypeAlias = Annotated[str, AfterValidator(_page)]
"""Address with ``{alert}`` in it."""


class Monitoring(Spec):
    """The Prometheus that watches the apps."""

    namespace: Name = "monitoring"
    """Namespace that it runs in; NetworkPolicies let it reach the ports with metrics."""

    labels: dict[LabelKey, LabelValue] = {}
    """Labels of monitors and rules that it looks for, as `release: kube-prometheus-stack`."""

    runbooks: Page | None = None
    """Address of the page about an alert, as `https://runbooks.example.com/{alert}`."""

    def runbook(self, alert: str) -> str:
        """Return the address of the page about ``alert``, empty if there are none."""
        return (self.runbooks or "").replace(_ALERT, alert)
