"""
The words of Prometheus, as users write them.

Source: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
"""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.scalars import INVALID_NAME, matching

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
