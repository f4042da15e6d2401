"""
What supervisord runs, by its settings files.

Source: https://supervisord.org/configuration.html
"""

import contextlib
import posixpath
from collections.abc import Callable, Iterator
from configparser import ConfigParser, Error
from fnmatch import fnmatch

from kgen.detect.source.tree import Tree, join

_USUAL = "supervisord.conf"
_ENDS = (".conf", ".ini")


def lines(tree: Tree, folder: str, given: str, place: Callable[[str], str]) -> list[str]:
    """
    Return the programs as lines for a shell, all in the background.

    Args:
        tree: Where files are.
        folder: The project's folder.
        given: The settings file that supervisord is started with, by its path in the tree; nothing if it is not known.
        place: Returns the project's folder that one of the image is.
    """
    made = []
    for parser in _read(tree, folder, given):
        for section in parser.sections():
            if section.startswith("program:") and (line := parser.get(section, "command", fallback="")):
                where = place(parser.get(section, "directory", fallback="") or "")
                made.append(f"cd {where}; {line} &" if where else f"{line} &")
    return made


def _read(tree: Tree, folder: str, given: str) -> Iterator[ConfigParser]:
    """Yield what is in the settings files: the given one and what it includes, or all if it names no program."""
    names = [name for name in tree.below(folder) if name.endswith(_ENDS)]
    usual = [name for name in names if posixpath.basename(name) == _USUAL]
    first = given or (usual[0] if len(usual) == 1 else "")
    if first:
        main = _parsed(tree.text(first) or "")
        pattern = main.get("include", "files", fallback="") or ""
        wanted = [posixpath.basename(each) for each in pattern.split()]
        beside = [name for name in names if name != first and _is_one(name, wanted)]
        found = [main, *(_parsed(tree.text(name) or "") for name in beside)]
        if any(_has_programs(each) for each in found):
            yield from found
            return
    here = [join(posixpath.dirname(given), name) for name in tree.here(posixpath.dirname(given))] if given else names
    yield from (_parsed(tree.text(name) or "") for name in here if name.endswith(_ENDS))


def _is_one(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(posixpath.basename(name), pattern) for pattern in patterns)


def _has_programs(parser: ConfigParser) -> bool:
    return any(section.startswith("program:") for section in parser.sections())


def _parsed(text: str) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    with contextlib.suppress(Error):
        parser.read_string(text if "[program:" in text or "[include]" in text else "")
    return parser
