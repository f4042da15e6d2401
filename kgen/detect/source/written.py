"""Scripts that a Dockerfile writes itself, line by line: ``RUN echo "exec shop" >> /run.sh``."""

import re
from collections.abc import Iterable, Mapping

_ECHOED = re.compile(
    r"""\b(?:echo|printf)\s+(?:-\w+\s+)*(?P<mark>["'])(?P<text>(?:\\.|(?!(?P=mark)).)*)(?P=mark)"""
    r"""(?:\s|\\\n)*(?P<sign>>>?)\s*(?P<path>/[\w./-]+)""",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\([\"'$`\\])")


def written(steps: Iterable[tuple[str, int]]) -> Mapping[str, str]:
    r"""
    Return path → text of what the steps of a Dockerfile write.

    >>> written([('echo "#!/bin/sh" > /run.sh && echo "shop \\"\\$@\\"" >> /run.sh', 1)])
    {'/run.sh': '#!/bin/sh\nshop "$@"\n'}
    """
    found: dict[str, str] = {}
    for text, _ in steps:
        for match in _ECHOED.finditer(text) if ">" in text else ():
            is_plain = match["mark"] == "'"
            line = match["text"] if is_plain else _ESCAPED.sub(r"\1", match["text"])
            before = found.get(match["path"], "") if match["sign"] == ">>" else ""
            found[match["path"]] = before + line.replace("\\n", "\n") + "\n"
    return found
