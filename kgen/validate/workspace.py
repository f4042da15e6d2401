"""What a repository tells ``kgen validate``: kgen.yaml, custom kinds that it declares, and where the cache is."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PLATFORM_FILE = "kgen.yaml"
FOLDER = ".kgen"
DEFINITIONS = os.path.join(FOLDER, "crds")
CACHE = os.path.join(FOLDER, "cache")


def root(folder: str) -> str | None:
    """Return the folder at or above ``folder`` that is a workspace: it has a kgen.yaml, a .kgen folder, or a .git."""
    here = os.path.abspath(folder)
    while True:
        if any(os.path.exists(os.path.join(here, name)) for name in (PLATFORM_FILE, FOLDER, ".git")):
            return here
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def declared_versions(data: bytes) -> tuple[str, ...]:
    """
    Return the Kubernetes versions that the text of a kgen.yaml names, as written; none if it is not plain to see.

    >>> declared_versions(b"kubernetes: 1.30"), declared_versions(b"kubernetes: [1.33, '1.34']"), declared_versions(b"")
    (('1.30',), ('1.33', '1.34'), ())
    """
    from kgen.read.quick import SYNTAX, Unusual, compose  # noqa: PLC0415  # only where there is a kgen.yaml

    try:
        node = compose(data)
    except (SYNTAX, Unusual):
        return ()
    entries = node.value if node is not None and isinstance(node.value, list) else []
    named = [
        item for key, item in (entry for entry in entries if isinstance(entry, tuple)) if key.value == "kubernetes"
    ]
    texts = [each.value for item in named for each in ([item] if isinstance(item.value, str) else item.value)]
    return tuple(text for text in texts if isinstance(text, str))


def definition_files(folder: str) -> Iterator[str]:
    """Yield the files that the workspace ``folder`` declares custom kinds in."""
    from kgen.validate.files import search  # noqa: PLC0415

    declared = os.path.join(folder, DEFINITIONS)
    if os.path.isdir(declared):
        yield from search(declared)
