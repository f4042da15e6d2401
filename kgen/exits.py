"""Exit codes: what every command tells the shell."""

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code says."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    STALE = 3
    BUG = 70
    INTERRUPTED = 130
