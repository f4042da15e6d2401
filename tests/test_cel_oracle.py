"""What Google's CEL library says about the expressions of ``test_cel`` and about random ones: a second opinion."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import test_cel
from kgen.check.cel import named_formats, network, quantities, standard, urls
from kgen.check.cel.program import Meter, Program
from kgen.check.cel.values import CelError, type_name

cel: Any = pytest.importorskip(
    "cel_expr_python.cel", reason="cel-expr-python has no wheel for this platform, and no source distribution"
)

# -- What the library says. Only booleans are read: it can end the process when it hands null or optionals to Python

_EXTENSIONS = ("strings", "math", "optional", "bindings", "lists", "sets", "two-var-comprehensions")
_CONFIG = "name: oracle\nextensions:\n" + "".join(f"- name: {name}\n" for name in _EXTENSIONS)
ENVIRONMENT = cel.NewEnv(config=cel.NewEnvConfigFromYaml(_CONFIG), variables={"self": cel.Type.DYN})
REFUSED = "error"


def answer(source: str, me: Mapping[str, Any]) -> bool | str:
    """Return the library's value if it is a boolean, else the name of its type; ``REFUSED`` if there is no value."""
    try:
        try:
            compiled = ENVIRONMENT.compile(source)
        except RuntimeError:  # the API server compares an integer with a double, the library's type check does not
            compiled = ENVIRONMENT.compile(source, disable_check=True)
        result = compiled.eval(data={"self": me})
    except RuntimeError:
        return REFUSED
    kind = result.type()
    if kind == cel.Type.BOOL:
        return bool(result.value())
    return REFUSED if kind == cel.Type.ERROR else str(kind.name())


# -- What the two are known to disagree about


class Difference(NamedTuple):
    source: str
    ours: str
    theirs: str
    reason: str


DIFFERENCES = [
    Difference("string(duration('1h0.5s'))", "'3600.5s'", "'3600.500s'", "Go writes no zeros at the end"),
    Difference(
        "string(timestamp('2024-02-29T01:00:00.5+01:00'))",
        "'2024-02-29T00:00:00.5Z'",
        "'2024-02-29T00:00:00.500Z'",
        "ditto",
    ),
    Difference("string(1.0 / 0.0)", "'+Inf'", "'inf'", "Go writes it so"),
    Difference("''.split('')", "[]", "['']", "Go makes no text of no characters"),
]


@pytest.mark.parametrize("known", DIFFERENCES, ids=lambda known: known.source)
def test_known_differences_are_still_there(known: Difference) -> None:
    assert value(f"{known.source} == {known.ours}", {}) is True
    assert answer(f"{known.source} == {known.theirs}", {}) is True


# -- The tables of test_cel

