"""
What the API servers of some Kubernetes versions say about one object.

Kinds that are built in come from the ``Store``; all others have to be declared by CustomResourceDefinitions, which
are not read before somebody asks for such a kind.
"""

from __future__ import annotations

from kgen.check.fault import Fault, Keyword
from kgen.check.schema import Compiler
from kgen.check.server.kinds import Context
from kgen.check.server.kinds import checks as server_checks
from kgen.check.server.names import CLUSTER_SCOPED
from kgen.check.sound import sound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.crd import CustomKind
    from kgen.check.formats import Check
    from kgen.check.server.kinds import Check as ServerCheck
    from kgen.check.shipped import ShippedKind
    from kgen.check.store import Store
    from kgen.diag import Path

    Versions: TypeAlias = tuple[str, ...]
    Custom: TypeAlias = Callable[[str, str, Check], CustomKind | None]
    Shipped: TypeAlias = Callable[[str, str, Check], ShippedKind | None]

DEFINITION = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
"""The kind that declares kinds."""

HIDING_NOTHING = frozenset({Keyword.DUPLICATE, Keyword.UNCHECKED})

UNNAMED = frozenset(
    {
        *("LimitRange", "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectReview"),
        *("SelfSubjectRulesReview", "SubjectAccessReview", "TokenRequest", "TokenReview"),
    }
)
"""Kinds that the API server stores under a name of its own, or not at all."""


class Kind:
    """What is known about a kind: how to check its objects, and which versions do not serve it."""

    __slots__ = ("checks", "contexts", "custom", "lacking", "needs_name", "release", "server")

    def __init__(
        self,
        checks: Sequence[tuple[Check, Versions]],
        lacking: Versions = (),
        custom: CustomKind | None = None,
        *,
        needs_name: bool,
    ) -> None:
        self.checks = checks
        self.lacking = lacking
        self.custom = custom
        self.needs_name = needs_name
        self.release = ""
        """What its schema is of, if nobody declares the kind and it came with kgen: what a cluster has may differ."""

        self.server: Sequence[ServerCheck] = ()
        """Rules of the server's code, and for each version that serves the kind what they have to know."""

        self.contexts: Sequence[Context] = ()


