"""What is worth knowing of single fields besides their descriptions: the one table of it."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Final

from kgen.features import autoscaling


def _paragraph(text: str | None, word: str) -> str:
    """Return the paragraph of a docstring that has ``word`` in it."""
    return next(each for each in inspect.cleandoc(text or "").split("\n\n") if word in each).replace("``", "`")


_FORMULA: Final = _paragraph(autoscaling.__doc__, "desired =")

_OF_KINDS: Final[Mapping[tuple[str, ...], str]] = {
    ("HorizontalPodAutoscaler",): _FORMULA,
    ("HorizontalPodAutoscaler", "spec"): _FORMULA,
    ("HorizontalPodAutoscaler", "spec", "maxReplicas"): _FORMULA,
    ("HorizontalPodAutoscaler", "spec", "metrics"): _FORMULA,
    ("HorizontalPodAutoscaler", "spec", "minReplicas"): _FORMULA,
}
_OF_MODELS: Final[Mapping[tuple[str, str], str]] = {
    ("Component", "replicas"): _FORMULA,
    ("Autoscaling", "cpu"): _FORMULA,
    ("Autoscaling", "memory"): _FORMULA,
    ("Autoscaling", "metrics"): _FORMULA,
}


def of_kind(kind: str, path: Sequence[str]) -> str:
    """Return what there is to say of a field of a Kubernetes object; empty if nothing."""
    return _OF_KINDS.get((kind, *path), "")


def of_model(model: str, field: str) -> str:
    """Return what there is to say of a field of app.yaml or kgen.yaml; empty if nothing."""
    return _OF_MODELS.get((model, field), "")
