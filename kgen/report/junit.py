"""
Findings as JUnit XML, for whatever shows test results: GitLab, Jenkins, actions for GitHub.

It is written piece by piece, so that a folder of any size takes no memory: ``head``, ``case`` as often as wanted,
``tail``. For that reason there are no totals: readers count, only the schema of Jenkins' xUnit plugin asks for them.
There are no times either (same input, same bytes), but a zero where readers want a number.

Source: https://docs.gitlab.com/ci/testing/unit_test_reports/, https://github.com/testmoapp/junitxml
"""

from collections.abc import Iterable, Mapping
from html import escape  # xml.sax.saxutils says the same, and imports a web client first

from kgen.diag import Diagnostic, Severity
from kgen.report import text
from kgen.report.line import visible
from kgen.report.order import ordered
from kgen.source import Source


def head() -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kgen">\n<testsuite name="kgen">\n'


def tail() -> str:
    return "</testsuite>\n</testsuites>\n"


def case(name: str, file: str, found: Iterable[Diagnostic], sources: Mapping[str, Source], skipped: str = "") -> str:
    """
    Return one test case: failed if an error is among ``found``.

    All that was found is in one ``<failure>``, since readers show one of them only. Of a case without errors, warnings
    are its output: Jenkins shows it, GitLab shows nothing of a test that succeeds.

    Args:
        name: What was looked at: the file, or an object in it.
        file: Where it stands.
        found: What was found in it, in any order.
        sources: Files that findings point into, by name.
        skipped: Why it was not looked at; empty if it was.
    """
    shown = ordered(found, sources)
    written = _text(text.render_all(shown, sources))
    errors = [each for each in shown if each.rule.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        about = _attributes(message=first.message + more, type=first.rule.name)
        inner = f"<failure{about}>{written}</failure>\n"
    elif skipped:
        inner = f"<skipped{_attributes(message=skipped)}/>\n"
    else:
        inner = f"<system-out>{written}</system-out>\n" if shown else ""
    opening = f"<testcase{_attributes(classname=file, name=name, file=file, time='0')}"
    return f"{opening}>\n{inner}</testcase>\n" if inner else f"{opening}/>\n"


def _attributes(**values: str) -> str:
    return "".join(f' {name}="{_text(value)}"' for name, value in values.items())


def _text(value: str) -> str:
    """Return ``value`` in ASCII, with an escape that people can read for what XML 1.0 forbids even as a reference."""
    shown = "\n".join(map(visible, value.split("\n")))
    return escape(shown).encode("ascii", "xmlcharrefreplace").decode()
