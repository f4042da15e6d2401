"""From what somebody wrote down as a start (a line of a Procfile, a CMD, a script) to the processes that it means."""

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kgen.detect.commands import shell, supervisor
from kgen.detect.commands.entry_points import entered
from kgen.detect.commands.own_programs import own
from kgen.detect.commands.roles import is_deployed, role
from kgen.detect.commands.shell import Command, commands, filled
from kgen.detect.commands.shorthands import usual
from kgen.detect.commands.wrappers import HOST, PRIVILEGED, counted, reachable, stated, unwrapped
from kgen.detect.folders import PATH, placed, seen_from
from kgen.detect.found import Fact
from kgen.detect.packages.installed import file, scripts
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container
from kgen.detect.source.image import Image
from kgen.detect.source.tree import join
from kgen.record import dataclass, field, replace

PORT = 8000
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "/bin/sh", "/bin/bash", "/usr/bin/bash"})
_OWN = frozenset({"web", "script", "module", "command"})
_UNKNOWN = re.compile(r"\$[\w{(]")
_ARGUMENT = re.compile(r"\$(?:[1-9]|\{[1-9](?::?-)?\})")
"""An argument of a script that nobody gives it."""

_MOST = 12
"""Scripts that call one another at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One process that somebody wants to run."""

    words: tuple[str, ...]
    role: str
    env: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    folder: str = ""
    """Folder of the project that it starts in; its words have paths of the project all the same."""

    is_doubtful: bool = False
    """Whether a shell decides on it."""

    asks_help: bool = False
    """Whether it is only to say how it is used, as images do that want arguments."""

    @property
    def command(self) -> str:
        """The command as app.yaml says it."""
        line = shlex.join(self.words)
        if _UNKNOWN.search(line):
            return shlex.join(["sh", "-c", "exec " + " ".join(_for_shell(word) for word in self.words)])
        return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """All that one start does."""

    processes: tuple[Start, ...] = ()
    """What goes on running, or what the image is made for."""

    release: tuple[Start, ...] = ()
    """What changes a database before."""

    others: tuple[Start, ...] = ()
    """Further commands before."""

    steps: tuple[Start, ...] = ()
    """All that has an effect, in its order: for a start that is to end."""

    port: int | None = None
    """The port that whoever wrote it down names, if it is one that a container may listen on."""


def together(project: Project, starts: Sequence[Start], origin: str) -> Fact:
    """Return the command that runs ``starts`` one after the other, as long as they succeed."""
    where = list(dict.fromkeys(each.folder for each in starts))
    if len(where) == 1:
        lines = list(dict.fromkeys(each.command for each in starts))
        if len(lines) == 1:
            return Fact(lines[0], origin, where[0])
    lines = []
    for place, each in enumerate(starts):
        is_elsewhere = each.folder != (starts[place - 1].folder if place else where[0])
        lines += [f"cd {placed(each.folder)}"] if is_elsewhere else []
        line = replace(each, words=tuple(seen_from(project, each.folder, each.words))).command
        lines += [line] if line not in lines or len(where) > 1 else []
    return Fact(shlex.join(["sh", "-c", " && ".join(lines)]), origin, where[0])


