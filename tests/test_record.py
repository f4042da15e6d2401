"""Records: what the standard library's dataclasses do, in all that kgen uses."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pytest

from kgen import record
from kgen.diag import Diagnostic, Label
from kgen.load.form import UNKNOWN

T = TypeVar("T")
KINDS: list[Callable[..., Any]] = [dataclasses.dataclass, record.dataclass]
BOTH = pytest.mark.parametrize("dataclass", KINDS, ids=["standard", "kgen"])


def point(dataclass: Callable[..., Any], **how: bool) -> Any:
    class Point:
        """A point."""

        x: int
        y: int = 2
        names: list[str] = dataclasses.field(default_factory=list)
        secret: str = dataclasses.field(default="s", repr=False)

        def __post_init__(self) -> None:
            if self.x < 0:
                raise ValueError("x")

        @property
        def total(self) -> int:
            return self.x + self.y

    return dataclass(slots=True, **how)(Point)


@BOTH
def test_values_and_defaults(dataclass: Callable[..., Any]) -> None:
    made = point(dataclass, frozen=True, kw_only=True)
    one, other = made(x=1), made(x=1)
    assert (one.x, one.y, one.names, one.secret, one.total) == (1, 2, [], "s", 3)
    assert one.names is not other.names
    assert repr(one).endswith("Point(x=1, y=2, names=[])")
    assert made.__doc__ == "A point."
    assert made.__match_args__ == ()
    assert not hasattr(one, "__dict__")


@BOTH
@pytest.mark.parametrize(
    ("args", "given"),
    [((1,), {}), ((), {}), ((), {"x": 1, "z": 1})],
    ids=["by place", "without a field", "with another field"],
)
def test_wrong_arguments_of_keywords(dataclass: Callable[..., Any], args: tuple[int], given: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        point(dataclass, frozen=True, kw_only=True)(*args, **given)


@BOTH
def test_arguments_by_place(dataclass: Callable[..., Any]) -> None:
    made = point(dataclass, frozen=True)
    assert (made(1, 3).y, made(1, y=3).y) == (3, 3)
    assert made.__match_args__ == ("x", "y", "names", "secret")
    for args, given in (((1, 2, [], "", 5), {}), ((1,), {"x": 1}), ((), {"y": 1})):
        with pytest.raises(TypeError):
            made(*args, **given)


@BOTH
def test_the_check_after_init(dataclass: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="x"):
        point(dataclass, frozen=True)(-1)


@BOTH
def test_equality_and_hash(dataclass: Callable[..., Any]) -> None:
    made, other = point(dataclass, frozen=True), point(dataclass, frozen=True)
    assert made(1, names=()) == made(1, names=())
    assert hash(made(1, names=())) == hash(made(1, names=()))
    assert made(1) != made(2)
    assert made(1) != other(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(made(1))


@BOTH
def test_frozen(dataclass: Callable[..., Any]) -> None:
    one = point(dataclass, frozen=True)(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.x


@BOTH
def test_not_frozen(dataclass: Callable[..., Any]) -> None:
    one = point(dataclass)(1)
    one.x = 2
    assert one.total == 4
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
    with pytest.raises(AttributeError):
        one.z = 1


def test_pickles_and_copies() -> None:
    one = Diagnostic(rule=UNKNOWN, message="m", at=Label(("a", 1)))
    assert copy.deepcopy(one) == copy.copy(one) == one
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301  # our own


@BOTH
def test_a_generic_one(dataclass: Callable[..., Any]) -> None:
    class Box(Generic[T]):
        value: T

    made = dataclass(frozen=True, slots=True)(Box)
    assert made(1).value == 1


@pytest.mark.parametrize("dataclass", KINDS, ids=["standard", "kgen"])
def test_replace_takes_both_kinds(dataclass: Callable[..., Any]) -> None:
    one = point(dataclass, frozen=True, kw_only=True)(x=1, names=["a"])
    changed = record.replace(one, y=5)
    assert (changed.x, changed.y, changed.names) == (1, 5, ["a"])
    assert type(changed) is type(one)
    with pytest.raises(TypeError):
        record.replace(one, z=1)
    with pytest.raises(ValueError, match="x"):
        record.replace(one, x=-1)
