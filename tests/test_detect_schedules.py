"""Programs that run on a schedule: crontabs of the project's image, and what its other files say of a job."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import grown
from kgen.detect.proposal import propose

JOB = 'if __name__ == "__main__":\n    print("done")\n'
FILES = {"requirements.txt": "requests\n", "job.py": JOB}
START = "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n"


def _components(folder: Path, files: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the components, and what is doubted about them."""
    (made,) = propose(grown(folder, files)).value or ()
    doubts = [each.question for each in made.part.doubts if each.path[0] == "components"]
    return dict(made.part.data["components"]), doubts


IMAGES: Mapping[str, Mapping[str, str]] = {
    "copied to where cron looks": {
        "nightly": "5 3 * * * root cd /app && /usr/local/bin/python job.py >> /var/log/job.log 2>&1\n",
        "Dockerfile": f'{START}COPY nightly /etc/cron.d/nightly\nCMD ["cron", "-f"]\n',
    },
    "installed by a script that runs the program once before": {
        "entrypoint.sh": "#!/bin/sh\npython /app/job.py\ncrontab /app/times.txt\ncrond -f\n",
        "times.txt": "5 3 * * * python /app/job.py\n",
        "Dockerfile": f'{START}ENTRYPOINT ["/app/entrypoint.sh"]\n',
    },
    "written while the image is built": {
        "Dockerfile": f"{START}ENV AT='5 3 * * *'\nRUN echo \"$AT python /app/job.py\" | crontab -\n"
        "CMD cron && tail -f /dev/null\n",
    },
    "written by a script, at a time that has a default": {
        "entrypoint.sh": '#!/bin/sh\nAT=${AT:-"5 3 * * *"}\n'
        'echo "$AT /usr/local/bin/python /app/job.py >> /var/log/job.log 2>&1" | crontab -\n'
        "cron && tail -f /var/log/job.log\n",
        "Dockerfile": f'{START}ENTRYPOINT ["/app/entrypoint.sh"]\n',
    },
    "by a compose file, with a folder of crontabs": {
        "cron/root": "5 3 * * * cd /app; flock -n /tmp/job.lock python job.py\n",
        "Dockerfile": START,
        "compose.yaml": "services:\n  app: {build: ., command: /usr/sbin/crond -f}\n",
    },
    "copied to where cron runs once a day": {
        "daily.sh": "#!/bin/sh\ncd /app\npython job.py\n",
        "Dockerfile": f'{START}COPY daily.sh /etc/periodic/daily/job\nCMD ["crond", "-f"]\n',
    },
    "on Sundays, by the day's other number": {
        "crontab": "5 3 * * 7 python /app/job.py\n",
        "Dockerfile": f'{START}CMD ["tini", "--", "supercronic", "/app/crontab"]\n',
    },
}


@pytest.mark.parametrize("case", IMAGES)
def test_what_cron_starts_in_the_image(case: str, tmp_path: Path) -> None:
    found, doubts = _components(tmp_path, {**FILES, **IMAGES[case]})
    expected = "@daily" if "once a day" in case else f"5 3 * * {'0' if 'Sundays' in case else '*'}"
    assert found == {"job": {"type": "cron", "command": "python job.py", "schedule": expected}}
    assert [each.partition(" ")[2] for each in doubts] == ["has no time zone: it is UTC here"]


def test_a_crontab_that_names_its_time_zone(tmp_path: Path) -> None:
    files = {
        **FILES,
        "crontab": "CRON_TZ=Europe/Berlin\n@daily python /app/job.py\n",
        "Dockerfile": f'{START}CMD ["supercronic", "/app/crontab"]\n',
    }
    found, doubts = _components(tmp_path, files)
    assert found["job"]["schedule"] == "@daily"
    assert found["job"]["timezone"] == "Europe/Berlin"
    assert not doubts


def test_cron_alone_is_no_component(tmp_path: Path) -> None:
    found, doubts = _components(tmp_path, {**FILES, "Dockerfile": f'{START}CMD ["cron", "-f"]\n'})
    assert {name: each["type"] for name, each in found.items()} == {"main": "job"}
    assert "Dockerfile:4 starts `cron -f`, and what that runs was not found" in doubts