def started(
    project: Project,
    text: str | Sequence[str],
    *,
    container: Container | None = None,
    env: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Started:
    """
    Return what a start does.

    Args:
        project: Where scripts and modules are.
        text: A line for a shell, or words.
        container: The Dockerfile that it stands in: paths are those of its image.
        env: Variables that are known.
        port: The port to listen on if the command does not say one itself.
    """
    values = {"PORT": str(port or PORT), "HOST": HOST, **(container.env if container else {}), **(env or {})}
    if not values["PORT"].isdecimal() or int(values["PORT"]) < PRIVILEGED:
        values["PORT"] = str(PORT)
    image = Image(project, container)
    first = commands(text) if isinstance(text, str) else [Command(words=tuple(text))] if text else []
    unrolled = list(_unrolled(image, first, (), ()))
    found = _known([(_start(image, each, values, port), each) for each in unrolled])
    made = [each for each, _ in found]
    processes = _processes([each for each in found if is_deployed(each[0].role)])
    kept = [each for each in made if not any(each is other for other in processes)]
    return Started(
        processes=tuple(processes),
        release=tuple(each for each in kept if each.role == "release"),
        others=tuple(each for each in kept if is_deployed(each.role) or each.role == "setup"),
        steps=tuple(each for each in made if is_deployed(each.role) or each.role in {"release", "setup"}),
        port=port if port and port >= PRIVILEGED else None,
    )


def _processes(found: Sequence[tuple[Start, Command]]) -> list[Start]:
    """Return what of the commands goes on: those in the background, and the last; one that takes over before it."""
    leaving = [each for each in found[:-1] if each[0].role == "cron"]  # which goes on behind its shell
    beside = [each for each in found if each[1].is_background or each in leaving]
    background = [start for start, _ in beside]
    front = [each for each in found if each not in beside]
    sure = [(start, command) for start, command in front if not command.is_conditional]
    if sure and sure[-1][0].role.startswith("script ") and front[-1][0].role.partition(" ")[0] in _OWN:
        sure = front[-1:]  # a script that something comes after has come to its end
    last = sure[-1:] or [(start, command) for start, command in front if command.takes_over][-1:] or front[-1:]
    again = [start for start, _ in last if [other.words for other, _ in front].count(start.words) > 1]
    made = [replace(start, is_doubtful=False) if start in again else start for start, _ in last]  # in each branch
    every = [*background, *made]
    return [each for place, each in enumerate(every) if not any(_is_again(each, one) for one in every[place + 1 :])]


def _known(found: Sequence[tuple[Start, Command]]) -> Sequence[tuple[Start, Command]]:
    """Return the commands whose program is known, if there are some: of others only a shell knows what they start."""
    known = [each for each in found if not _UNKNOWN.match(next(iter(each[0].words), ""))]
    return known or found


def _is_again(start: Start, other: Start) -> bool:
    """Tell whether a start is what another branch of a script starts, too."""
    return start.is_doubtful and start.role == other.role and start.words[:3] == other.words[:3]


def _unrolled(
    image: Image, found: Iterable[Command], arguments: tuple[str, ...], seen: tuple[str, ...]
) -> Iterator[Command]:
    """Yield the commands with scripts, shells and targets of make replaced by what they do."""
    for each in found:
        given = [one for word in each.words for one in (arguments or usual(word) if _is_all(word) else (word,))]
        env, words = unwrapped(given)
        words = own(image, given, words)
        here = shell.Command(
            words=tuple(words),
            env={**each.env, **env},
            folder=each.folder,
            is_conditional=each.is_conditional,
            is_background=each.is_background,
            takes_over=each.takes_over,
            line=each.line,
        )
        inner = _inside(image, here, seen)
        if inner is None:
            if words:
                yield here
            continue
        text, rest, name = inner
        for one in _unrolled(image, commands(entered(text, rest)), rest, (*seen, name)):
            yield shell.Command(
                words=one.words,
                env={**here.env, **one.env},
                folder=posixpath.normpath(posixpath.join(here.folder, one.folder)) if here.folder or one.folder else "",
                is_conditional=here.is_conditional or one.is_conditional,
                is_background=here.is_background or one.is_background,
                takes_over=one.takes_over,
                line=one.line,
            )


def _is_all(word: str) -> bool:
    """Tell whether a word stands for all arguments of a script: ``"$@"``, or an array that has them."""
    return word == "$@" or (word.startswith("${") and "@" in word)


def _inside(image: Image, command: Command, seen: tuple[str, ...]) -> tuple[str, tuple[str, ...], str] | None:
    """Return the text of the script that ``command`` runs, its arguments, and its name; ``None`` if it runs none."""
    words = list(command.words)
    if not words or len(seen) > _MOST:
        return None
    if words[0] in {"make", "supervisord"}:
        return _target(image.project, words[1:]) if words[0] == "make" else _supervised(image, words[1:], seen)
    if words[0] in _SHELLS or words[0] == "eval":
        words = ["-c", " ".join(words[1:])] if words[0] == "eval" else words[1:]
        words = [word for word in words if not (word.startswith("-") and "c" not in word)]
        if words[1:] and words[0].startswith("-"):
            return words[1], tuple(words[2:]), words[1]
    elif not words[0].endswith((".sh", ".bash")) and "/" not in words[0]:
        return None
    path, text = _read(image, words[0], command.folder) if words else ("", "")
    if not text or path in seen or path.endswith(".py"):
        return None
    is_script = path.endswith((".sh", ".bash")) or (path in image.written() and not text.startswith("#!"))
    is_script = is_script or bool(re.match(r"#!.*\b(?:ba|da|a|z)?sh\b", text))
    return (text, tuple(words[1:]), path) if is_script else None


def _read(image: Image, name: str, folder: str) -> tuple[str, str]:
    """Return path and text of a file, which may be one that the Dockerfile writes itself."""
    path = image.path(name, folder)
    return (path, image.project.text(path) or "") if path else (name, image.written().get(name, ""))


def _target(project: Project, words: Sequence[str]) -> tuple[str, tuple[str, ...], str] | None:
    """Return the recipe of a target of make."""
    target = next((word for word in words if not word.startswith("-") and "=" not in word), "")
    pattern = rf"^{re.escape(target)}\s*:[^=\n]*\n((?:[ \t]+.*\n?|\s*\n)+)"
    match = re.search(pattern, project.text("Makefile") or "", re.MULTILINE) if target else None
    if not match:
        return None
    recipe = re.sub(r"\\\n\s*", " ", match[1])
    lines = (line.strip().lstrip("@-+").strip() for line in recipe.splitlines())
    return "\n".join(lines).replace("$$", "$"), (), f"make {target}"


def _supervised(image: Image, words: Sequence[str], seen: tuple[str, ...]) -> tuple[str, tuple[str, ...], str] | None:
    """Return what supervisord runs, as lines of a script: everything in the background."""
    tree, start = image.project.tree, image.project.folder
    given = next((path for word in words if word.endswith((".conf", ".ini")) and (path := image.path(word))), "")
    lines = supervisor.lines(tree, start, join(start, given) if given else "", image.inner)
    if not lines or "supervisord" in seen:
        return None
    found = [place for place, line in enumerate(lines) if any(is_deployed(role(one.words)) for one in commands(line))]
    last = found[-1] if found else -1
    lines[last] = lines[last].removesuffix(" &")  # what stands before supervisord comes to its end
    return "\n".join(lines), (), "supervisord"


_OWN_ENV = frozenset({"PORT", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "PATH"})
"""Variables that a start sets for its own image: its user, and where that is at home."""


def _start(image: Image, command: Command, values: Mapping[str, str], port: int | None) -> Start:
    env = {name: image.here(filled(value, values)) for name, value in command.env.items() if name not in _OWN_ENV}
    words = [filled(word, {**values, **env}) for word in command.words if not _ARGUMENT.fullmatch(word)]
    command, words = _changed(image, command, words)
    folder = image.inner(command.folder) if command.folder else image.folder()
    asks_help = words[1:] != [] and words[-1] in {"--help", "-h"}
    words = words[:-1] if asks_help else words
    words = _placed(image, [_inner(image, word) for word in words], folder)
    words = _named(image, words, folder)
    what = "development" if _is_flasks(image, words) else role(words)
    found = None
    if what == "celery flower":
        words = _of_the_app(words, values)
        found = stated(words, ("--port",))
    if "celery" in what and "beat" in what and not {"-s", "--schedule", "-S", "--scheduler"} & set(words):
        words += ["--schedule", "/tmp/celerybeat-schedule"]  # noqa: S108  # the one place that can be written
    if what == "web":
        words, found = reachable(counted(words), port if port and port >= PRIVILEGED else PORT)
    if folder and not command.folder and image.is_mixed(folder):
        if not any(word.endswith(".py") for word in words[:3]):
            env.setdefault(PATH, placed(folder))
        folder = ""
    elif folder and (searched := image.searched()) != placed(folder):
        env |= {PATH: searched} if searched and PATH not in env else {}
    plain = {name: value for name, value in env.items() if "$" not in value}
    return Start(
        words=tuple(words),
        role=what,
        env=plain,
        port=found,
        folder=folder,
        asks_help=asks_help,
        is_doubtful=command.is_conditional and not command.takes_over,
    )


def _changed(image: Image, command: Command, words: Sequence[str]) -> tuple[Command, list[str]]:
    """Return a command in the folder that its server is told to go to, if that is one of the project's own image."""
    for place, word in enumerate(words):
        name, sign, value = word.partition("=")
        there = value if sign else next(iter(words[place + 1 : place + 2]), "")
        if name == "--chdir" and image.container and there.startswith("/") and image.has(there):
            return replace(command, folder=there), [*words[:place], *words[place + (1 if sign else 2) :]]
    return command, list(words)


def _is_flasks(image: Image, words: Sequence[str]) -> bool:
    """Tell whether a script, or a command, with those of ``flask`` is to run Flask's development server."""
    script, *rest = (words[1:] if words[:1] == ["python"] else words) or [""]
    if "run" not in rest[:1]:
        return False
    target = scripts(image.project).get(script)
    path = image.project.below(file(image.project, target[0])) if target else script
    return path.endswith(".py") and "FlaskGroup" in (image.project.text(path) or "")


def _of_the_app(words: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """
    Return Flower's command without the address of a broker that only another machine has: its app knows its own.

    >>> _of_the_app(["celery", "-A", "shop", "flower", "--broker=redis://redis:6379/0", "--port=5555"], {})
    ['celery', '-A', 'shop', 'flower', '--port=5555']
    """
    is_known = "CELERY_BROKER_URL" in values  # which Celery reads even without an app
    if not is_known and not {"-A", "--app"} & {word.partition("=")[0] for word in words}:
        return list(words)
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        name, sign, _ = word.partition("=")
        if name not in {"--broker", "-b"}:
            kept.append(word)
        elif not sign:
            next(rest, "")
    return kept


def _placed(image: Image, words: list[str], folder: str) -> list[str]:
    """Return the command with the path of its script as it is in the project."""
    is_folder = words[:1] == ["python"] and len(words) > 1 and not words[1].endswith(".py")
    if is_folder and (made := image.path(f"{words[1]}/__main__.py", folder)):
        package = posixpath.dirname(made)
        is_package = image.project.path(f"{package}/__init__.py") in image.project.tree and "/" not in package
        return ["python", *(["-m", package] if is_package else [package]), *words[2:]]
    for place, word in enumerate(words[:3]):
        if word.endswith(".py") and not word.startswith("-"):
            found = image.path(word, folder if image.container is None else "") or image.path(word, folder)
            made = found or _managing(image.project, word) or posixpath.normpath(posixpath.join(folder, word))
            return [*words[:place], made, *words[place + 1 :]]
    return words


def _managing(project: Project, word: str) -> str:
    """Return Django's script if ``word`` names it and there is one: wherever another image has it, it is the same."""
    name = posixpath.basename(word)
    found = [path for path in project.modules.paths if path.endswith(f"/{name}")] if name == "manage.py" else []
    return project.below(found[0]) if len(found) == 1 else ""


_FASTAPI = ("main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py")
"""Where the `fastapi` command looks for the application, if it is not told."""


def _named(image: Image, words: list[str], folder: str) -> list[str]:
    """Return the command with what it would look for in its folder, since the image has another one."""
    if words[:2] != ["fastapi", "run"] or any(word.endswith(".py") for word in words):
        return words
    found = next((path for name in _FASTAPI if (path := image.path(name, folder)) and path.endswith(name)), None)
    return [*words[:2], found, *words[2:]] if found else words


def _inner(image: Image, word: str) -> str:
    """Return the path of a file in the project instead of the one that it has in another image."""
    found = image.path(word) if word.startswith("/") and image.container else None
    return found if found and found.rpartition("/")[2] == word.rpartition("/")[2] and _is_file(word[1:]) else word


def _is_file(name: str) -> bool:
    return "/" in name or "." in name


def _for_shell(word: str) -> str:
    """Return a word for a shell, which is to replace the variables in it."""
    if _UNKNOWN.search(word):
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return shlex.quote(word)
