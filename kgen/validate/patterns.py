"""Patterns of paths, as in .gitignore: ``*`` stays within a folder, ``**`` does not; a lone name fits at any depth."""

import re
from functools import lru_cache


def fits(path: str, pattern: str) -> bool:
    """
    Tell whether ``path`` fits ``pattern``, or lies in a folder that does.

    >>> fits("deploy/dev/shop/web.yaml", "deploy/*/shop"), fits("deploy/dev/web.yaml", "**/web.yaml")
    (True, True)
    >>> fits("deploy/development/web.yaml", "deploy/dev"), fits("deploy/dev/web.yaml", "*.yaml")
    (False, True)
    """
    pattern = pattern.removeprefix("./").strip("/")
    return _compiled(pattern if "/" in pattern else f"**/{pattern}").match(path) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts) + r"(?:/.*)?\Z", re.DOTALL)
