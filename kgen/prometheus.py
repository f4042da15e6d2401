"""
The words of Prometheus, as users write them.

Source: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
"""

import re
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.diag import Rule
from kgen.scalars import INVALID_DURATION, INVALID_NAME, matching
from kgen.spec import AS_WRITTEN, fault

MetricName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME,
            r"[a-zA-Z_:][a-zA-Z0-9_:]*",
            "a name of a metric",
            "use letters, digits, `_` and `:`, as `http_requests_total`",
            200,
        )
    ),
]

LabelName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME, r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*", "a label of a metric", "use letters, digits and `_`", 200
        )
    ),
]

AlertName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME, r"[A-Z][A-Za-z0-9]*", "a name of an alert", "write it in CamelCase, as `QueueTooLong`", 100
        )
    ),
]
"""What Alertmanager calls `alertname`."""

INVALID_QUERY = Rule(
    code="KG3181",
    name="invalid-query",
    explain="Prometheus loads none of the rules of an object in which one query cannot be read.",
)
INVALID_OBJECTIVE = Rule(
    code="KG3182",
    name="invalid-objective",
    explain="An objective of 100 percent leaves no room for a single error, and one below 50 is none.",
)
RULES = (INVALID_QUERY, INVALID_OBJECTIVE)

_CLOSING = {")": "(", "]": "[", "}": "{"}
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|' + r"'(?:\\.|[^'\\\n])*'|`[^`]*`|#[^\n]*")


def _query(text: str) -> str:
    way_out = "write a query in PromQL, as `sum(queue_length) > 100`"
    if not text.strip():
        raise fault(INVALID_QUERY, "the query must not be empty", way_out)
    open_ones = []
    for letter in _STRING.sub("", text):
        if letter in "\"'`":
            raise fault(INVALID_QUERY, f"a quote in `{text}` is not closed", "close it")
        if letter in _CLOSING.values():
            open_ones.append(letter)
        elif letter in _CLOSING and (not open_ones or open_ones.pop() != _CLOSING[letter]):
            raise fault(INVALID_QUERY, f"`{letter}` in `{text}` closes nothing", "add what it closes, or remove it")
    if open_ones:
        raise fault(INVALID_QUERY, f"`{open_ones[-1]}` in `{text}` is not closed", "close it")
    return text


Query: TypeAlias = Annotated[str, AfterValidator(_query)]
"""A query in PromQL, of which only quotes and brackets are looked at."""

_LEAST, _MOST = 50, 100


def _objective(text: str) -> str:
    way_out = "write a percentage between 50 and 100, as `99.9`"
    if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", text, re.ASCII):
        raise fault(INVALID_OBJECTIVE, f"`{text}` is not a percentage", way_out)
    if not _LEAST <= Decimal(text) < _MOST:
        raise fault(INVALID_OBJECTIVE, f"an objective of {text} percent is out of reach or none at all", way_out)
    return text


Objective: TypeAlias = Annotated[str, AS_WRITTEN, AfterValidator(_objective)]
"""A percentage of requests that have to be good, as written: `99.9`."""


def _delay(text: str) -> str:
    if not re.fullmatch(r"(?!0+(ms|s))\d{1,6}(ms|s)", text, re.ASCII):
        raise fault(INVALID_DURATION, f"`{text}` is not a time to wait", "write it like `300ms` or `2s`")
    return text


Delay: TypeAlias = Annotated[str, AfterValidator(_delay)]
"""A time that a request may take: `300ms`, `2s`."""


def bound(delay: str) -> str:
    """
    Return a ``Delay`` in seconds, as a histogram writes the bound of a bucket.

    >>> bound("300ms"), bound("2s"), bound("1500ms"), bound("1000ms")
    ('0.3', '2', '1.5', '1')
    """
    number = Decimal(delay[:-2]) / 1000 if delay.endswith("ms") else Decimal(delay[:-1])
    return f"{number.normalize():f}"
