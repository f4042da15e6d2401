"""
Rules of practice on environment variables: references that stay as they are written.

``$(NAME)`` becomes the value of a variable only if that one stands above, or comes from ``envFrom`` or a Service.

Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
"""

from __future__ import annotations

from kgen.check.practice.advice import advice, containers
from kgen.check.reading import entries, mappings, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Version = tuple[int, int]

_OF_SERVICES = ("_SERVICE_HOST", "_SERVICE_PORT", "_PORT", "_TCP", "_UDP", "_PROTO", "_ADDR")


def _references(value: str) -> Iterator[str]:
    """
    Yield the names that a value refers to; ``$$`` stands for a plain dollar sign.

    Source: https://github.com/kubernetes/kubernetes/blob/master/third_party/forked/golang/expansion/expand.go

    >>> list(_references("$(A)/$$(B)/$(C"))
    ['A']
    """
    at = value.find("$")
    while 0 <= at < len(value) - 1:
        if value[at + 1] == "(":
            end = value.find(")", at)
            if end < 0:
                return
            yield value[at + 2 : end]
            at = value.find("$", end)
        else:
            at = value.find("$", at + 2)


def _refers(container: Mapping[str, Any]) -> bool:
    """Tell whether a variable may refer to another one, as few do."""
    for variable in entries(container, "env"):
        if isinstance(variable, dict):
            value = variable.get("value")
            if isinstance(value, str) and "$(" in value:
                return True
    return False


def _unresolved(resource: Resource) -> Iterator[tuple[Path, str, int | None]]:
    """Yield the place of a reference that nothing above defines, its name, and the entry that defines it, if any."""
    for at, each in containers(resource):
        if "env" not in each or entries(each, "envFrom") or not _refers(each):
            continue
        variables = mappings(each, "env")
        last = {text(variable, "name"): index for index, variable in variables}
        above: set[str] = set()
        for index, variable in variables:
            for name in dict.fromkeys(_references(text(variable, "value"))):
                if name not in above and not name.endswith(_OF_SERVICES):
                    yield (*at, "env", index, "value"), name, last.get(name)
            above.add(text(variable, "name"))


def references_to_later_variables(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, name, defined in _unresolved(resource):
        if defined is not None and defined != path[-2]:
            message = f"refers to `{name}`, which is defined below it, so that `$({name})` stays as it is"
            yield advice("REL17", path, message, f"move `{name}` above it, or write `$$({name})` if the text is meant")


def references_to_nothing(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, name, defined in _unresolved(resource):
        if name.isidentifier() and (defined is None or defined == path[-2]):
            message = f"refers to `{name}`, which is defined nowhere above, so that `$({name})` stays as it is"
            yield advice(
                "REL21", path, message, f"define `{name}` above it, or write `$$({name})` if the text is meant"
            )


DEFAULT = (references_to_later_variables,)
STRICT = (references_to_nothing,)
OFF = ()
