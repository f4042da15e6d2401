"""Rules of the API server about tolerations: of pods, and of RuntimeClasses."""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server.errors import invalid, unsupported
from kgen.check.server.texts import label_value, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.diag import Path

_OPERATORS = frozenset({"Equal", "Exists"})
_EFFECTS = frozenset({"NoSchedule", "PreferNoSchedule", "NoExecute"})


def tolerations(values: Sequence[Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``tolerations`` at ``at``."""
    for index, toleration in enumerate(values):
        yield from _toleration(toleration or {}, (*at, index))


def _toleration(toleration: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    key = toleration.get("key")
    operator = toleration.get("operator") or "Equal"
    if key:
        if wrong := qualified_name(key):
            yield invalid("SCH001", (*at, "key"), wrong)
    elif operator in _OPERATORS and operator != "Exists":
        yield invalid("SCH002", (*at, "operator"), f"must be `Exists` without `key`, but is `{operator}`")
    value = toleration.get("value")
    if operator == "Exists":
        if value:
            yield invalid("SCH004", (*at, "operator"), f"is `Exists`, which takes no `value`, but that is `{value}`")
    elif operator != "Equal":
        yield unsupported("SCH003", (*at, "operator"), operator, _OPERATORS)
    elif value and (wrong := label_value(value)):
        yield invalid("SCH005", (*at, "value"), wrong).named(field((*at, "operator")))
    effect = toleration.get("effect") or ""
    if effect and effect not in _EFFECTS:
        yield unsupported("SCH006", (*at, "effect"), effect, _EFFECTS)
    elif toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        yield invalid("SCH007", (*at, "effect"), f"must be `NoExecute` with `tolerationSeconds`, but is `{effect}`")
