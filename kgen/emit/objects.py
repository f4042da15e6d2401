"""Plan → objects. A table: each part of the plan that is there becomes the objects of its feature."""

from collections.abc import Iterator

from kgen.emit.workload import workload
from kgen.features import (
    account,
    admission,
    alerts,
    autoscaling,
    backups,
    configuration,
    dashboards,
    disruption,
    external,
    gateway,
    metrics,
    namespace,
    network,
    operators,
    routes,
    secrets,
    service,
    slo,
    stateful,
    triggers,
    vertical_scaling,
    volumes,
)
from kgen.features.account import Account
from kgen.features.secrets import SecretFolder
from kgen.k8s import Emitted, Manifest
from kgen.model.plan import DatabaseBackup, Operated, Plan, Workload


def emit(plan: Plan) -> Iterator[Emitted]:
    """Yield every object of ``plan``, in the order in which they are applied."""
    for made in _shared(plan):
        yield Emitted(manifest=made)
    for each in plan.operated:
        for made in _operated(each):
            yield Emitted(manifest=made, origin=each.target.origin)
    for name in plan.externals:
        for made in external.emit(name.host, name.target):
            yield Emitted(manifest=made, origin=name.target.origin)
    for part in (*plan.servers, *plan.workloads):
        for made in _objects(part, plan.account):
            yield Emitted(manifest=made, origin=part.target.origin)
    for backup in plan.backups:
        for made in _backup(backup, plan.account):
            yield Emitted(manifest=made, origin=backup.target.origin)


def _backup(backup: DatabaseBackup, account_name: str) -> Iterator[Manifest]:
    if backup.network:
        yield from network.emit(backup.network, backup.early)
    mounts = backup.secret_mounts
    stores = zip(mounts, secrets.volumes(mounts), secrets.volume_mounts(mounts), strict=True)
    folders = {each.secret_class: (volume, place) for each, volume, place in stores if isinstance(each, SecretFolder)}
    yield from backups.emit_dump(backup.dump, backup.target, account_name, folders)
    if backup.watch:
        yield from alerts.emit(backup.watch, backup.target)


def _shared(plan: Plan) -> Iterator[Manifest]:
    """Yield the objects of the whole app."""
    if plan.creates_namespace:
        yield from namespace.emit(plan.namespace, plan.security_level, plan.target)
    if plan.workloads:  # hosts outside run under no account
        yield from account.emit(Account(name=plan.account, is_made=True), plan.target)
    if plan.guard:
        yield from admission.emit(plan.guard, plan.target)
    if plan.watch:
        yield from alerts.emit(plan.watch, plan.target)
    yield from secrets.emit(plan.provided, plan.target)


def _operated(each: Operated) -> Iterator[Manifest]:
    if each.network:
        yield from network.emit(each.network, each.early, each.pods)
    yield from operators.emit(each.cluster, each.target)


def _objects(part: Workload, service_account: str) -> Iterator[Manifest]:
    yield from configuration.emit(part.configuration, part.early)
    if part.network:
        yield from network.emit(part.network, part.early)
    yield from volumes.emit(part.claims, part.storage)
    if part.account:
        yield from account.emit(part.account, part.early)
    yield workload(part, part.account.name if part.account else service_account)
    yield from _reached(part)
    yield from _number(part)
    if part.monitor:
        yield from metrics.emit(part.monitor, part.target)
    if part.gallery:
        yield from dashboards.emit(part.gallery, part.storage)
    if part.backup:
        yield from backups.emit_volumes(part.backup, part.target)
    if part.promise:
        yield from slo.emit(part.promise, part.target)
    if part.watch:
        yield from alerts.emit(part.watch, part.storage)  # never a hook


def _reached(part: Workload) -> Iterator[Manifest]:
    """Yield what brings connections to the pods, from within and from outside."""
    if part.service:
        yield from service.emit(part.service, part.target)
    yield from service.outside(part.public, part.target)
    if part.governing:
        yield from stateful.emit(part.governing, part.target)
    yield from routes.emit(part.ingresses, part.target)
    if part.gateway:
        yield from gateway.emit(part.gateway, part.target)


def _number(part: Workload) -> Iterator[Manifest]:
    """Yield what decides how many pods there are, and how many of them may go."""
    if part.autoscaling:
        yield from autoscaling.emit(part.autoscaling, part.target)
    if part.scaler:
        yield from triggers.emit(part.scaler, part.target)
    if part.is_watched:
        yield from vertical_scaling.emit(part.kind, part.target)
    if part.disruption:
        yield from disruption.emit(part.disruption, part.target)
