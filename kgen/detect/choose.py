"""From all programs that were found to the components of an app: the best of each role; others are alternatives."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from kgen.detect.folders import PATH, search
from kgen.detect.found import LOST, Choice, Doubt, Fact, Program
from kgen.detect.programs.migrations import APPS
from kgen.record import replace

SURE = 80
"""Rank from which on somebody wrote the command down: what was merely found does not make it doubtful."""

_FOUND = 50
"""Rank from which on it is no guess: then guesses do not count."""

_SOME, _ASIDE = 35, 10
"""Rank of what is a program of the project, and of what is in examples, or for those who ask for an extra."""

_CLEAR = 25
"""What is this much less likely is no answer to ask about."""

_SAME = {"celery worker and beat": "celery worker"}
"""Role → the one that it is as well."""


_LONGEST = 22
"""Characters of a component's name: names of objects have the app's before it, and not more than 63."""

_DAEMON = "cron"
"""Role of what only starts other programs, each of which is a component here."""

_ORDER = ("web", "worker", "cron", "job")
"""How people list the components of an app."""


def chosen(programs: Iterable[Program]) -> list[Program]:
    """Return the programs to run, what serves requests first; a job only if nothing else is there."""
    found = list(programs)
    lost = [each for each in found if each.rank == LOST]
    found = [each for each in found if each not in lost or each.role != _DAEMON]
    if any(each.rank >= _FOUND for each in found):
        found = [each for each in found if each.rank >= _FOUND]
    if any(each.rank >= _SOME for each in found):  # then nobody needs what is beside the program
        found = [each for each in found if each.rank > _ASIDE]
    if any(each.rank >= SURE for each in found):  # whoever wrote that down has named all
        found = [each for each in found if each.role != "main"]
    if not any(_role(each) == "web" and each.rank >= SURE for each in found):
        served = {file for each in found if each.role != "web" and each.name != "web" for file in each.covers}
        found = [each for each in found if not (_role(each) == "web" and each.rank < SURE and _file(each) in served)]
    found = [each for each in found if not any(_is_part(each, one) for one in found)]
    known = {_subject(each.command.value) for each in found if each.rank >= SURE or _is_told(each)}
    found = [each for each in found if each.rank >= SURE or not _is_bare(each, known)]
    found = _once(found)
    by_role: dict[str, list[Program]] = {}
    for each in found:
        by_role.setdefault(_role(each), []).append(each)
    best = [one for group in by_role.values() for one in _best(sorted(group, key=lambda each: -each.rank))]
    if any(each.role == "celery worker and beat" for each in best):
        best = [each for each in best if each.role != "celery beat"]
    if (tool := _tool(best)) and (others := [each for each in best if each != tool]):
        return [replace(tool, doubts=(*tool.doubts, _unused(others)))]
    lasting = [each for each in best if each.type != "job"]
    if all(each.type == "cron" for each in lasting):  # neither goes on: one says when it runs, the other does not
        lasting += [each for each in best if each.type == "job" and each.rank >= SURE] if lasting else []
    if ends := [each for each in best if _is_left(each, lasting)] if lasting else []:
        lasting[0] = replace(lasting[0], doubts=(*lasting[0].doubts, _left_out(ends)))
    made = sorted(map(_beside(lasting), lasting or best), key=lambda each: _ORDER.index(each.type))
    return _named(_with_lost(made, lost))


def _beside(programs: Sequence[Program]) -> Callable[[Program], Program]:
    """Return what doubts a server for an application that was found beside other programs that are written down."""
    sure = [each for each in programs if each.rank >= SURE]

    def made(program: Program) -> Program:
        if not sure or program.rank >= SURE or program.type != "web" or any(each.type == "web" for each in sure):
            return program
        doubt = Doubt(
            path=("command",),
            question=f"nothing that is written down starts it, as {sure[0].command.origin} starts another program",
            help="leave it out if it is not needed",
        )
        return replace(program, doubts=(*program.doubts, doubt))

    return made


def _tool(programs: Sequence[Program]) -> Program | None:
    """Return the command that the project's image is for, if it has nothing to do with what else was found."""
    sure = [each for each in programs if each.rank >= SURE]
    reach = sure[0].reach if len(sure) == 1 else None
    return None if reach is None or any(_file(each) in reach for each in programs if each != sure[0]) else sure[0]


