"""What kgen.yaml says about monitoring and backups: whose objects they are, and where they live."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator

from kgen.features.dashboards import Grafana
from kgen.labels import LabelKey, LabelValue
from kgen.model.container import Image
from kgen.scalars import INVALID_HOST, INVALID_NAME, INVALID_REFERENCE, Memory, Name, ObjectName, Word, matching
from kgen.spec import Spec, fault

_ALERT = "{alert}"


def _page(text: str) -> str:
    if _ALERT not in text:
        way_out = f"write `{_ALERT}` where the name of the alert belongs, as `https://runbooks.example.com/{_ALERT}`"
        raise fault(INVALID_REFERENCE, f"`{text}` is the same page for all alerts", way_out)
    return text


Page: TypeAlias = Annotated[str, AfterValidator(_page)]
"""Address with ``{alert}`` in it."""

Bucket: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME,
            r"[a-z0-9][a-z0-9.-]+[a-z0-9]",
            "a name of a bucket",
            "use lower-case letters, digits, `-` and `.`",
            63,
        )
    ),
]
Endpoint: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_HOST,
            r"https?://[a-z0-9.-]+(:\d{1,5})?/?",
            "an address of a service",
            "write it like `https://s3.example.com`",
        )
    ),
]


class Monitoring(Spec):
    """The Prometheus that watches the apps."""

    namespace: Name = "monitoring"
    """Namespace that it runs in; NetworkPolicies let it reach the ports with metrics."""

    labels: dict[LabelKey, LabelValue] = {}
    """Labels of monitors and rules that it looks for, as `release: kube-prometheus-stack`."""

    dashboards: Grafana = Grafana()
    """How dashboards get into Grafana."""

    runbooks: Page | None = None
    """Address of the page about an alert, as `https://runbooks.example.com/{alert}`."""

    def runbook(self, alert: str) -> str:
        """Return the address of the page about ``alert``, empty if there are none."""
        return (self.runbooks or "").replace(_ALERT, alert)


class Velero(Spec):
    """Velero, which saves volumes and the objects that belong to them."""

    namespace: Name = "velero"
    """Namespace that it runs in; its Schedules are there."""

    location: ObjectName | None = None
    """BackupStorageLocation; Velero's default one if left out."""

    files: bool = False
    """Copy files (`defaultVolumesToFsBackup`), where the storage can make no snapshots."""


class Dumps(Spec):
    """A bucket for dumps of databases, with the interface of Amazon S3."""

    bucket: Bucket
    """Name of the bucket. A dump is `<namespace>/<need>/<time>` in it."""

    secret: ObjectName
    """Secret in the app's namespace, with the keys `access-key-id` and `secret-access-key`."""

    endpoint: Endpoint | None = None
    """Address of the service, as `https://s3.example.com`; Amazon's if left out."""

    region: Word = "us-east-1"
    """Region of the bucket."""

    space: Memory = "10Gi"
    """Scratch space for one dump, on the node."""

    uploader: Image = Image(repository="rclone/rclone", tag="1.71.2")
    """Image with rclone and a shell."""


class Backups(Spec):
    """How volumes and databases are saved, and where to."""

    volumes: Literal["velero", "snapshots"] | None = None
    """`velero`, or `snapshots` for VolumeSnapshots by snapscheduler; that it is chosen says that it is installed."""

    velero: Velero = Velero()
    """What is said to Velero."""

    snapshot_class: ObjectName | None = None
    """VolumeSnapshotClass of `snapshots`; the cluster's default one if left out."""

    dumps: Dumps | None = None
    """Where dumps of databases go."""
