"""Programs of the project's own that its image has under some name: installed, copied, linked, or made a binary."""

import posixpath
import re
from collections.abc import Sequence

from kgen.detect.commands.roles import role
from kgen.detect.packages.installed import scripts
from kgen.detect.source.image import Image


def own(image: Image, given: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return a command with the path of the program if that is the project's, and none that is installed."""
    first = next((word for word in given if "/bin/" in word and image.path(word)), "")
    if words and role(words).startswith("command ") and (found := _installed(image, words[0])):
        return [*found, *words[1:]]
    is_own = bool(first) and words[:1] == [posixpath.basename(first)]
    return [first, *words[1:]] if is_own else list(words)


def _installed(image: Image, program: str) -> list[str]:
    """Return the command for a program of the project's that its image has under some name; nothing: it has none."""
    name = program.rpartition("/")[2]
    installed = scripts(image.project)
    if copied := image.copied_as(name) if name == program or "bin/" in program else "":
        is_python = copied.endswith(".py") or re.match(r"#!.*\bpython", image.project.text(copied) or "")
        return ["python", copied] if is_python else [copied if "/" in copied else f"./{copied}"]
    if name in installed:
        return [name] if name != program and not image.path(program) else []
    return [f"bin/{name}"] if name == program and image.path(f"bin/{name}") else []  # a folder on the image's path
