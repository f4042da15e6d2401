"""
The signal that stops a Python program without a server.

The first process of a container ignores a signal that it has no handler for, and Python has one for SIGINT only. So
where the source never speaks of SIGTERM, the image names SIGINT; else the pod would be killed after its grace period.

Source: https://docs.python.org/3/library/signal.html#general-rules
"""

import shlex
from collections.abc import Iterable, Sequence
from posixpath import basename

from kgen.detect.commands.roles import NAMES, role
from kgen.detect.found import Part, Program
from kgen.detect.project import Project


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return the signal to name, if all lasting programs are plain Python and nothing in the source handles SIGTERM."""
    lasting = [each for each in programs if each.type in {"web", "worker"}]
    if not lasting or not all(_is_python(each) for each in lasting) or _handles(project):
        return Part()
    path = ("build", "stopSignal")
    reason = "nothing here handles SIGTERM, which a container's first process then ignores"
    return Part(data={"build": {"stopSignal": "SIGINT"}}, comments={path: reason})


def _is_python(program: Program) -> bool:
    given = program.command.value
    words = shlex.split(given) if isinstance(given, str) else [*map(str, given)]
    return bool(words) and basename(words[0]).startswith("python") and not _serves(words)


def _serves(words: Sequence[str]) -> bool:
    """Tell whether Python runs a server's or Celery's module, which handles signals by itself."""
    return words[1:2] == ["-m"] and role(words) in {"web", *NAMES}


def _handles(project: Project) -> bool:
    return any(project.modules.having("SIGTERM"))
