"""
Variables that are used, but set nowhere.

What a base image sets is not in the file. So a variable is taken to be undefined only if more speaks for it: the base
sets nothing else, or the file declares it in another place, from where it does not get here.
"""

from __future__ import annotations

from itertools import islice

from kgen.check.dockerfile.stages import PLATFORM_ARGUMENTS
from kgen.check.dockerfile.variables import BrokenWordError, Reference, parts, references
from kgen.dockerfile import Fault, Instruction, Word
from kgen.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build, Stage
    from kgen.check.dockerfile.variables import Scope

_ALWAYS = frozenset({"HOME", "HOSTNAME", "PATH", "PWD", "SHELL", "TERM", "USER"}) | {
    name
    for plain in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    for name in (plain, plain.lower())
}
"""Set by nearly every image, or by Docker."""

_OF_IMAGES = (
    *("ASPNET", "BUNDLE", "CARGO", "CONDA", "CUDA", "DEBIAN_FRONTEND", "DOTNET", "GEM", "GO", "GPG", "GRADLE"),
    *("JAVA", "LANG", "LC_", "LD_LIBRARY_PATH", "MAVEN", "NGINX", "NJS", "NODE", "NV", "PG", "PHP", "PIP", "PKG"),
    *("PYTHON", "RUBY", "RUST", "SSL_CERT", "TZ", "UV", "VIRTUAL_ENV", "YARN"),
)
"""How the variables of well-known images start."""

_MOST_NAMES = 500
"""Names that are looked through for a near one; nobody declares so many."""

_ONE_WORD = frozenset({"STOPSIGNAL", "USER", "WORKDIR"})
_LISTS = frozenset({"ADD", "COPY", "VOLUME"})


def faults(build: Build) -> Iterator[Fault]:
    escape = build.file.escape
    declared = _declared(build)
    for stage in build.stages:
        words = [word for word in (stage.base, stage.start.flag("platform")) if word is not None]
        for word, reference in _undefined(words, escape, build.scope):
            near = nearest(reference.name, build.arguments | PLATFORM_ARGUMENTS)
            help_ = f"did you mean `{near}`?" if near else f"put `ARG {reference.name}` above the first `FROM`"
            yield Fault("DKF08", word, f"no `ARG` above the first `FROM` declares `{reference.name}`", help_)
        for instruction, scope in stage.steps:
            own = {key.text for key, _ in instruction.pairs} if instruction.name == "ARG" else frozenset()
            for word, reference in _undefined(_words(instruction), escape, scope):
                if reference.name in _ALWAYS | own:
                    continue
                if not scope.is_closed and (same := _of_same(instruction, word, reference)):
                    yield same
                elif told := _reason(build, stage, reference.name, scope, declared):
                    yield Fault("DKF08", word, *told)


def _of_same(instruction: Instruction, word: Word, reference: Reference) -> Fault | None:
    """Return a fault if the same ``ENV`` sets the variable in front of ``word``: it has no value yet."""
    before = {key.text for key, value in instruction.pairs if value is not None and value.end < word.start}
    if instruction.name != "ENV" or reference.name not in before:
        return None
    message = f"`{reference.name}` is set by the same `ENV`, and does not have that value yet here"
    return Fault("DKF32", word, message, "write a second `ENV` below, which sees it")


def _declared(build: Build) -> set[str]:
    """Return the names of all ``ARG`` and ``ENV`` in stages."""
    return {
        key.text
        for stage in build.stages
        for instruction, _ in stage.steps
        if instruction.name in {"ARG", "ENV"}
        for key, _ in instruction.pairs
    }


def _words(instruction: Instruction) -> Iterator[Word]:
    """Yield the words in which Docker replaces variables."""
    name = instruction.name
    if name in {"ENV", "LABEL"}:
        yield from (word for pair in instruction.pairs for word in pair if word is not None)
    elif name == "ARG":
        yield from (value for _, value in instruction.pairs if value is not None)
    elif name in _ONE_WORD | _LISTS:
        yield from instruction.words
        yield from (word for flag in ("chown", "chmod") for word in instruction.values(flag))
    elif name == "RUN":
        yield from instruction.values("mount")
    if name in {"ADD", "COPY"}:
        yield from (heredoc.body for heredoc in instruction.heredocs if heredoc.expands)


def _undefined(words: list[Word] | Iterator[Word], escape: str, scope: Scope) -> Iterator[tuple[Word, Reference]]:
    for word in words:
        if "$" not in word.text:
            continue
        try:
            found = parts(word.text, escape)
        except BrokenWordError:
            continue
        for each in references(found):
            is_optional = each.sign[:2] in {":-", "-", ":+", "+"}
            if each.name not in scope and not is_optional and each.name[0].isidentifier():
                yield word.part(each.start, each.end), each


def _reason(build: Build, stage: Stage, name: str, scope: Scope, declared: set[str]) -> tuple[str, str] | None:
    """Return why ``name`` has no value, and what to do; or ``None`` if it may well have one."""
    if name in PLATFORM_ARGUMENTS or name in build.arguments:
        if not scope.is_closed and name not in PLATFORM_ARGUMENTS and _may_be_set(stage, name):
            return None
        where = "Docker" if name in PLATFORM_ARGUMENTS else "the `ARG` above `FROM`"
        message = f"`{name}` is empty here: {where} sets it, but this stage does not ask for it"
        return message, f"put `ARG {name}` below the stage's `FROM`"
    if scope.is_closed:
        near = _near(name, scope, build)
        return f"`{name}` is set nowhere above", f"did you mean `{near}`?" if near else _way_out(name, declared)
    root = stage.root.image
    if root is None or not root.official or _may_be_set(stage, name):
        return None
    if name in declared:
        return f"`{name}` is not set here", _way_out(name, declared)
    near = _near(name, scope, build)
    return (f"`{name}` is set nowhere above", f"did you mean `{near}`?") if near else None


def _near(name: str, scope: Scope, build: Build) -> str | None:
    return nearest(name, {"PATH", *islice(scope.names(), _MOST_NAMES), *islice(build.arguments, _MOST_NAMES)})


def _way_out(name: str, declared: set[str]) -> str:
    if name in declared:
        return f"`{name}` is set further down, or in another stage: set it in this one, above"
    return f"declare it: `ARG {name}`"


def _may_be_set(stage: Stage, name: str) -> bool:
    """Tell whether the base may well set ``name``: it is one of the usual ones, or starts with the image's own name."""
    root = stage.root.image
    if root is None or name.upper().startswith(_OF_IMAGES):
        return True
    return name.upper().startswith(root.path.rpartition("/")[2].upper().replace("-", "_").replace(".", "_"))
