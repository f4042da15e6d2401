"""What the declared Kubernetes versions know."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.model.platform import Platform
from kgen.units import version_key

TOO_OLD = Rule(
    code="KG3101",
    name="kubernetes-too-old",
    explain="A field that a Kubernetes version does not know would be dropped there without a word, or refused.",
)
RULES = (TOO_OLD,)


def at_least(platform: Platform, version: str) -> bool:
    """Tell whether every declared Kubernetes version is ``version`` or later."""
    return all(version_key(declared) >= version_key(version) for declared in platform.kubernetes)


def too_old(platform: Platform, what: str, since: str, at: Path, way_out: str = "") -> Iterator[Diagnostic]:
    """Yield a finding at ``at``, which asks for ``what``, if a declared version is older than ``since``."""
    if at_least(platform, since):
        return
    oldest = min(platform.kubernetes, key=version_key)
    yield Diagnostic(
        rule=TOO_OLD,
        message=f"{what} needs Kubernetes {since}, and kgen.yaml declares {oldest}",
        at=Label(at, on="key"),
        help=way_out or "remove it, or raise `kubernetes` in kgen.yaml",
    )
