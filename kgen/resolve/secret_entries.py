"""Names of values in stores, and the parameters with which drivers of the Secrets Store CSI driver find them."""

import json
import re
from collections.abc import Iterable, Mapping

from kgen.features.secrets import Csi, Entry

DEFAULT_PATHS: Mapping[str, str] = {
    "": "{env}/{app}/{secret}",
    "vault": "secret/data/{env}/{app}/{secret}",
    "aws": "{env}/{app}/{secret}",
    "azure": "{env}-{app}-{secret}-{key}",
    "gcp": "{env}-{app}-{secret}-{key}",
}
"""
Provider of the CSI driver, if it is that one → where secrets are by default.

Vault's is that of a KV engine, version 2, that is mounted at `secret`.
"""

_FORBIDDEN = {"azure": re.compile("[^0-9A-Za-z-]"), "gcp": re.compile("[^0-9A-Za-z_-]")}
"""What names in Key Vault and Secret Manager cannot have; a dash takes its place."""


def entry(path: str, words: Mapping[str, str], store: str) -> Entry:
    """
    Return where a key is.

    >>> words = {"env": "prod", "app": "shop", "secret": "mail", "key": "tls.crt"}
    >>> entry("{env}/{app}/{secret}", words, "").property
    'tls.crt'
    >>> entry("{env}-{secret}-{key}", words, "azure").entry
    'prod-mail-tls-crt'

    Args:
        path: The place of all secrets, with gaps.
        words: What is put into the gaps.
        store: Provider of the CSI driver, if it is that one.
    """
    name = path.format(**words)
    if pattern := _FORBIDDEN.get(store):
        name = pattern.sub("-", name)
    return Entry(key=words["key"], entry=name, property="" if "{key}" in path else words["key"])


def parameters(csi: Csi, entries: Iterable[Entry]) -> Mapping[str, str]:
    """
    Return the parameters of a SecretProviderClass: those given, and the list of what to get.

    Every value becomes a file with the name of its key.

    Source: https://developer.hashicorp.com/vault/docs/deploy/kubernetes/csi/configurations,
    https://github.com/aws/secrets-store-csi-driver-provider-aws,
    https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/,
    https://github.com/GoogleCloudPlatform/secrets-store-csi-driver-provider-gcp
    """
    match csi.provider:
        case "vault":
            added = {"objects": "".join(map(_vault, entries))}
        case "aws":
            by_entry: dict[str, list[Entry]] = {}
            for each in entries:
                by_entry.setdefault(each.entry, []).append(each)
            added = {"objects": "".join(map(_aws, by_entry.values()))}
        case "azure":
            added = {"objects": "array:\n" + "".join(map(_azure, entries))}
        case "gcp":
            added = {"secrets": "".join(_google(csi.project or "", each) for each in entries)}
    return dict(sorted(csi.parameters.items())) | added


def _item(indent: str = "", **fields: str) -> str:
    """Return an item of a list as YAML; texts of JSON are texts of YAML."""
    lines = [f"{key}: {json.dumps(value)}" for key, value in fields.items()]
    return "".join(f"{indent}{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))


def _vault(each: Entry) -> str:
    return _item(objectName=each.key, secretPath=each.entry, secretKey=each.property or "value")


def _aws(alike: list[Entry]) -> str:
    """Return one item for all values of an entry: the driver refuses a second one."""
    first = alike[0]
    if not first.property:
        return _item(objectName=first.entry, objectType="secretsmanager", objectAlias=first.key)
    items = [_item("    ", path=_jmes(each.property), objectAlias=each.key) for each in alike]
    return _item(objectName=first.entry, objectType="secretsmanager") + "  jmesPath:\n" + "".join(items)


def _jmes(name: str) -> str:
    """Return the expression for a field, which needs quotes if it is no identifier."""
    return name if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) else json.dumps(name)


def _azure(each: Entry) -> str:
    fields = {"objectName": each.entry, "objectType": "secret", "objectAlias": each.key}
    lines = "".join(f"      {key}: {json.dumps(value)}\n" for key, value in fields.items())
    return f"  - |\n{lines}"


def _google(project: str, each: Entry) -> str:
    return _item(resourceName=f"projects/{project}/secrets/{each.entry}/versions/latest", path=each.key)
