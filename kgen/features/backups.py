"""
Backup: copies of volumes and databases on a schedule, kept for a while.

What is done is the platform's choice in kgen.yaml. Volumes: a Schedule of Velero, or a SnapshotSchedule of
snapscheduler. Kubernetes itself has no object for it, and a CronJob that makes VolumeSnapshots would need an image with
kubectl, rights on the API in every namespace, and the rotation as a script; so kgen makes none. Databases: a CronJob
that dumps the database with its own tool and copies the file into a bucket.

Source: https://velero.io/docs/main/api-types/schedule/, https://backube.github.io/snapscheduler/
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator

from kgen.diag import Rule
from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass, replace
from kgen.scalars import INVALID_DURATION, Schedule, matching
from kgen.source import Node
from kgen.spec import Spec

NOTHING = Rule(
    code="KG3185",
    name="backup-of-nothing",
    explain="A backup that holds nothing is found out on the day that it is needed.",
)
NO_PLACE = Rule(
    code="KG3186",
    name="backup-without-place",
    explain="How volumes and databases are saved, and where to, is the platform's choice in kgen.yaml.",
)
RULES = (NOTHING, NO_PLACE)

Folders: TypeAlias = Mapping[str, tuple[dict[str, Any], dict[str, Any]]]
"""Secret → volume and mount of the driver that makes it."""

Days: TypeAlias = Annotated[
    str, AfterValidator(matching(INVALID_DURATION, r"[1-9]\d{0,3}d", "a number of days", "write it like `30d`"))
]


class Backup(Spec):
    """When to save, and for how long to keep it. A schedule alone is short for `{schedule: …}`."""

    schedule: Schedule
    """Five fields, or `@daily`; in UTC."""

    keep: Days = "30d"
    """How long a copy is kept."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, schedule=node)


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeBackup:
    """The volumes of a component."""

    by: Literal["velero", "snapshots"]
    schedule: str
    days: int
    namespace: str = ""
    """Velero's."""

    location: str = ""
    """Velero's storage location; empty: its default one."""

    files: bool = False
    """Velero copies files instead of asking the storage for a snapshot."""

    snapshot_class: str = ""
    """VolumeSnapshotClass; empty: the cluster's default one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An environment variable: a value, or a key of a Secret."""

    name: str
    value: str = ""
    secret: str = ""
    key: str = ""
    by_operator: bool = False
    """Whether an operator makes the Secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """A database that is dumped into a bucket."""

    tool: Literal["pg_dump", "mysqldump"]
    schedule: str
    days: int
    image: str
    """Image with the tool, of the server's version."""

    database: tuple[Setting, ...]
    uploader: str
    """Image with rclone."""

    bucket: tuple[Setting, ...]
    folder: str
    """Bucket, and folder in it."""

    space: str
    """Size of the scratch space for the dump."""

    user: int
    pull_secrets: tuple[str, ...] = ()


_DIRECTORY: Final = "/dump"
_DUMPS: Final = {
    # `custom` is compressed, and restores single tables
    "pg_dump": ("dump", ["pg_dump", "--format=custom", f"--file={_DIRECTORY}/dump"]),
    "mysqldump": (
        "sql.gz",
        [
            "bash",
            "-c",
            (
                'set -o pipefail; mysqldump --host="$DB_HOST" --port="$DB_PORT" --user="$DB_USER" --single-transaction '
                # which transactions a replica has had is no business of one database, and takes rights on the server
                f'--set-gtid-purged=OFF --routines --no-tablespaces "$DB_NAME" | gzip > {_DIRECTORY}/dump'
            ),
        ],
    ),
}
"""Tool → ending of the file, and the command."""

_UPLOAD: Final = (
    f'rclone copyto {_DIRECTORY}/dump "bucket:$FOLDER/$(date -u +%Y-%m-%dT%H%M%SZ).{{ending}}"'
    # only after a copy has arrived, or a run of failures would leave nothing
    ' && rclone delete --min-age {days}d "bucket:$FOLDER"'
)


def emit_volumes(plan: VolumeBackup, target: Target) -> Iterator[Manifest]:
    """Build what saves the volumes of ``target``'s component."""
    hours = plan.days * 24
    if plan.by == "snapshots":
        spec: dict[str, Any] = {
            "claimSelector": {"matchLabels": target.selector},
            "retention": {"expires": f"{hours}h"},
            "schedule": plan.schedule,
        }
        if plan.snapshot_class:
            spec["snapshotTemplate"] = {"snapshotClassName": plan.snapshot_class}
        yield manifest("snapscheduler.backube/v1", "SnapshotSchedule", target, spec=spec)
        return
    template: dict[str, Any] = {
        # or a Backup takes the Schedule's labels, Argo CD's among them, which would remove it as its own
        "metadata": {"labels": target.labels},
        "includedNamespaces": [target.namespace],
        "labelSelector": {"matchLabels": target.selector},
        "ttl": f"{hours}h0m0s",
    }
    if plan.location:
        template["storageLocation"] = plan.location
    if plan.files:
        template["defaultVolumesToFsBackup"] = True
    # all Schedules are in Velero's namespace, whatever they save
    place = replace(target, namespace=plan.namespace)
    name = f"{target.namespace}-{target.name}"
    yield manifest("velero.io/v1", "Schedule", place, name=name, spec={"schedule": plan.schedule, "template": template})


def emit_dump(plan: Dump, target: Target, account: str, folders: Folders) -> Iterator[Manifest]:
    """
    Build the CronJob that dumps a database: the first container writes the file, the second one takes it away.

    Args:
        plan: What is dumped, and where it goes.
        target: The CronJob.
        account: Name of the ServiceAccount.
        folders: Secrets that are made while a pod mounts them.
    """
    ending, command = _DUMPS[plan.tool]
    upload = _UPLOAD.format(ending=ending, days=plan.days)
    where = Setting(name="FOLDER", value=plan.folder)
    identity = {
        "runAsNonRoot": True,
        "runAsUser": plan.user,
        "runAsGroup": plan.user,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    pod = {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": identity,
        **({"imagePullSecrets": [{"name": name} for name in plan.pull_secrets]} if plan.pull_secrets else {}),
        "restartPolicy": "Never",
        "initContainers": [_container("dump", plan.image, command, plan.database, folders)],
        "containers": [
            _container("upload", plan.uploader, ["sh", "-c", upload], (*plan.bucket, where), folders),
        ],
        "volumes": [
            {"name": "dump", "emptyDir": {"sizeLimit": plan.space}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
            *(volume for volume, _ in folders.values()),
        ],
    }
    job = {"backoffLimit": 2, "template": {"metadata": {"labels": target.labels}, "spec": pod}}
    yield manifest("batch/v1", "CronJob", target, spec={
        "schedule": plan.schedule,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 300,
        "jobTemplate": {"metadata": {"labels": target.labels}, "spec": job},
    })  # fmt: skip


def _container(
    name: str, image: str, command: list[str], settings: tuple[Setting, ...], folders: Folders
) -> dict[str, Any]:
    used = {each.secret for each in settings}
    amounts = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "256Mi"}}
    return {
        "name": name,
        "image": image,
        "command": command,
        "env": [_variable(each) for each in settings],
        "resources": amounts,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "dump", "mountPath": _DIRECTORY},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # in the container
            *(place for secret, (_, place) in folders.items() if secret in used),
        ],
    }


def _variable(setting: Setting) -> dict[str, Any]:
    if setting.secret:
        return {"name": setting.name, "valueFrom": {"secretKeyRef": {"name": setting.secret, "key": setting.key}}}
    return {"name": setting.name, "value": setting.value}
