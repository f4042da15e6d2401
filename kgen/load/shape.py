"""
What the model says about raw values: shorthands, merging, parts that are not supported yet.

A ``Shape`` is read off the annotations of a ``Spec`` once. With it, values are brought to their long form and
environments are merged while they are still nodes that know where they were written.
"""

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from kgen.diag import Diagnostic, Label, Rule
from kgen.record import dataclass
from kgen.scalars import Name, PortName
from kgen.source import Node
from kgen.spec import BaseOnly, Expand, NotYet, ReplacedWhole, Spec, Verbatim

NOT_YET = Rule(
    code="KG2006",
    name="not-supported-yet",
    explain="The field belongs to the format, but this version of kgen cannot compile it; ignoring it would be worse.",
)
RULES = (NOT_YET,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a value may be: a Spec, a map of shapes, a list of shapes, a scalar; several of them for a union."""

    marks: tuple[Any, ...] = ()
    spec: type[Spec] | None = None
    each: "Shape | None" = None
    is_named: bool = False
    """Whether the keys are names that the user gives to parts of the app, and not data."""

    item: "Shape | None" = None

    def child(self, key: str) -> "Shape":
        """Return the shape of the value at ``key``; an unknown key may hold anything."""
        return self.fields.get(key) or self.each or _ANYTHING

    @property
    def fields(self) -> Mapping[str, "Shape"]:
        return _fields(self.spec) if self.spec else {}

    @property
    def is_replaced_whole(self) -> bool:
        return any(isinstance(mark, ReplacedWhole) for mark in self.marks)

    @property
    def is_verbatim(self) -> bool:
        return any(isinstance(mark, Verbatim) for mark in self.marks)


_ANYTHING = Shape()
_REMOVERS = {("environments",), ("overrides",)}
"""Parts of a file whose nulls remove what is below them."""


@cache
def shape_of(spec: type[Spec]) -> Shape:
    """Return the shape of a whole file."""
    return _shape(spec, ())


@cache
def _fields(spec: type[Spec]) -> Mapping[str, Shape]:
    """Return the shapes of the fields of ``spec``; only asked for where a file has such a value."""
    return {
        info.alias or name: _shape(info.annotation, tuple(info.metadata)) for name, info in spec.model_fields.items()
    }


def _shape(annotation: Any, marks: tuple[Any, ...]) -> Shape:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(args[0], marks + args[1:])
    if origin in {Union, types.UnionType}:
        return _union([_shape(arg, marks) for arg in args], marks)
    if origin is dict:
        return Shape(marks=marks, each=_shape(args[1], ()), is_named=args[0] in {Name, PortName})
    if origin is tuple:
        return Shape(marks=marks, item=_shape(args[0], ()))
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return Shape(marks=marks, spec=annotation)
    return Shape(marks=marks)


def _union(members: list[Shape], marks: tuple[Any, ...]) -> Shape:
    """Put the members together: they differ by the form of the value (mapping, list, scalar), so nothing is lost."""
    own = [mark for member in members for mark in member.marks if mark not in marks]
    return Shape(
        marks=(*marks, *own),
        spec=next((member.spec for member in members if member.spec), None),
        each=next((member.each for member in members if member.each), None),
        is_named=any(member.is_named for member in members),
        item=next((member.item for member in members if member.item), None),
    )


def long_form(node: Node, shape: Shape) -> Node:
    """Return ``node`` without shorthands and without the ``x-`` keys that kgen leaves to others."""
    if node.value is None or shape.is_verbatim:
        return node
    for mark in shape.marks:
        if isinstance(mark, Expand):
            node = mark.by(node)
    if shape.spec:
        node = shape.spec.expand(node)
    match node.value:
        case dict() as items:
            made: dict[str, Node] = {
                key: long_form(item, shape.child(key))
                for key, item in items.items()
                if not (key.startswith("x-") and (shape.spec or shape.is_named))
            }
            return Node(made, node.at, node.text, node.file)
        case tuple() as items:
            each = shape.item or _ANYTHING
            return Node(tuple(long_form(item, each) for item in items), node.at, node.text, node.file)
        case _:
            return node


def merge(base: Node, over: Node, shape: Shape, *, keep_nulls: bool = False) -> Node:
    """
    Return ``over`` laid over ``base``: maps merge by key, scalars and lists replace, null removes.

    Args:
        base: What is there, in long form.
        over: What is laid over it, in long form.
        shape: The shape of both.
        keep_nulls: Leave nulls in, for a later merge that has to remove as well: an environment's null removes from
            a component, and from what the component inherits.
    """
    if shape.is_replaced_whole or not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    merged = dict(base.value)
    for key, item in over.value.items():
        if item.value is None and not keep_nulls:
            merged.pop(key, None)
        elif key in merged and item.value is not None:
            merged[key] = merge(merged[key], item, shape.child(key), keep_nulls=keep_nulls)
        else:
            merged[key] = item
    return Node(merged, base.at, base.text, base.file)


def without_nulls(node: Node, shape: Shape) -> Node:
    """
    Return ``node`` without what is null: fields, and entries of maps that an environment removes.

    Another null entry of a map stays: there it is no value, and nothing that it could remove.
    """
    if shape.is_verbatim:
        return node
    match node.value:
        case dict() as items:
            made: dict[str, Node] = {
                key: without_nulls(item, shape.child(key))
                for key, item in items.items()
                if shape.child(key).is_verbatim
                or item.value is not None
                or not (shape.spec or item.at[:1] in _REMOVERS)
            }
            return Node(made, node.at, node.text, node.file)
        case tuple() as items:
            each = shape.item or _ANYTHING
            return Node(tuple(without_nulls(item, each) for item in items), node.at, node.text, node.file)
        case _:
            return node


def _keeps_null(shape: Shape, key: str, item: Node) -> bool:
    return shape.child(key).is_verbatim or not (shape.spec or item.at[:1] in _REMOVERS)


def base_only(node: Node, shape: Shape, key: str = "") -> Iterator[tuple[str, Node]]:
    """Yield what an environment must not change, with its key."""
    if any(isinstance(mark, BaseOnly) for mark in shape.marks):
        yield key, node
    elif isinstance(node.value, dict):
        for name, item in node.value.items():
            yield from base_only(item, shape.child(name), name)


def refusals(node: Node, shape: Shape, name: str = "") -> Iterator[Diagnostic]:
    """Yield what is written in ``node`` but not supported yet."""
    if node.value is None:
        return
    for mark in shape.marks:
        if isinstance(mark, NotYet) and (not mark.values or node.value in mark.values):
            what = f"`{name}: {node.value}`" if mark.values else f"`{name}`"
            yield Diagnostic(
                rule=NOT_YET,
                message=f"{what} is not supported yet",
                at=Label(node.at, on="value" if mark.values else "key", file=node.file),
                help="take it out for now: this version of kgen does not compile it, and never ignores a field",
            )
            return
    match node.value:
        case dict() as items:
            for key, item in items.items():
                yield from refusals(item, shape.child(key), key)
        case tuple() as items:
            for item in items:
                yield from refusals(item, shape.item or _ANYTHING, name)
        case _:
            pass
