"""What `kgen init` leaves out before it parses a file, or looks for a text in it: nothing that is asked for."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgen.detect.source.excerpt import excerpt
from kgen.detect.source.syntax import Modules
from kgen.detect.source.tree import Tree
from kgen.detect.source.words import places, sign, sought, words

SOURCES = sorted((Path(__file__).parents[1] / "kgen").rglob("*.py"))
WANTED = sought("sorted(", ".get(")

PADDING = "    more()\n" * 20


def cut(content: bytes) -> bytes | None:
    return excerpt(content, places(content, words(content), WANTED))


def calls(content: bytes) -> list[str]:
    """Return the calls that are wanted, with their places."""
    return [
        ast.dump(node, include_attributes=True)
        for node in ast.walk(ast.parse(content))
        if isinstance(node, ast.Call) and places(text := ast.unparse(node).encode(), words(text), WANTED)
    ]


def test_excerpts_of_real_modules_have_what_is_wanted_where_it_was() -> None:
    shortened = 0
    for path in SOURCES:
        content = path.read_bytes()
        made = cut(content)
        if made is not None:
            shortened += 1
            assert made.count(b"\n") == content.count(b"\n"), path
            assert calls(made) == calls(content), path
    assert shortened > len(SOURCES) / 4


@pytest.mark.parametrize(
    "other",
    [
        f"def other(\n    one,  # (\n    two=(1, 2),\n) -> list[int]:\n{PADDING}",
        f'def other():\n    """\n    Say::\n\n        def inner():\n            pass\n"""\n{PADDING}',
        f'def other():\n    text = """\nSELECT *\nFROM shops"""\n{PADDING}',
        f"def other():\n    text = '''\n\"\"\"\ndef inner():\n'''\n{PADDING}",
        f"@decorated(\n    1,\n)\nasync def other():\n# at the edge\n{PADDING}\n    return [\n        1,\n]\n",
        f"def short(): return 1\n\n\ndef other():\n{PADDING}",
        f"def other(one: Callable[[int], None] = print, *, two: str = ')') -> dict[str, int]:  # (no)\n{PADDING}",
        "class Other:\n    def one(self):\n" + PADDING.replace("    ", " " * 8) + "    name = 1\n",
    ],
)
def test_functions_that_say_nothing_are_empty(other: str) -> None:
    content = f"{other}\n\ndef one(names):\n    def inner():\n        return sorted(names)\n    return inner\n".encode()

    made = cut(content)

    assert made is not None
    assert b"more()" not in made
    assert calls(made) == calls(content)
    assert {each.name for each in ast.walk(ast.parse(made)) if isinstance(each, ast.FunctionDef)} >= {"one", "inner"}


def test_what_surrounds_something_wanted_stays() -> None:
    content = f"def outer():\n{PADDING}    def inner():\n        sorted(a)\n".encode()

    assert cut(content) is None


def test_a_file_whose_excerpt_is_no_python_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(f"def other():\n{PADDING}    return [\n1,\n]\n\ndef one():\n    sorted(a)\n")

    module = Modules(Tree(str(tmp_path))).part("app.py", WANTED)

    assert module is not None
    assert "more()" in ast.unparse(module.tree)


def test_files_with_other_ends_of_lines_are_read_as_they_are() -> None:
    assert cut(f"def other():\n{PADDING}".replace("\n", "\r\n").encode()) is None


@given(st.text(alphabet='ab_1é ("./\n', min_size=1), st.integers(0, 20), st.integers(1, 20))
def test_who_has_a_text_has_its_sign(text: str, start: int, length: int) -> None:
    content = text.encode()
    part = content[start : start + length]

    assert sign(part) in words(content)
