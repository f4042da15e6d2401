"""Under which account a component runs, and whether it calls the Kubernetes API."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.features.account import Account, ApiRule, Rbac, ServiceAccount
from kgen.features.network import Edge, PeerPort
from kgen.k8s import Target
from kgen.model.app import App
from kgen.model.component import Component
from kgen.resolve.fields import unread

NAMES_WITHOUT_EFFECT = Rule(
    code="KG3261",
    name="names-cannot-restrict",
    explain="An object that is still to be made has no name that the API server could compare with those of a role.",
)
EMPTY_RIGHT = Rule(
    code="KG3262",
    name="right-to-nothing",
    explain="A rule of a role names at least one verb and one resource, in the plural and in its own API group.",
)
RULES = (NAMES_WITHOUT_EFFECT, EMPTY_RIGHT)

_GROUPS = {
    "": "configmaps endpoints events limitranges namespaces nodes persistentvolumeclaims persistentvolumes pods "
    "podtemplates replicationcontrollers resourcequotas secrets serviceaccounts services",
    "apps": "controllerrevisions daemonsets deployments replicasets statefulsets",
    "autoscaling": "horizontalpodautoscalers",
    "batch": "cronjobs jobs",
    "coordination.k8s.io": "leases",
    "discovery.k8s.io": "endpointslices",
    "networking.k8s.io": "ingressclasses ingresses networkpolicies",
    "policy": "poddisruptionbudgets",
    "rbac.authorization.k8s.io": "clusterrolebindings clusterroles rolebindings roles",
    "storage.k8s.io": "csidrivers storageclasses volumeattachments",
}
_GROUP_OF = {resource: group for group, resources in _GROUPS.items() for resource in resources.split()}
"""API group of resources that Kubernetes has by itself."""

_ALSO = {"events": "events.k8s.io", "pods": "metrics.k8s.io", "nodes": "metrics.k8s.io"}

API_SERVER = Edge(ports=(PeerPort(port=443), PeerPort(port=6443)))
"""The API server's pods are selected by nobody: it runs on the hosts' network, or with the provider."""


def faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    """Yield rights that are none, and what is written and changes nothing."""
    rights = component.rbac or Rbac()
    for scope in ("namespace", "cluster"):
        for index, rule in enumerate(getattr(rights, scope)):
            where = (*at, "rbac", scope, index)
            for key in ("resources", "verbs"):
                if not getattr(rule, key):
                    yield Diagnostic(
                        rule=EMPTY_RIGHT,
                        message=f"`{key}` is empty",
                        at=Label((*where, key)),
                        help="name at least one, or remove the whole rule",
                    )
            yield from _resource_faults(rule, where)
            unnamed = [verb for verb in rule.verbs if verb in {"create", "deletecollection"}]
            if rule.names and unnamed:
                yield Diagnostic(
                    rule=NAMES_WITHOUT_EFFECT,
                    message=f"`{unnamed[0]}` cannot be restricted to objects by name",
                    at=Label((*where, "verbs")),
                    related=(Label((*where, "names"), "the names"),),
                    help=f"put `{unnamed[0]}` into a rule of its own, without `names`",
                )
    given = component.service_account
    if given and given.name:
        yield from unread(given, {"annotations"}, (*at, "serviceAccount"), "an account that somebody else makes")


def _resource_faults(rule: ApiRule, at: Path) -> Iterator[Diagnostic]:
    """Yield resources that are in another group, or none: the API server takes them, and grants nothing."""
    group = rule.group or ""
    for index, resource in enumerate(rule.resources):
        name = resource.partition("/")[0]
        plural = next((each for each in (name, f"{name}s", f"{name}es") if each in _GROUP_OF), None)
        if plural is None or group == _ALSO.get(plural) or (plural != name and group not in _GROUPS):
            continue
        if plural != name:
            message, way_out = f"there is no resource `{name}`", f"write the plural: `{plural}`"
        elif (right := _GROUP_OF[name]) != group:
            message = f"`{name}` is not in the {f'API group `{group}`' if group else 'core group'}"
            way_out = f"add `group: {right}`" if not group else f"write `group: {right}`" if right else "remove `group`"
            way_out += ", in a rule of its own" if len(rule.resources) > 1 else ""
        else:
            continue
        yield Diagnostic(rule=EMPTY_RIGHT, message=message, at=Label((*at, "resources", index)), help=way_out)


def own_account(component: Component, target: Target) -> Account | None:
    """Return the account of ``target``'s component, or ``None`` if it has the app's."""
    given, rights = component.service_account, component.rbac
    if given is None and rights is None:
        return None
    given, rights = given or ServiceAccount(), rights or Rbac()
    return Account(
        # a component that is called like its app would take the app's account for its own
        name=given.name or (target.name if target.name != target.app else f"{target.app}-{target.component}"),
        is_made=given.name is None,
        annotations=given.annotations,
        has_token=calls_api(component),
        namespace_rules=rights.namespace,
        cluster_rules=rights.cluster,
    )


def calls_api(component: Component) -> bool:
    """Tell whether a component uses the Kubernetes API: then it gets a token, and may connect to the API server."""
    given = component.service_account
    return component.rbac is not None or (given is not None and given.token)


def edges(app: App, name: str) -> Iterator[Edge]:
    """Yield the way to the API server, for a component that calls it."""
    component = app.components.get(name)
    if component and calls_api(component):
        yield API_SERVER
