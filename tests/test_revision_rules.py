"""Every rule over two revisions has an example that breaks it, and one that does not: both are in its row."""

from functools import cache
from textwrap import dedent

import pytest

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.cross.resources import Finding, Resources
from kgen.check.fault import field
from kgen.check.objects import Objects
from kgen.check.reading import at
from kgen.check.resource import Resource
from kgen.check.revisions import families
from kgen.check.store import Store, default_directory
from kgen.diag import Severity
from kgen.read import careful, split

ENTRIES = tuple(catalogue.family("revisions").values())
NEWEST = "1.36"


@cache
def objects() -> Objects:
    return Objects(Store(default_directory()), (NEWEST,), lambda *_: None)


def resources(text: str) -> Resources:
    made = []
    for chunk in split.chunks(text.encode()):
        value, unreadable = careful.read(chunk.text)
        assert not unreadable
        if value is not None:
            made.append(Resource(value))
    return Resources(made)


def found_in(before: str, after: str, profile: str = "strict") -> list[Finding]:
    return list(families.findings(resources(before), resources(after), profile))


def rows(before: str, after: str) -> list[str]:
    return [each.fault.row for each in found_in(before, after)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.row)
def test_the_example_that_fails_breaks_the_rule_and_no_other(entry: Entry) -> None:
    found = found_in(entry.examples["before"], entry.fails, entry.profile)
    assert {each.fault.row for each in found} == {entry.row}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.row)
def test_the_example_that_passes_has_no_fault(entry: Entry) -> None:
    found = rows(entry.examples["before"], entry.passes)
    assert [row for row in found if row == entry.row or catalogue.rule(row).severity is Severity.ERROR] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.row)
def test_nothing_is_wrong_with_no_change(entry: Entry) -> None:
    for text in (entry.examples["before"], entry.fails, entry.passes):
        assert rows(text, text) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.row)
def test_every_finding_points_into_both_revisions(entry: Entry) -> None:
    for finding in found_in(entry.examples["before"], entry.fails):
        assert finding.fault.message
        assert finding.fault.path
        (old, path, text), *_ = finding.related
        assert text
        assert at(old.value, path[:1]) is not None


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.row)
def test_a_server_takes_every_object_of_the_examples(entry: Entry) -> None:
    for text in (entry.examples["before"], entry.fails, entry.passes):
        for each in resources(text).all:
            faults = objects().faults(each.value, objects().kind(each.value["apiVersion"], each.kind))
            errors = [
                fault for fault in faults if not fault.row or catalogue.rule(fault.row).severity is Severity.ERROR
            ]
            assert errors == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # what the server fills in is no change
        ("spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}", "same", []),
        (
            "spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'b:1'}]}}}",
            """
            spec:
              completionMode: NonIndexed
              template:
                spec:
                  dnsPolicy: ClusterFirst
                  restartPolicy: Never
                  containers: [{name: a, image: "b:1", imagePullPolicy: IfNotPresent, resources: {}, env: []}]
            """,
            [],
        ),
        (
            "spec: {template: {spec: {containers: [{resources: {limits: {cpu: 1k}}}]}}}",
            "spec: {template: {spec: {containers: [{resources: {limits: {cpu: 1k}, requests: {cpu: 1000}}}]}}}",
            [],
        ),
        # nobody has started it yet
        (
            "spec: {suspend: true, template: {spec: {containers: [{name: a}]}}}",
            "spec: {suspend: true, template: {spec: {nodeSelector: {a: b}, containers: [{name: a}]}}}",
            [],
        ),
        (
            "spec: {suspend: true, template: {spec: {containers: [{name: a}]}}}",
            "spec: {suspend: true, template: {spec: {containers: [{name: b}]}}}",
            ["XREV003"],
        ),
        # the Job of the last run may be gone
        ("spec: {ttlSecondsAfterFinished: 60, completions: 1}", "spec: {completions: 2}", []),
        ("spec: {completions: 1}", "spec: {completions: 2}", ["XREV003"]),
        (
            "spec: {completionMode: Indexed, completions: 2, parallelism: 2}",
            "spec: {completionMode: Indexed, completions: 3, parallelism: 3}",
            [],
        ),
    ],
)
def test_a_job_is_fixed(before: str, after: str, expected: list[str]) -> None:
    head = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\n"
    assert rows(head + before, head + (before if after == "same" else dedent(after))) == expected


