"""Evaluate the rules of one custom resource."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kgen.check.cel.program import Meter, Program
from kgen.check.cel.typed import Typed
from kgen.check.cel.values import NOTHING, CelError, UnsupportedError, type_name
from kgen.check.crd_rules import VALIDATIONS, Place, broken
from kgen.check.fault import Fault, Keyword

VARIABLES = frozenset({"self", "oldSelf"})
MOST_STEPS_OF_RULE = 2_000_000
MOST_STEPS = 10_000_000
"""Of all rules of an object. The API server has bounds of that size; it counts differently."""


@lru_cache(maxsize=4096)
def program(source: str) -> Program:
    """
    Return the program for a rule.

    Raises:
        CelError: The API server would not take the rule.
        UnsupportedError: It may, but kgen cannot evaluate it.
    """
    return Program(source, VARIABLES)


class Evaluation:
    """What became of the rules of one object."""

    def __init__(self, value: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        self.broken: list[Fault] = []
        self.unchecked: list[Fault] = []
        self._typed = Typed()
        self._typed.value(value, schema)
        self._left = MOST_STEPS

    def run(self, place: Place) -> None:
        """Evaluate the rules at ``place``."""
        me = self._typed.value(place.value, place.schema)
        for rule in place.schema[VALIDATIONS]:
            self._rule(place, me, rule)

    def _rule(self, place: Place, me: Any, rule: Mapping[str, Any]) -> None:
        variables = {"self": me}
        try:
            compiled = program(rule["rule"])
            if "oldSelf" in compiled.names:
                if not rule.get("optionalOldSelf"):
                    return  # a rule about changes
                variables["oldSelf"] = NOTHING
        except (CelError, UnsupportedError) as error:
            self._skipped(place, rule, str(error))
            return
        try:
            value = self._value(compiled, variables)
        except UnsupportedError as error:
            self._skipped(place, rule, str(error))
        except CelError as error:
            self.broken.append(broken(place, rule, f"{_message(rule)}: {error}"))
        else:
            if value is False:
                self.broken.append(broken(place, rule, self._told(rule, variables)))
            elif value is not True:
                self._skipped(place, rule, f"gives a {type_name(value)}, not a boolean")

    def _value(self, compiled: Program, variables: Mapping[str, Any]) -> Any:
        """Evaluate within what is left of all steps."""
        meter = Meter(min(self._left, MOST_STEPS_OF_RULE))
        before = meter.left
        try:
            return compiled.value(variables, meter)
        finally:
            self._left -= before - max(meter.left, 0)

    def _told(self, rule: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
        """Return the message of a broken rule; if its expression fails, the one without."""
        if source := rule.get("messageExpression"):
            try:
                told = self._value(program(source), variables)
            except (CelError, UnsupportedError):
                told = ""
            if isinstance(told, str) and told.strip() and "\n" not in told.strip():
                return told.strip()
        return _message(rule)

    def _skipped(self, place: Place, rule: Mapping[str, Any], reason: str) -> None:
        message = f"has a rule that was not checked, `{_shortened(rule['rule'])}`: it {_clause(reason)}"
        self.unchecked.append(Fault(path=place.path, keyword=Keyword.RULE, message=message))


def _message(rule: Mapping[str, Any]) -> str:
    return str(rule.get("message") or f"`{_shortened(rule['rule'])}`").strip()


def _clause(reason: str) -> str:
    """Return a reason that can stand after "it"."""
    return (
        reason if reason.partition(" ")[0] in {"calls", "gives", "goes", "is", "makes", "takes"} else f"fails: {reason}"
    )


def _shortened(source: str) -> str:
    text = " ".join(source.split())
    return text if len(text) <= 100 else f"{text[:100]}…"  # noqa: PLR2004  # a line
