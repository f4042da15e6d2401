"""Roles and bindings: the corners of the rules, and the table of resources."""

import pytest

from kgen.check.cross.api_resources import CLUSTER_WIDE, NAMESPACED, plural
from kgen.check.server.names import CLUSTER_SCOPED
from kgen.check.store import Store, default_directory
from test_cross_rules import found_in, rows

OWN = "XRBAC"
NO_RESOURCES = frozenset({"APIGroup", "APIResourceList", "APIVersions", "Eviction", "Scale", "Status", "TokenRequest"})
"""Kinds of requests and answers."""


def told(text: str, profile: str = "default") -> list[str]:
    return [row for row in rows(found_in(text, profile=profile)) if row.startswith(OWN)]


def role(*rules: str, kind: str = "Role", name: str = "reader", more: str = "") -> str:
    where = ", namespace: shop" if kind == "Role" else ""
    return (
        f"---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}{where}}}\n"
        f"rules: [{', '.join(rules)}]\n{more}"
    )


def rule(resources: str, groups: str = "''", verbs: str = "get", names: str = "") -> str:
    named = f", resourceNames: [{names}]" if names else ""
    return f"{{apiGroups: [{groups}], resources: [{resources}], verbs: [{verbs}]{named}}}"


def test_the_table_has_the_kinds_of_all_versions() -> None:
    store = Store(default_directory())
    missing = {
        (group, kind)
        for version in store.versions()
        for api, kind in store.kinds(version)
        for group in [api.rpartition("/")[0]]
        if not kind.endswith("List") and kind not in NO_RESOURCES
        if plural(kind) not in (CLUSTER_WIDE if (group, kind) in CLUSTER_SCOPED else NAMESPACED).get(group, ())
    }
    assert missing <= {("networking.k8s.io", "ClusterCIDR")}, "which is in no namespace, and gone since 1.29"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rule("pods, pods/log, pods/exec, services/proxy"), ""),
        (rule("pods/status, widgets/finalizers"), "did you mean"),
        (rule("pods, deployments", "'', apps"), ""),
        (rule("deployments"), "it is in the group `apps`"),
        (rule("deployments.apps"), "it is in the group `apps`"),
        (rule("pods", "apps"), 'it is in the core group: add `""` to `apiGroups`'),
        (rule("Pod"), "did you mean `pods`? Roles name resources by their plural, in lower case"),
        (rule("NetworkPolicy", "networking.k8s.io"), "did you mean `networkpolicies`? Roles name"),
        (rule("pods/logs"), "did you mean `pods/log`?"),
        (rule("deplyments", "apps"), "did you mean `deployments`?"),
        (rule("'*', '*/scale', 'pods/*'"), ""),
        (rule("endpoints/restricted"), ""),
        # nobody knows what others have
        (rule("widgets", "example.com"), ""),
        (rule("widgets", "'', example.com"), ""),
        (rule("widgets", "'*'"), ""),
        (rule("ingresses", "extensions"), ""),
        (rule("signers", "certificates.k8s.io", "approve"), ""),
        (rule("userextras/scopes", "authentication.k8s.io", "impersonate"), ""),
        ("{nonResourceURLs: [/healthz], verbs: [get]}", ""),
    ],
)
def test_resources(text: str, expected: str) -> None:
    found = [each.fault for each in found_in(role(text, kind="ClusterRole"), profile="default")]
    assert {fault.row for fault in found} == ({"XRBAC004"} if expected else set())
    if expected and "widgets" not in text:
        assert found[0].help.startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rule("pods", verbs="get, list, watch, deletecollection, '*'"), []),
        (rule("pods", verbs="read"), ["XRBAC005"]),
        (rule("pods", verbs="Get"), ["XRBAC005"]),
        (rule("widgets", "example.com", "polish"), []),
        (rule("widgets", "example.com", "GET"), ["XRBAC005"]),
        (rule("roles", "rbac.authorization.k8s.io", "bind, escalate"), []),
        (rule("nodes", verbs="get"), ["XRBAC006"]),
        (rule("nodes, pods", "'', metrics.k8s.io"), ["XRBAC006"]),
        # a request about the own namespace is one in it
        (rule("namespaces", verbs="get"), []),
        (rule("namespaces", verbs="list"), ["XRBAC006"]),
        (rule("configmaps", verbs="create, get", names="a"), ["XRBAC007"]),
        (rule("pods/exec", verbs="create", names="a"), []),
        (rule("configmaps", verbs="deletecollection", names="a"), ["XRBAC007"]),
    ],
)
def test_rules_of_roles(text: str, expected: list[str]) -> None:
    assert told(role(text)) == expected


def test_a_second_rule_may_allow_what_names_cannot() -> None:
    named = rule("configmaps", verbs="create, update", names="a")
    assert told(role(named, rule("configmaps", verbs="create"))) == []
    assert told(role(named, rule("'*'", "'*'", "'*'"))) == []
    assert told(role(named, rule("secrets", verbs="create"))) == ["XRBAC007"]


