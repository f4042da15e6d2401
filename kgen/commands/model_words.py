"""
What the fields of app.yaml and kgen.yaml are, in words: read off the model and the text below each field.

``kgen explain`` and docs/app.md say the same, since both ask here.
"""

import ast
import inspect
import itertools
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from kgen import judgement, scalars, spec
from kgen.features import autoscaling

SCALARS = {
    "Name": "name",
    "ObjectName": "name",
    "PortName": "port name",
    "Key": "key",
    "AppProtocol": "protocol",
    "RoutePath": "URL path",
    "EnvName": "variable name",
    "Reference": "`name/key`",
    "Host": "host",
    "OneHost": "host",
    "ContainerPath": "absolute path",
    "UrlPath": "URL path",
    "RelativePath": "relative path",
    "VersionText": "version",
    "Cpu": "CPU amount",
    "Memory": "memory amount",
    "Duration": "duration",
    "Command": "command",
    "Schedule": "schedule",
    "TimeZone": "time zone",
    "Repository": "repository",
    "Tag": "tag",
    "Digest": "digest",
    "Share": "percentage",
    "Word": "text",
    "Reason": "text",
    "DateText": "date",
    "ObjectPattern": "`Kind/name`",
    "Window": "duration",
    "Period": "duration",
    "Amount": "amount",
}
"""Scalars by the names of their types, in the words of users."""


def specs_in(annotation: Any) -> Iterator[type[spec.Spec]]:
    """Yield the mappings that a field takes, or holds as items."""
    if isinstance(annotation, type) and issubclass(annotation, spec.Spec):
        yield annotation
    for arg in get_args(annotation):
        yield from specs_in(arg)


@cache
def docstrings(model: type[spec.Spec]) -> Mapping[str, str]:
    """Return the text below each field of ``model``."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    found = {}
    for field, text in itertools.pairwise(body):
        is_text = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            found[field.target.id] = inspect.cleandoc(str(text.value.value))  # type: ignore[attr-defined]  # is_text
    return found


def type_words(annotation: Any, name: Callable[[str], str]) -> str:
    """Return in a few words what a field takes; ``name`` writes the name of a mapping."""
    return " or ".join(dict.fromkeys(word for word in _words(annotation, name) if word))


def _words(annotation: Any, name: Callable[[str], str]) -> Iterator[str]:
    for alias, words in SCALARS.items():
        if any(annotation == getattr(module, alias, None) for module in (scalars, judgement, autoscaling)):
            yield words
            return
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _words(args[0], name)
    elif origin in {Union, types.UnionType}:
        for arg in args:
            yield from _words(arg, name)
    elif origin is Literal:
        yield ", ".join(f"`{arg}`" for arg in args)
    elif origin is dict:
        yield f"map of {type_words(args[1], name) or 'changes'}"
    elif origin is tuple:
        yield f"list of {type_words(args[0], name)}"
    elif isinstance(annotation, type) and issubclass(annotation, spec.Spec):
        yield name(annotation.__name__)
    else:
        yield {str: "text", int: "number", bool: "`true` or `false`"}.get(annotation, "")


def default_words(value: Any) -> str:
    """Return a default as users would write it; empty if it is nothing."""
    match value:
        case None | () | {} | spec.Spec():
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case tuple():
            return ", ".join(f"`{item}`" for item in value)
        case _:
            return f"`{value}`"
