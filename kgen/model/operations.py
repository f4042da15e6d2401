"""What kgen.yaml says about monitoring and backups: whose objects they are, and where they live."""

from kgen.labels import LabelKey, LabelValue
from kgen.scalars import Name
from kgen.spec import Spec


class Monitoring(Spec):
    """The Prometheus that watches the apps."""

    namespace: Name = "monitoring"
    """Namespace that it runs in; NetworkPolicies let it reach the ports with metrics."""

    labels: dict[LabelKey, LabelValue] = {}
    """Labels of monitors and rules that it looks for, as `release: kube-prometheus-stack`."""
