"""Where a Dockerfile that the user wrote and the components that run its image do not agree."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from kgen.check.dockerfile import images, programs
from kgen.check.dockerfile.facts import ImageFacts, Program
from kgen.check.fault import Fault
from kgen.diag import Diagnostic, Label, Path, Span
from kgen.dockerfile import Word
from kgen.handmade.own_image import OwnImage, Use

OTHER_USER = "XAPP004"
NOTHING_TO_RUN = "XAPP005"
ENTRYPOINT_REPLACED = "XAPP006"
MIGRATION = "XAPP007"
SCRIPT_WITHOUT_EXEC = "XAPP008"


def faults(image: OwnImage, use: Use, release: Path | None) -> Iterator[Diagnostic]:
    """
    Yield where ``use`` does not fit to ``image``.

    Args:
        image: What is built.
        use: A container that runs it.
        release: Where the app has a release, if it has one.
    """
    if image.facts is None or image.facts.is_windows:
        return
    said = list(_of_pod(image, image.facts, use))
    yield from said
    if not any(each.rule.name == "user-without-its-files" for each in said):
        yield from _of_user(image, use)
    yield from _of_command(image, use)
    yield from _of_start(image, use, release)


def _of_user(image: OwnImage, use: Use) -> Iterator[Diagnostic]:
    """Yield a number that is not that of the pod; root and names are said about the file itself."""
    facts = image.facts
    user = facts.user_number if facts is not None else None
    if user is None or use.user is None or user in {0, use.user} or use.user == 0:
        return
    message = f"the image is made for the user {user}, but `{use.name}` runs as {use.user}"
    help_ = f"add `security: {{runAsUser: {user}}}` to the app file, or write `USER {use.user}`"
    yield image.found(OTHER_USER, image.last("USER"), message, help_, [use.user_label()])


def _of_command(image: OwnImage, use: Use) -> Iterator[Diagnostic]:
    facts, final = image.facts, image.stages.final
    if facts is None or final is None:
        return
    entry = facts.entrypoint
    if not (use.command or use.args or entry or facts.command):
        if why := programs.runs_nothing(final):
            message = f"`{use.name}` has no `command`, and the Dockerfile neither `ENTRYPOINT` nor `CMD`: {why}"
            help_ = "add `command` to the app file, or end the Dockerfile with `CMD`"
            yield image.found(NOTHING_TO_RUN, image.start, message, help_, [use.label("runs this image", on_key=True)])
    elif (
        use.kind != "release"
        and use.command
        and entry is not None
        and entry.words
        and not _is_same(entry.words[0], use.command[0])
    ):
        message = (
            f"`{use.name}` has a `command`, which replaces this `ENTRYPOINT`: `{_short(entry.words)}` does not run"
        )
        help_ = "if it has to, write `args` instead of `command`, which replaces only `CMD`"
        yield image.found(
            ENTRYPOINT_REPLACED, image.last("ENTRYPOINT"), message, help_, [use.label("runs this instead", "command")]
        )


def _is_same(program: str, other: str) -> bool:
    return program.split(maxsplit=1)[0].rpartition("/")[2] == other.rpartition("/")[2] if program else False


def _short(words: tuple[str, ...], most: int = 50) -> str:
    text = " ".join(words)
    return text if len(text) <= most else f"{text[:most]}…"


def _of_start(image: OwnImage, use: Use, release: Path | None) -> Iterator[Diagnostic]:
    """Yield what the image must not do when each pod starts."""
    facts = image.facts
    if facts is None or use.command or not use.goes_on:
        return
    # arguments replace CMD, and are given to ENTRYPOINT
    started = [each for each in (facts.entrypoint, None if use.args else facts.command) if each is not None]
    yield from _of_migration(image, use, release, started)
    if started and programs.is_script(started[0].words):
        path, text = image.script(programs.scripts(started[0].words)[0])
        if text and not programs.hands_over(text) and (steps := programs.lines(text)):
            message = f"`{path}` starts the program without `exec`: a shell stays in front, and passes no signal on"
            help_ = "write `exec` in front of the script's last command"
            related = [
                _line(image, path, steps[-1][0], "the last command"),
                use.label("starts with this script", on_key=True),
            ]
            yield image.found(SCRIPT_WITHOUT_EXEC, image.last(started[0].name), message, help_, related)


def _line(image: OwnImage, path: str, number: int, text: str) -> Label:
    """Return a line of a script in the context."""
    line = image.scripts[path].splitlines()[number - 1]
    start = len(line) - len(line.lstrip()) + 1
    span = Span(line=number, column=start, end_line=number, end_column=max(len(line.rstrip()), start) + 1)
    return Label(text=text, file=image.shown_as(path), span=span)


def _of_migration(image: OwnImage, use: Use, release: Path | None, started: Sequence[Program]) -> Iterator[Diagnostic]:
    for program in started:
        name, places = programs.migration(program.words), list[Label]()
        for script in programs.scripts(program.words):
            path, text = image.script(script)
            for number, line in programs.certain(programs.lines(text)):
                if not name and (name := programs.migration([line])):
                    places.append(_line(image, path, number, "here"))
        if not name:
            continue
        if release:
            message = f"each pod of `{use.name}` runs `{name}` when it starts, and the app has a `release` for that"
            help_ = "leave it to the release, and let the image only start the program"
            places.append(Label(release, "runs before new pods start"))
        else:
            message = f"each pod of `{use.name}` runs `{name}` when it starts: several do so at once"
            help_ = f"run it once before new pods start: `release: {name}`"
        places.append(use.label("starts with this command", on_key=True))
        yield image.found(MIGRATION, image.last(program.name), message, help_, places)
        return


_Place = Callable[[Use, Fault], Label]


def _component(use: Use, _: Fault) -> Label:
    return use.label("", on_key=True)


def _security(field: str) -> _Place:
    def place(use: Use, _: Fault) -> Label:
        at: Path = ("security",) if use.kind == "release" else (*use.at, "security")
        return Label((*at, field), f"`{field}` of `{use.name}`")

    return place


def _port(use: Use, fault: Fault) -> Label:
    rest = fault.path[len(use.path) :]
    if len(rest) > 1 and isinstance(rest[1], int):
        name = str(use.value["ports"][rest[1]].get("name", ""))
        return Label((*use.at, "ports", name, "port"), f"a port of `{use.name}`")
    return use.label("has other ports, or none", "ports", on_key=True)


_PROBES = {"livenessProbe": "liveness", "readinessProbe": "readiness", "startupProbe": "startup"}


def _program(use: Use, fault: Fault) -> Label:
    rest = [str(step) for step in fault.path[len(use.path) :]]
    if rest[0] in _PROBES:
        return use.label("runs in the image", "probes", _PROBES[rest[0]], "exec")
    return use.label("runs in the image", *rest[:1])


def _volume(image: OwnImage, fault: Fault) -> Word | None:
    """Return the word that makes the folder a volume which a fault is about."""
    final = image.stages.final
    for instruction, scope in final.steps_of_line() if final is not None and fault.row == "XIMG005" else ():
        if instruction.name == "VOLUME":
            for word in instruction.words:
                if final is not None and final.value(word, scope) == _path_of(fault.help):
                    return word
    return None


def _path_of(help_: str) -> str:
    return help_.split("`")[-2]


_ADAPTED: Mapping[str, tuple[str, tuple[str, ...], _Place, Callable[[str], str]]] = {
    "XIMG001": ("runAsNonRoot", ("USER",), _security("runAsUser"), str),
    "XIMG002": ("runAsNonRoot", ("USER",), _security("runAsUser"), str),
    "XIMG003": ("runAsUser", ("USER",), _security("runAsUser"), str),
    "XIMG004": ("port", ("EXPOSE",), _port, lambda _: "write the port that the program listens on in both files"),
    "XIMG005": (
        "readOnlyRootFilesystem",
        ("CMD", "ENTRYPOINT"),  # which use it for temporary files, if it is no volume
        _security("readOnlyRootFilesystem"),
        lambda help_: f"mount a volume there: `volumes: {{data: {{path: {_path_of(help_)}}}}}`",
    ),
    "XIMG007": ("", (), _program, str),
    "XIMG008": ("", ("HEALTHCHECK",), _component, lambda _: "add `probes` that ask the same"),
    "XIMG012": ("stopSignal", ("STOPSIGNAL",), lambda use, _: use.label("sends it", "lifecycle"), str),
}
"""Row about a pod → word for its field, instruction of the Dockerfile, place in the app file, and its way out."""


def _of_pod(image: OwnImage, facts: ImageFacts, use: Use) -> Iterator[Diagnostic]:
    """Yield what `kgen validate` finds between the Dockerfile and the pod, in the words of the app file."""
    for fault in images.faults(facts, use.template, use.value, use.path):
        if fault.row not in _ADAPTED or (fault.row == "XIMG008" and not use.goes_on):
            continue
        field, instructions, place, way_out = _ADAPTED[fault.row]
        subject = f"`{field}` of `{use.name}`" if field else f"`{use.name}`"
        at = _volume(image, fault) or image.last(*instructions)
        yield image.found(fault.row, at, f"{subject} {fault.message}", way_out(fault.help), [place(use, fault)])
