"""Packages that take more memory than pods get by default: frameworks for neural networks."""

from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project

_LARGE = (
    *("torch", "torchvision", "torchaudio", "pytorch-lightning", "lightning", "vllm", "diffusers"),
    *("tensorflow", "tensorflow-cpu", "keras", "jax", "paddlepaddle", "nemo-toolkit"),
    *("sentence-transformers", "openai-whisper", "faster-whisper", "ctranslate2", "easyocr", "ultralytics"),
)


def part(project: Project) -> Part:
    """Return the doubt about the memory of programs that such a package is installed for."""
    for name in _LARGE:
        found = project.dependencies.get(name)
        if found and not found.group:
            doubt = Doubt(
                path=("components",),
                question=f"{found.origin}: {name} takes far more memory than the 256Mi that a pod gets",
                help="measure it, and say so in the component: `resources: {memory: 4Gi}`",
            )
            return Part(doubts=(doubt,))
    return Part()
