"""
The Pod Security Standards, as the admission controller of the API server asks them.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from kgen.check.practice import pod_security_baseline, pod_security_restricted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.check.templates import Template


def violations(template: Template, level: str, version: tuple[int, int]) -> Iterator[Fault]:
    """
    Yield what a level of the Pod Security Standards forbids about pods.

    Args:
        level: ``privileged``, ``baseline`` or ``restricted``, as the label ``pod-security.kubernetes.io/enforce`` has.
        version: Of the standard, as the label ``pod-security.kubernetes.io/enforce-version`` has.
    """
    if level not in {"baseline", "restricted"}:
        return
    for control, overridden in pod_security_baseline.CONTROLS:
        if level == "baseline" or overridden is None or version < overridden:
            yield from control(template, version)
    if level == "restricted":
        for control, since in pod_security_restricted.CONTROLS:
            if version >= since:
                yield from control(template, version)


def pods_less_than_restricted(resource: Resource, version: tuple[int, int]) -> Iterator[Fault]:
    """Yield what no pod needs that is not part of the cluster itself."""
    if resource.template is not None:
        yield from violations(resource.template, "restricted", version)


DEFAULT = ()
STRICT = (pods_less_than_restricted,)
OFF = ()
