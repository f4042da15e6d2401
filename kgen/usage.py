"""What pods and volumes take from a cluster, as numbers that add up."""

from collections.abc import Iterable
from typing import Any

from kgen.record import dataclass
from kgen.units import cpu


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is requested, and what may be used at most."""

    cpu: int = 0
    """Requested, in thousandths of a core."""

    memory: int = 0
    """Requested, in bytes."""

    cpu_limit: int | None = 0
    """``None``: something in it has no limit."""

    memory_limit: int | None = 0
    pods: int = 0
    storage: int = 0
    """Size of the persistent volumes, in bytes."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            cpu=self.cpu + other.cpu,
            memory=self.memory + other.memory,
            cpu_limit=_plus(self.cpu_limit, other.cpu_limit),
            memory_limit=_plus(self.memory_limit, other.memory_limit),
            pods=self.pods + other.pods,
            storage=self.storage + other.storage,
        )

    def __mul__(self, count: int) -> "Usage":
        return Usage(
            cpu=self.cpu * count,
            memory=self.memory * count,
            cpu_limit=None if self.cpu_limit is None and count else (self.cpu_limit or 0) * count,
            memory_limit=None if self.memory_limit is None and count else (self.memory_limit or 0) * count,
            pods=self.pods * count,
            storage=self.storage * count,
        )


NOTHING = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What something takes at its smallest, at its largest, and at its largest while it is replaced."""

    least: Usage = NOTHING
    """Autoscalers at their minimum; nothing runs that ends by itself."""

    most: Usage = NOTHING
    """Autoscalers at their maximum; a run of every CronJob and Job at the same time."""

    peak: Usage = NOTHING
    """``most`` with the pods that a rolling update starts before it stops the old ones."""

    def __add__(self, other: "Footprint") -> "Footprint":
        return Footprint(least=self.least + other.least, most=self.most + other.most, peak=self.peak + other.peak)


NONE = Footprint()


def total(usages: Iterable[Usage]) -> Usage:
    """Return all of ``usages`` together."""
    made = NOTHING
    for each in usages:
        made += each
    return made


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def size(amount: int) -> str:
    """
    Return bytes as a quantity that people can read, exactly.

    >>> size(2**30), size(5 * 2**29), size(3 * 2**28), size(10**9), size(0)
    ('1Gi', '2560Mi', '768Mi', '1G', '0')
    """
    for factor, suffix in (
        *((2**40, "Ti"), (2**30, "Gi"), (2**20, "Mi"), (2**10, "Ki")),
        *((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")),
    ):
        if amount and amount % factor == 0:
            return f"{amount // factor}{suffix}"
    return str(amount)


def short_size(amount: int) -> str:
    """
    Return bytes as people say them, still exactly.

    >>> short_size(5 * 2**29), short_size(3 * 2**28), short_size(2**30 + 2**20)
    ('2.5Gi', '768Mi', '1025Mi')
    """
    return f"{amount / 2**30:.1f}Gi" if amount > 2**30 and amount % 2**30 and amount * 10 % 2**30 == 0 else size(amount)


def as_data(usage: Usage) -> dict[str, Any]:
    """Return plain data, amounts as Kubernetes writes them; a limit is null if a container has none."""
    return {
        "requests": {"cpu": cpu(usage.cpu), "memory": size(usage.memory)},
        "limits": {
            "cpu": None if usage.cpu_limit is None else cpu(usage.cpu_limit),
            "memory": None if usage.memory_limit is None else size(usage.memory_limit),
        },
        "pods": usage.pods,
        "storage": size(usage.storage),
    }
