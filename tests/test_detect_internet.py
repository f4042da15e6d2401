"""Whether a project calls the internet, and so has to say so."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

CALL = "import requests\n\n\ndef main():\n    return requests.get({})\n\n\nmain()\n"
CALLING: Mapping[str, tuple[Mapping[str, str], str]] = {
    "a client of a service": (
        {"requirements.txt": "openai\n", "main.py": "print()\nmain()\n"},
        "requirements.txt:1: openai",
    ),
    "a public address": (
        {"requirements.txt": "requests\n", "main.py": CALL.format('"https://api.acme.com/v1"')},
        "main.py:5",
    ),
    "a bot by its imports": (
        {"requirements.txt": "shop-core\n", "bot.py": "import discord\n\ndiscord.Client().run(1)\n"},
        "bot.py: discord.py",
    ),
    "a spider": (
        {
            "scrapy.cfg": "[settings]\ndefault = news.settings\n",
            "news/spiders/front.py": 'import scrapy\n\n\nclass Front(scrapy.Spider):\n    name = "front"\n',
        },
        "news/spiders/front.py:4: Scrapy",
    ),
}
QUIET: Mapping[str, Mapping[str, str]] = {
    "an address in the cluster": {
        "requirements.txt": "requests\n",
        "main.py": CALL.format('"http://shop.default.svc.cluster.local/"'),
    },
    "an address in a comment": {
        "requirements.txt": "requests\n",
        "main.py": '"""See "https://docs.acme.com"."""\n' + CALL.format("URL"),
    },
    "an address that nobody calls": {"requirements.txt": "jinja2\n", "main.py": 'print("https://acme.com")\nmain()\n'},
    "a client in an extra": {
        "pyproject.toml": '[project]\nname = "shop"\n[project.optional-dependencies]\nai = ["openai"]\n',
        "main.py": "print()\nmain()\n",
    },
}


@pytest.mark.parametrize("case", CALLING)
def test_what_calls_the_internet_says_so(case: str, tmp_path: Path) -> None:
    files, where = CALLING[case]
    made = propose(grown(tmp_path, files)).value
    assert made
    assert made[0].part.data["network"] == {"egress": ["internet"]}
    assert made[0].part.comments[("network",)] == where


@pytest.mark.parametrize("case", QUIET)
def test_what_does_not_stays_in_the_cluster(case: str, tmp_path: Path) -> None:
    made = propose(grown(tmp_path, QUIET[case])).value
    assert made
    assert "network" not in made[0].part.data
