"""Scripts of the project that go on, and that nothing starts of what people wrote down: a scheduler beside a server."""

import re
from collections.abc import Iterable, Iterator

from kgen.detect.choose import SURE
from kgen.detect.found import Doubt, Part, Program, listed
from kgen.detect.programs.lasting import nature
from kgen.detect.project import Project
from kgen.detect.source.reached import reached

_OBJECT = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_]\w*(?:\(.*\))?")
_WORDS = (b"while ", b"_forever", b"run_pending", b"BlockingScheduler", b"_polling", b"_consuming")
"""What stands in a script that goes on, and in few others."""

_MOST = 3


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return the doubt about such scripts, where it is known which files the programs start with."""
    every = [each for each in programs if each.rank >= SURE]
    files = [file for each in every for file in _files(project, each)]
    if not files or len(files) < len(every):
        return Part()
    known = {file for each in dict.fromkeys(files) for file, _ in reached(project, each)}
    found = [path for path in _scripts(project) if path not in known and nature(project, path).is_lasting]
    found = [path for path in found if not any(path.rpartition("/")[2] in str(each.command.value) for each in every)]
    if not found:
        return Part()
    names = listed((f"`{each}`" for each in found), _MOST)
    return Part(
        doubts=(
            Doubt(
                path=("components",),
                question=f"{names} {'go' if len(found) > 1 else 'goes'} on, and nothing starts it",
                help="if the app needs it: a component with `type: worker`",
            ),
        )
    )


def _scripts(project: Project) -> Iterator[str]:
    """Yield the files in the project's folder that may go on."""
    for name in project.tree.here(project.folder):
        path = project.path(name)
        if name.endswith(".py") and project.tree.mentions(path, _WORDS) and not project.modules.is_side(path):
            yield path


def _files(project: Project, program: Program) -> list[str]:
    """Return the file that a program starts with, if its command says so plainly."""
    words = str(program.command.value).split()
    named = [word for word in words if word.endswith(".py")]
    named += [f"{words[place + 1].replace('.', '/')}.py" for place in range(len(words) - 1) if words[place] == "-m"]
    named += [f"{match[1].replace('.', '/')}.py" for word in words if (match := _OBJECT.fullmatch(word.strip("'")))]
    starts = dict.fromkeys((program.command.folder, project.source, ""))
    ends = ((each, f"{each[:-3]}/__init__.py", f"{each[:-3]}/__main__.py") for each in named)
    places = [
        project.path(f"{start}/{name}" if start else name) for names in ends for name in names for start in starts
    ]
    return [each for each in places if each in project.tree][:1]
