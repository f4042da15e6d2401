"""
``@dataclass(slots=True)`` that starts sooner.

The standard library's writes the methods of each class as text and compiles them, at every start. For the 120 classes
that ``kgen compile`` imports, that took as long as all the rest of compiling a small app but its imports. Here methods
are closures. To type checkers it is the standard library's, and so it is to who uses the classes: fields, defaults,
``__post_init__``, equality, hash, ``repr``, ``match``, copies and pickles. What it cannot do is inheritance between
such classes, and ``dataclasses.replace``: use the ``replace`` from here. Making an object takes a little longer: what
is made by the thousand (``Node``) is better off with the standard library's.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, field
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "field", "replace"]


_NAMES = "__record_fields__"


def _dataclass(*, slots: bool, frozen: bool = False, kw_only: bool = False) -> Callable[[type], type]:
    """Return what makes a record of a class whose fields are annotated."""
    if not slots:
        raise TypeError("a record always has slots")
    return lambda cls: _made(cls, frozen=frozen, kw_only=kw_only)


def _replace(record: Any, **changes: Any) -> Any:
    """Return ``record`` with other values; also one of the standard library's, which is asked then."""
    if not hasattr(record, _NAMES):
        return dataclasses.replace(record, **changes)
    return type(record)(**{name: getattr(record, name) for name in getattr(record, _NAMES)} | changes)


def _made(cls: type, *, frozen: bool, kw_only: bool) -> type:
    """Return ``cls`` again: slots can only be given to a class when it is made."""
    names = tuple(inspect.get_annotations(cls))
    fields = {name: _as_field(cls.__dict__.get(name, MISSING)) for name in names}
    kept = {key: value for key, value in cls.__dict__.items() if key not in {*names, "__dict__", "__weakref__"}}
    namespace = {
        "__slots__": names,
        "__match_args__": () if kw_only else names,
        "__qualname__": cls.__qualname__,
        "__init__": _init(cls, fields, kw_only=kw_only),
        "__repr__": _repr(tuple(name for name, each in fields.items() if each.repr)),
        **_as_values(names),
        **({"__setattr__": _frozen, "__delattr__": _frozen} if frozen else {"__hash__": None}),
        _NAMES: names,
    }
    return type(cls)(cls.__name__, cls.__bases__, namespace | kept)


def _as_field(default: Any) -> Field[Any]:
    return default if isinstance(default, Field) else field(default=default)


def _init(cls: type, fields: Mapping[str, Field[Any]], *, kw_only: bool) -> Callable[..., None]:
    names = tuple(fields)
    defaults = {name: each.default for name, each in fields.items() if each.default is not MISSING}
    factories = {name: each.default_factory for name, each in fields.items() if each.default_factory is not MISSING}
    after = getattr(cls, "__post_init__", None)
    put = object.__setattr__

    def init(self: object, /, *values: Any, **given: Any) -> None:
        if values:
            if kw_only or len(values) > len(names) or not given.keys().isdisjoint(names[: len(values)]):
                raise TypeError(f"wrong arguments by place for {cls.__qualname__}: {values!r}")
            given |= zip(names, values, strict=False)
        if not given.keys() <= fields.keys():
            raise TypeError(f"{cls.__qualname__} has no field {sorted(given.keys() - fields.keys())}")
        for name in names:
            if name in given:
                put(self, name, given[name])
            elif name in defaults:
                put(self, name, defaults[name])
            elif name in factories:
                put(self, name, factories[name]())
            else:
                raise TypeError(f"{cls.__qualname__} lacks {name!r}")
        if after:
            after(self)

    return init


def _as_values(names: tuple[str, ...]) -> dict[str, Callable[..., Any]]:
    def values(self: object) -> list[Any]:
        return [getattr(self, name) for name in names]

    def equals(self: object, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(tuple(values(self)))

    def reduced(self: object) -> tuple[Any, ...]:
        return _restored, (self.__class__, names, values(self))

    return {"__eq__": equals, "__hash__": hashed, "__reduce__": reduced}


def _restored(cls: type, names: tuple[str, ...], values: list[Any]) -> object:
    """Return a record that was pickled or copied."""
    made: object = object.__new__(cls)
    for name, value in zip(names, values, strict=True):
        object.__setattr__(made, name, value)
    return made


def _repr(names: tuple[str, ...]) -> Callable[[Any], str]:
    def shown(self: object) -> str:
        return f"{self.__class__.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return shown


def _frozen(self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot change {name!r} of {self.__class__.__qualname__}")


if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:
    dataclass, replace = _dataclass, _replace
