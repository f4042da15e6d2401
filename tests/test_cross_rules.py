"""Every rule over several objects has an example that breaks it, and one that does not: both are in its row."""

from functools import cache
from importlib import import_module

import pytest

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.cross import families
from kgen.check.cross.resources import External, Finding, Resources
from kgen.check.objects import Objects
from kgen.check.resource import Resource
from kgen.check.store import Store, default_directory
from kgen.diag import Severity
from kgen.read import careful, split

ENTRIES = tuple(catalogue.family("cross").values())
SHOWN = tuple(entry for entry in ENTRIES if entry.fails)
NEWEST = "1.36"


@cache
def objects(version: str) -> Objects:
    return Objects(Store(default_directory()), (version,), lambda *_: None)


def resources(text: str, settings: str = "") -> Resources:
    made = []
    for chunk in split.chunks(text.encode()):
        value, unreadable = careful.read(chunk.text)
        assert not unreadable
        if value is not None:
            made.append(Resource(value))
    external = careful.read(settings.encode())[0]["external"] if settings else ()
    return Resources(made, External(external))


def found_in(text: str, settings: str = "", profile: str = "off") -> list[Finding]:
    return list(families.findings(resources(text, settings), profile))


def rows(found: list[Finding]) -> list[str]:
    return [each.fault.row for each in found]


def is_error(row: str) -> bool:
    return catalogue.rule(row).severity is Severity.ERROR


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_the_example_that_fails_breaks_the_rule(entry: Entry) -> None:
    profile = "off" if entry.profile == "off" else entry.profile
    assert entry.row in rows(found_in(entry.fails, entry.examples.get("settings", ""), profile))


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_the_example_that_passes_has_no_fault(entry: Entry) -> None:
    settings = entry.examples.get("settings", "")
    faulty = [row for row in rows(found_in(entry.passes, settings, "default")) if is_error(row)]
    bad = [row for row in rows(found_in(entry.passes, settings, "strict")) if row == entry.row] + faulty
    assert bad == []


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_a_server_takes_every_object_of_the_examples(entry: Entry) -> None:
    if entry.elsewhere:
        return
    known = objects(entry.version or NEWEST)
    for text in (entry.fails, entry.passes):
        for each in resources(text).all:
            faults = known.faults(each.value, known.kind(each.value["apiVersion"], each.kind))
            errors = [
                fault for fault in faults if not fault.row or catalogue.rule(fault.row).severity is Severity.ERROR
            ]
            assert errors == []


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_every_finding_points_into_its_object(entry: Entry) -> None:
    for finding in found_in(entry.fails, entry.examples.get("settings", "")):
        assert finding.fault.message
        assert finding.fault.path, "the object as a whole is no place to change"
        for resource, _path, text in finding.related:
            assert text
            assert resource.kind


def test_modules_that_are_left_out_of_the_default_profile_have_nothing_for_it() -> None:
    without = {
        name for name in families.MODULES if not getattr(import_module(f"kgen.check.cross.{name}"), "DEFAULT", ())
    }
    assert without == families.STRICT_ONLY
