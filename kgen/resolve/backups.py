"""What is saved, by whom, and where it goes."""

from collections.abc import Iterable, Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features import backups
from kgen.features.backups import Dump, VolumeBackup
from kgen.features.network import Access, Edge, PeerPort
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.image_plan import UID
from kgen.model.needs import NeedType
from kgen.model.operations import Dumps
from kgen.model.plan import Address, DatabaseBackup, Part, SecretKey, Variable
from kgen.model.platform import Platform
from kgen.resolve import alerts, images, names, needs, network, placement, secret_mounts
from kgen.resolve.rules import NAME_TAKEN, NAME_TOO_LONG
from kgen.resolve.secrets import Setting
from kgen.words import listed

_LONGEST = 52
"""Characters in the name of a CronJob."""

_VARIABLES: Mapping[NeedType, Mapping[str, str]] = {
    # names that libpq reads by itself
    "postgres": {
        "PGHOST": "host",
        "PGPORT": "port",
        "PGUSER": "username",
        "PGPASSWORD": "password",
        "PGDATABASE": "database",
    },
    "mysql": {
        "DB_HOST": "host",
        "DB_PORT": "port",
        "DB_USER": "username",
        "MYSQL_PWD": "password",
        "DB_NAME": "database",
    },
}


def name_of(need: str) -> str:
    """Return what the backup of a need is called beside components."""
    return f"{need}-backup"


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield backups of nothing, and those that have nowhere to go."""
    for name, component in app.components.items():
        if component.backup:
            yield from _volume_faults(component, platform, ("components", name, "backup"))
    for name, need in app.needs.items():
        if need.backup:
            yield from _dump_faults(app, name, platform, ("needs", name, "backup"))


def _volume_faults(component: Component, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    if not any(volume.type == "persistent" for volume in component.volumes.values()):
        yield Diagnostic(
            rule=backups.NOTHING,
            message=f"`{at[1]}` has no persistent volume that could be saved",
            at=Label(at, on="key"),
            help="remove it, or move it to the volume's component; a database is saved by `backup` of its need",
        )
    elif platform.backups.volumes is None:
        yield Diagnostic(
            rule=backups.NO_PLACE,
            message="kgen.yaml does not say how volumes are saved",
            at=Label(at, on="key"),
            help="add `backups: {volumes: velero}` or `backups: {volumes: snapshots}` to kgen.yaml",
        )


def _dump_faults(app: App, name: str, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    kind, made = app.needs[name].type, name_of(name)
    if kind not in _VARIABLES:
        yield Diagnostic(
            rule=backups.NOTHING,
            message=f"kgen knows no dump of `{kind}`",
            at=Label(at, on="key"),
            help=f"remove it; dumps are made of {listed(sorted(_VARIABLES), 'and')}",
        )
        return
    if platform.backups.dumps is None:
        yield Diagnostic(
            rule=backups.NO_PLACE,
            message="kgen.yaml does not say where dumps of databases go",
            at=Label(at, on="key"),
            help="add `backups: {dumps: {bucket: …, secret: …}}` to kgen.yaml",
        )
    if made in app.components or made in app.needs:
        section = "components" if made in app.components else "needs"
        yield Diagnostic(
            rule=NAME_TAKEN,
            message=f"the backup of `{name}` would be called `{made}`, too",
            at=Label((section, made), on="key"),
            related=(Label(at, "the backup", on="key"),),
            help="rename this one or the need",
        )
    if len(full := names.object_name(app.name, made)) > _LONGEST:
        yield Diagnostic(
            rule=NAME_TOO_LONG,
            message=f"the backup would be called `{full}`: {len(full)} characters, {_LONGEST} are allowed",
            at=Label(at, on="key"),
            help="choose a shorter name for the app or the need",
        )


def of_volumes(component: Component, platform: Platform) -> VolumeBackup | None:
    """Return how the volumes of ``component`` are saved; ``faults`` has found nothing."""
    given, chosen = component.backup, platform.backups
    if given is None or chosen.volumes is None:
        return None
    return VolumeBackup(
        by=chosen.volumes,
        schedule=given.schedule,
        days=int(given.keep[:-1]),
        namespace=chosen.velero.namespace,
        location=chosen.velero.location or "",
        files=chosen.velero.files,
        snapshot_class=chosen.snapshot_class or "",
    )


def used(app: App, platform: Platform) -> dict[str, tuple[Variable, ...]]:
    """Return the variables of every dump, by the name of the backup: each is an edge to a database."""
    made = {}
    for name, need in app.needs.items():
        if need.backup and need.type in _VARIABLES:
            outputs = needs.outputs(app, platform, name)
            variables = _VARIABLES[need.type].items()
            made[name_of(name)] = tuple(Variable(name=key, parts=outputs[output]) for key, output in variables)
    return made


def of_databases(setting: Setting, known: Mapping[str, tuple[Variable, ...]]) -> Iterator[DatabaseBackup]:
    """Yield the dumps of databases; ``faults`` has found nothing."""
    app, environment, platform = setting.app, setting.environment, setting.platform
    place = platform.backups.dumps
    for name, need in app.needs.items():
        if need.backup is None or place is None:
            continue
        made = name_of(name)
        target = names.target(app, environment, made, ("needs", name, "backup"))
        dump = Dump(
            tool="pg_dump" if need.type == "postgres" else "mysqldump",
            schedule=need.backup.schedule,
            days=int(need.backup.keep[:-1]),
            image=_image(app, platform, name),
            database=tuple(_setting(variable.name, variable.parts) for variable in known[made]),
            uploader=images.reference(place.uploader, "rclone/rclone"),
            bucket=tuple(_bucket(place)),
            folder=f"{place.bucket}/{target.namespace}/{name}",
            space=place.space,
            user=UID,
            pull_secrets=placement.of_release(app).pull_secrets,
        )
        yield DatabaseBackup(
            target=target,
            early=names.target(app, environment, made, ("needs", name, "backup"), "early"),
            dump=dump,
            secret_mounts=secret_mounts.mounts(setting, None, (*known[made], *_variables(dump.bucket))),
            network=_access(app, made, environment, known, platform),
            watch=alerts.of_schedule(app, target, platform),
        )


def _image(app: App, platform: Platform, name: str) -> str:
    """Return the image with the tool: the server's, where the platform chose one, or a mirror would be bypassed."""
    given = needs.met_by(app, platform, name)
    usual = needs.backing(app, name).image
    if given.provider == "cloudnative-pg":
        usual = f"{images.CLOUDNATIVE_PG}:{usual.rpartition(':')[2]}"
    return images.of_server(given.image, usual)


