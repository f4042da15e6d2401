"""What the formats for other programs have in common: a finding as plain lines, and the file that it is in."""

from kgen.diag import Diagnostic, Label
from kgen.report.line import visible


def message(diagnostic: Diagnostic) -> str:
    """
    Return what is wrong and, on lines of its own, what to do about it; nothing in it but line breaks is invisible.

    A program that shows findings has one box for both.
    """
    first, *rest = diagnostic.help.splitlines() or [""]
    advice = [f"help: {first}", *rest] if diagnostic.help else []
    return "\n".join(map(visible, (diagnostic.message, *advice)))


def file_of(label: Label) -> str:
    """Return the file that ``label`` is in; nothing for the command line (``--set``) and for standard input."""
    return "" if label.file.startswith(("-", "<")) else label.file
