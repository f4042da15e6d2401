"""
EXPOSE: ports, ranges and protocols.

Source: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert_expose.go
"""

from __future__ import annotations

from kgen.dockerfile import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build
    from kgen.dockerfile import Word

_HIGHEST = 65535
_PROTOCOLS = frozenset({"tcp", "udp", "sctp"})


def faults(build: Build) -> Iterator[Fault]:
    for stage in build.stages:
        for instruction, scope in stage.steps:
            if instruction.name != "EXPOSE":
                continue
            for word in instruction.words:
                value = stage.value(word, scope)
                for port in (value or "").split():
                    yield from _of_port(word, port)


def _of_port(word: Word, port: str) -> Iterator[Fault]:
    before, colon, rest = port.rpartition(":")
    number, slash, protocol = rest.partition("/")
    lowest, highest = bounds(number)
    if slash and protocol and protocol.lower() not in _PROTOCOLS:
        yield Fault("DKF23", word, f"`{port}` names no protocol that Docker knows", "write `/tcp`, `/udp` or `/sctp`")
    elif lowest is None or highest is None:
        yield Fault("DKF23", word, f"`{port}` is no port", "write a number, as `8080` or `8080/udp`")
    elif highest > _HIGHEST:
        yield Fault("DKF23", word, f"`{port}` is above {_HIGHEST}, the highest port", "correct the number")
    elif highest < lowest:
        yield Fault("DKF23", word, f"`{port}` is no range: it ends before it starts", f"write `{highest}-{lowest}`")
    elif colon:
        message = f"`{before}:` says nothing here: an image cannot choose ports of the host"
        yield Fault("DKF23B", word, message, f"write `{rest}`")
    elif protocol != protocol.lower():
        yield Fault("DKF23B", word, f"the protocol of `{port}` is in capitals", f"write `{port.lower()}`")


def bounds(number: str) -> tuple[int | None, int | None]:
    """
    Return the first and the last port of a number or a range.

    >>> bounds("80"), bounds("80-90"), bounds("a")
    ((80, 80), (80, 90), (None, None))
    """
    first, dash, last = number.partition("-")
    found = [
        int(each) if each.isascii() and each.isdigit() and len(each) < len("1000000") else None
        for each in (first, last)
    ]
    return found[0], found[1] if dash else found[0]
