"""What the images are made of that users wrote the Dockerfile of, as far as compose.yaml has to know."""

import re
from posixpath import normpath

from kgen.model.container import Build
from kgen.model.facts import Facts

_FROM = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?", re.IGNORECASE | re.MULTILINE)
_PYTHON = re.compile(r"(?:.*/)?python(?:[:@].*)?")
"""Python's official image, or somebody's copy of it under the same name."""


def has_python(build: Build | None, facts: Facts) -> bool:
    """Tell whether the image of ``build`` is sure to have ``python``: kgen's own do, and what starts from Python's."""
    if build is None or build.dockerfile is None:
        return build is not None
    own = facts.dockerfiles.get(normpath(f"{build.context}/{build.dockerfile}"))
    return _PYTHON.fullmatch(_base(own.text, build.target or "")) is not None if own and own.text else False


def _base(dockerfile: str, target: str) -> str:
    r"""
    Return the image that the stage ``target`` starts from, or else the last one; empty if there is none.

    >>> _base("FROM python:3.13 AS base\nFROM node AS front\nFROM base\nCOPY --from=front / /", "")
    'python:3.13'
    """
    stages = _FROM.findall(dockerfile)
    names = [name.lower() for _, name in stages]
    at = names.index(target.lower()) if target.lower() in names else len(stages) - 1
    while at >= 0:
        image = stages[at][0]
        if image.lower() not in names[:at]:
            return str(image)
        at = names.index(image.lower())
    return ""