def test_what_else_runs_beside_cron_stays(tmp_path: Path) -> None:
    files = {
        **FILES,
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "crontab": "5 3 * * * python /app/job.py\n",
        "Dockerfile": f"{START}RUN crontab crontab\nCMD service cron start && gunicorn app:app\n",
    }
    found, _ = _components(tmp_path, files)
    assert {name: each["type"] for name, each in found.items()} == {"web": "web", "job": "cron"}


def test_jobs_beside_cron_are_not_left_out(tmp_path: Path) -> None:
    files = {
        **FILES,
        "first.py": JOB,
        "crontab": "5 3 * * * python /app/job.py\n",
        "supervisord.conf": "[program:cron]\ncommand=cron -f\n[program:first]\ncommand=python first.py\n",
        "Dockerfile": START,
        "compose.yaml": "services:\n  app: {build: ., command: supervisord -c supervisord.conf}\n",
    }
    found, _ = _components(tmp_path, files)
    assert {name: each["type"] for name, each in found.items()} == {"job": "cron", "first": "job"}


SAID: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "a crontab": ({"sample/cron/job": "0 3 * * * root /usr/bin/shop --all\n"}, "0 3 * * *", "shop --all"),
    "a timer": (
        {
            "systemd/shop.timer": "[Timer]\nOnCalendar=*-*-* 04:30:00\n",
            "systemd/shop.service": "[Service]\nExecStart=/opt/shop/bin/shop\n",
        },
        "30 4 * * *",
        "shop",
    ),
    "a manifest": (
        {
            "k8s/job.yaml": "kind: CronJob\nspec:\n  schedule: '*/5 * * * *'\n  jobTemplate:\n"
            "    spec: {template: {spec: {containers: [{name: a, command: [shop], args: [sync]}]}}}\n"
        },
        "*/5 * * * *",
        "shop sync",
    ),
    "a workflow": (
        {
            ".github/workflows/run.yml": "on:\n  schedule: [{cron: '0 6 * * *'}]\njobs:\n  run:\n    steps:\n"
            "      - run: |\n          pip install .\n          shop\n"
        },
        "0 6 * * *",
        "shop",
    ),
    "the README": ({"README.md": "Let cron start it:\n\n    0 4 * * * shop --quiet\n"}, "0 4 * * *", "shop --quiet"),
}


@pytest.mark.parametrize("case", SAID)
def test_a_job_that_something_else_has_a_schedule_for(case: str, tmp_path: Path) -> None:
    more, schedule, command = SAID[case]
    files = {
        "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n',
        "shop/cli.py": "def main():\n    print('done')\n",
        **more,
    }
    found, doubts = _components(tmp_path, files)
    assert [(each["type"], each["schedule"], each["command"]) for each in found.values()] == [
        ("cron", schedule, command)
    ]
    assert any("as an example" in each for each in doubts) is (case == "the README")


def test_a_schedule_of_another_program_says_nothing(tmp_path: Path) -> None:
    files = {
        **FILES,
        ".github/workflows/ci.yml": "on: {schedule: [{cron: '0 6 * * *'}]}\njobs: {a: {steps: [{run: pytest}]}}\n",
    }
    found, _ = _components(tmp_path, files)
    assert [each["type"] for each in found.values()] == ["job"]


def test_a_job_that_a_manifest_gives_arguments(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n',
        "shop/cli.py": "def main():\n    print('done')\n",
        "job.yaml": "kind: Job\nspec: {template: {spec: {containers: [{name: a, command: [shop], args: [--all]}]}}}\n",
    }
    found, _ = _components(tmp_path, files)
    assert [(each["type"], each["command"]) for each in found.values()] == [("job", "shop --all")]


def test_the_time_zone_of_a_compose_file(tmp_path: Path) -> None:
    files = {
        **FILES,
        "crontab": "5 3 * * * python /app/job.py\n",
        "Dockerfile": f'{START}CMD ["supercronic", "/app/crontab"]\n',
        "compose.yaml": "services:\n  app:\n    build: .\n    environment:\n      - TZ=Europe/Athens\n",
    }
    found, doubts = _components(tmp_path, files)
    assert found["job"]["timezone"] == "Europe/Athens"
    assert not doubts
