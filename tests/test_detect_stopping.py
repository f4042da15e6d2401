"""The signal that stops what ``kgen init`` has found."""

from pathlib import Path
from typing import Any

import pytest

from kgen.detect.proposal import propose
from kgen.detect.source.tree import Tree
from test_init import FLASK, grow

BOT = (
    "import time\n\n\ndef main():\n    while True:\n        time.sleep(1)\n\n\nif __name__ == '__main__':\n    main()\n"
)
HANDLER = "import signal\n\nsignal.signal(signal.SIGTERM, print)\n"


@pytest.mark.parametrize(
    ("files", "signal"),
    [
        ({"requirements.txt": "", "bot.py": BOT}, "SIGINT"),
        ({"requirements.txt": "", "bot.py": BOT, "stop.py": HANDLER}, None),
        (FLASK, None),
    ],
)
def test_python_without_a_handler_is_stopped_by_the_signal_that_it_knows(
    tmp_path: Path, files: dict[str, str], signal: str | None
) -> None:
    made = propose(Tree(str(grow(tmp_path, files)))).value
    assert made
    build: dict[str, Any] = made[0].part.data["build"]
    assert build.get("stopSignal") == signal


def test_the_version_and_the_name_may_stand_in_setup_py(tmp_path: Path) -> None:
    setup = "from setuptools import setup\n\nsetup(name='Ledger', version='3.7.2')\n"
    made = propose(Tree(str(grow(tmp_path, FLASK | {"setup.py": setup})))).value
    assert made
    assert made[0].part.data["name"] == "ledger"
    assert made[0].part.data["image"].endswith("/ledger:3.7.2")
