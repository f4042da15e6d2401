"""Where the Secrets of an app come from, and whether what was committed for them fits."""

from collections.abc import Iterable, Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.features.secrets import (
    Entry,
    ExternalSecret,
    Provided,
    Provider,
    SecretClass,
    SecretFolder,
    Secrets,
    SecretSpec,
    SecretStore,
)
from kgen.model.app import App
from kgen.model.facts import Facts
from kgen.model.plan import DatabaseBackup, Workload
from kgen.model.platform import Platform
from kgen.record import dataclass
from kgen.resolve import needs, secret_files
from kgen.resolve.names import namespace
from kgen.resolve.rules import WITHOUT_EFFECT
from kgen.resolve.secret_entries import DEFAULT_PATHS, entry, parameters

INCOMPLETE = Rule(
    code="KG3202",
    name="secret-provider-incomplete",
    explain="Without these fields nobody would know where the Secrets come from.",
)
INVALID_ENTRY = Rule(
    code="KG3203",
    name="invalid-secret-entry",
    explain="Key Vault and Secret Manager hold one value under a name without slashes, so each key needs its own.",
)
RULES = (INCOMPLETE, INVALID_ENTRY)

REFRESH = "1h"
DEFAULT_ENVIRONMENT = "default"
"""What `{env}` stands for in an app without environments: the name of its folder."""

_TYPES: Mapping[tuple[str, ...], str] = {
    ("tls.crt", "tls.key"): "kubernetes.io/tls",
    (".dockerconfigjson",): "kubernetes.io/dockerconfigjson",
}
_FIELDS: Mapping[Provider, tuple[str, ...]] = {
    "existing": (),
    "external-secrets": ("store", "path", "refresh"),
    "sealed-secrets": ("files",),
    "sops": ("files",),
    "csi": ("csi", "path"),
}
_PARAMETERS = {"vault": ("roleName",), "azure": ("keyvaultName", "tenantId")}
"""Parameters that a provider of the CSI driver cannot do without."""

_ONE_VALUE = ("azure", "gcp")
"""Providers of the CSI driver whose entries are values."""


def platform_faults(platform: Platform) -> Iterator[Diagnostic]:
    """Yield what is wrong with ``secrets`` in kgen.yaml; paths are those of that file."""
    spec = platform.secrets
    if spec.provider == "external-secrets" and spec.store is None:
        yield _incomplete("`external-secrets` needs a `store`", "add `store: vault`, the name of a ClusterSecretStore")
    if spec.provider == "csi" and spec.csi is None:
        yield _incomplete("`csi` needs to know its provider", "add `csi: {provider: vault}`, or `aws`, `azure`, `gcp`")
    if spec.csi:
        yield from _csi_faults(platform)


def _incomplete(message: str, way_out: str, at: Path = ("secrets", "provider")) -> Diagnostic:
    return Diagnostic(rule=INCOMPLETE, message=message, at=Label(at), help=way_out)


