"""
YAML that is no Kubernetes object: what else it is, so that nothing is skipped without a word.

Each reason is a noun, as it stands in the summary, mapped to the way out.
"""

from __future__ import annotations

import os
import re

from kgen.validate.kustomize import KUSTOMIZATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

EMPTY = "empty document"
NOT_KUBERNETES = "no Kubernetes object"
BROKEN = "broken text"
TEMPLATE = "template"
CHART = "Helm chart metadata"
VALUES = "Helm values"
KUSTOMIZATION = "kustomization file"
SOPS = "SOPS-encrypted file"
PATCH = "strategic merge patch"
APP = "app file of kgen"
COMPOSE = "compose file"
SETTINGS = "settings of kgen"
CONFIGURATION = "configuration of a tool"
DOCKERFILE_TEMPLATE = "template of a Dockerfile"
DOCKERFILE_PART = "part of a Dockerfile"

WAYS_OUT: Mapping[str, str] = {
    EMPTY: "",
    NOT_KUBERNETES: "it has neither `apiVersion` nor `kind`",
    BROKEN: "it is no YAML, and has neither `apiVersion` nor `kind`",
    TEMPLATE: "pipe what it renders into `kgen validate -`, as in `helm template . | kgen validate -`",
    CHART: "pipe `helm template` into `kgen validate -`",
    VALUES: "pipe `helm template` into `kgen validate -`",
    KUSTOMIZATION: "pipe `kustomize build` into `kgen validate -`",
    SOPS: "pipe `sops --decrypt` into `kgen validate -`",
    PATCH: "it is a part of an object: pipe `kustomize build` into `kgen validate -`",
    APP: "`kgen compile` checks it",
    COMPOSE: "",
    SETTINGS: "",
    CONFIGURATION: "no API server reads it",
    DOCKERFILE_TEMPLATE: "validate what it renders",
    DOCKERFILE_PART: "it has no `FROM`",
}
"""Every reason, and what to do about it."""

_NAMED = frozenset("kKCv")
"""What the names of such files start with."""

_TOOLS = frozenset(
    {
        *("audit.k8s.io", "builtin", "client.authentication.k8s.io", "credentialprovider.kubelet.k8s.io"),
        *(
            "chainsaw.kyverno.io",
            "cli.kyverno.io",
            "eventratelimit.admission.k8s.io",
            "imagepolicy.k8s.io",
            "kind.x-k8s.io",
            "kubeadm.k8s.io",
            "skaffold",
        ),
    }
)
"""API groups of files that programs read from disk; no API server serves them, nor any group below the next."""

_COMPONENTS = ".config.k8s.io"


def of_file(path: str) -> str:
    """Return what the whole file ``path`` is by its name, or "" if its content has to tell."""
    name = path[max(path.rfind("/"), path.rfind(os.sep)) + 1 :]
    if name[:1] not in _NAMED:  # as most names
        return ""
    folder = path[: -len(name)]
    if name in KUSTOMIZATIONS:
        return KUSTOMIZATION
    if name == "kgen.yaml":
        return SETTINGS
    if name in ("Chart.yaml", "Chart.yml"):
        return CHART
    if name.startswith("values") and os.path.isfile(os.path.join(folder, "Chart.yaml")):
        return VALUES
    return ""


def is_template(text: bytes, path: str) -> bool:
    """Tell whether ``text`` is a template by its braces and its chart; it may be YAML all the same."""
    return b"{{" in text and is_in_chart(path)


def is_in_chart(path: str) -> bool:
    """Tell whether a file is among the templates of a chart."""
    if "templates" not in path:
        return False
    chart, _, _ = path.replace("\\", "/").rpartition("templates/")
    return os.path.isfile(os.path.join(chart, "Chart.yaml"))


def has_open_braces(text: bytes) -> bool:
    """Tell whether ``{{`` stands outside of quotes somewhere: no YAML, but what a template has."""
    return re.search(rb"(?m)^[^\"'#\n]*\{\{", text) is not None


def seems_an_object(text: bytes) -> bool:
    """Tell whether broken ``text`` was to be a Kubernetes object: it has one of the two fields that they all have."""
    return re.search(rb"(?m)^[ \t{,]*[\"']?(?:apiVersion|kind)\b|\"(?:apiVersion|kind)\"", text) is not None


def of_value(value: Any) -> str:
    """Return what a document is that is no Kubernetes object, or ""."""
    if not isinstance(value, dict):
        # objects in a plain list are a mistake: kubectl would not take them like this
        is_objects = isinstance(value, list) and any(isinstance(item, dict) and "apiVersion" in item for item in value)
        return EMPTY if value is None else "" if is_objects else NOT_KUBERNETES
    if isinstance(value.get("sops"), dict) and "mac" in value["sops"]:
        return SOPS
    if "$patch" in value:
        return PATCH
    if "apiVersion" in value or "kind" in value:
        return _of_group(value.get("apiVersion"), value.get("kind"), value)
    if isinstance(value.get("services"), dict):
        return COMPOSE
    return "" if _is_misspelt(value) else NOT_KUBERNETES


def _is_misspelt(value: Mapping[str, Any]) -> bool:
    """Tell whether ``value`` is an object with a mistake in both of its first fields."""
    if not isinstance(value.get("metadata"), dict):
        return False
    from kgen.words import nearest  # noqa: PLC0415  # few files are no objects

    keys = [key for key in value if isinstance(key, str)]
    return nearest("apiVersion", keys) is not None and nearest("kind", keys) is not None


def _of_group(api_version: Any, kind: Any, value: Mapping[str, Any]) -> str:
    if not isinstance(api_version, str):
        return ""
    group = api_version.partition("/")[0]
    if group == "kgen" and kind is None:
        return APP
    if group == "kustomize.config.k8s.io":
        return KUSTOMIZATION
    is_kubeconfig = api_version == "v1" and kind == "Config" and "clusters" in value
    return CONFIGURATION if group in _TOOLS or group.endswith(_COMPONENTS) or is_kubeconfig else ""
