"""Starts that people wrote down in odd ways, as `kgen init` understands them."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from detected import commands, grown
from kgen.detect.commands.wrappers import unwrapped
from kgen.detect.proposal import propose

FLASK = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
DOCKERFILE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
WEB = "gunicorn app:app --bind 0.0.0.0:8000"


def first(folder: Path, files: dict[str, str]) -> Any:
    """Return the first program that is found."""
    found: Any = propose(grown(folder, files)).value
    return found[0].programs[0]


def questions(program: Any) -> list[str]:
    return [each.question for each in program.doubts]


def test_supervisord_runs_what_its_own_settings_file_says(tmp_path: Path) -> None:
    production = "[supervisord]\nnodaemon=true\n[program:web]\ncommand=gunicorn app:app\n"
    files = {
        **FLASK,
        "conf/supervisord.conf": production,
        "conf/supervisord-dev.conf": "[program:web]\ncommand=gunicorn app:app --config dev.py\n",
        "Dockerfile": f'{DOCKERFILE}CMD ["supervisord", "-c", "conf/supervisord.conf"]\n',
    }

    assert commands(tmp_path, files) == {"web": WEB}


def test_supervisord_runs_what_its_settings_file_includes(tmp_path: Path) -> None:
    files = {
        **FLASK,
        "worker.py": "while True:\n    pass\n",
        "supervisord.conf": "[supervisord]\n[include]\nfiles = /etc/supervisor/conf.d/*.conf\n",
        "conf.d/web.conf": "[program:web]\ncommand=gunicorn app:app\n",
        "conf.d/worker.conf": "[program:worker]\ncommand=python worker.py\n",
        "Dockerfile": f"{DOCKERFILE}CMD supervisord\n",
    }

    assert commands(tmp_path, files) == {"web": WEB, "worker": "python worker.py"}


def test_tasks_of_a_runner_that_supervisord_keeps_running_are_workers(tmp_path: Path) -> None:
    files = {
        **FLASK,
        "requirements.txt": "flask\ngunicorn\ninvoke\n",
        "supervisord.conf": "[program:web]\ncommand=gunicorn app:app\n"
        "[program:in]\ncommand=inv process-incoming\n[program:out]\ncommand=inv process-outgoing\n",
        "start.sh": "#!/bin/sh\ninv update\nexec supervisord -c supervisord.conf\n",
        "Dockerfile": f'{DOCKERFILE}EXPOSE 8000\nCMD ["./start.sh"]\n',
    }
    made: Any = propose(grown(tmp_path, files)).value

    assert {each.name: (each.type, each.command.value) for each in made[0].programs} == {
        "web": ("web", WEB),
        "process-incoming": ("worker", "inv process-incoming"),
        "process-outgoing": ("worker", "inv process-outgoing"),
    }
    assert any("`inv update` before" in each.question for each in made[0].part.doubts)


def test_all_steps_of_a_release_are_run(tmp_path: Path) -> None:
    script = "#!/bin/bash\nset -e\npython -m app db upgrade head\npython -m app sync\n"
    files = {**FLASK, "Procfile": "release: bin/release\nweb: gunicorn app:app\n", "bin/release": script}

    assert first(tmp_path, files).release.value == "sh -c 'python -m app db upgrade head && python -m app sync'"


def test_a_release_that_another_file_names_is_the_projects(tmp_path: Path) -> None:
    script = "#!/bin/sh\nwhile true; do\n    flask deploy && break\ndone\nexec gunicorn app:app\n"
    files = {
        **FLASK,
        "Procfile": "web: gunicorn app:app\n",
        "boot.sh": script,
        "Dockerfile": f'{DOCKERFILE}ENTRYPOINT ["./boot.sh"]\n',
    }

    assert first(tmp_path, files).release.value == "flask deploy"


def test_a_job_before_a_deployment_is_the_release(tmp_path: Path) -> None:
    spec = (
        "services:\n- name: web\n  run_command: gunicorn app:app\n"
        "jobs:\n- name: migrate\n  kind: PRE_DEPLOY\n  run_command: flask db upgrade\n"
    )
    assert first(tmp_path, {**FLASK, ".do/app.yaml": spec}).release.value == "flask db upgrade"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("python -m gunicorn.app.wsgiapp shop:app", "gunicorn shop:app"),
        ("ddtrace-run python3 -m gunicorn.app.wsgiapp shop:app", "ddtrace-run gunicorn shop:app"),
        ("hupper --shutdown-interval 10 -m celery -A shop worker", "python -m celery -A shop worker"),
        ("python3 -um shop --port 5000", "python -m shop --port 5000"),
        ("gunicorn --reload-extra-file=a.yaml shop:app", "gunicorn shop:app"),
    ],
)
def test_a_program_is_what_it_is_whoever_calls_it(given: str, made: str) -> None:
    assert " ".join(unwrapped(given.split())[1]) == made


def test_a_default_in_a_default_is_the_value(tmp_path: Path) -> None:
    script = '#!/bin/sh\nexec gunicorn --bind "0.0.0.0:${PORT_OF_APP:-"${OTHER:-5000}"}" app:app\n'
    files = {**FLASK, "run": script, "Dockerfile": f'{DOCKERFILE}CMD ["./run"]\n'}

    assert commands(tmp_path, files) == {"web": "gunicorn --bind 0.0.0.0:5000 app:app"}


def test_a_variable_of_one_command_is_its_own(tmp_path: Path) -> None:
    found = first(tmp_path, {**FLASK, "Procfile": "web: env SHOP_MODE=live gunicorn app:app\n"})

    assert (found.command.value, found.env["SHOP_MODE"].value) == (WEB, "live")


@pytest.mark.parametrize(
    "files",
    [
        {"Procfile": "web: gunicorn app:app\n", "Dockerfile": f"{DOCKERFILE}CMD gunicorn --workers 4 app:app\n"},
        {"start.sh": "python -m gunicorn app:app\n", "main.py": "from app import app\napp.run()\n"},
        {"start.sh": "gunicorn app:app --threads 2\n"},
    ],
)
def test_one_program_with_other_options_is_no_rival(tmp_path: Path, files: dict[str, str]) -> None:
    assert "several programs were found" not in questions(first(tmp_path, {**FLASK, **files}))


def test_another_application_is_a_rival(tmp_path: Path) -> None:
    other = {**FLASK, "admin.py": FLASK["app.py"], "Procfile": "web: gunicorn app:app\n"}
    found = first(tmp_path, {**other, "Dockerfile": f"{DOCKERFILE}CMD gunicorn admin:app\n"})

    assert questions(found) == ["several programs were found"]


@pytest.mark.parametrize(
    ("line", "command", "env"),
    [
        ("gunicorn app:app --user www-data --group=www-data -w 4", "gunicorn app:app -w 4 --bind 0.0.0.0:8000", {}),
        ("gunicorn app:app --env SHOP_MODE=live", WEB, {"SHOP_MODE": "live"}),
    ],
)
def test_a_server_is_nobody_else(tmp_path: Path, line: str, command: str, env: dict[str, str]) -> None:
    found = first(tmp_path, {**FLASK, "Procfile": f"web: {line}\n"})

    assert (found.command.value, {name: fact.value for name, fact in found.env.items()}) == (command, env)


def test_the_folder_of_the_image_is_the_projects(tmp_path: Path) -> None:
    script = '#!/bin/bash\nHOME_OF_APP="/shop"\nif [ ! -f x ]; then\n    cd /data\nfi\ncd ${HOME}\ngunicorn app:app\n'
    files = {
        **FLASK,
        "start.sh": script,
        "Dockerfile": "FROM python:3.13\nWORKDIR shop\nCOPY . .\nCMD /shop/start.sh\n",
    }
    found = first(tmp_path, files)

    assert (found.command.value, dict(found.env), questions(found)) == (WEB, {}, [])


def test_a_file_at_the_root_of_the_image_is_the_projects(tmp_path: Path) -> None:
    dockerfile = "FROM python:3.13\nADD docker/run.sh docker/uwsgi.ini /\nEXPOSE 8080\nCMD /run.sh\n"
    files = {"requirements.txt": "flask\nuwsgi\n", "app.py": FLASK["app.py"], "docker/uwsgi.ini": "[uwsgi]\n"}
    script = "#!/bin/sh\nexec uwsgi --ini /uwsgi.ini\n"

    assert commands(tmp_path, {**files, "docker/run.sh": script, "Dockerfile": dockerfile}) == {
        "web": "uwsgi --ini docker/uwsgi.ini"
    }


def test_a_dockerfile_is_found_in_folders_for_such_files(tmp_path: Path) -> None:
    command = 'ENTRYPOINT ["/opt/wait.sh"]\nCMD ["gunicorn", "--threads", "2", "app:app"]\n'
    found = commands(tmp_path, {**FLASK, "tools/deploy/docker/Dockerfile.app": DOCKERFILE + command})

    assert found == {"web": "gunicorn --threads 2 app:app --bind 0.0.0.0:8000"}


def test_settings_that_the_image_names_are_the_sites(tmp_path: Path) -> None:
    call = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.development')\n"
    settings = "INSTALLED_APPS = []\nWSGI_APPLICATION = 'shop.wsgi.application'\n"
    files = {
        "requirements.txt": "django\ngunicorn\n",
        "manage.py": f"{call}from django.core.management import execute_from_command_line\n",
        "shop/wsgi.py": f"{call}application = None\n",
        "shop/settings/development.py": settings,
        "shop/settings/docker.py": settings,
        "Dockerfile": f"{DOCKERFILE}ENV DJANGO_SETTINGS_MODULE shop.settings.docker\n",
    }
    found = first(tmp_path, files)

    assert found.env["DJANGO_SETTINGS_MODULE"].value == "shop.settings.docker"
    assert not any("for development" in each for each in questions(found))


def test_litestar_is_told_what_to_serve(tmp_path: Path) -> None:
    source = "from litestar import Litestar\n\n\ndef create_app() -> Litestar:\n    return Litestar([])\n"
    files = {"requirements.txt": "litestar[standard]\n", "shop/server/asgi.py": source, "shop/__init__.py": ""}
    found = first(tmp_path, {**files, "Procfile": "web: litestar run --host 0.0.0.0\n"})

    assert found.env["LITESTAR_APP"].value == "shop.server.asgi:create_app"


def test_a_script_that_works_in_the_context_of_an_application_is_not_served(tmp_path: Path) -> None:
    factory = "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n"
    task = "from shop import create_app\napp = create_app()\nwith app.app_context():\n    print(1)\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "shop/__init__.py": factory, "update.py": task}

    assert commands(tmp_path, files)["web"].startswith("gunicorn 'shop:create_app()' ")


ENTRY = (
    "#!/bin/bash\nset -e\nweb() {\n  exec gunicorn app:app\n}\nqueue() {\n  exec celery -A app worker\n}\n"
    'case "$1" in\n  web)\n    shift\n    web\n    ;;\n  worker|queue)\n    queue;;\n  dev_worker) watchmedo;;\n'
    '  *)\n    exec "$@"\n    ;;\nesac\n'
)
BY_ENTRY = f'{DOCKERFILE}ENTRYPOINT ["/app/bin/entry"]\nCMD ["web"]\n'


def test_an_argument_chooses_what_a_script_starts(tmp_path: Path) -> None:
    found = first(tmp_path, {**FLASK, "bin/entry": ENTRY, "Dockerfile": BY_ENTRY})

    assert (found.command.value, questions(found)) == (WEB, ["bin/entry also starts `worker`, `queue`"])


def test_services_choose_what_a_script_starts(tmp_path: Path) -> None:
    services = (
        "services:\n  web: {build: .}\n  worker: {build: ., command: worker}\n  shell: {build: ., command: bash}\n"
    )
    files = {**FLASK, "requirements.txt": "flask\ngunicorn\ncelery\n", "bin/entry": ENTRY, "Dockerfile": BY_ENTRY}

    assert commands(tmp_path, {**files, "compose.yaml": services}) == {"web": WEB, "worker": "celery -A app worker"}


@pytest.mark.parametrize(
    ("files", "doubted"),
    [
        ({"Procfile": "web: gunicorn --paste production.ini\n"}, "production.ini"),
        ({"Procfile": "web: gunicorn --paste=conf/a.ini\n", "conf/a.ini": ""}, ""),
        ({"Procfile": "web: python serve.py\n", "serve.py": "load('config:prod.ini')\n"}, "prod.ini"),
    ],
)
def test_settings_of_paste_that_are_not_there_are_doubted(tmp_path: Path, files: dict[str, str], doubted: str) -> None:
    found = questions(first(tmp_path, {"requirements.txt": "pyramid\ngunicorn\n", **files}))

    assert [each for each in found if each.startswith("it reads")] == (
        [f"it reads {doubted}, which is not there"] if doubted else []
    )


def test_a_dockerfile_beside_the_source_of_an_inner_project_is_its_own(tmp_path: Path) -> None:
    inner = {f"src/{name}": text for name, text in FLASK.items()}
    dockerfile = f'{DOCKERFILE}CMD ["gunicorn", "-w", "2", "app:app"]\n'

    assert commands(tmp_path, {**inner, "src/dockerfile": dockerfile})["web"].startswith("gunicorn -w 2 app:app")


def test_a_script_that_is_run_with_a_command_is_not_run_without(tmp_path: Path) -> None:
    script = "from rq import Worker\n\n\ndef run_worker():\n    Worker(['default']).work()\n\n\nrun_worker()\n"
    files = {"requirements.txt": "flask\ngunicorn\nrq\n", "app.py": FLASK["app.py"], "manage.py": script}
    procfile = "web: gunicorn app:app\nworker: python manage.py run_worker\n"

    assert commands(tmp_path, {**files, "Procfile": procfile}) == {"web": WEB, "worker": "python manage.py run_worker"}


PASTE = "[app:main]\nuse = egg:shop\n[server:main]\nuse = egg:waitress#main\nlisten = {}\n"


@pytest.mark.parametrize(
    ("requirements", "files", "program", "doubts"),
    [
        (
            "pyramid\nwaitress\n",
            {"development.ini": PASTE.format("localhost:6543"), "production.ini": PASTE.format("*:7000")},
            ("pserve production.ini", 7000),
            [],
        ),
        (
            "pyramid\ngunicorn\n",
            {"conf/production.ini": PASTE.format("localhost:6543")},
            ("gunicorn --paste conf/production.ini --bind 0.0.0.0:8000", 8000),
            [],
        ),
        (
            "pyramid\nwaitress\n",
            {"development.ini": PASTE.format("localhost:6543")},
            ("pserve development.ini", 6543),
            [
                "development.ini has settings for development",
                "development.ini does not say that it listens on all addresses, which it has to in a container",
            ],
        ),
    ],
)
def test_settings_of_paste_are_a_program(
    tmp_path: Path, requirements: str, files: dict[str, str], program: tuple[str, int], doubts: list[str]
) -> None:
    source = "def main(global_config, **settings):\n    pass\n"
    found = first(tmp_path, {"requirements.txt": requirements, "shop/__init__.py": source, **files})

    assert ((found.command.value, found.port.value), questions(found)) == (program, doubts)


def test_a_script_on_the_path_of_the_image_is_the_projects(tmp_path: Path) -> None:
    dockerfile = f'{DOCKERFILE}ENV PATH /app/bin:$PATH\nCMD ["init-env", "gunicorn", "--threads", "2", "app:app"]\n'
    script = '#!/bin/sh\nset -eu\nexec "$@"\n'

    assert commands(tmp_path, {**FLASK, "bin/init-env": script, "Dockerfile": dockerfile}) == {
        "web": "gunicorn --threads 2 app:app --bind 0.0.0.0:8000"
    }


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"it's main.py": "import time\nwhile True:\n    time.sleep(1)\n"}, 'python "it\'s main.py"'),
        ({"it's app.py": "import streamlit as st\nst.title('shop')\n"}, 'streamlit run "it\'s app.py"'),
        ({"it's.py": "from flask import Flask\napp = Flask(__name__)\n"}, 'gunicorn "it\'s:app"'),
    ],
)
def test_names_of_files_are_quoted(files: dict[str, str], command: str, tmp_path: Path) -> None:
    kinds = "flask\ngunicorn\n" if "gunicorn" in command else "streamlit\n" if "streamlit" in command else "requests\n"
    requirements = {"requirements.txt": kinds}
    (found,) = commands(tmp_path, requirements | files).values()
    assert shlex.split(found)[: len(shlex.split(command))] == shlex.split(command)


UWSGI = {"requirements.txt": "flask\nuwsgi\n", "app.py": FLASK["app.py"]}


def test_uwsgi_gets_a_port_that_anybody_may_listen_on(tmp_path: Path) -> None:
    dockerfile = f"{DOCKERFILE}CMD uwsgi --http=0.0.0.0:80 --module=app:app\n"
    found = first(tmp_path, {**UWSGI, "Dockerfile": dockerfile})

    assert (found.command.value, found.port.value) == ("uwsgi --http=0.0.0.0:8000 --module=app:app", 8000)


UWSGI_FILES = {
    "http = :9000\n": (9000, []),
    "socket = :9000\n": (
        8000,
        ["uwsgi.ini:2 lets uWSGI listen on a socket for nginx or the like, which answers no HTTP"],
    ),
    "http-socket = :80\nprocesses = 2\n": (8000, ["uwsgi.ini:2 lets uWSGI listen on a port for root only"]),
}


@pytest.mark.parametrize(("said", "expected"), UWSGI_FILES.items(), ids=UWSGI_FILES)
def test_the_file_of_uwsgi_says_where_it_listens(tmp_path: Path, said: str, expected: tuple[int, list[str]]) -> None:
    files = {
        **UWSGI,
        "uwsgi.ini": f"[uwsgi]\n{said}module = app:app\n",
        "Dockerfile": f"{DOCKERFILE}CMD uwsgi uwsgi.ini\n",
    }
    found = first(tmp_path, files)

    assert (found.command.value, found.port.value, questions(found)) == ("uwsgi uwsgi.ini", *expected)


def test_flower_listens_where_it_is_told(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "celery\nflower\n",
        "shop/tasks.py": "from celery import Celery\n\napp = Celery()\n",
        "Procfile": "flower: celery -A shop.tasks flower --port=8555\n",
    }
    found = first(tmp_path, files)

    assert (found.name, found.port.value) == ("flower", 8555)


SERVER = "from aiohttp import web\n\n\nasync def run(port):\n    await web.TCPSite(runner, host, port).start()\n"


def test_a_server_of_aiohttp_is_started_as_it_stands_there(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "aiohttp\n",
        "shop/__init__.py": "",
        "shop/server.py": SERVER,
        "shop/__main__.py": "from .server import run\n\nloop.run_until_complete(run(0))\n",
        "Dockerfile": f"{DOCKERFILE}CMD python -m shop -c shop/settings.py\n",
        "shop/settings.py": "",
    }
    found = first(tmp_path, files)

    assert (found.command.value, found.type, found.port.value) == ("python -m shop -c shop/settings.py", "web", 8080)
    assert questions(found)[-1:] == ["shop/server.py:5 does not say which port it listens on"]


def test_a_bot_with_a_page_for_its_host_is_no_web_program(tmp_path: Path) -> None:
    main = "import page, telethon\n\npage.run(port=PORT)\nloop.run_until_complete(bot.disconnected)\n"
    files = {
        "requirements.txt": "telethon\naiohttp\n",
        "page.py": f"{SERVER}\n\nif __name__ == '__main__':\n    web.run_app(app)\n",
        "main.py": main,
        "Dockerfile": f"{DOCKERFILE}CMD python main.py\n",
    }
    found = first(tmp_path, files)

    assert (found.command.value, found.type, found.port) == ("python main.py", "worker", None)


def test_a_server_that_is_told_no_host_listens_everywhere(tmp_path: Path) -> None:
    main = "from aiohttp import web\n\napp = web.Application()\nweb.run_app(app, port=9000)\n"
    files = {"requirements.txt": "aiohttp\n", "main.py": main, "Dockerfile": f"{DOCKERFILE}CMD python main.py\n"}
    found = first(tmp_path, files)

    assert (found.port.value, questions(found)) == (9000, [])


SERVICES = (
    "services:\n  api:\n    build: .\n    command: uvicorn api:app --port 8000\n"
    "  pages:\n    build:\n      context: .\n      dockerfile: Dockerfile.pages\n    command: streamlit run main.py\n"
    "  trains:\n    build: .\n    command: python trains.py\n"
)
PAGES = (
    "FROM python:3.13 AS builder\nWORKDIR /app\nCOPY pages/ pages/\n"
    "FROM python:3.13\nCOPY --from=builder /app /srv\nWORKDIR /srv/pages\n"
)


def test_what_services_serve_beside_each_other_are_components(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\nstreamlit\n",
        "api.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "pages/main.py": "import streamlit as st\nst.title('a')\n",
        "trains.py": "from http.server import HTTPServer\nHTTPServer(('', 8080), None).serve_forever()\n",
        "Dockerfile": f'{DOCKERFILE}CMD ["uvicorn", "api:app"]\n',
        "Dockerfile.pages": PAGES,
        "docker-compose.yml": SERVICES,
    }
    found: Any = propose(grown(tmp_path, files)).value
    made = {each.name: each for each in found[0].programs}

    assert {name: each.command.value.partition(" --")[0] for name, each in made.items()} == {
        "web": "uvicorn api:app",
        "pages": "streamlit run main.py",
        "trains": "python trains.py",
    }
    assert made["pages"].command.folder == "pages"
    assert made["trains"].port.value == 8080
    assert not any("several" in each.question for each in made["web"].doubts)


STAGES = (
    "FROM python:3.13 AS base\nCOPY . .\nFROM base AS one\nCMD python one.py\nFROM base AS dev\nCMD python dev.py\n"
    "FROM base AS two\nCMD python two.py\n"
)
SCRIPTS = {"requirements.txt": "", **{f"{name}.py": "while True:\n    print(1)\n" for name in ("one", "two", "dev")}}


def test_what_another_stage_starts_is_a_doubt(tmp_path: Path) -> None:
    program = first(tmp_path, {**SCRIPTS, "Dockerfile": STAGES})

    assert program.command.value == "python two.py"
    assert questions(program) == ["Dockerfile:4 starts something else: `python one.py`"]


def test_the_stage_that_a_service_names_is_what_it_starts(tmp_path: Path) -> None:
    compose = "services:\n  a:\n    build: {context: ., target: one}\n  b:\n    build: {context: ., target: two}\n"

    assert commands(tmp_path, {**SCRIPTS, "Dockerfile": STAGES, "compose.yml": compose}) == {
        "a": "python one.py",
        "two": "python two.py",
    }


def test_a_server_without_a_host_listens_on_all_addresses(tmp_path: Path) -> None:
    source = "from http.server import HTTPServer\n\nHTTPServer(('', 8080), None).serve_forever()\n"
    files = {"requirements.txt": "", "serve.py": source, "Dockerfile": f"{DOCKERFILE}CMD python serve.py\n"}

    assert not any("all addresses" in each for each in questions(first(tmp_path, files)))


def test_a_server_that_starts_anew_when_the_source_changes_is_doubted(tmp_path: Path) -> None:
    source = "import uvicorn\n\nif __name__ == '__main__':\n    uvicorn.run('acme:app', host='0.0.0.0', reload=True)\n"
    files = {"requirements.txt": "uvicorn\n", "shop/__main__.py": source, "shop/__init__.py": ""}
    found = first(tmp_path, files)

    assert found.command.value == "python -m shop"
    assert any("starts anew whenever the source changes" in each for each in questions(found))


def test_where_a_hosting_platform_has_the_project_is_where_it_is(tmp_path: Path) -> None:
    script = "gunicorn --bind=0.0.0.0:8000 --chdir=/home/site/wwwroot app:app\n"

    assert commands(tmp_path, {**FLASK, "startup.sh": script}) == {
        "web": "gunicorn --bind=0.0.0.0:8000 --chdir=/app app:app"
    }


def test_the_first_program_that_the_readme_names_is_the_one(tmp_path: Path) -> None:
    main = "import cherrypy\n\ncherrypy.tree.mount(None)\ncherrypy.engine.start()\n"
    readme = "Run:\n\n    python3 -OO Shop.py\n\nFor other languages:\n\n    python3 tools/words.py\n"
    files = {"requirements.txt": "cherrypy\n", "Shop.py": main, "tools/words.py": "print(1)\n", "README.md": readme}
    found = first(tmp_path, files)

    assert (found.command.value, found.type, found.port.value) == ("python Shop.py", "web", 8080)
    assert questions(found) == [
        "nothing says that it listens on all addresses, which it has to in a container",
        "Shop.py:4 does not say which port it listens on",
    ]


OTHER = (
    "services:\n  one:\n    image: acme/shop:1\n    command: bash -c 'alembic upgrade head && python3 -m shop.one'\n"
    "  two:\n    image: acme/shop:latest\n    command: python3 -m shop.two --port 9000\n"
    "  three:\n    image: acme/shop:latest\n    command: python3 -m shop.three --host 0.0.0.0 --port 9001 --to http://two:9000\n"
    "  db:\n    image: acme/db\n    command: python3 -m acme.db\n"
)


def test_services_that_run_modules_of_the_project_are_its_own_whatever_their_image(tmp_path: Path) -> None:
    loop = "import time\n\nwhile True:\n    time.sleep(1)\n"
    files = {"requirements.txt": "fastapi\n", "shop/__init__.py": "", "docker-compose.yml": OTHER}
    files |= {f"shop/{name}.py": loop for name in ("one", "two", "three")}
    found: Any = propose(grown(tmp_path, files)).value
    made = {each.name: each for each in found[0].programs}

    assert {name: each.command.value.partition(" --")[0] for name, each in made.items()} == {
        "web": "python -m shop.two",
        "three": "python -m shop.three",
        "one": "python -m shop.one",
    }
    assert any("has an address that only docker-compose.yml knows" in each for each in questions(made["three"]))


def test_a_script_that_serves_is_better_than_a_factory_that_nobody_can_call(tmp_path: Path) -> None:
    factory = "from fastapi import FastAPI\n\n\ndef create_app(bot):\n    return FastAPI()\n"
    script = (
        "import uvicorn\nfrom shop.factory import create_app\n\nuvicorn.run(create_app(1), host='0.0.0.0', port=8080)\n"
    )
    files = {
        "requirements.txt": "fastapi\nuvicorn\n",
        "shop/__init__.py": "",
        "shop/factory.py": factory,
        "shop/__main__.py": script,
        "Dockerfile": f"{DOCKERFILE}CMD python -m shop\n",
    }

    assert first(tmp_path, files).command.value == "python -m shop"


@pytest.mark.parametrize("name", ["create_app", "setup_logging"])
def test_a_log_that_a_program_opens_when_it_is_set_up_is_doubted(tmp_path: Path, name: str) -> None:
    source = f"\n\ndef {name}():\n    return RotatingFileHandler('debug.log', maxBytes=1)\n"
    found: Any = propose(grown(tmp_path, {**FLASK, "app.py": FLASK["app.py"] + source})).value

    assert any("app.py:6 writes debug.log" in each.question for each in found[0].part.doubts)


def test_a_command_with_those_of_flask_is_a_development_server(tmp_path: Path) -> None:
    files = {
        **FLASK,
        "setup.py": "from setuptools import setup\nsetup(entry_points={'console_scripts': ['shopd=cli:a']}, name='a')",
        "cli.py": "import click, flask.cli\n\n\n@click.group(cls=flask.cli.FlaskGroup)\ndef a():\n    pass\n",
        "Dockerfile": f"{DOCKERFILE}EXPOSE 8080\nCMD shopd run --host 0.0.0.0\n",
    }

    assert commands(tmp_path, files)["web"].startswith("gunicorn app:app")


def test_a_program_of_somebody_else_that_the_readme_names_is_none(tmp_path: Path) -> None:
    readme = "For mails:\n\n    python -m aiosmtpd -n\n\nRun:\n\n    python loop.py\n"
    files = {"requirements.txt": "aiosmtpd\n", "loop.py": "while True:\n    pass\n", "README.md": readme}

    assert first(tmp_path, files).command.value == "python loop.py"


WORKERS = {
    "eventlet is gone": (
        "gunicorn\neventlet\n",
        "-k eventlet",
        "Gunicorn has no worker for eventlet since its release 26",
    ),
    "eventlet of its time": ("gunicorn==20.1.0\neventlet==0.30.2\n", "--worker-class=eventlet", ""),
    "an old eventlet": (
        "gunicorn<26\neventlet==0.33.3\n",
        "-k eventlet",
        "Gunicorn 25.3.0 needs eventlet 0.40.3 or newer, which eventlet 0.33.3 rules out",
    ),
    "an old gevent": (
        "gunicorn\ngevent==23.9.1\n",
        "-k gevent",
        "Gunicorn 27.0.1 needs gevent 24.10.1 or newer, which gevent 23.9.1 rules out",
    ),
    "what gevent runs on": (
        "gunicorn\ngevent\ngreenlet<3\n",
        "-k gevent",
        "Gunicorn 27.0.1 needs gevent 24.10.1 or newer, which greenlet <3 (requirements.txt:4) rules out",
    ),
    "gevent": ("gunicorn\ngevent>=23\n", "-k gevent", ""),
    "threads": ("gunicorn\neventlet\n", "-k gthread", ""),
}


@pytest.mark.parametrize("case", WORKERS)
def test_workers_that_gunicorn_does_not_start_are_doubted(case: str, tmp_path: Path) -> None:
    asked, option, question = WORKERS[case]
    files = {"requirements.txt": f"flask\n{asked}", "app.py": FLASK["app.py"]}
    found = first(tmp_path, {**files, "Procfile": f"web: gunicorn {option} app:app\n"})

    assert [each for each in questions(found) if "Gunicorn" in each] == ([question] if question else [])


def test_the_workers_may_be_named_in_a_file(tmp_path: Path) -> None:
    files = {**FLASK, "conf.py": "worker_class = 'eventlet'\n", "Procfile": "web: gunicorn -c conf.py app:app\n"}

    assert any("eventlet" in each for each in questions(first(tmp_path, files)))


def test_what_the_script_of_an_image_does_before_a_command_of_a_service(tmp_path: Path) -> None:
    services = "  work: {build: ., command: celery -A app worker}\n  web: {build: ., command: gunicorn app:app}\n"
    files = {
        **FLASK,
        "docker-entrypoint": '#!/bin/sh\nif [ $1 = gunicorn ]; then\n  flask db upgrade\n  flask fill\nfi\nexec "$@"\n',
        "Dockerfile": f'{DOCKERFILE}ENTRYPOINT ["/app/docker-entrypoint"]\n',
        "compose.yaml": f"services:\n{services}",
    }
    found: Any = propose(grown(tmp_path, files)).value
    web, worker = found[0].programs

    assert web.release.value == "flask db upgrade"
    assert [each for each in questions(web) if "before" in each] == ["compose.yaml:3 runs `flask fill` before"]
    assert (worker.release, [each for each in questions(worker) if "before" in each]) == (None, [])
