"""What is wrong with a Dockerfile that the user wrote, as the app file has it built; whatever runs the image."""

import re
from collections.abc import Iterable, Iterator

from kgen.check.dockerfile import DEFAULT, OFF
from kgen.check.dockerfile.stages import PLATFORM_ARGUMENTS
from kgen.diag import Diagnostic, Label, Path, Severity
from kgen.dockerfile import SYNTAX, Fault, Word
from kgen.handmade.own_image import OwnImage, Use, rule_of
from kgen.record import replace
from kgen.words import suggestion

UNKNOWN_TARGET = "XAPP001"
UNDECLARED_ARGUMENT = "XAPP002"
MISSING_SOURCE = "XAPP003"

_PREDEFINED = frozenset(
    {"ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SOURCE_DATE_EPOCH"} | PLATFORM_ARGUMENTS
)
"""Build arguments that Docker knows without an ``ARG``."""

_CERTAIN = DEFAULT | {"DKF13"}
"""Rows without which the build fails."""

_OF_USER = frozenset({"DKF04", "DKF05"})
_OF_START = frozenset({"DKF06", "DKF25"})
_OF_WHOLE_FILE = frozenset({SYNTAX, "DKF09", "DKF10", "DKF17", "DKF19", "DKF20"})
"""Rows that count wherever they are: Docker reads all of the file before it leaves out stages."""


def faults(image: OwnImage, uses: Iterable[Use], *, is_strict: bool) -> Iterator[Diagnostic]:
    """
    Yield what is wrong with the file, and with what the app file says about its build.

    Args:
        image: The file, and its build.
        uses: What runs the image.
        is_strict: Whether to ask for good practice too.
    """
    if image.build.target and image.stages.stages and image.stages.final is None:
        yield _unknown_target(image)
        return
    uses = tuple(uses)
    spans = [_span(image, index) for index in range(len(image.stages.stages))]
    unneeded = [spans[each.index] for each in image.stages.stages if each not in image.needed]
    for fault in image.faults:
        is_elsewhere = any(start <= fault.start < end for start, end in unneeded)
        if _counts(fault, is_strict=is_strict) and not (is_elsewhere and fault.row not in _OF_WHOLE_FILE):
            yield from (_weighed(each, fault) for each in _diagnostic(image, fault, uses))
    yield from _undeclared(image)


def _span(image: OwnImage, index: int) -> tuple[int, int]:
    stages = image.stages.stages
    end = stages[index + 1].start.keyword.start if index + 1 < len(stages) else len(image.file.text) + 1
    return stages[index].start.keyword.start, end


def _counts(fault: Fault, *, is_strict: bool) -> bool:
    """Tell whether `kgen compile` says it: errors and warnings, no matters of taste."""
    if fault.row in DEFAULT:
        return True
    return is_strict and fault.row not in OFF and rule_of(fault.row).severity is not Severity.INFO


def _weighed(found: Diagnostic, fault: Fault) -> Diagnostic:
    """Return a finding that keeps nothing from being compiled, unless the build fails for certain."""
    if found.rule.severity is not Severity.ERROR or fault.row in _CERTAIN:
        return found
    return replace(found, rule=replace(found.rule, severity=Severity.WARNING))


def _diagnostic(image: OwnImage, fault: Fault, uses: tuple[Use, ...]) -> Iterator[Diagnostic]:
    """Yield a fault with what the app file says about it, unless that makes it none."""
    if fault.row in _OF_USER:
        yield from _of_user(image, fault, uses)
        return
    related = _given(image, fault)
    if fault.row in _OF_START and _is_of_final(image, fault):
        started = [each for each in uses if not each.command]
        if uses and not started:
            return  # all have commands of their own
        related = tuple(each.label(f"`{each.name}` is started by it", on_key=True) for each in started if each.goes_on)
    elif fault.row == "DKF13":
        related = (Label((*image.at, "context"), "the folder that is built"),)
    yield image.found(fault.row, Word("", fault.start, fault.end), fault.message, fault.help, related)


def _of_user(image: OwnImage, fault: Fault, uses: tuple[Use, ...]) -> Iterator[Diagnostic]:
    """Yield that the image runs as root, or as somebody by name, beside the number that the pods have."""
    facts = image.facts
    if facts is None or facts.user is None:
        return  # only the base image knows
    if uses and all(each.user == 0 for each in uses):
        return  # somebody has given the reason in the app file
    if fault.row == "DKF05" and facts.user_number is not None:
        return  # whether that is the pod's is said elsewhere
    known = [each for each in uses if each.user]
    help_ = fault.help
    if known and fault.row == "DKF04":
        help_ = f"end it with `USER {known[0].user}`, which is what the pod has"
    at = Word("", fault.start, fault.end)
    yield image.found(fault.row, at, fault.message, help_, [each.user_label() for each in known])


def _given(image: OwnImage, fault: Fault) -> tuple[Label, ...]:
    """Return where the app file gives the arguments that the fault is about."""
    words = set(re.findall(r"\w+", image.file.text[fault.start : fault.end]))
    return tuple(Label((*image.at, "args", name), "given here", on="key") for name in image.build.args if name in words)


def _is_of_final(image: OwnImage, fault: Fault) -> bool:
    """Tell whether a fault is in an instruction that the image has."""
    words = (image.last("CMD"), image.last("ENTRYPOINT"))
    return any(word.start <= fault.start < max(word.end, word.start + 1) for word in words)


def _unknown_target(image: OwnImage) -> Diagnostic:
    stages = [each for each in image.stages.stages if each.name]
    names = [each.name for each in stages]
    shown = [image.place(each.name_word, "a stage") for each in stages if each.name_word is not None]
    return Diagnostic(
        rule=rule_of(UNKNOWN_TARGET),
        message=f"`{image.build.dockerfile}` has no stage `{image.build.target}`",
        at=Label((*image.at, "target")),
        related=tuple(shown[:3]) or (image.place(image.stages.stages[-1].start.keyword, "stages have no names"),),
        help=suggestion(image.build.target or "", names, "there are") or "name the stage: `FROM image AS name`",
    )


def _undeclared(image: OwnImage) -> Iterator[Diagnostic]:
    """Yield the build arguments that nobody takes."""
    if image.is_broken:
        return
    declared = set(image.stages.arguments)
    for stage in image.needed:
        for instruction, _ in stage.steps:
            if instruction.name == "ARG":
                declared |= {key.text for key, _ in instruction.pairs}
    for name in image.build.args:
        if name in declared or name.upper() in _PREDEFINED or name.startswith("BUILDKIT_"):
            continue
        at: Path = (*image.at, "args", name)
        yield Diagnostic(
            rule=rule_of(UNDECLARED_ARGUMENT),
            message=f"no `ARG` of `{image.build.dockerfile}` takes `{name}`",
            at=Label(at, on="key"),
            related=(image.place(image.start, "the stage that is built"),),
            help=suggestion(name, declared, "declared are") or f"remove it, or add `ARG {name}` to the Dockerfile",
        )


def missing(image: OwnImage, absent: frozenset[str], where: str) -> Iterator[Diagnostic]:
    """
    Yield the sources of COPY that are not there.

    Args:
        image: The file.
        absent: Those of its sources that name nothing.
        where: The context as findings name it.
    """
    for word, path in image.copied:
        if path in absent:
            related = Label((*image.at, "context"), "the folder that is built")
            message = f"`{path}` is not in `{where}`, so there is nothing to be copied"
            help_ = "correct the path, which is relative to the context; or make the file before the image is built"
            yield image.found(MISSING_SOURCE, word, message, help_, [related])