def test_what_a_tool_makes_again_may_change() -> None:
    text = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: {helm.sh/hook: pre-upgrade}}\n"
    assert rows(text + "spec: {completions: 1}", text + "spec: {completions: 2}") == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{}", "{clusterIP: 10.0.0.1}", []),  # the server may have chosen it
        ("{clusterIP: None}", "{}", []),  # it stays as it is
        ("{clusterIP: None}", "{clusterIP: 10.0.0.1}", ["XREV007"]),
        ("{type: ExternalName, externalName: a.b}", "{clusterIP: None}", []),
        ("{type: LoadBalancer}", "{type: LoadBalancer, loadBalancerClass: example.com/a}", ["XREV007"]),
        ("{selector: {a: b}, ipFamilies: [IPv4]}", "{selector: {a: b}, ipFamilies: [IPv4, IPv6]}", []),
        ("{selector: {a: b}, ipFamilies: [IPv4]}", "{selector: {a: b}, ipFamilies: [IPv6]}", ["XREV007"]),
    ],
)
def test_the_address_of_a_service_stays(before: str, after: str, expected: list[str]) -> None:
    head = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: "
    assert rows(head + before, head + after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{}", "{storageClassName: fast}", []),  # filled in meanwhile, perhaps with the same
        ("{storageClassName: slow}", "{storageClassName: fast}", ["XREV004"]),
        ("{resources: {requests: {storage: 1Gi}}}", "{resources: {requests: {storage: 1024Mi}}}", []),
        ("{volumeMode: Filesystem}", "{}", []),
        ("{dataSource: {kind: a, name: b}}", "{dataSourceRef: {kind: a, name: b}}", []),
    ],
)
def test_a_claim_is_fixed(before: str, after: str, expected: list[str]) -> None:
    head = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: "
    assert rows(head + before, head + after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("data: {a: MQ==}", "stringData: {a: '1'}", []),
        ("data: {a: MQ==}", "data: {a: MQ==}\nstringData: {a: '2'}", ["data.a"]),
        ("data: {a: MQ==}", "data: {}", ["data"]),
        ("data: {a: MQ==}", "data: {a: null, b: null}", ["data.b"]),
    ],
)
def test_immutable_data_is_compared_as_the_server_keeps_it(before: str, after: str, expected: list[str]) -> None:
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nimmutable: true\n"
    assert [field(each.fault.path) for each in found_in(head + before, head + after)] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{containers: [{name: a, image: b}]}", "{containers: [{name: a, image: c}]}", []),
        ("{activeDeadlineSeconds: 9}", "{activeDeadlineSeconds: 8}", []),
        ("{activeDeadlineSeconds: 9}", "{activeDeadlineSeconds: 10}", ["spec.activeDeadlineSeconds"]),
        ("{tolerations: [{key: a}]}", "{tolerations: [{key: a}, {key: b}]}", []),
        ("{tolerations: [{key: a}]}", "{}", ["spec.tolerations"]),
        ("{containers: [{name: a}]}", "{containers: [{name: a}, {name: b}]}", ["spec.containers"]),
        ("{nodeSelector: {a: b}}", "{nodeSelector: {a: c}}", ["spec.nodeSelector.a"]),
    ],
)
def test_a_pod_is_fixed(before: str, after: str, expected: list[str]) -> None:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: "
    assert [field(each.fault.path) for each in found_in(head + before, head + after)] == expected
