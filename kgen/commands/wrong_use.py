"""What is wrong with a command line of ``kgen validate``."""

from collections.abc import Sequence

from kgen.check.store import Store
from kgen.commands import kinds
from kgen.diag import Diagnostic, Label, Rule
from kgen.record import replace
from kgen.validate.files import has_wildcard
from kgen.validate.unreadable import NOTHING_TO_VALIDATE, unreadable

NO_DEFINITION = Rule(
    code="KG1110",
    name="no-custom-resource-definition",
    explain="Custom kinds are declared by CustomResourceDefinitions, and there is none where one was expected.",
)
UNKNOWN_RULE_CHOSEN = Rule(
    code="KG1113",
    name="unknown-rule",
    explain="A rule is called by its name (`image-latest`) or by its code (`KG7151`).",
)
WRONG_DATE = Rule(code="KG1114", name="wrong-date", explain="A day is written as year, month and day, as `2027-01-31`.")
BEFORE_WITH_SERVER = Rule(
    code="KG1115",
    name="option-without-effect",
    explain="An option that has no effect together with another one would only seem to check something.",
)
RULES = (NO_DEFINITION, UNKNOWN_RULE_CHOSEN, WRONG_DATE, BEFORE_WITH_SERVER)


def unreadable_path(path: str, error: OSError) -> list[Diagnostic]:
    """Return the finding for a path of the command line, or of --crds, that cannot be read."""
    found = unreadable(path, error)
    return [replace(found, help="kgen fetches nothing: download it first") if "://" in path else found]


def nothing_to_validate(path: str) -> list[Diagnostic]:
    """Return the finding for a folder or a pattern without files."""
    where = f"no file fits `{path}`" if has_wildcard(path) else f"there is no YAML or JSON file in `{path}` or below"
    help_ = "check the pattern: `**` means any number of folders" if has_wildcard(path) else "name a file or a folder"
    return [Diagnostic(rule=NOTHING_TO_VALIDATE, message=where, at=Label(file=path), help=help_)]


def unknown_versions(store: Store, versions: Sequence[str]) -> list[Diagnostic]:
    """Return a finding for each version that ``store`` has no schemas of."""
    return kinds.unknown_versions(store, versions)


def before_with_server() -> list[Diagnostic]:
    """Return the finding for `--before` in the profile that knows nothing but one object at a time."""
    message = "`--profile server` is about creating objects, so it compares nothing with `--before`"
    help_ = "leave one of them out"
    return [Diagnostic(rule=BEFORE_WITH_SERVER, message=message, at=Label(file="--before"), help=help_)]


def wrong_date(text: str) -> list[Diagnostic]:
    """Return the finding for a `--today` that is no date."""
    message = f"`--today {text}` is no date"
    return [Diagnostic(rule=WRONG_DATE, message=message, at=Label(file="--today"), help="write it as `2027-01-31`")]


def no_definition(path: str) -> list[Diagnostic]:
    """Return the finding for a path that ought to have definitions of custom kinds."""
    message = f"there is no CustomResourceDefinition in `{path}`"
    help_ = "name a file that has one, as the operator's installation manifest"
    return [Diagnostic(rule=NO_DEFINITION, message=message, at=Label(file=path), help=help_)]
