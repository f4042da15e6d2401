"""Distributions of Python: the one spelling of their names, and those that every environment has."""

import re

SETUPTOOLS = "setuptools<81"
"""
The setuptools that still has ``pkg_resources``, as its authors advise to ask for it.

Source: https://setuptools.pypa.io/en/stable/history.html
"""

_LAST_WITH_SETUPTOOLS = 11


def canonical(name: str) -> str:
    """
    Return the one spelling of a name.

    Source: https://packaging.python.org/en/latest/specifications/name-normalization/

    >>> canonical("Web_Server.extra")
    'web-server-extra'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def brings_setuptools(python: str) -> bool:
    """
    Tell whether environments of a minor version of Python have setuptools, which packages of its time do not ask for.

    Source: https://docs.python.org/3/whatsnew/3.12.html#ensurepip

    >>> brings_setuptools("3.11"), brings_setuptools("3.12")
    (True, False)
    """
    return int(python.partition(".")[2] or 0) <= _LAST_WITH_SETUPTOOLS
