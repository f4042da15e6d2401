"""What is wrong with a command line of ``kgen validate``."""

from collections.abc import Sequence
from dataclasses import replace

from kgen.check.store import Store
from kgen.commands import kinds
from kgen.diag import Diagnostic, Label, Rule
from kgen.validate.files import has_wildcard
from kgen.validate.unreadable import unreadable

NOTHING_TO_VALIDATE = Rule(
    code="KG1109",
    name="nothing-to-validate",
    explain="A check that looks at nothing would always succeed.",
)
NO_DEFINITION = Rule(
    code="KG1110",
    name="no-custom-resource-definition",
    explain="Custom kinds are declared by CustomResourceDefinitions, and there is none where one was expected.",
)
RULES = (NOTHING_TO_VALIDATE, NO_DEFINITION)


def unreadable_path(path: str, error: OSError) -> list[Diagnostic]:
    return [unreadable(path, error)]


def unreadable_definitions(path: str, error: OSError) -> list[Diagnostic]:
    """Return the finding for ``--crds path``."""
    return [unreadable(path, error)]


def nothing_to_validate(path: str) -> list[Diagnostic]:
    """Return the finding for a folder or a pattern without files."""
    where = f"no file fits `{path}`" if has_wildcard(path) else f"there is no YAML or JSON file in `{path}` or below"
    help_ = "check the pattern: `**` means any number of folders" if has_wildcard(path) else "name a file or a folder"
    return [Diagnostic(rule=NOTHING_TO_VALIDATE, message=where, at=Label(file=path), help=help_)]


def unknown_versions(store: Store, versions: Sequence[str], *, where: str) -> list[Diagnostic]:
    """Return a finding for each version that ``store`` has no schemas of. ``where`` names them: -k, or a file."""
    return [replace(each, at=Label(file=where)) for each in kinds.unknown_versions(store, versions)]
