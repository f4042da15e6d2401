"""
Environment variables that a pod gets for each Service of its namespace, and programs that take them for settings.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
"""

from __future__ import annotations

from kgen.check.cross.pod_ports import HEADLESS
from kgen.check.cross.resources import Finding
from kgen.check.reading import mappings, text
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

READERS: Mapping[str, str] = {
    "authelia/authelia": "AUTHELIA_PORT",
    "confluentinc/cp-kafka": "KAFKA_PORT",
    "confluentinc/cp-kafka-rest": "KAFKA_REST_PORT",
    "confluentinc/cp-schema-registry": "SCHEMA_REGISTRY_PORT",
    "yuzutech/kroki": "KROKI_PORT",
    "mlflow/mlflow": "MLFLOW_PORT",
    "n8nio/n8n": "N8N_PORT",
    "neo4j": "NEO4J_PORT",
    "paperless-ngx/paperless-ngx": "PAPERLESS_PORT",
}
"""
Image, without registry and tag → the variable that it reads, or that it refuses to start with.

Each stops at a value as `tcp://10.0.0.1:80`: it wants a number, or takes every variable with its prefix for a setting.
"""

_SHORT = frozenset(image.rpartition("/")[2] for image in READERS)


def clashing_service_variables(resources: Resources) -> Iterator[Finding]:
    """Yield the containers whose program would read the variable of a Service as its own setting."""
    variables: dict[tuple[str, str], Resource] | None = None
    for workload in resources.all_workloads():
        template = workload.template
        if template is None or template.spec.get("enableServiceLinks") is False:
            continue
        for at, container in template.containers("containers"):
            image = text(container, "image")
            if image.rpartition("/")[2].partition(":")[0] not in _SHORT or not (read := READERS.get(repository(image))):
                continue
            variables = _variables(resources) if variables is None else variables
            cause = variables.get((workload.namespace, read))
            if cause is not None and not _sets(container, read):
                message = f"is a program that reads `{read}`, which the kubelet sets to `tcp://…` because of {cause}"
                out = f"set `enableServiceLinks: false`, set `{read}` in `env`, or rename the Service"
                fault = invalid("XPORT011", (*at, "image"), message, out)
                yield Finding(workload, fault, [(cause, ("metadata", "name"), "this Service")])


def _variables(resources: Resources) -> dict[tuple[str, str], Resource]:
    """Return the Services by namespace and by the variable that stands for them."""
    return {
        (service.namespace, variable(service.name)): service
        for service in resources.of("", "Service")
        if service.spec.get("clusterIP") != HEADLESS and service.spec.get("type") != "ExternalName"
    }


def variable(service: str) -> str:
    """
    Return the name of the variable with the address of a Service.

    >>> variable("schema-registry")
    'SCHEMA_REGISTRY_PORT'
    """
    return f"{service.upper().replace('-', '_')}_PORT"


def repository(image: str) -> str:
    """
    Return an image without its registry, tag and digest.

    >>> repository("docker.io/library/neo4j:5"), repository("localhost:5000/n8nio/n8n@sha256:0"), repository("neo4j")
    ('neo4j', 'n8nio/n8n', 'neo4j')
    """
    name = image.partition("@")[0]
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        name = rest
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}".removeprefix("library/")


def _sets(container: Mapping[str, Any], name: str) -> bool:
    """Tell whether a container sets the variable itself, or may do so."""
    return bool(container.get("envFrom")) or any(text(each, "name") == name for _, each in mappings(container, "env"))


DEFAULT = (clashing_service_variables,)
STRICT = ()
OFF = ()
