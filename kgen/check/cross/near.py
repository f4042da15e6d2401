"""Near misses: the name that somebody probably meant when they named one that is not there."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path


def near_miss(resources: Resources, group: str, kind: str, namespace: str, name: str) -> tuple[str, Resource | None]:
    """
    Return the way out for a missing object, and the object that was probably meant: it has the same name in another
    namespace, almost the same name, or the same one with a prefix or a suffix (as kustomize and helm add).
    """
    known = resources.of(group, kind)
    same = next((each for each in known if each.name == name), None)
    if same:
        return f"there is one in namespace `{same.namespace}`: names are looked up in `{namespace}`", same
    here = {each.name: each for each in known if each.namespace == namespace}
    affixed = [each for each in here if each.startswith(f"{name}-") or each.endswith(f"-{name}")]
    near = affixed[0] if len(affixed) == 1 else nearest(name, here)
    return (f"did you mean `{near}`?", here[near]) if near else ("", None)


def dangling(
    row: str, resources: Resources, resource: Resource, path: Path, target: tuple[str, str, str, str]
) -> Iterator[Finding]:
    """
    Yield the finding for a reference to an object that is neither there nor declared to exist outside.

    Args:
        resource: The object with the reference, which stands at ``path`` in it.
        target: API group, kind, namespace and name of what it names.
    """
    group, kind, namespace, name = target
    if not name or resources.has(group, kind, namespace, name):
        return
    where = f" in namespace `{namespace}`" if namespace else ""
    helped, near = near_miss(resources, group, kind, namespace, name)
    out = helped or f"add it, or declare in kgen.yaml that it comes from elsewhere: `external: [{kind}/{name}]`"
    message = f"names the {kind} `{name}`, which is not there{where}"
    fault = Fault(keyword=Keyword.NOT_FOUND, path=path, message=message, help=out, row=row)
    yield Finding(resource, fault, [(near, ("metadata", "name"), "this one is there")] if near else ())