def secrets(saved: Iterable[DatabaseBackup]) -> dict[str, set[str]]:
    """Return the keys of Secrets that dumps need, but for those that an operator makes."""
    made: dict[str, set[str]] = {}
    for backup in saved:
        for setting in (*backup.dump.database, *backup.dump.bucket):
            if setting.secret and not setting.by_operator:
                made.setdefault(setting.secret, set()).add(setting.key)
        for name in backup.dump.pull_secrets:
            made.setdefault(name, set()).add(".dockerconfigjson")
    return made


def _access(
    app: App, made: str, environment: str, known: Mapping[str, tuple[Variable, ...]], platform: Platform
) -> Access | None:
    """Return which connections a dump opens: to the database, and to the bucket, whose address nobody knows."""
    access = network.access(app, made, environment, known, platform)
    if access is None or access.outgoing is None:
        return access
    endpoint = platform.backups.dumps.endpoint if platform.backups.dumps else None
    port = _port(endpoint or "https://")
    return Access(incoming=access.incoming, outgoing=(*access.outgoing, Edge(ports=(PeerPort(port=port),))))


def _port(endpoint: str) -> int:
    """
    Return the port of an address.

    >>> _port("https://s3.example.com"), _port("http://minio.minio:9000/"), _port("http://s3")
    (443, 9000, 80)
    """
    scheme, _, host = endpoint.partition("://")
    number = host.strip("/").rpartition(":")[2]
    return int(number) if number.isdecimal() else {"https": 443, "http": 80}[scheme]


def _bucket(place: Dumps) -> Iterator[backups.Setting]:
    prefix = "RCLONE_CONFIG_BUCKET_"
    yield backups.Setting(name="RCLONE_CONFIG", value="/dev/null")
    yield backups.Setting(name=f"{prefix}TYPE", value="s3")
    yield backups.Setting(name=f"{prefix}PROVIDER", value="Other" if place.endpoint else "AWS")
    if place.endpoint:
        yield backups.Setting(name=f"{prefix}ENDPOINT", value=place.endpoint)
    yield backups.Setting(name=f"{prefix}REGION", value=place.region)
    yield backups.Setting(name=f"{prefix}NO_CHECK_BUCKET", value="true")
    yield backups.Setting(name=f"{prefix}ACCESS_KEY_ID", secret=place.secret, key="access-key-id")
    yield backups.Setting(name=f"{prefix}SECRET_ACCESS_KEY", secret=place.secret, key="secret-access-key")


def _variables(settings: Iterable[backups.Setting]) -> Iterator[Variable]:
    """Yield the variables that are keys of Secrets."""
    for each in settings:
        if each.secret:
            yield Variable(name=each.name, parts=(SecretKey(secret=each.secret, key=each.key),))


def _setting(name: str, parts: tuple[Part, ...]) -> backups.Setting:
    match parts:
        case (SecretKey(secret=secret, key=key, by_operator=by_operator),):
            return backups.Setting(name=name, secret=secret, key=key, by_operator=by_operator)
        case _:
            known = [part.in_cluster if isinstance(part, Address) else str(part) for part in parts]
            return backups.Setting(name=name, value="".join(known))
