"""Files that cannot be read."""

from kgen.diag import Diagnostic, Label
from kgen.syntax.rules import UNREADABLE


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
