"""Which custom resources the cluster has: what kgen.yaml declares, since kgen never asks a cluster."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.model.platform import Platform

NOT_INSTALLED = Rule(
    code="KG3030",
    name="custom-resource-not-installed",
    explain="An object of a kind that the cluster does not know is refused, and with it the whole deployment.",
)

RULES = (NOT_INSTALLED,)


def is_installed(platform: Platform, api_version: str) -> bool:
    """Tell whether the cluster has the custom resources of ``api_version``, as ``keda.sh/v1alpha1``."""
    return api_version in platform.crds


def faults(platform: Platform, api_version: str, kind: str, at: Path) -> Iterator[Diagnostic]:
    """Yield a finding at ``at``, which asks for a ``kind`` of ``api_version``, unless that is installed."""
    if is_installed(platform, api_version):
        return
    group = api_version.partition("/")[0]
    others = [each for each in platform.crds if each.startswith(f"{group}/")]
    declared = f"kgen.yaml declares only `{others[0]}`" if others else "kgen.yaml does not declare it"
    yield Diagnostic(
        rule=NOT_INSTALLED,
        message=f"this needs the custom resource `{kind}` of `{api_version}`, and {declared}",
        at=Label(at, on="key"),
        help=f"if it is installed in the cluster, add `crds: [{api_version}]` to kgen.yaml; otherwise remove this",
    )
