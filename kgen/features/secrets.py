"""
Secrets: names and keys in the app file, values never.

kgen.yaml says where they come from (``secrets: {provider: …}``), for each environment if need be:

- ``existing``: somebody puts them into the namespace; ``kgen compile`` lists which, with their keys;
- ``external-secrets``: an ExternalSecret for each, which External Secrets Operator fills from a store;
- ``sealed-secrets``: SealedSecrets that were made with ``kubeseal`` and committed beside the app file;
- ``sops``: Secrets that were encrypted with ``sops`` and committed beside the app file;
- ``csi``: a SecretProviderClass for each, mounted into the pods by the Secrets Store CSI driver.

All of them end in a Secret of the same name with the same keys, so that pods are the same everywhere.

Source: https://external-secrets.io/latest/api/externalsecret/, https://github.com/bitnami-labs/sealed-secrets,
https://getsops.io/docs/, https://secrets-store-csi-driver.sigs.k8s.io/
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from kgen.k8s import Emitted, Manifest, Target, manifest
from kgen.record import dataclass, field
from kgen.scalars import INVALID_PATH, Duration, Key, ObjectName, RelativePath
from kgen.source import Node
from kgen.spec import AS_WRITTEN, SECRET_WITH_VALUE, Spec, fault

RULES = ()

Provider: TypeAlias = Literal["existing", "external-secrets", "sealed-secrets", "sops", "csi"]

_FOR_GROUP = 0o440
_GAP = re.compile(r"\{([^{}]*)\}")


def _template(*known: str) -> AfterValidator:
    def check(text: str) -> str:
        for name in _GAP.findall(text):
            if name not in known:
                gaps = ", ".join(f"`{{{each}}}`" for each in known)
                raise fault(INVALID_PATH, f"`{{{name}}}` stands for nothing here", f"there are {gaps}")
        rest = _GAP.sub("x", text)
        if not re.fullmatch(r"(?!/)(?!.*(^|/)\.\.(/|$))[A-Za-z0-9._@+/ -]+", rest, re.ASCII):
            raise fault(INVALID_PATH, f"`{text}` is not a path", "write it as `{env}/{app}/{secret}`")
        return text

    return AfterValidator(check)


EntryPath: TypeAlias = Annotated[str, _template("env", "app", "secret", "key")]
"""Where a store has a secret."""

FilePath: TypeAlias = Annotated[str, _template("env", "app", "secret")]
"""File of an encrypted Secret, relative to the app file."""


class SecretStore(Spec):
    """A store of External Secrets Operator. A text is short for `{name: …}`."""

    kind: Literal["ClusterSecretStore", "SecretStore"] = "ClusterSecretStore"
    """Whether it is for all namespaces or for one."""

    name: ObjectName
    """Its name."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, name=node, kind="ClusterSecretStore") if isinstance(node.value, str) else node


class Csi(Spec):
    """What the Secrets Store CSI driver asks."""

    provider: Literal["vault", "aws", "azure", "gcp"]
    """Where it gets secrets."""

    project: ObjectName | None = None
    """Project of Google Cloud that has them; `gcp` needs it."""

    parameters: dict[Key, Annotated[str, AS_WRITTEN]] = Field(default_factory=dict)
    """Parameters of that provider, as `roleName` and `vaultAddress`; kgen adds the list of secrets."""


class Secrets(Spec):
    """Where Secrets come from."""

    provider: Provider = "existing"
    """`existing`: somebody else puts them into the namespace."""

    store: SecretStore | None = None
    """Store of `external-secrets`, which needs it."""

    path: EntryPath | None = None
    """Entry of a store, `{env}/{app}/{secret}` by default. With `{key}` every key is an entry of its own."""

    refresh: Duration | None = None
    """How often External Secrets Operator looks for new values, `1h` by default."""

    files: FilePath | None = None
    """Files of `sealed-secrets` and `sops`, relative to the app file; `secrets/{env}/{secret}.yaml` by default."""

    csi: Csi | None = None
    """Provider of `csi`, which needs it."""


class SecretSpec(Spec):
    """Names of keys of a Secret, never values. A list is short for `{keys: …}`."""

    keys: tuple[Key, ...]
    """Keys that the Secret has."""

    provider: Provider | None = None
    """Where this one comes from, if not from where kgen.yaml says."""

    path: EntryPath | None = None
    """Its entry in the store, if not the one that kgen.yaml says."""

    file: RelativePath | None = None
    """Its encrypted file, relative to the app file, if not the one that kgen.yaml says."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, keys=node) if isinstance(node.value, tuple) else node

    @model_validator(mode="before")
    @classmethod
    def _explain(cls, value: Any) -> Any:
        others = [key for key in value if key not in cls.model_fields] if isinstance(value, dict) else []
        if others and "keys" not in value:
            way_out = f"write only the names of the keys, as `[{', '.join(others)}]`; values never go into this file"
            raise fault(SECRET_WITH_VALUE, "a secret is declared by its keys alone", way_out)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key of a Secret, and where a store has its value."""

    key: str
    entry: str
    property: str = ""
    """Field of the entry; empty if the entry is the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalSecret:
    """A Secret that External Secrets Operator makes."""

    name: str
    type: str
    """`type` of the Secret; empty for an ordinary one."""

    store: SecretStore
    refresh: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretClass:
    """A Secret that the Secrets Store CSI driver makes as soon as a pod mounts it."""

    name: str
    type: str
    provider: str
    parameters: Mapping[str, str]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFiles:
    """Keys of a Secret as files of a pod."""

    volume: str
    secret: str
    files: tuple[tuple[str, str], ...]
    """Key and path in the container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFolder:
    """A Secret that the Secrets Store CSI driver makes while a pod has this folder."""

    volume: str
    secret_class: str
    path: str


