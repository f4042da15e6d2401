"""
The scalars that users write: names, quantities, durations, paths, commands.

A check raises with a rule and a sentence of ours; ``load`` turns that into a finding at the value.
"""

import re
import shlex
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeAlias

from annotated_types import Interval
from pydantic import AfterValidator, BeforeValidator

from kgen import cron, units
from kgen.diag import Rule
from kgen.source import Node
from kgen.spec import AS_WRITTEN, Expand, fault
from kgen.words import suggestion


def _rule(number: int, name: str, explain: str) -> Rule:
    return Rule(code=f"KG20{number}", name=name, explain=explain)


INVALID_NAME = _rule(20, "invalid-name", "Kubernetes allows only lower-case letters, digits and `-` in most names.")
INVALID_QUANTITY = _rule(
    21, "invalid-quantity", "CPU is counted in cores or `m` (thousandths), memory in bytes with a suffix."
)
INVALID_DURATION = _rule(
    22, "invalid-duration", "A bare number does not tell its unit; durations are written like `30s`."
)
INVALID_COMMAND = _rule(
    23, "invalid-command", "Commands run without a shell, so shell syntax would reach the program as text."
)
INVALID_PATH = _rule(
    24, "invalid-path", "Paths in a container are absolute; paths in the repository stay below the app file's folder."
)
INVALID_ENV_NAME = _rule(25, "invalid-env-name", "The API server rejects other names of environment variables.")
INVALID_REFERENCE = _rule(26, "invalid-reference", "A key of a Secret or ConfigMap is written `name/key`.")
INVALID_HOST = _rule(27, "invalid-host", "A host is a DNS name in lower case, without scheme, port or path.")
INVALID_IMAGE = _rule(28, "invalid-image", "An image is `[registry/]repository[:tag][@sha256:…]`.")
INVALID_SCHEDULE = _rule(
    29, "invalid-schedule", "A schedule has five fields: minute, hour, day of month, month, day of week."
)
INVALID_TIMEZONE = _rule(30, "invalid-timezone", "A time zone is a name of the IANA database, as `Europe/Berlin`.")
INVALID_VERSION = _rule(31, "invalid-version", "A version here has numbers and dots only.")

RULES = (
    INVALID_NAME, INVALID_QUANTITY, INVALID_DURATION, INVALID_COMMAND, INVALID_PATH, INVALID_ENV_NAME,
    INVALID_REFERENCE, INVALID_HOST, INVALID_IMAGE, INVALID_SCHEDULE, INVALID_TIMEZONE, INVALID_VERSION,
)  # fmt: skip


