"""Patterns of paths, as in .gitignore: ``*`` stays within a folder, ``**`` does not."""

import re
from functools import lru_cache


def fits(path: str, pattern: str) -> bool:
    """
    Tell whether ``path`` fits ``pattern``, or lies in a folder that does.

    >>> fits("deploy/dev/shop/web.yaml", "deploy/*/shop"), fits("deploy/dev/web.yaml", "**/web.yaml")
    (True, True)
    >>> fits("deploy/development/web.yaml", "deploy/dev")
    False
    """
    return _compiled(pattern.strip("/")).match(path) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts) + r"(?:/.*)?\Z", re.DOTALL)
