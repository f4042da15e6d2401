"""
What the API server warns about in volumes: files in the way of each other, sources that are gone.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/api/pod/warnings.go
"""

from __future__ import annotations

from kgen.check.server.errors import invalid
from kgen.check.server.kinds import entries, part
from kgen.check.server.volume_files import sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_GONE: Mapping[str, tuple[tuple[int, int], str]] = {
    "photonPersistentDisk": ((1, 11), "does not work since Kubernetes 1.16"),
    "gitRepo": ((1, 11), "is deprecated since Kubernetes 1.11"),
    "scaleIO": ((1, 16), "does not work since Kubernetes 1.22"),
    "flocker": ((1, 22), "does not work since Kubernetes 1.25"),
    "storageos": ((1, 22), "does not work since Kubernetes 1.25"),
    "quobyte": ((1, 22), "does not work since Kubernetes 1.25"),
    "glusterfs": ((1, 25), "does not work since Kubernetes 1.26"),
    "cephfs": ((1, 28), "does not work since Kubernetes 1.31"),
    "rbd": ((1, 28), "does not work since Kubernetes 1.31"),
}
"""Source → version that deprecated it, and what to say."""


def warnings(volume: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server accepts in a volume with a warning."""
    for key, value in volume.items():
        if value is None:
            continue
        if key in ("secret", "configMap", "downwardAPI"):
            yield from _overlaps([_paths(value)], at)
        elif key == "projected":
            yield from _projected(value, at, context)
        elif key in _GONE and context.version >= _GONE[key][0]:
            yield invalid("VOL040", (*at, key), _GONE[key][1])


def _projected(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    given = entries(value, "sources")
    for index, source in enumerate(given):
        if not any((source or {}).get(key) is not None for key in sources(context)):
            yield invalid("VOL039", (*at, "projected", "sources", index), "has no source, so it adds nothing")
    tokens = {part(source or {}, "serviceAccountToken").get("path") for source in given}
    yield from _overlaps([_paths_of_source(source or {}) for source in given], at, may_repeat=tokens)


def _paths(value: Mapping[str, Any]) -> list[str]:
    return [(item or {}).get("path") or "" for item in entries(value, "items")]


def _paths_of_source(source: Mapping[str, Any]) -> Sequence[str]:
    for key in ("configMap", "secret", "downwardAPI"):
        inner = source.get(key)
        if inner is not None and inner.get("items") is not None:
            return _paths(inner)
    token = source.get("serviceAccountToken")
    return () if token is None else (token.get("path") or "",)


def _overlaps(
    sources: Sequence[Sequence[str]], at: Path, may_repeat: Container[str | None] | None = None
) -> Iterator[Fault]:
    """
    Yield pairs of paths of which one is the other, or above it.

    Args:
        sources: Paths of each source.
        at: Where the volume is.
        may_repeat: Paths that may be there twice; other ones that are equal are an error already. ``None``: all may.
    """
    seen: list[str] = []
    for written in (path for paths in sources for path in paths):
        path = written.rstrip("/")
        for other in seen:
            if may_repeat is not None and written == other and written not in may_repeat:
                continue
            above = other.rstrip("/")
            if path and (f"{path}/".startswith(f"{above}/") or above.startswith(f"{path}/")):
                yield invalid("VOL038", at, f"has files whose paths overlap: `{other}` and `{written}`")
                break
        if path:
            seen.append(written)