class Objects:
    """Checks objects for some versions at once; versions in which a kind is the same are checked once."""

    def __init__(
        self,
        store: Store,
        versions: Versions,
        custom: Custom,
        declared: Callable[[str], Sequence[tuple[str, str]]] = lambda _: (),
        shipped: Shipped = lambda *_: None,
    ) -> None:
        """
        Args:
            declared: Returns the custom kinds in the group of an ``apiVersion``, for those who named another one.
            custom: Returns the custom kind with this ``apiVersion`` and ``kind``, if it was declared. Its third
                argument is the check of ``metadata``, which every kind has.
            shipped: Returns the same for a kind that nobody declares, if its schema comes with kgen.

        Raises:
            KeyError: One of ``versions`` is not in ``store``.
        """
        self.store = store
        self.versions = versions
        self._custom = custom
        self._shipped = shipped
        self.declared = declared
        self._compiler = Compiler(store.definition)
        self._indices = [(version, store.kinds(version)) for version in versions]
        self._kinds: dict[tuple[str, str], Kind] = {}

    def kind(self, api_version: str, kind: str) -> Kind:
        """Return what is known about a kind."""
        known = self._kinds.get((api_version, kind))
        if known is None:
            known = self._kinds[api_version, kind] = self._look_up(api_version, kind)
        return known

    def _look_up(self, api_version: str, kind: str) -> Kind:
        serving: dict[str, list[str]] = {}
        lacking = []
        for version, index in self._indices:
            if name := index.get((api_version, kind)):
                serving.setdefault(name, []).append(version)
            else:
                lacking.append(version)
        if not serving and (found := self._look_up_custom(api_version, kind)):
            return self._with_rules(found, api_version, kind)
        checks: list[tuple[Check, Versions]]
        checks = [(self._compiler.definition(name), tuple(versions)) for name, versions in serving.items()]
        if (api_version, kind) == DEFINITION:
            checks.append((self._definition_faults, self.versions))
        made = Kind(checks, tuple(lacking), needs_name=kind not in UNNAMED)
        return self._with_rules(made, api_version, kind)

    def _look_up_custom(self, api_version: str, kind: str) -> Kind | None:
        metadata = self._metadata()
        if custom := self._custom(api_version, kind, metadata):
            return Kind((), custom=custom, needs_name=True)
        if shipped := self._shipped(api_version, kind, metadata):
            made = Kind((), custom=shipped, needs_name=True)
            made.release = shipped.release
            return made
        return None

    def _with_rules(self, made: Kind, api_version: str, kind: str) -> Kind:
        """Return ``made`` with the rules of the server's code; of custom kinds it looks at the metadata only."""
        group = api_version.rpartition("/")[0]
        made.server = server_checks(group, kind)
        is_namespaced = None if made.custom else (group, kind) not in CLUSTER_SCOPED
        made.contexts = [
            Context(_number(version), group, kind, is_namespaced=is_namespaced)
            for version in self.versions
            if version not in made.lacking
        ]
        return made

    def _server_faults(
        self, value: Mapping[str, Any], known: Kind, found: Mapping[Fault, Versions]
    ) -> dict[Fault, Versions]:
        """Return what the server's code refuses, beyond what is ``found`` already: of the rest of the object."""
        more: dict[Fault, Versions] = {}
        # repeated keys pass a create, and what was not checked is no fault: they hide nothing
        found = {fault: versions for fault, versions in found.items() if fault.keyword not in HIDING_NOTHING}
        rest = sound(value, [fault.path for fault in found]) if found else value
        for context in known.contexts:
            for check in known.server:
                for fault in check(rest, context):
                    if not any(_is_about(fault.path, other.path) for other in found):
                        more[fault] = (*more.get(fault, ()), "{}.{}".format(*context.version))
        return more

    def _metadata(self) -> Check:
        """Return the check of ``ObjectMeta`` in the newest version: every kind has it."""
        from kgen.check.crd import metadata_check  # noqa: PLC0415  # most runs have no custom kinds

        return metadata_check(self.store, self.versions[-1])

    def _definition_faults(self, value: Any) -> Sequence[Fault]:
        from kgen.check.crd_faults import definition_faults  # noqa: PLC0415  # most objects define no kinds

        return definition_faults(value, self._metadata())

    def faults(self, value: Mapping[str, Any], known: Kind) -> Mapping[Fault, Versions]:
        """Return the faults of an object of a ``known`` kind, each with the versions that have it."""
        found = self._schema_faults(value, known)
        if known.needs_name and (known.checks or known.custom) and _has_no_name(value):
            message = "is required, and so is `metadata.generateName` without it"
            found[Fault(path=("metadata", "name"), keyword=Keyword.NAME, message=message)] = self.versions
        more = self._server_faults(value, known, found)
        if not more:
            return found
        # the server's word on a repeated entry says more than that an apply would refuse it
        kept = {
            fault: versions
            for fault, versions in found.items()
            if fault.keyword is not Keyword.DUPLICATE or not any(_is_about(fault.path, other.path) for other in more)
        }
        return kept | more

    def _schema_faults(self, value: Mapping[str, Any], known: Kind) -> dict[Fault, Versions]:
        if known.custom:
            verdict = known.custom.verdict(value)
            return dict.fromkeys((*verdict.faults, *map(_unchecked, verdict.unchecked)), self.versions)
        found: dict[Fault, Versions] = {}
        first: dict[object, Fault] = {}
        for check, versions in known.checks:
            for fault in check(value):
                # what is allowed instead may differ from version to version
                same = first.setdefault((fault.path, fault.keyword, fault.message), fault)
                found[same] = found.get(same, ()) + versions
        return found


def _number(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def _unchecked(fault: Fault) -> Fault:
    return Fault(path=fault.path, keyword=Keyword.UNCHECKED, message=fault.message, help=fault.help)


def _is_about(path: Path, other: Path) -> bool:
    """Tell whether a fault at ``path`` may follow from one at ``other``: one of them is inside the other."""
    length = min(len(path), len(other))
    return path[:length] == other[:length]


def _has_no_name(value: Mapping[str, Any]) -> bool:
    metadata = value.get("metadata")
    if metadata is None:
        return True
    # what is no mapping is a fault of its own
    return isinstance(metadata, dict) and not metadata.get("name") and not metadata.get("generateName")
