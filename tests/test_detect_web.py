"""Which web application `kgen init` finds in a project, and how it is served, over small made-up projects."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown
from kgen.detect.found import Program
from kgen.detect.proposal import propose

FLASK = "from flask import Flask\n"
FASTAPI = "from fastapi import FastAPI\n"
GUNICORN = "--bind 0.0.0.0:8000 --worker-tmp-dir /dev/shm"
UVICORN = "--host 0.0.0.0 --port 8000"


def web(folder: Path, files: Mapping[str, str]) -> Program:
    """Return the web program that is found in ``files``."""
    made = propose(grown(folder, files)).value or ()
    return next(program for each in made for program in each.programs if program.name == "web")


APPLICATIONS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "an object in a module": (
        {"requirements.txt": "flask\ngunicorn\n", "app.py": f"{FLASK}app = Flask(__name__)\n"},
        f"gunicorn app:app {GUNICORN}",
    ),
    "an object with its type": (
        {"requirements.txt": "fastapi\nuvicorn\n", "app/main.py": f"{FASTAPI}api: FastAPI = FastAPI()\n"},
        f"uvicorn app.main:api {UVICORN}",
    ),
    "an object under a condition": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "app.py": f"{FLASK}import os\nif os.name:\n    app = Flask('a')\nelse:\n    app = Flask('b')\n",
        },
        f"gunicorn app:app {GUNICORN}",
    ),
    "an import of the module": (
        {"requirements.txt": "flask\ngunicorn\n", "app.py": "import flask as f\nsite = f.Flask(__name__)\n"},
        f"gunicorn app:site {GUNICORN}",
    ),
    "a class of its own": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "shop/base.py": f"{FLASK}class Shop(Flask):\n    pass\n",
            "shop/web.py": "from shop.base import Shop\napp = Shop(__name__)\n",
        },
        f"gunicorn shop.web:app {GUNICORN}",
    ),
    "a factory": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "shop/__init__.py": f"{FLASK}def create_app(config=None):\n    app = Flask(__name__)\n    return app\n",
        },
        f"gunicorn 'shop:create_app()' {GUNICORN}",
    ),
    "a factory of uvicorn": (
        {
            "requirements.txt": "fastapi\nuvicorn\n",
            "shop/main.py": f"{FASTAPI}def make_app(*, debug=False) -> FastAPI:\n    return FastAPI(debug=debug)\n",
        },
        f"uvicorn shop.main:make_app --factory {UVICORN}",
    ),
    "a factory that says what it returns": (
        {
            "requirements.txt": "litestar\ngranian\n",
            "shop/asgi.py": "from litestar import Litestar\ndef create_app() -> Litestar:\n"
            "    import shop.core\n    return shop.core.built()\n",
            "shop/core.py": "",
        },
        "granian --interface asgi --host 0.0.0.0 --port 8000 --factory shop.asgi:create_app",
    ),
    "what a factory of another module makes": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "shop/app.py": f"{FLASK}def create_app(config):\n    app = Flask(__name__)\n    return app\n",
            "autoapp.py": "from shop.app import create_app\napp = create_app('prod')\n",
        },
        f"gunicorn autoapp:app {GUNICORN}",
    ),
    "wsgi.py, not manage.py": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "shop/__init__.py": f"{FLASK}def create_app():\n    app = Flask(__name__)\n    return app\n",
            "wsgi.py": "from shop import create_app\napp = create_app()\n",
            "manage.py": "from shop import create_app\napp = create_app()\n",
        },
        f"gunicorn wsgi:app {GUNICORN}",
    ),
    "not what migrations and tasks make": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "shop/app.py": f"{FLASK}def create_app():\n    app = Flask(__name__)\n    return app\n",
            "db/env.py": "from shop.app import create_app\napp = create_app()\n",
            "celery_worker.py": "from shop.app import create_app\napp = create_app()\n",
        },
        f"gunicorn 'shop.app:create_app()' {GUNICORN}",
    ),
    "not what is mounted in another one": (
        {
            "requirements.txt": "fastapi\nuvicorn\n",
            "main.py": f"{FASTAPI}api = FastAPI()\nadmin = FastAPI()\nsite = FastAPI()\n"
            "site.mount('/api', api)\nsite.mount('/admin', app=admin)\n",
        },
        f"uvicorn main:site {UVICORN}",
    ),
    "not what another factory takes": (
        {
            "requirements.txt": "dash\ngunicorn\n",
            "app/main.py": "from dash import Dash\ndef create_dash(server=False):\n    app = Dash(server=server)\n"
            "    return app\n",
            "app/__init__.py": f"{FLASK}from .main import create_dash\ndef create_app():\n    site = Flask(__name__)\n"
            "    board = create_dash()\n    board.init_app(site)\n    return site\n",
        },
        f"gunicorn 'app:create_app()' {GUNICORN}",
    ),
    "who adds to an object": (
        {
            "requirements.txt": "sanic>=23\n",
            "app/__init__.py": "from sanic import Sanic\napp = Sanic('shop')\n",
            "app/server.py": "from app import app\nfrom app.views import bp\napp.blueprint(bp)\n",
            "app/views.py": "from sanic import Blueprint\nbp = Blueprint('views')\n",
        },
        "sanic app.server:app --host 0.0.0.0 --port 8000 --single-process",
    ),
    "who sets an object up": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "shop/web.py": f"{FLASK}app = Flask(__name__)\n\n\ndef init(config):\n    pass\n",
            "wsgi.py": "import shop.web\nfrom shop.web import app\n\nshop.web.init('prod.ini')\n",
        },
        f"gunicorn wsgi:app {GUNICORN}",
    ),
    "whom an object is passed to": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "shop/web.py": f"{FLASK}app = Flask(__name__)\n",
            "shop/views.py": "def register(app):\n    pass\n",
            "run.py": "from shop.views import register\nfrom shop.web import app\n\nregister(app)\n",
        },
        f"gunicorn run:app {GUNICORN}",
    ),
    "not who an object itself needs": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "shop/__init__.py": f"{FLASK}app = Flask(__name__)\nfrom shop import web\n",
            "shop/web.py": "from shop import app\n@app.route('/')\ndef index():\n    return ''\n",
        },
        f"gunicorn shop:app {GUNICORN}",
    ),
    "a wrapper": (
        {
            "requirements.txt": "flask\ngunicorn\nwhitenoise\n",
            "app.py": f"{FLASK}from whitenoise import WhiteNoise\napp = Flask(__name__)\nserved = WhiteNoise(app)\n",
        },
        f"gunicorn app:served {GUNICORN}",
    ),
    "the program, not its tests and examples": (
        {
            "requirements.txt": "flask\ngunicorn\n",
            "examples/app.py": f"{FLASK}app = Flask('example')\n",
            "tests/app.py": f"{FLASK}app = Flask('test')\n",
            "shop/site.py": f"{FLASK}site = Flask('shop')\n",
        },
        f"gunicorn shop.site:site {GUNICORN}",
    ),
}


@pytest.mark.parametrize(("files", "command"), APPLICATIONS.values(), ids=APPLICATIONS)
def test_the_application_is_found(tmp_path: Path, files: Mapping[str, str], command: str) -> None:
    found = web(tmp_path, files)
    assert found.command.value == command
    assert [doubt.question for doubt in found.doubts] == []


SERVERS: Mapping[str, tuple[str, str, str]] = {
    "gunicorn": ("flask", "gunicorn", f"gunicorn app:app {GUNICORN}"),
    "waitress": ("flask", "waitress", "waitress-serve --listen 0.0.0.0:8000 app:app"),
    "granian for WSGI": ("flask", "granian", "granian --interface wsgi --host 0.0.0.0 --port 8000 app:app"),
    "uwsgi": ("flask", "uwsgi", "uwsgi --http-socket 0.0.0.0:8000 --module app:app --master --die-on-term"),
    "uvicorn": ("starlette", "uvicorn[standard]", f"uvicorn app:app {UVICORN}"),
    "uvicorn, not gunicorn": ("fastapi", "gunicorn\nuvicorn", f"uvicorn app:app {UVICORN}"),
    "uvicorn of fastapi[standard]": ("fastapi[standard]", "", f"uvicorn app:app {UVICORN}"),
    "hypercorn": ("fastapi", "hypercorn", "hypercorn app:app --bind 0.0.0.0:8000"),
    "hypercorn of Quart": ("quart", "", "hypercorn app:app --bind 0.0.0.0:8000"),
    "granian for ASGI": ("litestar", "granian", "granian --interface asgi --host 0.0.0.0 --port 8000 app:app"),
    "daphne": ("starlette", "daphne", "daphne --bind 0.0.0.0 --port 8000 app:app"),
    "Sanic": ("sanic==23.12.1", "", "sanic app:app --host 0.0.0.0 --port 8000 --single-process"),
    "an old Sanic": ("sanic==19.12.2", "", "python -m sanic app.app --host 0.0.0.0 --port 8000"),
    "an old Sanic with gunicorn": (
        "sanic==19.12.2",
        "gunicorn",
        f"gunicorn app:app {GUNICORN} --worker-class sanic.worker.GunicornWorker",
    ),
    "aiohttp without a call that listens": (
        "aiohttp",
        "gunicorn",
        "gunicorn app:app --bind 0.0.0.0:8000 --worker-class aiohttp.GunicornWebWorker --worker-tmp-dir /dev/shm",
    ),
    "Dash": ("dash", "gunicorn", f"gunicorn app:server {GUNICORN}"),
    "Connexion": ("connexion[uvicorn]", "uvicorn", f"uvicorn app:app {UVICORN}"),
    "an old Connexion": ("connexion==2.14.2", "gunicorn", f"gunicorn app:app {GUNICORN}"),
}
SOURCES = {
    "flask": f"{FLASK}app = Flask(__name__)\n",
    "fastapi": f"{FASTAPI}app = FastAPI()\n",
    "starlette": "from starlette.applications import Starlette\napp = Starlette()\n",
    "litestar": "from litestar import Litestar\napp = Litestar()\n",
    "quart": "from quart import Quart\napp = Quart(__name__)\n",
    "sanic": "from sanic import Sanic\napp = Sanic('shop')\n",
    "aiohttp": "from aiohttp import web\napp = web.Application()\n",
    "connexion": "import connexion\napp = connexion.App(__name__)\nif app.debug:\n    app.run(debug=True)\n",
    "dash": "import dash\napp = dash.Dash(__name__)\nserver = app.server\n",
}


@pytest.mark.parametrize(("framework", "server", "command"), SERVERS.values(), ids=SERVERS)
def test_the_server_is_the_one_that_the_project_has(tmp_path: Path, framework: str, server: str, command: str) -> None:
    source = SOURCES[framework.partition("[")[0].partition("=")[0]]
    found = web(tmp_path, {"requirements.txt": f"{framework}\n{server}\n", "app.py": source})
    assert found.command.value == command
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("framework", "lock", "command", "help_"),
    [
        ("flask", "", "gunicorn app:app", "add `gunicorn` to the requirements"),
        ("fastapi", "uv.lock", "uvicorn app:app", "run `uv add uvicorn`"),
        ("starlette", "poetry.lock", "uvicorn app:app", "run `poetry add uvicorn`"),
    ],
)
def test_a_missing_server_is_named_with_the_line_that_adds_it(
    tmp_path: Path, framework: str, lock: str, command: str, help_: str
) -> None:
    asked = {"pyproject.toml": f"[project]\nname = 'shop'\ndependencies = ['{framework}']\n", lock: ""}
    asked = asked if lock else {"requirements.txt": f"{framework}\n"}
    found = web(tmp_path, {**asked, "app.py": SOURCES[framework]})
    assert str(found.command.value).startswith(command)
    assert [doubt.help for doubt in found.doubts] == [help_]


def test_a_server_of_a_group_is_installed_with_it(tmp_path: Path) -> None:
    pyproject = "[project]\nname = 'shop'\ndependencies = ['flask']\n[dependency-groups]\nprod = ['gunicorn']\n"
    made = propose(grown(tmp_path, {"pyproject.toml": pyproject, "uv.lock": "", "app.py": SOURCES["flask"]})).value
    assert made
    assert made[0].part.data["build"]["python"]["groups"] == ["prod"]
    assert made[0].programs[0].doubts == ()


def test_a_server_of_an_extra_is_installed_with_it(tmp_path: Path) -> None:
    pyproject = (
        "[project]\nname = 'shop'\ndependencies = ['flask']\n[project.optional-dependencies]\nserve = ['gunicorn']\n"
    )
    made = propose(grown(tmp_path, {"pyproject.toml": pyproject, "uv.lock": "", "app.py": SOURCES["flask"]})).value
    assert made
    assert made[0].part.data["build"]["python"]["extras"] == ["serve"]


def test_a_server_in_another_requirements_file_is_doubted(tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\n", "requirements-server.txt": "granian\n", "app.py": SOURCES["flask"]}
    found = web(tmp_path, files)
    assert str(found.command.value).startswith("granian ")
    assert [doubt.help for doubt in found.doubts] == ["add the line `-r requirements-server.txt` to requirements.txt"]


def test_dash_without_a_name_for_its_server_says_which_line_is_missing(tmp_path: Path) -> None:
    found = web(
        tmp_path, {"requirements.txt": "dash\ngunicorn\n", "app.py": "import dash\napp = dash.Dash(__name__)\n"}
    )
    assert found.command.value == f"gunicorn app:server {GUNICORN}"
    assert [doubt.help for doubt in found.doubts] == ["add the line `server = app.server`"]


def test_a_factory_that_needs_something_says_so(tmp_path: Path) -> None:
    source = f"{FLASK}def create_app(config):\n    app = Flask(__name__)\n    return app\n"
    found = web(tmp_path, {"requirements.txt": "flask\ngunicorn\n", "shop.py": source})
    assert [doubt.question for doubt in found.doubts] == ["`create_app` needs `config`, which a server does not pass"]


def test_several_applications_are_a_doubt_with_the_likely_one_first(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "admin/panel.py": f"{FLASK}app = Flask('admin')\n",
        "main.py": f"{FLASK}app = Flask('shop')\n",
    }
    found = web(tmp_path, files)
    assert [str(choice.value).split()[1] for choice in found.doubts[0].choices] == ["main:app", "admin.panel:app"]


PLACES: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "imports of the folder beside": (
        {
            "src/main.py": f"{FASTAPI}from orders.api import router\napp = FastAPI()\n",
            "src/orders/api.py": "router = 1\n",
        },
        "main:app",
        "src",
    ),
    "imports of the root": (
        {"src/main.py": f"{FASTAPI}from src.orders import router\napp = FastAPI()\n", "src/orders.py": "router = 1\n"},
        "src.main:app",
        "",
    ),
    "imports that others make": (
        {"src/app/main.py": f"{FASTAPI}app = FastAPI()\n", "src/app/jobs.py": "from app.main import app\n"},
        "app.main:app",
        "src",
    ),
    "a folder with a name of its own": (
        {
            "service/shop/main.py": f"{FASTAPI}from shop.api import x\napp = FastAPI()\n",
            "service/shop/api.py": "x = 1\n",
        },
        "shop.main:app",
        "service",
    ),
    "a folder that is no name": (
        {"my-shop/main.py": f"{FASTAPI}app = FastAPI()\n"},
        "main:app",
        "my-shop",
    ),
    "relative imports": (
        {"src/app/main.py": f"{FASTAPI}from .api import x\napp = FastAPI()\n", "src/app/api.py": "x = 1\n"},
        "app.main:app",
        "src",
    ),
    "a package that is installed": (
        {
            "pyproject.toml": "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
            "[project]\nname = 'shop'\n",
            "src/shop/main.py": f"{FASTAPI}from shop.api import x\napp = FastAPI()\n",
            "src/shop/api.py": "x = 1\n",
        },
        "shop.main:app",
        "",
    ),
    "a package that is not installed, for its name": (
        {
            "pyproject.toml": "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
            "[project]\nname = 'store'\n",
            "src/shop/main.py": f"{FASTAPI}from shop.api import x\napp = FastAPI()\n",
            "src/shop/api.py": "x = 1\n",
        },
        "shop.main:app",
        "src",
    ),
}


@pytest.mark.parametrize(("files", "target", "folder"), PLACES.values(), ids=PLACES)
def test_imports_start_where_the_files_say(tmp_path: Path, files: Mapping[str, str], target: str, folder: str) -> None:
    found = web(tmp_path, {"requirements.txt": "fastapi\nuvicorn\n", **files})
    assert found.command.value == f"uvicorn {target} {UVICORN}"
    assert (found.command.folder, found.env) == (folder, {})


PORTS: Mapping[str, tuple[str, int]] = {
    "a number": ("uvicorn.run(app, host='0.0.0.0', port=8080)", 8080),
    "a text of the application": ("uvicorn.run('main:app', port=5000)", 5000),
    "a variable with a default": ("uvicorn.run(app, port=int(os.environ.get('PORT', '9000')))", 9000),
    "a name": ("uvicorn.run(app, port=PORT)", 8123),
    "nothing": ("uvicorn.run(app)", 8000),
    "what only root may use": ("uvicorn.run(app, port=80)", 8000),
    "what nobody can tell": ("uvicorn.run(app, port=settings.port)", 8000),
    "another application": ("uvicorn.run(other, port=9999)", 8000),
}


@pytest.mark.parametrize(("call", "port"), PORTS.values(), ids=PORTS)
def test_the_port_is_that_of_the_own_call_of_the_server(tmp_path: Path, call: str, port: int) -> None:
    source = (
        f"import os\nimport uvicorn\n{FASTAPI}PORT = 8123\napp = FastAPI()\nif __name__ == '__main__':\n    {call}\n"
    )
    found = web(tmp_path, {"requirements.txt": "fastapi\nuvicorn\n", "main.py": source})
    assert found.port
    assert (found.port.value, found.command.value) == (port, f"uvicorn main:app --host 0.0.0.0 --port {port}")


OWN: Mapping[str, tuple[Mapping[str, str], str, int, int]] = {
    "aiohttp": (
        {
            "main.py": "from aiohttp import web\napp = web.Application()\n"
            "if __name__ == '__main__':\n    web.run_app(app)\n"
        },
        "python main.py",
        8080,
        0,
    ),
    "aiohttp with a port": (
        {
            "shop/main.py": "from aiohttp import web\nfrom shop.api import x\ndef main():\n"
            "    web.run_app(web.Application(), port=5000)\nif __name__ == '__main__':\n    main()\n",
            "shop/api.py": "x = 1\n",
        },
        "python -m shop.main",
        5000,
        0,
    ),
    "a package": (
        {
            "shop/main.py": "from aiohttp.web import Application, run_app\ndef main():\n    run_app(Application())\n",
            "shop/__main__.py": "from shop.main import main\nmain()\n",
        },
        "python -m shop",
        8080,
        0,
    ),
    "an address that nobody reaches": (
        {
            "main.py": "from aiohttp import web\nif __name__ == '__main__':\n"
            "    web.run_app(web.Application(), host='127.0.0.1')\n"
        },
        "python main.py",
        8080,
        1,
    ),
    "Tornado": (
        {
            "server.py": "import asyncio\nimport tornado.web\nasync def main():\n"
            "    app = tornado.web.Application([])\n"
            "    app.listen(8888)\n    await asyncio.Event().wait()\n"
            "if __name__ == '__main__':\n    asyncio.run(main())\n"
        },
        "python server.py",
        8888,
        0,
    ),
    "Tornado with an option": (
        {
            "server.py": "import tornado.ioloop\nimport tornado.web\nfrom tornado.options import define, options\n"
            "define('port', default=9001)\ndef main():\n    tornado.web.Application([]).listen(options.port)\n"
            "    tornado.ioloop.IOLoop.current().start()\nif __name__ == '__main__':\n    main()\n"
        },
        "python server.py",
        9001,
        0,
    ),
    "Tornado with a port that is not said": (
        {
            "server.py": "import tornado.web\ndef main(config):\n    tornado.web.Application([]).listen(config.port)\n"
            "if __name__ == '__main__':\n    main(None)\n"
        },
        "python server.py",
        8888,
        1,
    ),
}


@pytest.mark.parametrize(("files", "command", "port", "doubts"), OWN.values(), ids=OWN)
def test_programs_that_serve_themselves_are_run(
    tmp_path: Path, files: Mapping[str, str], command: str, port: int, doubts: int
) -> None:
    found = web(tmp_path, {"requirements.txt": "aiohttp\ntornado\n", **files})
    assert found.port
    assert (found.command.value, found.port.value, len(found.doubts)) == (command, port, doubts)


def test_streamlit_runs_its_first_page(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "streamlit\n",
        "Home.py": "import streamlit as st\nfrom shared import title\nst.title(title)\n",
        "shared.py": "import streamlit as st\ntitle = 'x'\ndef show():\n    st.write('x')\n",
        "pages/1_Orders.py": "import streamlit as st\nst.title('Orders')\n",
        "tools/patch.py": "import streamlit as st\nprint(st.__file__)\n",
        ".streamlit/config.toml": "[server]\nport = 8600\n",
    }
    found = web(tmp_path, files)
    assert found.command.value == (
        "streamlit run Home.py --server.address 0.0.0.0 --server.port 8600 --server.headless true"
    )
    assert found.health
    assert (found.health.value, found.doubts) == ("/_stcore/health", ())


def test_gradio_is_launched_by_its_script(tmp_path: Path) -> None:
    source = (
        "import gradio as gr\ndemo = gr.Interface(str, 'text', 'text')\nif __name__ == '__main__':\n    demo.launch()\n"
    )
    found = web(tmp_path, {"requirements.txt": "gradio\n", "app.py": source})
    assert found.port
    assert (found.command.value, found.port.value) == ("python app.py", 7860)
    assert {name: fact.value for name, fact in found.env.items()} == {"GRADIO_SERVER_NAME": "0.0.0.0"}  # noqa: S104  # in a container


def test_gradio_that_opens_a_tunnel_is_doubted(tmp_path: Path) -> None:
    source = "import gradio as gr\ngr.Interface(str, 'text', 'text').launch(share=True, server_name='127.0.0.1')\n"
    found = web(tmp_path, {"requirements.txt": "gradio\n", "app.py": source})
    assert [doubt.help for doubt in found.doubts] == ['say `server_name="0.0.0.0"`', "remove it"]


def test_another_launch_is_not_gradios(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "gradio\nplaywright\nfastapi\nuvicorn\n",
        "main.py": f"{FASTAPI}app = FastAPI()\n",
        "browser.py": "from playwright.sync_api import chromium\n"
        "if __name__ == '__main__':\n    chromium.launch(headless=True)\n",
    }
    assert web(tmp_path, files).command.value == f"uvicorn main:app {UVICORN}"


@pytest.mark.parametrize(
    ("more", "command"),
    [
        ("", "gunicorn app:app --bind 0.0.0.0:8000 --worker-tmp-dir /dev/shm --threads 100"),
        ("eventlet\n", "gunicorn app:app --bind 0.0.0.0:8000 --worker-tmp-dir /dev/shm --worker-class eventlet"),
        ("gevent\n", "gunicorn app:app --bind 0.0.0.0:8000 --worker-tmp-dir /dev/shm --worker-class gevent"),
    ],
)
def test_an_application_that_keeps_its_clients_has_one_process(more: str, command: str, tmp_path: Path) -> None:
    source = f"{FLASK}app = Flask(__name__)\n"
    files = {"requirements.txt": f"flask\nflask-socketio\ngunicorn\n{more}", "app.py": source}
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert made.part.data["components"]["web"]["replicas"] == 1
    assert made.part.data["components"]["web"]["command"] == command
    assert not any("Flask-SocketIO" in each.question for each in made.part.doubts)


def test_a_server_that_may_share_clients_out_is_doubted(tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\nflask-socketio\nuwsgi\n", "app.py": f"{FLASK}app = Flask(__name__)\n"}
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert any("Flask-SocketIO" in each.question for each in made.part.doubts)