def _unused(programs: Sequence[Program]) -> Doubt:
    """Return the doubt about what was found beside the one command that the project's image is for."""
    listed = ", ".join(f"`{each.command.value}` ({each.command.origin})" for each in programs)
    return Doubt(
        path=("components",),
        question=f"{listed} was found, too, and your image does not start it",
        help="add a component for it if it is needed",
    )


def _is_left(program: Program, lasting: Sequence[Program]) -> bool:
    return program.type == "job" and program.rank >= SURE and program not in lasting


def _is_part(program: Program, other: Program) -> bool:
    """Tell whether a program, a better one or one that imports it, has in its process what this one goes on in."""
    imports = program.command.origin in other.covers and other.command.origin not in program.covers
    return program.heart in other.covers and (program.rank < other.rank or (program.rank == other.rank and imports))


def _is_bare(program: Program, scripts: Collection[str]) -> bool:
    """Tell whether a program only runs a script that somebody wrote down how to run, with a command."""
    words = str(program.command.value).split()
    if words[:2] == ["python", "-m"]:
        words = ["python", *(f"{each.replace('.', '/')}.py" for each in words[2:])]
    return words[:1] == ["python"] and len(words) == len(("python", "its script")) and words[1] in scripts


def _is_told(program: Program) -> bool:
    """Tell whether some file says with which arguments a script runs."""
    words = str(program.command.value).split()
    return program.rank >= _FOUND and words[:1] == ["python"] and len(words) > len(("python", "its script"))


def _once(programs: Sequence[Program]) -> list[Program]:
    """Return ``programs`` without those whose command a better one of another role has, or one just like it."""
    made: list[Program] = []
    for each in programs:
        same = [one for one in programs if one.command.value == each.command.value and one.rank > each.rank]
        if (not same or any(_role(one) == _role(each) for one in same)) and not any(
            _is_twin(each, one) for one in made
        ):
            made.append(each)
    return made


def _is_twin(program: Program, other: Program) -> bool:
    """Tell whether a program is another one once more, which one source starts under two names."""
    one, two = (
        (_role(each), _file(each), each.command.value, each.command.folder, each.env) for each in (program, other)
    )
    return one == two and program.rank == other.rank >= SURE


def _role(program: Program) -> str:
    role = program.role or program.name
    return _SAME.get(role, role)


def _file(program: Program) -> str:
    return program.command.origin.rpartition(":")[0]


def _best(ranked: Sequence[Program]) -> list[Program]:
    """Return the best programs of a role: one, or all that the best source names, if somebody wrote them down."""
    first = ranked[0]
    level = [each for each in ranked if each.rank == first.rank]
    if first.rank >= SURE and len({each.name for each in level}) == len(level) > 1:
        return [completed(level[0], ranked), *level[1:]]
    others = {each.command.value: each for each in ranked[1:] if each.command.value != first.command.value}
    same = {_file(each) for each in ranked if _subject(each.command.value) == _subject(first.command.value)}
    rivals = [each for each in others.values() if _is_near(first, each) and not _is_same(first, each, same)]
    made = completed(first, ranked)
    beside = [each for each in rivals if _is_beside(first, each, ranked)]
    if beside and len(beside) == len(rivals):
        return [made, *(completed(each, ranked) for each in beside)]
    return [replace(made, doubts=(*made.doubts, _several([first, *rivals]))) if rivals else made]


def _is_beside(first: Program, other: Program, ranked: Sequence[Program]) -> bool:
    """Tell whether somebody wrote down, in one file and under two names, what serves beside the first one."""
    subject = _subject(first.command.value)
    there = [each for each in ranked if _file(each) == _file(other) and each.name != other.name]
    return other.rank >= SURE and any(_subject(each.command.value) == subject for each in there)


def _is_near(first: Program, other: Program) -> bool:
    return other.rank >= SURE if first.rank >= SURE else other.rank >= first.rank - _CLEAR


