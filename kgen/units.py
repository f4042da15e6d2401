"""Quantities and durations as numbers, and back in the one spelling that the API server stores."""

import re
from decimal import Decimal

_CPU = re.compile(r"(?P<number>\d{1,12}(?:\.\d{1,12})?)(?P<milli>m?)", re.ASCII)
_MEMORY = re.compile(r"(?P<number>\d{1,18}(?:\.\d{1,12})?)(?P<suffix>Ki|Mi|Gi|Ti|k|M|G|T|)", re.ASCII)
_DURATION = re.compile(r"(?:(?P<h>\d{1,12})h)?(?:(?P<m>\d{1,12})m)?(?:(?P<s>\d{1,12})s)?", re.ASCII)
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def cpu_millis(text: str) -> int | None:
    """
    Return thousandths of a core, or ``None`` if ``text`` is no CPU quantity or finer than that.

    >>> cpu_millis("250m"), cpu_millis("0.5"), cpu_millis("2"), cpu_millis("0.0001"), cpu_millis("2 cores")
    (250, 500, 2000, None, None)

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-cpu
    """
    match = _CPU.fullmatch(text)
    if not match:
        return None
    millis = Decimal(match["number"]) * (1 if match["milli"] else 1000)
    return int(millis) if millis == int(millis) else None


def cpu(millis: int) -> str:
    """
    Return the canonical spelling of a CPU quantity.

    >>> cpu(250), cpu(1000), cpu(1500)
    ('250m', '1', '1500m')
    """
    return f"{millis}m" if millis % 1000 else str(millis // 1000)


def memory_bytes(text: str) -> int | None:
    """
    Return how many bytes ``text`` stands for, or ``None`` if it is no memory quantity or no whole number of bytes.

    >>> memory_bytes("128Mi"), memory_bytes("1.5G"), memory_bytes("512"), memory_bytes("128m"), memory_bytes("1 GB")
    (134217728, 1500000000, 512, None, None)

    Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory
    """
    match = _MEMORY.fullmatch(text)
    if not match:
        return None
    size = Decimal(match["number"]) * (_BINARY | _DECIMAL | {"": 1})[match["suffix"]]
    return int(size) if size == int(size) else None


def memory(text: str) -> str:
    """
    Return the canonical spelling of a memory quantity: what the API server would answer.

    It keeps the family of the suffix, and writes the largest one that leaves a whole number.

    >>> memory("3072Mi"), memory("1.5Gi"), memory("1000M"), memory("1024"), memory("2000000000"), memory("0Gi")
    ('3Gi', '1536Mi', '1G', '1024', '2G', '0')

    Raises:
        ValueError: ``text`` is no memory quantity. A bug of the caller: the model lets none through.

    Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/api/resource/quantity.go (CanonicalizeBytes)
    """
    size = memory_bytes(text)
    if size is None:
        raise ValueError(text)
    family = _BINARY if text.endswith("i") else _DECIMAL
    if size:
        for suffix, factor in reversed(family.items()):
            if size % factor == 0:
                return f"{size // factor}{suffix}"
    return str(size)


def plain(text: str) -> str | None:
    """
    Return the canonical spelling of an amount above 0 that has no unit, or ``None`` if ``text`` is none.

    >>> plain("100"), plain("0.5"), plain("1500m"), plain("1000"), plain("1.5k"), plain("2Ki"), plain("0"), plain("1e3")
    ('100', '500m', '1500m', '1k', '1500', '2Ki', None, None)

    Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/api/resource/quantity.go
    """
    if text.endswith("i"):
        return memory(text) if memory_bytes(text) else None
    thousandths = text.endswith("m")
    match = _MEMORY.fullmatch(text.removesuffix("m"))
    if not match or (thousandths and match["suffix"]):
        return None
    millis = Decimal(match["number"]) * (_DECIMAL | {"": 1})[match["suffix"]] * (1 if thousandths else 1000)
    if not millis or millis != int(millis):
        return None
    return f"{int(millis)}m" if millis % 1000 else _decimal(int(millis) // 1000)


def _decimal(number: int) -> str:
    for suffix, factor in reversed(_DECIMAL.items()):
        if number % factor == 0:
            return f"{number // factor}{suffix}"
    return str(number)


def seconds(text: str) -> int | None:
    """
    Return a duration in whole seconds, or ``None`` if ``text`` is no duration.

    >>> seconds("90s"), seconds("1h30m"), seconds("10m"), seconds("90"), seconds(""), seconds("1.5s")
    (90, 5400, 600, None, None, None)
    """
    match = _DURATION.fullmatch(text)
    if not match or not text:
        return None
    hours, minutes, secs = (int(match[unit] or 0) for unit in "hms")
    return hours * 3600 + minutes * 60 + secs


def duration(length: int) -> str:
    """
    Return a number of seconds as Prometheus and Kubernetes write it.

    >>> duration(30), duration(5400), duration(3600), duration(3601)
    ('30s', '1h30m', '1h', '1h1s')
    """
    minutes, secs = divmod(length, 60)
    hours, minutes = divmod(minutes, 60)
    return "".join(f"{number}{unit}" for number, unit in ((hours, "h"), (minutes, "m"), (secs, "s")) if number) or "0s"


def version_key(version: str) -> tuple[int, int]:
    """
    Return a Kubernetes version as numbers that sort.

    >>> version_key("1.9") < version_key("1.34")
    True
    """
    major, minor = version.split(".")[:2]
    return int(major), int(minor)
