"""
The signal that stops a program: SIGTERM, unless it would not listen to it.

The first process of a container ignores every signal that it has no handler for. Python has one for SIGINT by default,
and none for SIGTERM, so what counts on Python's defaults runs on until it is killed. Kubernetes, Docker and podman send
the signal that the image names.

Source: https://docs.docker.com/reference/dockerfile/#stopsignal, https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
"""

from collections.abc import Iterable, Sequence
from posixpath import basename

_ON_INTERRUPT = frozenset({"waitress", "waitress-serve"})
"""They end on SIGINT, and know no other signal."""

_ON_EITHER = frozenset({"celery", "uvicorn"})
"""They end in the same way on both."""


def stop_signal(commands: Iterable[Sequence[str]]) -> str:
    """
    Return the signal that an image must name, so that all ``commands`` that run in it end; empty: the usual one does.

    >>> stop_signal([["waitress-serve", "shop:app"]]), stop_signal([["gunicorn", "shop:app"]])
    ('SIGINT', '')
    """
    programs = {_program(command) for command in commands}
    return "SIGINT" if programs & _ON_INTERRUPT and programs <= _ON_INTERRUPT | _ON_EITHER else ""


def _program(command: Sequence[str]) -> str:
    """Return what runs: the first word, or the module that Python is told to run."""
    first = basename(command[0]) if command else ""
    return command[2] if first.startswith("python") and command[1:2] == ("-m",) and command[2:] else first
