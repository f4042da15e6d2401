"""Files that cannot be read, and streams with nothing in them."""

from kgen.diag import Diagnostic, Label, Rule
from kgen.syntax.rules import UNREADABLE

NOTHING_TO_VALIDATE = Rule(
    code="KG1109",
    name="nothing-to-validate",
    explain="A check that looks at nothing would always succeed.",
)
RULES = (NOTHING_TO_VALIDATE,)


def without_objects(name: str) -> Diagnostic:
    """Return the finding for a stream without any Kubernetes object: the command before the pipe has failed."""
    message = "no Kubernetes object came in"
    help_ = "look at what the command before the `|` says; `set -o pipefail` makes its failure count"
    return Diagnostic(rule=NOTHING_TO_VALIDATE, message=message, at=Label(file=name), help=help_)


def unreadable(name: str, error: OSError) -> Diagnostic:
    """Return the finding for the file that the user calls ``name``."""
    match error:
        case FileNotFoundError():
            message, help_ = "there is no such file", "check the path"
        case PermissionError():
            message, help_ = "the file may not be read", "check its permissions"
        case _:
            message, help_ = f"the file cannot be read: {(error.strerror or str(error)).lower()}", ""
    return Diagnostic(rule=UNREADABLE, message=message, at=Label(file=name), help=help_)