_ADDED = {
    name
    for part in (quantities, network, urls, named_formats)
    for name in {**part.FUNCTIONS, **getattr(part, "METHODS", {})}
} - {*standard.FUNCTIONS} | {"find", "findAll", "isSorted", "sum", "min", "max"}
"""What Kubernetes adds, apart from `indexOf` and `lastIndexOf` of lists: texts have them everywhere."""
_LACKING = {"transformMap", "transformMapEntry"}
"""Macros that the library expands to a call of `cel.@mapInsert`, which it does not have."""
_LEFT_OUT = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, _ADDED | _LACKING))})\(|\]\.(indexOf|lastIndexOf)\(")
SOURCES = test_cel.TRUE.strip().splitlines()
COMPARED = [source for source in SOURCES if not _LEFT_OUT.search(source)]


def cases(function: Any) -> list[str]:
    return [case[0] for case in function.pytestmark[0].args[1]]


@pytest.mark.parametrize("source", COMPARED)
def test_what_is_true_for_kgen_is_true_for_google(source: str) -> None:
    for known in DIFFERENCES:
        source = source.replace(known.source, known.ours)
    assert answer(source, test_cel.SELF) is True


@pytest.mark.parametrize("source", sorted({*SOURCES} - {*COMPARED}))
def test_nothing_is_left_out_that_google_knows(source: str) -> None:
    assert answer(source, test_cel.SELF) == REFUSED


@pytest.mark.parametrize(
    "source", [*cases(test_cel.test_what_has_no_value), *cases(test_cel.test_what_is_no_expression)]
)
def test_what_has_no_value_for_kgen_has_none_for_google(source: str) -> None:
    assert answer(source, test_cel.SELF) == REFUSED


# -- Random expressions

ME = {"n": 3, "d": 2.5, "s": "web", "b": True, "ints": [3, 1, 2], "texts": ["b", "", "a"], "map": {"a": 1, "b": 2}}
GRAMMAR = {
    "bool": """
        !$bool | $bool && $bool | $bool || $bool | $bool ? $bool : $bool | $bool == $bool
        $int == $int | $int < $int | $int >= $double | $double != $int | $double <= $double | $text == $int
        $text < $text | $text == $text | $ints == $ints | $map == $map | $texts != $texts | $int < $text
        $int in $ints | $double in $ints | $text in $texts | $text in $map
        has($map.a) | has(self.n) | has(self.gone) | has($map.c)
        $ints.all(i, $bool) | $texts.all(t, $bool) | $map.all(t, $bool)
        $ints.exists(i, $bool) | $texts.exists(t, $bool) | $map.exists(t, $bool)
        $ints.exists_one(i, $bool) | $texts.exists_one(t, $bool) | $map.exists_one(t, $bool)
        $text.contains($text) | $text.startsWith($text) | $text.endsWith($text) | $text.matches('^[a-c]*é?$')
        type($int) == type($double) | bool($text)
    """,
    "int": """
        $int + $int | $int - $int | $int * $int | $int / $int | $int % $int | -$int
        size($text) | $text.size() | size($ints) | $texts.size() | size($map) | size($int)
        size($map.map(t, $text)) | $map.filter(t, $bool).size()
        $ints[$int] | $map[$text] | $map.a | $map.c | self.gone | $bool ? $int : $int | int($double) | int(string($int))
    """,
    "double": """
        $double + $double | $double - $double | $double * $double | $double / $double | -$double
        $bool ? $double : $double | double($int) | double('2.5') | $double % $int
    """,
    "text": """
        $text + $text | $texts[$int] | $bool ? $text : $text | string($int) | string($bool)
        string(self.d) | string(double($int) / 8.0) | $text + $int
    """,
    "ints": """
        [] | [$int] | [$int, $int, $int] | $ints + $ints | $bool ? $ints : $ints
        $ints.filter(i, $bool) | $ints.map(i, $int) | $texts.map(t, $int)
        $ints.map(i, $bool, $int)
    """,
    "texts": """
        [] | [$text] | [$text, $text] | $texts + $texts | $texts.filter(t, $bool)
        $texts.map(t, $text) | $ints.map(i, $text)
    """,
    "map": "{} | {$text: $int} | {'a': $int, $text: $int} | $bool ? $map : $map",
}
"""Forms by type. No list of the keys of a map: their order is open, and no text of an infinite number."""
LEAVES = {
    "bool": ("true", "false", "self.b"),
    "int": ("0", "1", "-1", "2", "7", "9223372036854775807", "self.n"),
    "double": ("0.0", "-0.5", "1.0", "2.0", "1e3", "1.5e300", "self.d"),
    "text": ("''", "'a'", "'b'", "'é'", "'a\\n😀'", "'12'", "'true'", "self.s"),
    "ints": ("[]", "[1, 2]", "self.ints"),
    "texts": ("[]", "['a', 'é']", "self.texts"),
    "map": ("{}", "{'c': 3}", "self.map"),
}
_LOOP = re.compile(r"\((\w), ")
_PART = re.compile(r"\$(\w+)")
_DEEPEST = 3  # the library compiles nothing that is nested more than 32 levels deep


def alternatives(kind: str) -> list[str]:
    return [each.strip() for line in GRAMMAR[kind].strip().splitlines() for each in re.split(r" \| ", line)]


FORMS = {kind: alternatives(kind) for kind in GRAMMAR}
KIND_OF = {"i": "int", "t": "text"}


@st.composite
def expressions(draw: st.DrawFn, kind: str, depth: int = _DEEPEST, scope: frozenset[str] = frozenset()) -> str:
    """
    Draw an expression that is meant to be of a type; some are not, to see what both say then.

    Args:
        draw: Hypothesis's.
        kind: The type.
        depth: Of expressions inside.
        scope: Variables of the macros around it.
    """
    if not depth or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from([*LEAVES[kind], *sorted(name for name in scope if KIND_OF[name] == kind)]))
    form = draw(st.sampled_from(FORMS[kind]))
    loop = _LOOP.search(form)
    inside = scope | {loop[1]} if loop else scope

    def part(found: re.Match[str]) -> str:
        within = inside if loop and found.start() > loop.start() else scope
        return draw(expressions(found[1], depth - 1, within))

    return f"({_PART.sub(part, form)})"


def value(source: str, me: Mapping[str, Any]) -> Any:
    return Program(source, frozenset({"self"})).value({"self": me}, Meter(100_000))


def written(found: Any) -> str:
    """Return a value as CEL writes it."""
    if isinstance(found, list):
        return f"[{', '.join(map(written, found))}]"
    if isinstance(found, dict):
        return f"{{{', '.join(f'{written(key)}: {written(item)}' for key, item in found.items())}}}"
    if isinstance(found, float) and math.isinf(found):
        return "(1.0 / 0.0)" if found > 0 else "(-1.0 / 0.0)"
    return json.dumps(found, ensure_ascii=False)


def agree(source: str) -> None:
    try:
        ours = value(source, ME)
    except CelError:
        assert answer(source, ME) == REFUSED
        return
    if isinstance(ours, bool):
        assert answer(source, ME) is ours
    elif isinstance(ours, float) and math.isnan(ours):
        assert answer(f"type({source}) == double && {source} != {source}", ME) is True
    else:
        assert answer(f"[{source}].all(it, type(it) == {type_name(ours)} && it == {written(ours)})", ME) is True


@pytest.mark.parametrize(
    ("source", "theirs"),
    [
        ("(1.0 / 0.0) / 0.0 == 1.0 / 0.0", True),
        ("int(-9223372036854775808.0)", REFUSED),
        ("uint(-0.5)", REFUSED),
    ],
)
def test_what_random_expressions_have_found(source: str, theirs: bool | str) -> None:  # noqa: FBT001
    assert answer(source, ME) == theirs
    agree(source)


@settings(max_examples=300)
@given(st.sampled_from(sorted(GRAMMAR)).flatmap(expressions))
def test_random_expressions_have_the_same_value_or_none(source: str) -> None:
    agree(source)
