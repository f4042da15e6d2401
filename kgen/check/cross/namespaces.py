"""
Namespaces that are not there, or were forgotten, and objects that come before what they need.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
"""

from __future__ import annotations

from kgen.check.cross.near import is_typo
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import part, text
from kgen.check.resource import DEFAULT_NAMESPACE
from kgen.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

_AT = ("metadata", "namespace")
_BUILT_IN = frozenset({"", "apps", "autoscaling", "batch", "extensions", "policy"})
_MOST_RELATED = 3
_FEWEST = 2


def namespaces_misspelt(resources: Resources) -> Iterator[Finding]:
    """Yield objects in namespaces that the set has not got, but almost."""
    yield from _undeclared(resources, misspelt=True)


def namespaces_undeclared(resources: Resources) -> Iterator[Finding]:
    """Yield objects in namespaces that the set has not got, though it has others."""
    yield from _undeclared(resources, misspelt=False)


def namespaces_forgotten(resources: Resources) -> Iterator[Finding]:
    """Yield objects without a namespace where most others are in one, and all in the same."""
    with_one: set[str] = set()
    count, without = 0, []
    for each in resources.all:
        if each.namespace:
            metadata = each.value.get("metadata")
            if isinstance(metadata, dict) and metadata.get("namespace"):
                with_one.add(each.namespace)
                count += 1
            else:
                without.append(each)
    if with_one == {DEFAULT_NAMESPACE} or len(with_one) != 1 or len(without) >= count or count < _FEWEST:
        return
    namespace = with_one.pop()
    for each in filter(_is_built_in, without):
        message = f"is missing, while {count} other objects are in `{namespace}`: it lands wherever kubectl points to"
        fault = Fault(
            keyword=Keyword.REQUIRED, path=_AT, message=message, help=f"add `namespace: {namespace}`", row="XDUP005"
        )
        yield Finding(each, fault)


def objects_before_what_they_need(resources: Resources) -> Iterator[Finding]:
    """Yield the first object that stands before its Namespace or its CustomResourceDefinition."""
    namespaces = {each.name: each for each in resources.of("", "Namespace")}
    definitions = {
        (text(each.spec, "group"), text(each.spec, "names", "kind")): each
        for each in resources.of("apiextensions.k8s.io", "CustomResourceDefinition")
    }
    if not namespaces and not definitions:
        return
    passed: set[int] = set()
    for each in resources.all:
        passed.add(id(each))
        for needed, path in ((namespaces.get(each.namespace), _AT), (definitions.get(each.key), ("kind",))):
            if needed is not None and id(needed) not in passed and _file(needed) == _file(each):
                message = f"needs {needed}, which comes later: the first `kubectl apply` of both is refused"
                helped = f"put {needed} before it"
                fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row="XDUP007")
                passed.add(id(needed))  # once is enough
                yield Finding(each, fault, [(needed, ("metadata", "name"), "defined here")])


def _file(resource: Resource) -> str:
    """Return the file of an object, if it has one: the order of files is up to whoever applies them."""
    return getattr(resource.place, "path", "")


def _undeclared(resources: Resources, *, misspelt: bool) -> Iterator[Finding]:
    declared = {each.name: each for each in resources.of("", "Namespace")}
    if not declared:
        return
    users: dict[str, list[Resource]] = {}
    for each in resources.all:
        namespace = each.namespace
        if namespace and namespace not in declared and namespace != "default" and not namespace.startswith("kube-"):
            users.setdefault(namespace, []).append(each)
    for namespace, using in users.items():
        if resources.external.has("Namespace", "", namespace):
            continue
        slip = next((name for name in declared if is_typo(namespace, name)), None)
        if (slip is not None) is misspelt:
            near = slip or nearest(namespace, declared)
            helped = (
                f"did you mean `{near}`?" if near else f"add it, or declare it: `external: [Namespace/{namespace}]`"
            )
            message = f"is `{namespace}`, and no object makes this Namespace"
            fault = Fault(keyword=Keyword.NOT_FOUND, path=_AT, message=message, help=helped, row="XDUP004")
            related = [(declared[near], ("metadata", "name"), "this one is there")] if near else []
            more = [(each, _AT, "the same namespace") for each in using[1 : _MOST_RELATED + 1]]
            yield Finding(using[0], fault, [*related, *more])


def _is_built_in(resource: Resource) -> bool:
    group = resource.group
    known = group in _BUILT_IN or group in {"networking.k8s.io", "rbac.authorization.k8s.io"}
    return known and "generateName" not in part(resource.value, "metadata")


DEFAULT = (namespaces_misspelt, objects_before_what_they_need)
STRICT = (namespaces_undeclared, namespaces_forgotten)
OFF = ()
