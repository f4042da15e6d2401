"""Commands of Django's ``manage.py``, the project's own or another's: where they are, and whether they go on."""

import re
from collections.abc import Iterable

from kgen.detect.found import Doubt, Part, Program
from kgen.detect.programs.lasting import nature
from kgen.detect.project import Project

_GOES_ON = re.compile(
    r"work|consum|beat|schedul|listen|daemon|poll|subscri|watch|serve|cluster|huey|celery|bot(?:_|$)|loop|stream"
)
"""Parts of the names of commands that do not come to an end."""


_FOLDER = "/management/commands/"
_WORDS = (b"while ", b"_forever", b"_polling", b"_consuming", b"_pending", b"Scheduler", b"_webhook", b"Consumer")
"""What stands in a command that goes on, and in few others."""


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return the doubt about the project's own commands that go on, and that nothing starts."""
    started = " ".join(str(each.command.value) for each in programs)
    found = [
        path
        for path in project.modules.paths
        if _FOLDER in path and project.tree.mentions(path, _WORDS) and not project.modules.is_side(path)
    ]
    lasting = [path for path in found if _name(path) not in started.split() and nature(project, path).is_lasting]
    if not lasting:
        return Part()
    listed = ", ".join(f"`{_name(path)}` ({path})" for path in lasting)
    question = f"commands of manage.py that go on, and that nothing starts: {listed}"
    help_ = "if the app needs one: a component with `type: worker` and `command: python manage.py …`"
    return Part(doubts=(Doubt(path=("components",), question=question, help=help_),))


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")


def file(project: Project, role: str) -> str:
    """Return the file of the command that a start runs, by its role, ``script manage.py runbot``; else nothing."""
    name = command(role)
    end = f"{_FOLDER}{name}.py"
    return next((path for path in project.modules.paths if path.endswith(end)), "") if name else ""


def command(role: str) -> str:
    """
    Return the command that a role is about; nothing if it is none of ``manage.py``.

    >>> command("script api/manage.py runbot"), command("script main.py"), command("web")
    ('runbot', '', '')
    """
    kind, _, what = role.partition(" ")
    script, _, name = what.partition(" ")
    return name if kind == "script" and script.rpartition("/")[2] == "manage.py" else ""


def goes_on(name: str) -> bool:
    """
    Tell whether a command that is not the project's own goes on, by its name.

    >>> goes_on("celery_worker"), goes_on("createcachetable"), goes_on("run_bot")
    (True, False, True)
    """
    return _GOES_ON.search(name) is not None
