"""Programs that serve requests by themselves, and projects of odd shapes, as `kgen init` sees them."""

from pathlib import Path
from typing import Any

from detected import commands, grown
from kgen.detect.proposal import propose

OWN = "FROM python:3.13\nWORKDIR /srv\nCOPY . .\n"
EMBEDDED = (
    "from flask import Flask\nfrom gevent.pywsgi import WSGIServer\napp = Flask(__name__)\n\n\n"
    "def start(port):\n    WSGIServer(('', port), app).serve_forever()\n"
)


def web(folder: Path, **files: str) -> Any:
    """Return the first program that is found."""
    found: Any = propose(grown(folder, {name.replace("__", "."): text for name, text in files.items()})).value
    return found[0].programs[0]


def test_a_script_that_serves_its_own_application_starts_it(tmp_path: Path) -> None:
    script = "from shop.core import start\n\nif __name__ == '__main__':\n    start(8083)\n"
    files = {"requirements.txt": "flask\ngevent\n", "shop/core.py": EMBEDDED, "shop/__init__.py": "", "run.py": script}
    found: Any = propose(grown(tmp_path, files)).value

    program = found[0].programs[0]
    assert (program.name, program.command.value) == ("web", "python run.py")
    assert any("its port is not plain" in each.question for each in program.doubts)


def test_with_a_server_among_the_dependencies_the_application_is_served(tmp_path: Path) -> None:
    script = "from shop.core import start\n\nif __name__ == '__main__':\n    start(8083)\n"
    files = {"requirements.txt": "flask\ngevent\ngunicorn\n", "shop/core.py": EMBEDDED, "run.py": script}

    assert commands(tmp_path, files)["web"].startswith("gunicorn shop.core:app ")


def test_an_exposed_port_makes_a_program_of_a_web_framework_one_that_serves(tmp_path: Path) -> None:
    dockerfile = f'{OWN}EXPOSE 5000\nCMD ["python", "shop.py", "-d", "/data"]\n'
    program = web(tmp_path, requirements__txt="flask\n", shop__py="import core\ncore.main()\n", Dockerfile=dockerfile)

    assert (program.type, program.command.value, program.port.value) == ("web", "python shop.py -d /data", 5000)
    assert any("listens on all addresses" in each.question for each in program.doubts)


def test_an_address_on_the_command_line_is_a_port(tmp_path: Path) -> None:
    project = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop:run"\n'
    dockerfile = f'{OWN}ENTRYPOINT ["/opt/bin/python", "/opt/bin/shop"]\nCMD ["--hosts", "0.0.0.0:5232,[::]:5232"]\n'
    program = web(tmp_path, pyproject__toml=project, shop__py="def run(): ...\n", Dockerfile=dockerfile)

    assert (program.type, program.port.value) == ("web", 5232)
    assert program.command.value == "shop --hosts '0.0.0.0:5232,[::]:5232'"
    assert program.doubts == ()


def test_templates_of_projects_are_no_projects(tmp_path: Path) -> None:
    inner = "{{cookiecutter.name}}"
    files = {f"{inner}/requirements.txt": "flask\n", f"{inner}/app.py": EMBEDDED, "cookiecutter.json": "{}"}
    [finding] = propose(grown(tmp_path, files)).found

    assert finding.help == "make a project of the template first"


def test_a_project_without_any_list_of_dependencies_is_one(tmp_path: Path) -> None:
    spider = "import scrapy\n\n\nclass News(scrapy.Spider):\n    name = 'news'\n"
    files = {"scrapy.cfg": "[settings]\ndefault = shop.settings\n", "shop/spiders/news.py": spider}

    assert list(commands(tmp_path, files).values()) == ["scrapy crawl news"]


def test_wheels_in_requirements_say_which_python(tmp_path: Path) -> None:
    wheel = "https://example.com/torch-2.1.2-cp310-cp310-linux_x86_64.whl\npillow==9.5.0\nflask\ngunicorn\n"
    found: Any = propose(grown(tmp_path, {"requirements.txt": wheel, "app.py": EMBEDDED})).value

    assert found[0].part.data["build"]["python"]["version"] == "3.10"