SecretMount: TypeAlias = SecretFiles | SecretFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """Where the Secrets of an app come from."""

    existing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Those that somebody has to put into the namespace, with their keys."""

    external: tuple[ExternalSecret, ...] = ()
    sealed: tuple[Mapping[str, Any], ...] = ()
    """SealedSecrets as they were committed."""

    classes: tuple[SecretClass, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """Name of a file of the output → text of a Secret that SOPS encrypted, to the last byte."""

    @property
    def entries(self) -> Mapping[str, tuple[str, ...]]:
        """Entries that a store has to have, with the fields of those that are no single values."""
        made: dict[str, tuple[str, ...]] = {}
        for entries in (*(each.entries for each in self.external), *(each.entries for each in self.classes)):
            for each in entries:
                made[each.entry] = (*made.get(each.entry, ()), *([each.property] if each.property else ()))
        return made

    def in_files(self, target: Target) -> tuple[Emitted, ...]:
        """Return the Secrets in these files, without what is in them: they are objects of the app as all others."""
        names = (name.removeprefix("secret-").removesuffix(".yaml") for name in self.files)
        return tuple(Emitted(manifest=manifest("v1", "Secret", target, name=name)) for name in names)


def emit(provided: Provided, target: Target) -> Iterator[Manifest]:
    """Build the objects that Secrets are made from."""
    for secret in provided.external:
        yield _external_secret(secret, target)
    for document in provided.sealed:
        yield _sealed_secret(document, target)
    for each in provided.classes:
        yield _secret_class(each, target)


def _external_secret(secret: ExternalSecret, target: Target) -> Manifest:
    """
    Build an ExternalSecret.

    Strategies are written out though they are defaults: the API server puts them into the items of the list, which
    Argo CD would take for a difference.
    """
    owner: dict[str, Any] = {"creationPolicy": "Owner", "deletionPolicy": "Retain"}
    if secret.type:
        owner["template"] = {"type": secret.type}
    strategies = {"conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}
    data = []
    for each in secret.entries:
        remote = {"key": each.entry, **({"property": each.property} if each.property else {}), **strategies}
        data.append({"secretKey": each.key, "remoteRef": remote})
    spec = {
        "refreshInterval": secret.refresh,
        "secretStoreRef": {"kind": secret.store.kind, "name": secret.store.name},
        "target": owner,
        "data": data,
    }
    return manifest("external-secrets.io/v1", "ExternalSecret", target, name=secret.name, spec=spec)


def _sealed_secret(document: Mapping[str, Any], target: Target) -> Manifest:
    """Build the SealedSecret of ``document``: its own `spec`, with labels and annotations of ours around it."""
    metadata = document["metadata"]
    notes = {key: str(value) for key, value in (metadata.get("annotations") or {}).items()}
    return manifest(
        document["apiVersion"],
        document["kind"],
        target,
        name=metadata["name"],
        annotations=notes,
        labels={key: str(value) for key, value in (metadata.get("labels") or {}).items()},
        spec=document["spec"],
    )


def _secret_class(made: SecretClass, target: Target) -> Manifest:
    """Build a SecretProviderClass that also makes a Secret, since variables come from nothing else."""
    secret = {
        "secretName": made.name,
        "type": made.type or "Opaque",
        "data": [{"objectName": each.key, "key": each.key} for each in made.entries],
    }
    spec = {"provider": made.provider, "parameters": dict(made.parameters), "secretObjects": [secret]}
    return manifest("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", target, name=made.name, spec=spec)


def volumes(mounts: tuple[SecretMount, ...]) -> Iterator[dict[str, Any]]:
    """
    Build the volumes of a pod that come from Secrets.

    Nobody but the pod's user, through `fsGroup`, may read the files: 288 is 0440, as both versions of YAML read it.
    """
    for mount in mounts:
        if isinstance(mount, SecretFiles):
            items = [{"key": key, "path": key} for key in dict.fromkeys(key for key, _ in mount.files)]
            source = {"secretName": mount.secret, "defaultMode": _FOR_GROUP, "items": items}
            yield {"name": mount.volume, "secret": source}
        else:
            attributes = {"secretProviderClass": mount.secret_class}
            driver = {"driver": "secrets-store.csi.k8s.io", "readOnly": True, "volumeAttributes": attributes}
            yield {"name": mount.volume, "csi": driver}


def volume_mounts(mounts: tuple[SecretMount, ...]) -> Iterator[dict[str, Any]]:
    """Build what a container mounts of them: one file each, so that the other files of its folder stay visible."""
    for mount in mounts:
        if isinstance(mount, SecretFiles):
            for key, path in mount.files:
                yield {"name": mount.volume, "mountPath": path, "subPath": key, "readOnly": True}
        else:
            yield {"name": mount.volume, "mountPath": mount.path, "readOnly": True}


def has_files(mounts: tuple[SecretMount, ...]) -> bool:
    """Tell whether files come from Secrets, so that their group has to be the user's."""
    return any(isinstance(mount, SecretFiles) for mount in mounts)
