"""
Regions and credentials that clients of clouds take from their surroundings, without a word in the project's own code.

A machine of that cloud has them; a pod has them only if somebody gives its service account a role, or sets variables.
"""

import ast
from collections.abc import Container, Iterator, Mapping

from kgen.detect.found import Doubt
from kgen.detect.project import Project
from kgen.detect.source.syntax import Module, imported, meaning, nodes
from kgen.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cloud:
    """One cloud's clients."""

    called: str
    words: tuple[str, ...]
    """What stands in a module that makes a client."""

    variables: tuple[str, ...]
    """Where credentials are taken from."""

    told: tuple[str, ...]
    """Parts of the names of arguments that say them in the source."""


_AWS = _Cloud(
    called="AWS",
    words=("boto3.", "sqs://", "aioboto3.", "aiobotocore."),
    variables=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    told=("aws_access_key", "aws_secret", "profile", "session"),
)
_GOOGLE = _Cloud(
    called="Google",
    words=("google.cloud",),
    variables=("GOOGLE_APPLICATION_CREDENTIALS",),
    told=("credentials", "client_options"),
)
_AZURE = _Cloud(
    called="Azure",
    words=("DefaultAzureCredential(",),
    variables=("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"),
    told=("client_id", "managed_identity"),
)
_REGION = "AWS_DEFAULT_REGION"
_CLIENTS: Mapping[str, _Cloud] = {
    **dict.fromkeys(("boto3.client", "boto3.resource", "boto3.Session", "boto3.session.Session"), _AWS),
    **dict.fromkeys(("aioboto3.Session", "aiobotocore.session.get_session"), _AWS),
    **dict.fromkeys(("azure.identity.DefaultAzureCredential", "azure.identity.aio.DefaultAzureCredential"), _AZURE),
}
_GOOGLES = ("google.cloud.", "Client")
"""Start and end of the names of Google's clients."""


def doubts(project: Project, known: Container[str], env: Mapping[str, object]) -> Iterator[Doubt]:
    """
    Yield the doubts about what such clients are not told.

    Args:
        project: The project.
        known: Variables that the project's own code reads.
        env: What the environment has.
    """
    found: dict[str, tuple[_Cloud, str, bool]] = {}
    words = [word for cloud in (_AWS, _GOOGLE, _AZURE) for word in cloud.words]
    for module in project.modules.about(*words):
        for cloud, where, has_region in () if module.is_side else _made(module):
            if not any(name in known for name in cloud.variables):
                _, first, before = found.get(cloud.called, (cloud, where, True))
                found[cloud.called] = cloud, first, before and has_region
    for cloud, where, has_region in found.values():
        is_said = has_region or cloud is not _AWS or "AWS_REGION" in known or _REGION in known
        wants = [] if is_said else [_REGION]
        listed = ", ".join(f"`{name}`" for name in (*wants, *cloud.variables))
        yield Doubt(
            path=("env",) if env else ("components",),
            question=f"clients of {cloud.called} ({where}) take from the environment who they are",
            help=f"set {listed}, or give the pods' service account a role" + (" and set the region" if wants else ""),
        )


def _made(module: Module) -> Iterator[tuple[_Cloud, str, bool]]:
    """Yield the cloud of each client that is not told who it is, where it is made, and whether a region is said."""
    names = imported(module.tree)
    for node in nodes(module.tree, ast.Call, ast.Constant):
        match node:
            case ast.Call(func=func, keywords=words):
                full = meaning(func, names)
                is_googles = full.startswith(_GOOGLES[0]) and full.endswith(_GOOGLES[1])
                cloud = _GOOGLE if is_googles else _CLIENTS.get(full)
                told = [each.arg or "session" for each in words]  # `**options` may have it
                if cloud and not any(part in word for part in cloud.told for word in told):
                    yield cloud, f"{module.path}:{node.lineno}", any("region" in word for word in told)
            case ast.Constant(value="sqs://"):  # Celery's broker
                yield _AWS, f"{module.path}:{node.lineno}", True
            case _:
                pass
