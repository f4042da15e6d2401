"""
The lock file of base images: which digest each tag meant when somebody asked.

One file for a repository, beside kgen.yaml (or beside the app file, if there is none). It is committed, and changes
only when somebody runs ``kgen lock``.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_VERSION = 1
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def dump(digests: Mapping[str, str]) -> str:
    """Return the text of the file for image → digest."""
    return json.dumps({"version": _VERSION, "images": digests}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def parse(text: str) -> Mapping[str, str] | str:
    """
    Return image → digest, or why the text is no lock file.

    >>> parse(dump({"python:3.13-slim-trixie": "sha256:" + "0" * 64})).keys()
    dict_keys(['python:3.13-slim-trixie'])
    >>> parse("{}"), parse("<<<<<<< HEAD")
    ('it has no `images`', 'it is not JSON')
    """
    try:
        content: Any = json.loads(text)
    except ValueError:
        return "it is not JSON"
    images = content.get("images") if isinstance(content, dict) else None
    if not isinstance(images, dict):
        return "it has no `images`"
    if content.get("version") != _VERSION:
        return "it was written by another version of kgen"
    for image, digest in images.items():
        if not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
            return f"the digest of `{image}` is not `sha256:` and 64 digits"
    return images
