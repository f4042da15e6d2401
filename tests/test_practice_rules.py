"""Every rule of practice has an example that breaks it, and one that does not: both are in its row."""

from functools import cache
from importlib import import_module

import pytest

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.fault import Fault
from kgen.check.lifecycle.removals import removals
from kgen.check.objects import Objects
from kgen.check.practice import families
from kgen.check.resource import Resource
from kgen.check.store import Store, default_directory
from kgen.diag import Severity
from kgen.read import careful, split

ENTRIES = tuple(catalogue.family("practice").values())
SHOWN = tuple(entry for entry in ENTRIES if entry.fails)
NEWEST = "1.36"


@cache
def objects(version: str) -> Objects:
    return Objects(Store(default_directory()), (version,), lambda *_: None)


def resources(text: str) -> list[Resource]:
    made = []
    for chunk in split.chunks(text.encode()):
        value, unreadable = careful.read(chunk.text)
        assert not unreadable
        if value is not None:
            made.append(Resource(value))
    return made


def faults(text: str, version: str = NEWEST, profile: str = "off") -> list[Fault]:
    major, _, minor = (version or NEWEST).partition(".")
    number = int(major), int(minor)
    return [
        fault for each in resources(text) for rule in families.checks(each.key, profile) for fault in rule(each, number)
    ]


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_the_example_that_fails_breaks_the_rule(entry: Entry) -> None:
    profile = "off" if entry.profile == "off" else entry.profile
    assert entry.row in [fault.row for fault in faults(entry.fails, entry.version, profile)]


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_the_example_that_passes_does_not(entry: Entry) -> None:
    assert entry.row not in [fault.row for fault in faults(entry.passes, entry.version)]


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_a_server_takes_the_examples(entry: Entry) -> None:
    if entry.elsewhere:
        return
    known = objects(entry.version or NEWEST)
    for each in (*resources(entry.fails), *resources(entry.passes)):
        found = known.faults(each.value, known.kind(each.value["apiVersion"], each.kind))
        errors = [fault for fault in found if not fault.row or catalogue.rule(fault.row).severity is Severity.ERROR]
        assert errors == []


def test_modules_with_something_for_the_default_profile_are_all_asked_in_it() -> None:
    having = {name for name in families.MODULES if import_module(f"kgen.check.practice.{name}").DEFAULT}
    assert having == set(families.DEFAULT)


def test_kinds_of_stable_versions_that_go_are_listed() -> None:
    stable = {kind for (version, kind) in removals() if version.rpartition("/")[2] in {"v1", "v2"}}
    assert all(families.rules("v1", kind, "default") for kind in stable)