def test_logs_go_to_where_containers_have_them(tmp_path: Path) -> None:
    lines = "web: gunicorn --access-logfile a.log --error-logfile - shop:app\nworker: celery -A shop worker -f b.log\n"
    files = {"requirements.txt": "flask\ngunicorn\ncelery\n", "shop.py": EMBEDDED, "Procfile": lines}

    assert commands(tmp_path, files) == {
        "web": "gunicorn --error-logfile - shop:app --bind 0.0.0.0:8000",
        "worker": "celery -A shop worker",
    }


def test_a_packages_private_modules_are_no_programs(tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "shop/_web/app.py": EMBEDDED, "shop/api.py": EMBEDDED}

    assert commands(tmp_path, files)["web"].startswith("gunicorn shop.api:app ")


def test_debian_packages_are_of_what_is_installed(tmp_path: Path) -> None:
    project = '[project]\nname = "shop"\ndependencies = ["flask", "gunicorn", "selenium"]\n'
    extra = '[project.optional-dependencies]\nldap = ["python-ldap"]\n'
    files = {"pyproject.toml": project + extra, "shop.py": EMBEDDED, "Dockerfile": f"{OWN}CMD gunicorn shop:app\n"}
    found: Any = propose(grown(tmp_path, files)).value

    assert "systemPackages" not in found[0].part.data["build"]["python"]


def test_a_workspaces_root_needs_what_its_packages_read(tmp_path: Path) -> None:
    root = (
        '[project]\nname = "shop"\ndependencies = ["fastapi", "uvicorn", "db"]\n[tool.uv.workspace]\nmembers = ["*"]\n'
    )
    files = {
        "pyproject.toml": root,
        "uv.lock": "",
        "main.py": "import db\nfrom fastapi import FastAPI\napp = FastAPI()\n",
        "db/pyproject.toml": '[project]\nname = "db"\ndependencies = ["asyncpg"]\n',
        "db/src/db/__init__.py": "import os\nhost = os.environ['PGHOST']\n",
    }
    found: Any = propose(grown(tmp_path, files)).value

    assert found[0].part.data["env"] == {"PGHOST": "${needs.db.host}"}


def test_the_module_that_prepares_celery_for_workers_is_theirs(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\ncelery\n",
        "shop/__init__.py": "",
        "shop/core.py": 'from celery import Celery\ncelery = Celery("shop", broker="redis://localhost")\n',
        "shop/web.py": "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n",
        "celery_worker.py": "from shop.core import celery\nfrom shop.web import create_app\napp = create_app()\n",
    }

    assert commands(tmp_path, files)["worker"] == "celery -A celery_worker.celery worker --loglevel info"


def test_djangos_application_may_be_in_a_package(tmp_path: Path) -> None:
    manage = "import os\nfrom django.core.management import execute_from_command_line\n"
    manage += 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\nexecute_from_command_line([])\n'
    files = {
        "requirements.txt": "django\nuvicorn\npsycopg\n",
        "manage.py": manage,
        "shop/__init__.py": "",
        "shop/settings.py": "import dj_database_url\nINSTALLED_APPS = []\n"
        'DATABASES = {"default": dj_database_url.config(env=dj_database_url.DEFAULT_ENV)}\n',
        "shop/asgi/__init__.py": "from django.core.asgi import get_asgi_application\n"
        "application = get_asgi_application()\n",
    }
    found: Any = propose(grown(tmp_path, files)).value

    program = found[0].programs[0]
    assert program.command.value.startswith("uvicorn shop.asgi:application ")
    assert program.release.value == "python manage.py migrate --noinput"
    assert found[0].part.data["env"]["DATABASE_URL"] == "${needs.db.url}"


RPC = (
    "import grpc\n\nif __name__ == '__main__':\n    server = grpc.server(None)\n    port = 9000\n"
    "    server.add_insecure_port(f'[::]:{port}')\n    server.start()\n    server.wait_for_termination()\n"
)


