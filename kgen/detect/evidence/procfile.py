"""
A Procfile: the processes of an app on Heroku and its likes, by name.

Source: https://devcenter.heroku.com/articles/procfile
"""

import re
from collections.abc import Iterator

from kgen.detect.commands.started import started, together
from kgen.detect.evidence import processes
from kgen.detect.evidence.said import Said
from kgen.detect.found import Fact, Program
from kgen.detect.project import Project
from kgen.record import replace

RANK = 100
_LINE = re.compile(r"([A-Za-z0-9_-]+)\s*:\s*(\S.*)")
_HOME = {"HOME": "/app", "PWD": "/app"}


def programs(project: Project) -> Iterator[Program]:
    said: list[Said] = []
    release: Fact | None = None
    for number, line in enumerate((project.text("Procfile") or "").splitlines(), 1):
        if match := _LINE.fullmatch(line.strip()):
            origin = f"Procfile:{number}"
            made = started(project, match[2], env=_HOME)
            if match[1] == "release":
                release = together(project, made.steps, origin) if made.steps else None
            else:
                said.append(Said(name=match[1], started=made, origin=origin, is_lasting=True))
    for place, each in enumerate(processes.programs(project, said, RANK)):
        yield replace(each, release=release) if release and not place else each
