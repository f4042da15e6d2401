"""Folders that images usually go without, if the program uses them."""

from pathlib import Path

import pytest

from detected import seen
from kgen.detect.files import included


@pytest.mark.parametrize(
    ("text", "is_used"),
    [
        ("from tests.factories import Shop\n", True),
        ("def seed():\n    import tests.data\n", True),
        ("DATA = open('tests/data.json')\n", True),
        ("DATA = open('tests/other.json')\n", False),
        ("# see tests/data.json\n", False),
        ("from shop.tests import x\n", False),
    ],
)
def test_tests_that_the_program_uses_are_in_its_image(tmp_path: Path, text: str, *, is_used: bool) -> None:
    found = included.part(seen(tmp_path, {"shop.py": text, "tests/data.json": "{}", "tests/factories.py": ""}))
    assert found.data == ({"build": {"include": ["tests"]}} if is_used else {})