def matching(rule: Rule, pattern: str, what: str, way_out: str, limit: int = 253) -> Callable[[str], str]:
    """Return a check that a text has the form of ``pattern`` and at most ``limit`` characters."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):  # compiled when it is first used: most files use few of them
            raise fault(rule, f"`{text}` is not {what}" if text else f"{what} must not be empty", way_out)
        if len(text) > limit:
            raise fault(rule, f"`{text[:20]}…` has {len(text)} characters, {limit} are allowed")
        return text

    return check


_LABEL = r"[a-z]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_KEY = r"(?!\.\.|\.$)[-._a-zA-Z0-9]+"

Name: TypeAlias = Annotated[
    str,
    AS_WRITTEN,
    AfterValidator(
        matching(INVALID_NAME, _LABEL, "a name", "use lower-case letters, digits and `-`, starting with a letter", 63)
    ),
]
"""Name of an app, a component, a port…: a DNS label that starts with a letter, as a Service needs it (RFC 1035)."""

PortName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME,
            r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*",
            "a name of a port",
            "use lower-case letters, digits and single `-`, with at least one letter",
            15,
        )
    ),
]
"""Name of a port: an IANA service name (RFC 6335), at most 15 characters."""

AppProtocol: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME,
            rf"({SUBDOMAIN}/)?[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?",
            "an application protocol",
            "write it as `http` or `kubernetes.io/h2c`",
        )
    ),
]

ObjectName: TypeAlias = Annotated[
    str, AfterValidator(matching(INVALID_NAME, SUBDOMAIN, "a name", "use lower-case letters, digits, `-` and `.`"))
]
"""Name of an object that kgen does not make: a DNS subdomain (RFC 1123)."""

Key: TypeAlias = Annotated[
    str, AS_WRITTEN, AfterValidator(matching(INVALID_NAME, _KEY, "a key", "use letters, digits, `-`, `_` and `.`"))
]
"""Key in a Secret or a ConfigMap."""

EnvName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_ENV_NAME,
            r"(?!\.\.|\.$)[-._a-zA-Z][-._a-zA-Z0-9]*",
            "a name of an environment variable",
            "use letters, digits, `_`, `-` and `.`, not starting with a digit",
        )
    ),
]

Reference: TypeAlias = Annotated[
    str,
    AfterValidator(matching(INVALID_REFERENCE, rf"{SUBDOMAIN}/{_KEY}", "a reference", "write it `name/key`", 507)),
]
"""``name/key`` of a Secret or ConfigMap; ``/`` is in neither names nor keys."""


def _host(start: str, what: str) -> Callable[[str], str]:
    pattern = rf"(?![\d.]+$){start}{SUBDOMAIN}"
    return matching(INVALID_HOST, pattern, what, "write only the name, as `shop.example.com`")


Host: TypeAlias = Annotated[str, AfterValidator(_host(r"(\*\.)?", "a host name"))]
"""A host, or all those of a domain."""

OneHost: TypeAlias = Annotated[str, AfterValidator(_host("", "the name of one host"))]

_STEPS = r"(/(?!\.\.|\.(/|$))[A-Za-z0-9._@+-]+)+"
_IN_CONTAINER = "an absolute path in the container", "start it with `/`, without `..` and without a slash at its end"

ContainerPath: TypeAlias = Annotated[str, AfterValidator(matching(INVALID_PATH, rf"(?!/?$){_STEPS}", *_IN_CONTAINER))]

WorkingFolder: TypeAlias = Annotated[str, AfterValidator(matching(INVALID_PATH, rf"/|{_STEPS}", *_IN_CONTAINER))]
"""A folder that programs start in; unlike a mount, it may be the root."""

UrlPath: TypeAlias = Annotated[
    str, AfterValidator(matching(INVALID_PATH, r"/[^\s#]*", "a URL path", "start it with `/`", 2048))
]

RoutePath: TypeAlias = Annotated[
    UrlPath,
    AfterValidator(
        matching(
            INVALID_PATH,
            r"(?!.*(//|/\.\.?(/|$)|%2[fF])).*",
            "a path that an Ingress can match",
            "leave out `//`, `/./`, `/../` and `%2f`",
        )
    ),
]

RelativePath: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_PATH,
            r"\.|(?!/)(?!.*(^|/)\.\.(/|$))[A-Za-z0-9._@+/ -]+",
            "a path below this file's folder",
            "write it relative to this file, without `..`",
        )
    ),
]

VersionText: TypeAlias = Annotated[
    str,
    AS_WRITTEN,
    AfterValidator(
        matching(INVALID_VERSION, r"\d+(\.\d+)*", "a version", "write numbers and dots, as `17` or `3.13`", 20)
    ),
]

MinorVersion: TypeAlias = Annotated[
    str,
    AS_WRITTEN,
    AfterValidator(matching(INVALID_VERSION, r"\d\.\d+", "a minor version", "write two numbers, as `3.13`", 20)),
]

DebianPackage: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(INVALID_NAME, r"[a-z0-9][a-z0-9+.-]+", "a Debian package", "write its name in lower case, as `libpq5`")
    ),
]
"""Source: https://www.debian.org/doc/debian-policy/ch-controlfields.html#source."""

ExtraName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME, r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", "a name of an extra or a group", "see PEP 685"
        )
    ),
]

