"""Images of a set: one repository in two versions."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.dockerfile.images import mixed_tags
from kgen.check.fault import Fault
from kgen.check.reading import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources


def mixed_versions(resources: Resources) -> Iterator[Finding]:
    """Yield containers whose image runs in another version beside them, in the same namespace: XIMG011."""
    for namespace in resources.all_namespaces():
        places = [
            (each, (*at, "image"), text(container, "image"))
            for each in resources.workloads(namespace)
            if each.template is not None
            for at, container in each.template.containers()
            if text(container, "image")
        ]
        for later, earlier, fault in mixed_tags([name for _, _, name in places]):
            resource, path, _ = places[later]
            other, there, _ = places[earlier]
            made = Fault(keyword=fault.keyword, path=path, message=fault.message, help=fault.help, row=fault.row)
            yield Finding(resource, made, [(other, there, "the other version")])


DEFAULT = ()
STRICT = (mixed_versions,)
OFF = ()