def test_a_server_of_grpc_answers_requests(tmp_path: Path) -> None:
    dockerfile = f'{OWN}CMD ["python", "shop.py"]\n'
    program = web(tmp_path, requirements__txt="grpcio\n", shop__py=RPC, Dockerfile=dockerfile)

    assert (program.type, program.command.value, program.port.value) == ("web", "python shop.py", 9000)
    assert program.doubts == ()


def test_a_server_of_grpc_that_nobody_wrote_down_answers_requests(tmp_path: Path) -> None:
    program = web(tmp_path, requirements__txt="grpcio\n", server__py=RPC)

    assert (program.type, program.port.value) == ("web", 9000)


def test_a_port_that_the_source_does_not_name_is_doubted(tmp_path: Path) -> None:
    script = "import os\nfrom http.server import HTTPServer\n\nHTTPServer(('0.0.0.0', int(os.environ['P'])), None)\n"
    program = web(tmp_path, requirements__txt="requests\n", server__py=script)

    assert program.type == "web"
    assert any("does not say which port" in each.question for each in program.doubts)


def test_an_exposed_port_makes_no_development_server_one_for_production(tmp_path: Path) -> None:
    script = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run('0.0.0.0')\n"
    dockerfile = f'{OWN}EXPOSE 5000\nCMD ["python", "shop.py"]\n'
    program = web(tmp_path, requirements__txt="flask\ngunicorn\n", shop__py=script, Dockerfile=dockerfile)

    assert program.command.value.startswith("gunicorn shop:app ")
    assert program.doubts == ()


def test_a_variable_that_only_a_command_has_is_asked_for(tmp_path: Path) -> None:
    dockerfile = f'{OWN}ENTRYPOINT locust --host="http://${{FRONT_END}}" -u "${{USERS:-10}}"\n'
    found: Any = propose(grown(tmp_path, {"requirements.txt": "locust\n", "Dockerfile": dockerfile})).value

    assert found[0].part.data["env"] == {"FRONT_END": "change-me"}
    assert [each.path for each in found[0].part.doubts if each.path[0] == "env"] == [("env", "FRONT_END")]


def test_quotes_of_defaults_are_no_part_of_a_variable(tmp_path: Path) -> None:
    dockerfile = f'{OWN}ENV ZONE=${{ZONE:-"UTC"}}\nENTRYPOINT ["shop", "--zone", "${{ZONE}}"]\n'
    project = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop:run"\n'
    files = {"pyproject.toml": project, "shop.py": "def run(): ...\n", "Dockerfile": dockerfile}

    assert list(commands(tmp_path, files).values()) == ["shop --zone UTC"]


def test_a_server_that_kgen_does_not_know_is_known_by_its_port(tmp_path: Path) -> None:
    source = "import os\nfrom swift import Swift\napp = Swift()\nif __name__ == '__main__':\n"
    program = web(
        tmp_path, requirements__txt="swift\n", main__py=f"{source}    app.start(port=os.getenv('PORT', 8081))\n"
    )

    assert (program.type, program.command.value, program.port.value) == ("web", "python main.py", 8081)
    assert any("listens on all addresses" in each.question for each in program.doubts)


def test_a_call_with_a_port_is_not_always_a_server(tmp_path: Path) -> None:
    source = "import shop\n\nif __name__ == '__main__':\n    shop.Client(host='db', port=5432).load()\n"

    assert web(tmp_path, requirements__txt="requests\n", main__py=source).type == "job"


def test_the_application_that_the_flask_command_takes_is_served(tmp_path: Path) -> None:
    factory = "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "shop/__init__.py": factory,
        "manage.py": "from shop import create_app\n\napp = create_app()\n",
        "docker-compose.yml": "services:\n  web:\n    build: .\n    command: flask run\n    environment:\n"
        "      - FLASK_APP=manage.py\n",
    }

    assert commands(tmp_path, files)["web"].startswith("gunicorn manage:app ")


def test_a_module_that_a_package_hides_is_not_served(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "app/__init__.py": "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n",
        "manage.py": "from app import create_app\n\napp = create_app()\n",
    }

    assert commands(tmp_path, files)["web"].startswith("gunicorn manage:app ")