def _is_same(first: Program, other: Program, files: Collection[str]) -> bool:
    """
    Tell whether two commands serve the same: they differ in options, or one runs the file that has the object.

    Args:
        first: The one to take.
        other: Another one.
        files: Where what the first one serves is known from.
    """
    one, two = _subject(first.command.value), _subject(other.command.value)
    if str(first.command.value).startswith(f"{other.command.value} "):
        return True
    if one == two or (_role(first) == _role(other) == "celery worker" and _celery(first) == _celery(other)):
        return True
    (module, _, name), (other_module, _, other_name) = one.partition(":"), two.partition(":")
    is_factory = "--factory" in str(other.command.value) or f"{two}()" in str(other.command.value)
    if name and other_name:  # an object at the top of a module is what its factory makes
        return module == other_module and is_factory
    if name and other.rank < SURE and _file(other) in files:
        return True
    return _script(one) == _script(two) or any(f"/{each}".endswith(f"/{_script(one)}") for each in other.covers)


_APP = re.compile(r"(?:-A|--app)[ =](\w+)")


def _celery(program: Program) -> str:
    """Return the package of Celery's application that a command names."""
    match = _APP.search(str(program.command.value))
    return match[1] if match else ""


def _script(subject: str) -> str:
    """
    Return the file that a subject is in.

    >>> _script("shop.main:app"), _script("shop/main.py")
    ('shop/main.py', 'shop/main.py')
    """
    module, colon, _ = subject.partition(":")
    return f"{module.replace('.', '/')}.py" if colon else subject.removeprefix("./")


def completed(first: Program, ranked: Sequence[Program]) -> Program:
    """Return a program that somebody wrote down, with what is known of the same one from elsewhere."""
    if first.rank < SURE:
        return first
    before = next((each.release for each in ranked if each.release and each.rank >= SURE), None)
    first = replace(first, release=first.release or before)
    found = [each for each in ranked if SURE > each.rank >= _CLEAR and each.framework]
    same = [each for each in found if _is_about(first, _subject(each.command.value))]
    found = same or [each for each in found if not _is_another(first, each)]
    if not found or (not same and len({each.framework for each in found}) > 1):
        return first
    source = found[0]
    return replace(
        first,
        framework=first.framework or source.framework,
        port=first.port or source.port,
        health=first.health or source.health,
        release=first.release or source.release,
        commands=first.commands or source.commands,
        env={**_seen_from(source.env, first), **_named_for_tools(first, source), **first.env},
        fields={
            **{key: value for key, value in source.fields.items() if key in {"volumes", "replicas"}},
            **first.fields,
        },
        needs=(*first.needs, *source.needs),
        doubts=(*first.doubts, *(each for each in source.doubts if _is_open(each, first))),
    )


def _named_for_tools(program: Program, source: Program) -> dict[str, Fact]:
    """Return the variables by which commands of a framework find the application, as far as its server's does not."""
    own, known = _subject(program.command.value), _subject(source.command.value)
    for variable in APPS.values():
        if variable in source.env and _OBJECT.fullmatch(own):
            return {variable: Fact(own, program.command.origin)}
    words = str(program.command.value).split()
    if words[:1] == ["litestar"] and "--app" not in words and _OBJECT.fullmatch(known):
        return {"LITESTAR_APP": Fact(known, source.command.origin)}
    return {}


_TOOLS = frozenset({"litestar", "flask", "quart"})
"""Programs that are told by a variable what to serve."""


def _is_open(doubt: Doubt, program: Program) -> bool:
    """Tell whether a doubt about the app is one still: not about a variable that a program says itself."""
    settled = doubt.path[0] == "env" and len(doubt.path) > 1 and doubt.path[1] in program.env
    return doubt.path[0] in {"env", "build", "release"} and not settled