DEFINITION = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: mice.example.com}\n"
    "spec: {group: example.com, scope: Cluster, names: {kind: Mouse, plural: mice, singular: mouse}}\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (role(rule("mice", "example.com"), kind="ClusterRole"), []),
        (role(rule("mouse", "example.com"), kind="ClusterRole"), ["XRBAC004"]),
        # another definition of the group may be elsewhere
        (role(rule("cats", "example.com"), kind="ClusterRole"), []),
        (role(rule("mice", "example.com")), ["XRBAC006"]),
    ],
)
def test_custom_resources(text: str, expected: list[str]) -> None:
    assert told(DEFINITION + text) == expected


@pytest.mark.parametrize(
    ("groups", "resources", "helped"),
    [
        ("apps/v1", "deployments", "write `apps`"),
        ("v1", "pods", 'write `""`, which stands for the core group'),
        ("v1", "deployments", "write `apps`"),
        ("core", "pods/log", 'write `""`, which stands for the core group'),
        ("core/v1", "pods", 'write `""`, which stands for the core group'),
        # what is meant is there too
        ("'', v1, core", "pods", ""),
        ("apps, apps/v1", "deployments", ""),
        ("'*', apps/v1", "deployments", ""),
        ("velero.io", "backups", ""),
        ("vpa", "backups", ""),
    ],
)
def test_groups(groups: str, resources: str, helped: str) -> None:
    found = [each.fault for each in found_in(role(rule(resources, groups)), profile="default")]
    assert [(fault.row, fault.help) for fault in found] == ([("XRBAC011", helped)] if helped else [])


def test_urls_have_verbs_of_their_own() -> None:
    def urls(verbs: str) -> str:
        return role(f"{{nonResourceURLs: [/metrics], verbs: [{verbs}]}}", kind="ClusterRole")

    assert told(urls("get, post, head, options")) == []
    assert told(urls("list")) == ["XRBAC005"]


def binding(name: str = "reader", kind: str = "Role", subject: str = "name: web, namespace: shop") -> str:
    return (
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web, namespace: shop}\n"
        f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {name}}}\n"
        f"subjects: [{{kind: ServiceAccount, {subject}}}]\n"
    )


def account(where: str = ", namespace: shop", name: str = "web") -> str:
    return f"---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}{where}}}\n"


POD = (
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
    "spec: {serviceAccountName: web, containers: [{name: web, image: example.com/a:1}]}\n"
)
READER = role(rule("pods"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (READER + binding() + account(), []),
        (READER + binding(subject="name: web") + account(), []),
        (READER + binding("raeder") + account(), ["XRBAC001"]),
        (READER + binding("view", "ClusterRole") + account(), []),
        (READER + binding("system:auth-delegator", "ClusterRole") + account(), []),
        (role(rule("pods"), kind="ClusterRole", name="all") + READER + binding("all") + account(), ["XRBAC001"]),
        # neither roles nor accounts are kept in this set
        (binding(), []),
        (READER + binding(subject="name: default, namespace: shop") + account(), []),
        (READER + binding(subject="name: web-ap, namespace: shop") + account(name="web-app"), ["XRBAC002"]),
        (READER + binding(subject="name: web, namespace: prod") + account() + POD, ["XRBAC003"]),
        # an account without namespace gets one when it is applied
        (READER + binding(subject="name: web, namespace: prod") + account(""), []),
        (READER + binding(subject="name: ttl-controller, namespace: kube-system") + account(), []),
    ],
)
def test_bindings(text: str, expected: list[str]) -> None:
    assert told(text) == expected


AGGREGATED = "rbac.authorization.k8s.io/aggregate-to-view"
OPERATED = (
    "---\napiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: a, namespace: shop}\n"
    "spec: {serviceAccountName: web}\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (READER, ["XRBAC008"]),
        (READER + binding() + account(), []),
        (role(rule("pods"), kind="ClusterRole", name=f"a, labels: {{{AGGREGATED}: 'true'}}"), []),
        (account(), ["XRBAC009"]),
        (account() + POD, []),
        (account() + OPERATED, []),
        (account(name="default"), []),
    ],
)
def test_what_nobody_uses(text: str, expected: list[str]) -> None:
    assert told(text, "strict") == expected


def aggregated(pair: str, *rules: str) -> str:
    more = f"aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{{pair}}}}}]}}\n"
    return role(*rules, kind="ClusterRole", name="system:all", more=more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (aggregated("a: b"), ["XRBAC010"]),
        (aggregated(f"{AGGREGATED}: 'true'"), []),
        (aggregated("a: b") + role(rule("pods"), kind="ClusterRole", name="c, labels: {a: b}"), []),
        (aggregated(f"{AGGREGATED}: 'true'", rule("pods")), ["XRBAC010"]),
    ],
)
def test_roles_made_of_others(text: str, expected: list[str]) -> None:
    assert told(text, "strict") == expected
