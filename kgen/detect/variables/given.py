"""
Variables in the files that programs are started with: ``host: ${RABBIT_HOST:localhost}`` in the file of ``--config``.

No Python of the project reads them: the framework that reads the file puts them in.
"""

import re
import shlex
from collections.abc import Iterable, Iterator

from kgen.detect.found import Program
from kgen.detect.project import Project
from kgen.detect.source.tree import join
from kgen.detect.variables.variable import Variable

_FILE = re.compile(r"(?:--?[\w-]+=)?([\w./-]+\.(?:ya?ml|toml|ini|cfg|conf|json))")
_ASKED = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-?([^}]*))?\}")


def variables(project: Project, programs: Iterable[Program]) -> Iterator[Variable]:
    """Yield the variables that the files on the command lines of ``programs`` have in them."""
    for file in dict.fromkeys(file for program in programs for file in _files(project, program)):
        text = project.text(file) or ""
        for match in _ASKED.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield Variable(
                name=match[1],
                origin=f"{file}:{line}",
                is_required=match[2] is None,
                default=match[2],
                has_default=match[2] is not None,
            )


def _files(project: Project, program: Program) -> Iterator[str]:
    """Yield the files of the project that a program is started with, by their paths in its folder."""
    try:
        words = shlex.split(str(program.command.value))
    except ValueError:  # a quote without its end
        return
    for word in words:
        if match := _FILE.fullmatch(word):
            places = [join(program.command.folder, match[1].removeprefix("./")), match[1].removeprefix("./")]
            yield from [place for place in places if project.path(place) in project.tree][:1]