Port: TypeAlias = Annotated[int, Interval(ge=1, le=65535)]
UserId: TypeAlias = Annotated[int, Interval(ge=0, le=2**31 - 1)]
"""Numeric: `runAsNonRoot` cannot check names."""

Utilisation: TypeAlias = Annotated[int, Interval(ge=1, le=1000)]
"""Average use in percent of what is *requested*; it may exceed 100 where the limit is higher."""

Share: TypeAlias = Annotated[
    str, AfterValidator(matching(INVALID_QUANTITY, r"(100|[1-9]?[0-9])%", "a share", "write a percentage, as `25%`"))
]

Count: TypeAlias = Annotated[int, Interval(ge=0, le=10_000)]
PositiveCount: TypeAlias = Annotated[int, Interval(ge=1, le=10_000)]


_MANY_CORES = 100
"""Who writes so many cores means thousandths; who means them can write ``100000m``."""

_LEAST_MEMORY = 2**20


def _cpu(text: str) -> str:
    if units.cpu_millis(text) is None:
        raise fault(
            INVALID_QUANTITY, f"`{text}` is not an amount of CPU", "write cores as `0.5` or thousandths as `500m`"
        )
    millis = units.cpu_millis(text) or 0
    if millis == 0 or (millis >= _MANY_CORES * 1000 and not text.endswith("m")):
        meant = f"`{text}m`" if millis else "at least `1m`"
        raise fault(
            INVALID_QUANTITY, f"`{text}` is {text} whole cores" if millis else "no CPU at all", f"write {meant}"
        )
    return units.cpu(millis)


def _memory(text: str) -> str:
    if units.memory_bytes(text) is None:
        near = re.fullmatch(r"(\d+) ?([kKmMgGtT])[iI]?[bB]?", text, re.ASCII)
        better = f"`{near[1]}{near[2].upper()}i`" if near else "`512Mi` or `1Gi`, without fractions of a byte"
        raise fault(INVALID_QUANTITY, f"`{text}` is not an amount of memory", f"write it like {better}")
    if (units.memory_bytes(text) or 0) < _LEAST_MEMORY:
        meant = f"write `{text}Mi`" if text.isdigit() and text != "0" else "write it like `512Mi`"
        raise fault(INVALID_QUANTITY, f"`{text}` is less than 1 MiB, where nothing runs", meant)
    return units.memory(text)


_LONGEST_SECONDS = 2**31 - 1


def _seconds(text: str) -> str:
    if units.seconds(text) is None:
        better = f"`{text}s` or `{text}m`" if text.isdigit() else "`30s`, `10m` or `1h30m`"
        raise fault(INVALID_DURATION, f"`{text}` is not a duration", f"write it like {better}")
    if (units.seconds(text) or 0) > _LONGEST_SECONDS:
        raise fault(INVALID_DURATION, f"`{text}` is longer than Kubernetes can count", "write at most `596523h`")
    if units.seconds(text) == 0:
        raise fault(INVALID_DURATION, f"`{text}` is no time at all", "write at least `1s`, or leave the field out")
    return text


Cpu: TypeAlias = Annotated[str, AS_WRITTEN, AfterValidator(_cpu)]
"""Canonical CPU quantity: ``500m``, ``2``."""

Memory: TypeAlias = Annotated[str, AS_WRITTEN, AfterValidator(_memory)]
"""Canonical memory quantity: ``512Mi``, ``1Gi``."""

Duration: TypeAlias = Annotated[str, AS_WRITTEN, AfterValidator(_seconds)]
"""A duration as written, ``1h30m``; ``units.seconds`` makes a number of it."""

_SINGLE = re.compile(r"'[^']*'")
_DOUBLE = re.compile(r'"(?:\\.|[^"\\])*"')
_OPERATOR = re.compile(r"[|;<>`]|&|\$\(|^\s*\w+=|\*(\s|$)")
_VARIABLE = re.compile(r"(?<!\$)\$\{?[A-Za-z_]|`")


