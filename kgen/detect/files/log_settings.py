"""Logs that settings of ``logging`` write to files: ``{"class": "logging.FileHandler", "filename": "shop.log"}``."""

import ast
import re
from collections.abc import Iterable, Iterator

from kgen.detect.files.kept import named
from kgen.detect.project import Project
from kgen.detect.source.syntax import Module, nodes
from kgen.detect.variables.addresses import OTHERS

_CLASS = re.compile(r"[\w.]*FileHandler")
_CLASSES = tuple(f"{name}FileHandler" for name in ("", "Rotating", "TimedRotating", "Watched", "ConcurrentRotating"))


def logs(project: Project, own: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield where such settings stand, and the file: every one is opened, whoever writes to it."""
    for path in project.modules.having(*_CLASSES, among=own):
        name = path.rpartition("/")[2].removesuffix(".py")
        if not OTHERS.search(name) and project.tree.mentions(path, (b"filename",)):
            module = project.modules.module(path)
            yield from _in(module) if module else ()


def _in(module: Module) -> Iterator[tuple[str, str]]:
    for node in nodes(module.tree, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        said = {key.value: each for key, each in pairs if isinstance(key, ast.Constant)}
        kind, file = said.get("class"), said.get("filename")
        is_log = isinstance(kind, ast.Constant) and _CLASS.fullmatch(str(kind.value))
        if is_log and file and "delay" not in said and (name := named(file, module)):
            yield f"{module.path}:{file.lineno}", name
