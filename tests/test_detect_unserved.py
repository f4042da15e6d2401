"""What a file does only when it is started, and a server that imports it does not."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

APP = "from flask import Flask\nfrom shop import load_rates, scheduler\napp = Flask(__name__)\n"
START = "if __name__ == '__main__':\n"

CASES: Mapping[str, tuple[str, str]] = {
    "nothing": (f"{START}    app.run()\n", ""),
    "a scheduler": (f"{START}    scheduler.start()\n    app.run()\n", "app.py:5 runs `scheduler.start()`"),
    "data": (f"{START}    rates = load_rates()\n    app.run()\n", "app.py:5 runs `rates = load_rates()`"),
    "settings of the application": (
        f"def main():\n    app.config['cmd'] = 'bash'\n    app.run()\n{START}    main()\n",
        "app.py:5 runs `app.config['cmd'] = 'bash'`",
    ),
    "what the module does in any case": (f"load_rates()\n{START}    load_rates()\n    app.run()\n", ""),
    "what is for developers": (f"{START}    app.config['DEBUG'] = True\n    load_dotenv()\n    app.run()\n", ""),
    "tables, which have a doubt of their own": (f"{START}    db.create_all()\n    app.run()\n", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_server_leaves_out_is_doubted(case: str, tmp_path: Path) -> None:
    source, expected = CASES[case]
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": APP + source, "shop.py": ""}
    (made,) = propose(grown(tmp_path, files)).value or ()
    found = [each.question for each in made.part.doubts if "started as a script" in each.question]
    assert [each.partition(" only if ")[0] for each in found] == ([expected] if expected else [])


def test_streamlit_starts_the_file(tmp_path: Path) -> None:
    source = f"import streamlit as st\nst.title('shop')\n{START}    load_rates()\n"
    (made,) = propose(grown(tmp_path, {"requirements.txt": "streamlit\n", "app.py": source})).value or ()
    assert not [each for each in made.part.doubts if "started as a script" in each.question]
