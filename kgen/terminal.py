"""What is to be known about a terminal."""

import os
import sys


def wants_colour(stream: object) -> bool:
    """Tell whether ``stream`` is a terminal whose user wants colours. Source: https://no-color.org."""
    is_terminal: bool = getattr(stream, "isatty", bool)()
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def has_person() -> bool:
    """Tell whether somebody can be asked: a question is seen, and its answer typed."""
    return sys.stdin.isatty() and sys.stderr.isatty()