def needs_shell(text: str) -> bool:
    """
    Tell whether only a shell would understand ``text``: operators outside of quotes, variables outside of single ones.

    >>> [needs_shell(text) for text in ("a && b", "python -c 'print(1); print(2)'", "echo $HOME", "a --b='$c'")]
    [True, False, True, False]
    """
    open_text = _SINGLE.sub("", text)
    return bool(_VARIABLE.search(open_text) or _OPERATOR.search(_DOUBLE.sub("", open_text)))


def words(node: Node) -> Node:
    """Split a command that was written as one string, as a shell would split its quotes and spaces."""
    if not isinstance(node.value, str) or needs_shell(node.value):
        return node
    try:
        parts = shlex.split(node.value)
    except ValueError:
        return node  # an unclosed quote: the check of the model says so, at the value
    if not parts:
        return node
    return Node(tuple(Node(part, node.at, part, node.file) for part in parts), node.at, node.text, node.file)


def _command(value: Any) -> Any:
    """Explain why ``words`` left a string alone."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise fault(INVALID_COMMAND, "a command must not be empty", "leave the field out to use the image's own")
    if needs_shell(value):
        way_out = "commands run without a shell: write a list of words, as `[sh, -c, …]` if there has to be one"
        raise fault(INVALID_COMMAND, f"`{value}` needs a shell", way_out)
    raise fault(INVALID_COMMAND, f"a quote in `{value}` is not closed", "close it, or write a list of words")


def _not_empty(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise fault(INVALID_COMMAND, "a command must not be empty", "leave the field out to use the image's own")
    return value


Word: TypeAlias = Annotated[str, AS_WRITTEN]
"""One word of a command; a number means its text, so that ``[--port, 8000]`` needs no quotes."""

Command: TypeAlias = Annotated[tuple[Word, ...], Expand(words), BeforeValidator(_command), AfterValidator(_not_empty)]
"""Words of a command, exec form; one string is split as a shell would split it, and refused if it needs a shell."""


def _schedule(text: str) -> str:
    if problem := cron.fault(text):
        raise fault(INVALID_SCHEDULE, *problem)
    return text


def _timezone(text: str) -> str:
    if text not in cron.timezones():
        cities = [zone for zone in sorted(cron.timezones()) if zone.rpartition("/")[2].lower() == text.lower()]
        near = f"did you mean `{cities[0]}`?" if cities else suggestion(text, cron.timezones())
        raise fault(INVALID_TIMEZONE, f"there is no time zone `{text}`", near or "write it as `Europe/Berlin`")
    return text


Schedule: TypeAlias = Annotated[str, AfterValidator(_schedule)]
TimeZone: TypeAlias = Annotated[str, AfterValidator(_timezone)]

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = rf"(?:[a-zA-Z0-9.-]+(?::\d+)?/)?{_PART}(?:/{_PART})*"
IMAGE: Final = re.compile(
    rf"(?P<repository>{_REPOSITORY})(?::(?P<tag>\w[\w.-]{{0,127}}))?(?:@(?P<digest>sha256:[0-9a-f]{{64}}))?", re.ASCII
)
"""Source: https://github.com/distribution/reference/blob/main/regexp.go"""

Repository: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_IMAGE,
            _REPOSITORY,
            "the repository of an image",
            "write it in lower case, as `ghcr.io/acme/shop`; tag and digest are keys of their own",
        )
    ),
]
Tag: TypeAlias = Annotated[
    str,
    AS_WRITTEN,
    AfterValidator(
        matching(INVALID_IMAGE, r"[A-Za-z0-9_][A-Za-z0-9_.-]*", "a tag", "use letters, digits, `_`, `.` and `-`", 128)
    ),
]
Digest: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(INVALID_IMAGE, r"sha256:[0-9a-f]{64}", "a digest", "write `sha256:` and 64 hexadecimal digits")
    ),
]