def _csi_faults(platform: Platform) -> Iterator[Diagnostic]:
    csi, path = platform.secrets.csi, platform.secrets.path
    if csi is None:
        return
    at: Path = ("secrets", "csi")
    if csi.provider == "gcp" and csi.project is None:
        yield _incomplete("`gcp` needs a `project`", "add the project that has the secrets", at)
    elif csi.provider != "gcp" and csi.project:
        message = f"`project` means nothing for `{csi.provider}`"
        yield Diagnostic(rule=WITHOUT_EFFECT, message=message, at=Label((*at, "project"), on="key"), help="remove it")
    for name in _PARAMETERS.get(csi.provider, ()):
        if name not in csi.parameters:
            message = f"`{csi.provider}` needs the parameter `{name}`"
            yield _incomplete(message, f"add `parameters: {{{name}: …}}`", (*at, "provider"))
    for name in sorted({"objects", "secrets"} & csi.parameters.keys()):
        message = f"kgen writes `{name}` itself, from the keys of app files"
        where = Label((*at, "parameters", name), on="key")
        yield Diagnostic(rule=WITHOUT_EFFECT, message=message, at=where, help="remove it")
    if path and csi.provider in _ONE_VALUE and ("{key}" not in path or "/" in path):
        yield Diagnostic(
            rule=INVALID_ENTRY,
            message=f"`{path}` is no name of single values for `{csi.provider}`",
            at=Label(("secrets", "path")),
            help=f"write it with `{{key}}` and without slashes, as `{DEFAULT_PATHS[csi.provider]}`",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An app in an environment."""

    app: App
    environment: str
    platform: Platform
    facts: Facts

    @property
    def is_base(self) -> bool:
        """Whether this is the base of an app with environments, of which only compose.yaml is made."""
        return not self.environment and bool(self.app.environments)

    def provider(self, name: str) -> Provider:
        """Return where the Secret ``name`` comes from."""
        own = self.app.secrets[name].provider if name in self.app.secrets else None
        return own or self.platform.secrets.provider

    def file(self, name: str) -> str:
        """Return the file of the Secret ``name``, relative to the app file."""
        own = self.app.secrets[name].file if name in self.app.secrets else None
        pattern = self.platform.secrets.files or secret_files.DEFAULT
        env = self.environment or DEFAULT_ENVIRONMENT
        return own or pattern.format(env=env, app=self.app.name, secret=name)

    def entry(self, name: str, key: str) -> Entry:
        """Return where a store has ``key`` of the Secret ``name``."""
        csi = self.platform.secrets.csi
        store = csi.provider if csi and self.provider(name) == "csi" else ""
        own = self.app.secrets[name].path if name in self.app.secrets else None
        path = own or self.platform.secrets.path or DEFAULT_PATHS[store]
        env = self.environment or DEFAULT_ENVIRONMENT
        return entry(path, {"env": env, "app": self.app.name, "secret": name, "key": key}, store)


def faults(setting: Setting, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the Secrets that are ``wanted``, and with what the app file says of them."""
    app = setting.app
    for name, spec in app.secrets.items():
        yield from _spec_faults(spec, ("secrets", name), setting.platform)
    if setting.is_base:
        return
    for name, keys in wanted.items():
        if (provider := setting.provider(name)) in {"sealed-secrets", "sops"}:
            want = secret_files.Wanted(
                name=name,
                keys=keys,
                provider=provider,
                path=setting.file(name),
                namespace=namespace(app, setting.environment),
                place=Label(place(app, name), "used here", on="key"),
            )
            yield from secret_files.faults(want, setting.facts)


def patterns(app: App, platform: Platform) -> Iterator[str]:
    """Yield where encrypted Secrets of ``app`` may be, with gaps."""
    providers = {platform.secrets.provider, *(spec.provider for spec in app.secrets.values())}
    if providers & {"sealed-secrets", "sops"}:
        yield (platform.secrets.files or secret_files.DEFAULT).replace("{app}", app.name)
        yield from (spec.file for spec in app.secrets.values() if spec.file)


def _spec_faults(spec: SecretSpec, at: Path, platform: Platform) -> Iterator[Diagnostic]:
    provider = spec.provider or platform.secrets.provider
    for kind, field, given in (
        ("external-secrets", "store", platform.secrets.store),
        ("csi", "csi", platform.secrets.csi),
    ):
        if spec.provider == kind and given is None:
            way_out = f"add it to kgen.yaml: `secrets: {{{field}: …}}`"
            yield _incomplete(f"`{kind}` needs `{field}`, which kgen.yaml does not say", way_out, (*at, "provider"))
    fields = {"path": "path", "file": "files"}
    for field, other in fields.items():
        if getattr(spec, field) is not None and other not in _FIELDS[provider]:
            yield Diagnostic(
                rule=WITHOUT_EFFECT,
                message=f"`{field}` means nothing for the provider `{provider}`",
                at=Label((*at, field), on="key"),
                help="remove it",
            )


def place(app: App, name: str) -> Path:
    """Return where the app file asks for the Secret ``name``."""
    if name in app.secrets:
        return ("secrets", name)
    for need in app.needs:
        if needs.secret(app, need) == name:
            return ("needs", need)
    for component, spec in app.components.items():
        for index, route in enumerate(spec.routes):
            if route.tls and route.tls.secret == name:
                return ("components", component, "routes", index, "tls")
        if name in spec.pull_secrets:
            return ("components", component, "pullSecrets")
    return ("name",)


def provided(
    setting: Setting, workloads: Iterable[Workload | DatabaseBackup], wanted: Mapping[str, tuple[str, ...]]
) -> Provided:
    """Return where each of the Secrets that are ``wanted`` comes from; ``faults`` has found nothing."""
    if setting.is_base:
        return Provided(existing=wanted)
    mounts = [mount for workload in workloads for mount in workload.secret_mounts]
    mounted = {mount.secret_class for mount in mounts if isinstance(mount, SecretFolder)}
    by_provider: dict[Provider, dict[str, tuple[Entry, ...]]] = {}
    for name, keys in wanted.items():
        provider = setting.provider(name)
        if provider == "csi" and name not in mounted:
            provider = "existing"  # the driver makes a Secret only while a pod mounts it
        by_provider.setdefault(provider, {})[name] = tuple(setting.entry(name, key) for key in keys)
    files, secrets = setting.facts.secret_files, setting.platform.secrets
    return Provided(
        existing={name: wanted[name] for name in by_provider.get("existing", {})},
        external=tuple(
            _external(secrets, name, entries) for name, entries in by_provider.get("external-secrets", {}).items()
        ),
        sealed=tuple(files[setting.file(name)].document for name in by_provider.get("sealed-secrets", {})),
        classes=tuple(_class(secrets, name, entries) for name, entries in by_provider.get("csi", {}).items()),
        files={f"secret-{name}.yaml": files[setting.file(name)].text for name in by_provider.get("sops", {})},
    )


def _type(keys: Iterable[str]) -> str:
    return _TYPES.get(tuple(keys), "")


def _external(secrets: Secrets, name: str, entries: tuple[Entry, ...]) -> ExternalSecret:
    return ExternalSecret(
        name=name,
        type=_type(each.key for each in entries),
        store=secrets.store or SecretStore(name=""),
        refresh=secrets.refresh or REFRESH,
        entries=entries,
    )


def _class(secrets: Secrets, name: str, entries: tuple[Entry, ...]) -> SecretClass:
    return SecretClass(
        name=name,
        type=_type(each.key for each in entries),
        provider=secrets.csi.provider if secrets.csi else "",
        parameters=parameters(secrets.csi, entries) if secrets.csi else {},
        entries=entries,
    )
