"""YAML text to a ``Source``. kgen reads a narrow YAML 1.2: see ``syntax`` for what it refuses, and why."""

import re

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from kgen.diag import Diagnostic, Label, has_error
from kgen.load.build import Builder
from kgen.load.scalar import Kind
from kgen.source import Source
from kgen.syntax.lines import Lines
from kgen.syntax.rules import (
    CONTROL_CHARACTER,
    DUPLICATE_KEY,
    EMPTY_FILE,
    NOT_UTF8,
    ROOT_NOT_MAPPING,
    UNREADABLE,
    YAML_ALIAS,
    YAML_ANCHOR,
    YAML_DIRECTIVE,
    YAML_TAG,
    code,
)

MAX_SIZE = 1024 * 1024
"""Bytes (or characters) of a file that is read; a hundred times what a large app needs, and a few seconds of work."""

_CRASHES = (YAMLError, ValueError, LookupError, ArithmeticError, AssertionError, AttributeError, TypeError)
r"""What ruamel raises for odd text besides a marked error: `%YAML 1.3`, `"\UFFFFFFFF"`, `"\ud800"`."""

_DIRECTIVE = r"(?:(?:%YAML[ ]+1\.2)?[ \t]*(?:#[^\r\n]*)?(?:\r\n|[\r\n]))*+(%[^\r\n]*)"
"""The first directive but ``%YAML 1.2``, above which stand only comments. Possessive, or CRLF would take forever."""

_UNSEEN = "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_UNSEEN_ASCII = "[^\t\n\r\x20-\x7e]"  # the other one takes milliseconds to compile
"""What YAML does not print, and its line breaks of old (U+0085, U+2028, U+2029), which no editor counts."""


def parse(text: str | bytes, name: str) -> Source:
    """
    Read ``text``; ``name`` is the file as the user calls it.

    It never raises. Faults of structure are all found at once; a fault of syntax ends the reading.
    """
    if len(text) > MAX_SIZE:
        return too_large(name)
    content, fault = _decode(text) if isinstance(text, bytes) else (text, None)
    lines = Lines.of(content.removeprefix("\ufeff"))
    fault = fault or _unseen(lines) or _directive(lines)
    if fault:
        return Source(name=name, text=lines.text, found=(fault.within(name),))
    return _read(lines, name)


def refused(name: str, message: str, advice: str = "") -> Source:
    """Return the source for a file that cannot be read at all."""
    found = Diagnostic(rule=UNREADABLE, message=message, at=Label(file=name), help=advice)
    return Source(name=name, found=(found,))


def too_large(name: str) -> Source:
    return refused(name, f"the file is larger than {MAX_SIZE // 1024} KiB", "split it, or exclude what is generated")


def _read(lines: Lines, name: str) -> Source:
    yaml = YAML(typ="safe", pure=True)
    resolve = yaml.resolver.resolve

    def kind(text: str) -> Kind:
        return str(resolve(ScalarNode, text, (True, False))).rpartition(":")[2]

    build = Builder(name=name, lines=lines, kind=kind)
    broken = _feed(build, yaml)
    if broken:
        build.found.append(broken)
    elif not has_error(build.found):
        build.found.extend(_root_faults(build))
    failed = bool(broken) or has_error(build.found)
    found = tuple(each.within(name) for each in build.found if each is not broken or _adds(broken, build.found))
    is_readable = not broken and all(each.rule is DUPLICATE_KEY for each in build.found if has_error([each]))
    return Source(
        name=name,
        text=lines.text,
        root=None if failed else build.root,
        rest=build.root if failed and is_readable and build.root and build.root.is_mapping else None,
        places=build.places,
        found=found,
    )


def _feed(build: Builder, yaml: YAML) -> Diagnostic | None:
    """Give all events to ``build``; return the fault of syntax that ends them, if any."""
    events = yaml.parse(build.lines.text)
    while True:
        try:
            event = next(events, None)
        except MarkedYAMLError as error:
            from kgen.syntax.translate import syntax_fault  # noqa: PLC0415  # only after a fault

            return syntax_fault(error, build.lines, build.progress)
        except _CRASHES:
            from kgen.syntax.translate import crash_fault  # noqa: PLC0415  # only after a fault

            return crash_fault(build.lines, build.progress)
        if event is None or not build.take(event):
            events.close()
            return None


def _adds(broken: Diagnostic, found: list[Diagnostic]) -> bool:
    """Say whether ``broken`` is news: `*/5 * * * *` is an alias, and then broken because it is none."""
    signs = [each.at.span for each in found if each is not broken and each.rule in (YAML_ALIAS, YAML_ANCHOR, YAML_TAG)]
    span = broken.at.span
    return not any(sign and span and sign.line == span.line for sign in signs)


def _root_faults(build: Builder) -> list[Diagnostic]:
    root = build.root
    if root is None:
        help_ = "start it with `apiVersion: kgen/v1`, `name` and `components`"
        return [Diagnostic(rule=EMPTY_FILE, message="the file is empty", at=Label(), help=help_)]
    if root.is_mapping:
        return []
    what = "a list" if isinstance(root.value, tuple) else f"the single value {code(root.text)}"
    glued = isinstance(root.value, str) and re.match(r"\w+:\S", root.text)
    help_ = "put a space after the `:`" if glued else "write `key: value` lines"
    at = Label(span=build.places[()].value)
    return [Diagnostic(rule=ROOT_NOT_MAPPING, message=f"the file is {what}, not a mapping", at=at, help=help_)]


def _decode(data: bytes) -> tuple[str, Diagnostic | None]:
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        first = error.start
    text = data.decode(errors="replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        fault = Diagnostic(rule=NOT_UTF8, message="the file is UTF-16", at=Label(), help="save it as UTF-8")
        return "", fault
    if b"\0" in data:
        return "", Diagnostic(rule=UNREADABLE, message="the file is binary, not text", at=Label())
    offset = len(data[:first].decode().removeprefix("\ufeff"))
    message = f"the byte `0x{data[first]:02x}` is not UTF-8"
    at = Label(span=Lines.of(text.removeprefix("\ufeff")).span(offset, offset + 1))
    return text, Diagnostic(rule=NOT_UTF8, message=message, at=at, help="save the file as UTF-8")


def _unseen(lines: Lines) -> Diagnostic | None:
    found = re.search(_UNSEEN_ASCII if lines.text.isascii() else _UNSEEN, lines.text)
    if found is None:
        return None
    number = ord(found.group())
    message = f"the character U+{number:04X} cannot be seen"
    help_ = f'remove it, or write it as an escape in double quotes: `"\\u{number:04x}"`'
    at = Label(span=lines.span(*found.span()))
    return Diagnostic(rule=CONTROL_CHARACTER, message=message, at=at, help=help_)


def _directive(lines: Lines) -> Diagnostic | None:
    found = re.match(_DIRECTIVE, lines.text) if "%" in lines.text else None
    if found is None or re.fullmatch(r"%YAML +1\.2[ \t]*(?:#.*)?", found.group(1)):
        return None
    message = f"{code(found.group(1))} is a YAML directive, which kgen does not read"
    at = Label(span=lines.span(*found.span(1)))
    return Diagnostic(rule=YAML_DIRECTIVE, message=message, at=at, help="remove the line; kgen always reads YAML 1.2")