def _seen_from(env: Mapping[str, Fact], program: Program) -> dict[str, Fact]:
    """Return variables whose modules are imported from the folder that ``program`` has on its path, or starts in."""
    given = program.env.get(PATH)
    folder = program.command.folder or (str(given.value).removeprefix("/app/") if given else "")
    start = f"{folder.replace('/', '.')}." if folder else ""
    return {
        name: Fact(str(fact.value).removeprefix(start), fact.origin) if name == "DJANGO_SETTINGS_MODULE" else fact
        for name, fact in env.items()
        if not (name == PATH and program.command.folder)
    }


def _is_about(program: Program, subject: str) -> bool:
    return subject in str(program.command.value) or subject == _subject(program.command.value)


def _is_another(program: Program, other: Program) -> bool:
    """Tell whether two commands serve files that differ: a page of one tool is none of another."""
    one, two = (_subject(each.command.value) for each in (program, other))
    return (
        one != two and one.endswith(".py") and two.endswith(".py") and not str(other.command.value).startswith("python")
    )


_OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def _subject(command: object) -> str:
    """
    Return what a server serves: the application object, or a script.

    >>> _subject("gunicorn 'shop:create_app()' --bind 0.0.0.0:8000"), _subject("streamlit run Home.py --server.port 1")
    ('shop:create_app', 'Home.py')
    >>> _subject("gunicorn -b :8000 shop.wsgi")
    'shop.wsgi:application'
    """
    words = [word.strip("'").removesuffix("()") for word in str(command).split()]
    objects = [word for word in words if _OBJECT.fullmatch(word)]
    objects += [f"{word}:application" for word in words if word.endswith((".wsgi", ".asgi"))]
    scripts = [word for word in words if word.endswith(".py")]
    if words[:1] and words[0] in _TOOLS and not objects:
        return " ".join(words[:2])
    return next(iter((*objects, *scripts)), str(command))


def _named(programs: Sequence[Program]) -> list[Program]:
    """Return ``programs`` with names that differ."""
    taken: set[str] = set()
    made = []
    for each in programs:
        cut = each.name[:_LONGEST]
        short = cut if cut == each.name else cut.rpartition("-")[0] or cut
        numbered = (f"{short[: _LONGEST - 3]}-{n}" for n in range(2, 99))
        name = next(name for name in (short, *numbered) if name not in taken)
        taken.add(name)
        made.append(replace(each, name=name))
    return made


def _left_out(programs: Sequence[Program]) -> Doubt:
    """Return the doubt about what somebody wrote down beside programs that go on, and comes to an end."""
    listed = ", ".join(f"`{each.command.value}` ({each.command.origin})" for each in programs)
    return Doubt(
        path=("components",),
        question=f"{listed} seems to end, and is no component",
        help="if it goes on: `type: worker`; if each deployment needs it: `type: job`",
    )


def _with_lost(programs: Sequence[Program], lost: Sequence[Program]) -> Sequence[Program]:
    """Return ``programs`` with the doubt about what their sources start besides, and nothing here brings."""
    places = {each.command.origin for each in programs if each.rank >= SURE}
    known = {each.command.value for each in programs}
    if programs and (idle := [each for each in lost if each.role == _DAEMON]):
        return [replace(programs[0], doubts=(*programs[0].doubts, _empty(idle[0]))), *programs[1:]]
    left = [each for each in lost if each.command.origin in places and each.command.value not in known]
    if not left:
        return programs
    listed = ", ".join(f"`{each.command.value}`" for each in left)
    doubt = Doubt(
        path=("components",),
        question=f"{left[0].command.origin} also starts {listed}, which nothing here brings",
        help="if it is needed: a component with its command, or an image of its own",
    )
    return [replace(programs[0], doubts=(*programs[0].doubts, doubt)), *programs[1:]]


def _empty(daemon: Program) -> Doubt:
    return Doubt(
        path=("components",),
        question=f"{daemon.command.origin} starts `{daemon.command.value}`, and what that runs was not found",
        help="for each line of its crontab: a component with `type: cron` and `schedule`",
    )


def _several(programs: Sequence[Program]) -> Doubt:
    return Doubt(
        path=("command",),
        question="several programs were found",
        choices=tuple(
            Choice(each.command.value, each.command.origin, each.command.folder or search(each)) for each in programs
        ),
    )
