"""What a repository tells ``kgen validate``: kgen.yaml, custom kinds that it declares, and where the cache is."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PLATFORM_FILE = "kgen.yaml"
FOLDER = ".kgen"
FIELDS = frozenset(
    {
        *("argocd", "crds", "defaults", "external", "images", "kubernetes", "needs", "output", "routing", "rules"),
        *("secrets", "security", "storage"),
    }
)
"""What a kgen.yaml may say. A test compares them with the model, which takes longer to load than this command."""

DEFINITIONS = os.path.join(FOLDER, "crds")
CACHE = os.path.join(FOLDER, "cache")


def root(folder: str) -> str | None:
    """Return the folder at or above ``folder`` that is a workspace: it has a kgen.yaml, a .kgen folder, or a .git."""
    here = os.path.abspath(folder)
    while True:
        if any(_is_ours(os.path.join(here, name)) for name in (PLATFORM_FILE, FOLDER, ".git")):
            return here
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def _is_ours(path: str) -> bool:
    """Tell whether ``path`` exists, and nobody else has put it into a folder above, as anybody may into /tmp."""
    try:
        owner = os.lstat(path).st_uid
    except OSError:
        return False
    return not hasattr(os, "getuid") or owner in {0, os.getuid(), os.stat(os.curdir).st_uid}


def declared_versions(data: bytes) -> tuple[str, ...] | None:
    """
    Return the Kubernetes versions that the text of a kgen.yaml names, as written; ``None`` if it is not plain to see.

    >>> declared_versions(b"kubernetes: 1.30"), declared_versions(b"output: {}"), declared_versions(b"kubernets: 1.30")
    (('1.30',), (), None)
    """
    from kgen.read.quick import SYNTAX, Unusual, compose  # noqa: PLC0415  # only where there is a kgen.yaml

    try:
        node = compose(data)
    except (SYNTAX, Unusual):
        return None
    if node is None:
        return ()
    pairs = node.value if node.id == "mapping" else []
    if not pairs or any(key.value not in FIELDS for key, _ in pairs):
        return None
    named = [item for key, item in pairs if key.value == "kubernetes"]
    if any(item.id == "mapping" for item in named):
        return None
    texts = [each.value for item in named for each in ([item] if item.id == "scalar" else item.value)]
    return tuple(texts) if all(isinstance(text, str) for text in texts) else None


def definition_files(folder: str) -> Iterator[str]:
    """Yield the files that the workspace ``folder`` declares custom kinds in."""
    from kgen.validate.files import search  # noqa: PLC0415

    declared = os.path.join(folder, DEFINITIONS)
    if os.path.isdir(declared):
        yield from search(declared)
