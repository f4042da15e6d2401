"""What detection finds: facts with their origin, programs that can be started, and doubts for a person to settle."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from kgen.detect.project import Dependency
from kgen.diag import Path
from kgen.record import dataclass, field

ComponentType: TypeAlias = Literal["web", "worker", "cron", "job"]


APP_WIDE = frozenset({"env", "build", "release", "components"})
"""Fields of the app that programs have something to say about."""


LOST = 30
"""Rank of a command that nothing in the project brings."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a file says."""

    value: Any
    origin: str
    """Where, as a comment in app.yaml names it: ``pyproject.toml:7``, or ``src/shop/main.py:12``."""

    folder: str = ""
    """
    Of a command: the folder that it starts in, relative to the project's. Its paths are those of the project all the
    same, until ``folders.at_home``.
    """

    reason: str = ""
    """Where that comes from, if not from ``origin`` too."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers."""

    value: Any
    """What would stand in app.yaml."""

    reason: str
    """What speaks for it, in a few words: ``shop/wsgi.py:16``."""

    folder: str | None = None
    """Of a command: the folder that it starts in; ``None``: where the first one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A question that the files do not settle."""

    path: Path
    """Where the answer stands in app.yaml; in a ``Program``, relative to its component, but for ``APP_WIDE``."""

    question: str
    """What is unclear, as a statement: ``two application objects were found``."""

    choices: tuple[Choice, ...] = ()
    """Best first: that one stands in app.yaml until somebody chooses another. Fewer than two: nothing to choose."""

    help: str = ""
    """What to do about it: a line to add, a command to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Something that can be started: one component of the app, or a candidate for one."""

    name: str
    """Name of the component, as ``web``, ``worker``, ``beat``. The highest rank wins."""

    type: ComponentType
    command: Fact
    """As app.yaml says it: words, or one string."""

    role: str = ""
    """What it is for, as ``celery worker``: programs of one role compete. By default its name."""

    covers: frozenset[str] = frozenset()
    """Files of the project that run in its process: an application object in there is served by it."""

    reach: frozenset[str] | None = None
    """Of one that comes to an end: the project's files that it brings along; ``None``: nobody knows."""

    heart: str = ""
    """The file in which it goes on for ever: who has it in its process is the same program."""

    framework: str = ""
    """As people call it: ``Django``, ``FastAPI``. Empty: none."""

    port: Fact | None = None
    health: Fact | None = None
    """Path of an HTTP health check."""

    release: Fact | None = None
    """Command that runs to completion before a new version starts."""

    commands: tuple[Fact, ...] = ()
    """Commands of the image build, once the source is there: static files."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of the component, as they stand in app.yaml."""

    env: Mapping[str, Fact] = field(default_factory=dict)
    """Variables that it cannot do without, with values that are no secrets."""

    needs: tuple[Dependency, ...] = ()
    """What it runs by: those in a group or an extra are installed because of it."""

    rank: int = 0
    """
    How sure it is: 100 what somebody wrote down for this very purpose (Procfile), 90 the project's own Dockerfile, 80
    its compose file, 60 an application object in the source, 40 a script that can be run, 20 a guess by name.
    """

    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of app.yaml: what stands in it, where that came from, and what is unclear."""

    data: Mapping[str, Any] = field(default_factory=dict)
    comments: Mapping[Path, str] = field(default_factory=dict)
    """Path in ``data`` → where the value came from."""

    doubts: tuple[Doubt, ...] = ()
    """Their paths are those of app.yaml."""


def listed(items: Iterable[str], most: int) -> str:
    """
    Return names as a sentence has them: the first ``most``, and how many more there are, but for a single one.

    >>> listed("abc", 1), listed("abc", 2)
    ('a and 2 more', 'a, b, c')
    """
    every = list(items)
    left = len(every) - most
    return ", ".join(every) if left <= 1 else f"{', '.join(every[:most])} and {left} more"
