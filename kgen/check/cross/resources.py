"""The objects of a run, and the ways in which rules look for them."""

from __future__ import annotations

from kgen.check.labels import has_all, selects
from kgen.check.reading import entries, mappings, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path


class Finding:
    """A fault of one object that others are part of."""

    __slots__ = ("fault", "related", "resource")

    def __init__(self, resource: Resource, fault: Fault, related: Sequence[tuple[Resource, Path, str]] = ()) -> None:
        """
        Args:
            resource: The object that is the one to change.
            fault: Its path is in that object, and its row set.
            related: Other places: the object, the path in it, and a few words (`this Service`, `defined here`).
        """
        self.resource = resource
        self.fault = fault
        self.related = tuple(related)


class External:
    """What exists outside of the documents, as kgen.yaml declares it."""

    __slots__ = ("_patterns",)

    def __init__(self, declared: Iterable[str] = ()) -> None:
        """
        Args:
            declared: As ``Secret/db`` in any namespace, ``Secret/shop/db``, with ``*`` and ``?`` as in a shell.
        """
        self._patterns = [tuple(each.split("/")) for each in declared]

    def has(self, kind: str, namespace: str, name: str) -> bool:
        """Tell whether an object was declared."""
        if not self._patterns:
            return False
        from fnmatch import fnmatchcase  # noqa: PLC0415  # few declare anything

        for pattern_kind, *between, pattern in self._patterns:
            if (
                fnmatchcase(kind, pattern_kind)
                and fnmatchcase(name, pattern)
                and all(fnmatchcase(namespace, each) for each in between)
            ):
                return True
        return False

    def __iter__(self) -> Iterator[str]:
        return iter("/".join(each) for each in self._patterns)


class Resources:
    """All objects that may know each other."""

    __slots__ = ("_by_kind", "_by_name", "_others", "_pairs", "_templates", "all", "external", "memo")

    def __init__(self, objects: Iterable[Resource], external: External | None = None) -> None:
        self.all = tuple(objects)
        self.external = external or External()
        self._by_kind: dict[tuple[str, str], list[Resource]] = {}
        self._by_name: dict[tuple[str, str, str, str], Resource] = {}
        self._others: dict[tuple[str, str, str, str], list[Resource]] = {}
        self._templates: dict[str, list[Resource]] = {}
        self._pairs: dict[str, dict[tuple[str, str], list[Resource]]] = {}
        self.memo: dict[str, Any] = {}
        """What rules have found out about all objects, for the next ones that ask."""

        by_kind, by_name, templates = self._by_kind, self._by_name, self._templates
        for each in self.all:
            if each.key in by_kind:
                by_kind[each.key].append(each)
            else:
                by_kind[each.key] = [each]
            name = (each.group, each.kind, each.namespace, each.name)
            if by_name.setdefault(name, each) is not each:
                self._others.setdefault(name, []).append(each)
            if each.template is not None:
                templates.setdefault(each.namespace, []).append(each)

    @property
    def kinds(self) -> Iterable[tuple[str, str]]:
        """API group and kind of all objects."""
        return self._by_kind.keys()

    def of(self, group: str, kind: str) -> Sequence[Resource]:
        """Return the objects of a kind."""
        return self._by_kind.get((group, kind), ())

    def get(self, group: str, kind: str, namespace: str, name: str) -> Resource | None:
        """Return the object of this name; the first one, if there are several."""
        return self._by_name.get((group, kind, namespace, name))

    def variants(self, group: str, kind: str, namespace: str, name: str) -> Sequence[Resource]:
        """Return all objects of this name: a set may have one for each environment."""
        found = self._by_name.get((group, kind, namespace, name))
        return (found, *self._others.get((group, kind, namespace, name), ())) if found is not None else ()

    def has(self, group: str, kind: str, namespace: str, name: str) -> bool:
        """Tell whether an object is there, or declared to exist outside."""
        return (group, kind, namespace, name) in self._by_name or self.external.has(kind, namespace, name)

    def workloads(self, namespace: str) -> Sequence[Resource]:
        """Return the objects with a pod template (``resource.template``) in a namespace; bare Pods among them."""
        return self._templates.get(namespace, ())

    def all_workloads(self) -> Iterator[Resource]:
        """Yield the objects with a pod template in all namespaces."""
        for each in self._templates.values():
            yield from each

    def all_namespaces(self) -> Iterable[str]:
        """Return the namespaces that have workloads."""
        return self._templates.keys()

    def selected(self, namespace: str, labels: Mapping[str, str]) -> Sequence[Resource]:
        """Return the workloads in a namespace whose pods have all of ``labels``, as the selector of a Service asks."""
        if not labels:
            return self.workloads(namespace)
        pairs = self._pairs.get(namespace)
        if pairs is None:
            pairs = self._pairs[namespace] = _by_pair(self.workloads(namespace))
        if len(labels) == 1:
            (pair,) = labels.items()
            return pairs.get(pair, ())
        fewest = min((pairs.get(pair, ()) for pair in labels.items()), key=len)
        return [each for each in fewest if each.template is not None and has_all(labels, each.template.labels)]

    def matching(self, namespace: str, selector: Any) -> Sequence[Resource]:
        """Return the workloads in a namespace whose pods match a LabelSelector; all of them, if it is empty."""
        if not isinstance(selector, dict):
            return ()
        wanted = texts(part(selector, "matchLabels"))
        if not selector.get("matchExpressions"):
            return self.selected(namespace, wanted)
        found = self.selected(namespace, wanted) if wanted else self._among(namespace, selector)
        return [each for each in found if each.template is not None and selects(selector, each.template.labels)]

    def _among(self, namespace: str, selector: Mapping[str, Any]) -> Sequence[Resource]:
        """Return the workloads that a selector of expressions may match: those with a value that one of them names."""
        for _, expression in mappings(selector, "matchExpressions"):
            if expression.get("operator") == "In":
                key = text(expression, "key")
                values = dict.fromkeys(each for each in entries(expression, "values") if isinstance(each, str))
                found = [each for value in values for each in self.selected(namespace, {key: value})]
                return list(dict.fromkeys(found))
        return self.workloads(namespace)


def _by_pair(workloads: Iterable[Resource]) -> dict[tuple[str, str], list[Resource]]:
    """Return the workloads by each label of their pods: looking at all of them for each selector takes too long."""
    made: dict[tuple[str, str], list[Resource]] = {}
    for each in workloads:
        if each.template is not None:
            for pair in each.template.labels.items():
                made.setdefault(pair, []).append(each)
    return made
