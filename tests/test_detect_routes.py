"""Health checks that `kgen init` finds in the routes of web frameworks, and migrations that it makes the release."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown, seen
from kgen.detect.frameworks.health import health
from kgen.detect.programs.migrations import release
from kgen.detect.proposal import propose

APP = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"
FLASK = "from flask import Blueprint, Flask\napp = Flask(__name__)\n"
ROUTER = "from fastapi import APIRouter\n"
STARLETTE = "from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\n"
LITESTAR = "from litestar import Controller, Litestar, get\n"

PATHS: Mapping[str, tuple[Mapping[str, str], str | None]] = {
    "of the application": ({"app.py": f"{APP}@app.get('/health')\ndef health(): ...\n"}, "/health"),
    "inside of a factory": (
        {
            "app.py": f"{APP}def create_app():\n    app = FastAPI()\n    @app.get('/healthz')\n"
            "    def f(): ...\n    return app\n"
        },
        "/healthz",
    ),
    "of a router": (
        {
            "app.py": f"{APP}from api import router\napp.include_router(router, prefix='/api')\n",
            "api.py": f"{ROUTER}router = APIRouter(prefix='/v1')\n@router.get('/ping')\ndef f(): ...\n",
        },
        "/api/v1/ping",
    ),
    "of a router in a router": (
        {
            "app.py": f"{APP}import api.routes\napp.include_router(api.routes.main, prefix='/api')\n",
            "api/__init__.py": "",
            "api/routes.py": "from fastapi import APIRouter\nfrom api import checks\nmain = APIRouter()\n"
            "main.include_router(checks.router, prefix='/checks')\n",
            "api/checks.py": f"{ROUTER}router = APIRouter()\n@router.get('/health/')\ndef f(): ...\n",
        },
        "/api/checks/health/",
    ),
    "of a router that a package passes on": (
        {
            "app.py": f"{APP}from api import router as checks\napp.include_router(checks)\n",
            "api/__init__.py": "from .checks import router\n",
            "api/checks.py": "from fastapi import APIRouter\nrouter = APIRouter(prefix='/health-check')\n"
            "@router.get('')\ndef f(): ...\n",
        },
        "/health-check",
    ),
    "of a router with a prefix of the settings": (
        {
            "app.py": f"{APP}from api import router\nfrom config import settings\n"
            "app.include_router(router, prefix=settings.API)\n",
            "api.py": f"{ROUTER}router = APIRouter()\n@router.get('/health')\ndef f(): ...\n",
            "config.py": "class Settings:\n    API: str = '/api/v2'\nsettings = Settings()\n",
        },
        "/api/v2/health",
    ),
    "of a mounted application": (
        {"app.py": f"{APP}api = FastAPI()\napp.mount('/api', api)\n@api.get('/health')\ndef f(): ...\n"},
        "/api/health",
    ),
    "of a router behind a guard": (
        {
            "app.py": f"{APP}from api import router\napp.include_router(router, dependencies=[x])\n",
            "api.py": f"{ROUTER}router = APIRouter()\n@router.get('/health')\ndef f(): ...\n",
        },
        None,
    ),
    "for somebody who is logged in": (
        {"app.py": f"{FLASK}@app.route('/health')\n@login_required\ndef f(): ...\n"},
        None,
    ),
    "for those who send something": ({"app.py": f"{FLASK}@app.route('/ping', methods=['POST'])\ndef f(): ...\n"}, None),
    "with a parameter": ({"app.py": f"{FLASK}@app.route('/<name>/health')\ndef f(): ...\n"}, None),
    "of Flask": ({"app.py": f"{FLASK}@app.route('/healthz', methods=['GET', 'HEAD'])\ndef f(): ...\n"}, "/healthz"),
    "of a blueprint": (
        {
            "app.py": f"{FLASK}from up import up\napp.register_blueprint(up)\n",
            "up.py": "from flask import Blueprint\nup = Blueprint('up', __name__, url_prefix='/up')\n"
            "@up.get('/')\ndef f(): ...\n",
        },
        "/up/",
    ),
    "of a rule": ({"app.py": f"{FLASK}app.add_url_rule('/health', view_func=f)\n"}, "/health"),
    "of Starlette": (
        {
            "app.py": f"{STARLETTE}app = Starlette(\n"
            "    routes=[Route('/', x), Mount('/api', routes=[Route('/health', y)])]\n)\n"
        },
        "/api/health",
    ),
    "of lists of Starlette": (
        {
            "app.py": f"{STARLETTE}import status\nroutes = [Mount('/status', routes=status.routes)]\n"
            "app = Starlette(routes=routes)\n",
            "status.py": "from starlette.routing import Route\nroutes = [Route('/health', f)]\n",
        },
        "/status/health",
    ),
    "of Litestar": ({"app.py": f"{LITESTAR}@get('/health')\nasync def f(): ...\napp = Litestar([f])\n"}, "/health"),
    "of a controller": (
        {
            "app.py": f"{LITESTAR}class System(Controller):\n    path = '/system'\n"
            "    @get(path='/health')\n    async def f(self): ...\n"
        },
        "/system/health",
    ),
    "of aiohttp": (
        {"app.py": "from aiohttp import web\napp = web.Application()\napp.router.add_get('/ping', f)\n"},
        "/ping",
    ),
    "of a table of aiohttp": (
        {"app.py": "from aiohttp import web\napp = web.Application()\napp.add_routes([web.get('/livez', f)])\n"},
        "/livez",
    ),
    "of Tornado": (
        {"app.py": "import tornado.web\napp = tornado.web.Application([(r'/healthz', Health), (r'/x', X)])\n"},
        "/healthz",
    ),
    "the best of several": (
        {"app.py": f"{APP}@app.get('/ping')\ndef f(): ...\n@app.get('/api/healthz')\ndef g(): ...\n"},
        "/api/healthz",
    ),
    "of a test": ({"app.py": APP, "tests/app.py": f"{APP}@app.get('/health')\ndef f(): ...\n"}, None),
    "none": ({"app.py": f"{APP}@app.get('/health-insurances')\ndef f(): ...\n"}, None),
}


@pytest.mark.parametrize(("files", "path"), PATHS.values(), ids=PATHS)
def test_the_path_is_the_whole_one(tmp_path: Path, files: Mapping[str, str], path: str | None) -> None:
    found = health(seen(tmp_path, {"requirements.txt": "fastapi\n", **files}))
    assert (found.path.value if found.path else None) == path


def test_a_router_that_cannot_be_followed_is_doubted(tmp_path: Path) -> None:
    source = "def make():\n    router = APIRouter()\n    @router.get('/healthz')\n    def f(): ...\n    return router\n"
    found = health(seen(tmp_path, {"requirements.txt": "fastapi\n", "app.py": APP + source}))
    assert found.path is None
    assert [doubt.question.partition(",")[0] for doubt in found.doubts] == ["app.py:6 looks like a health check"]


@pytest.mark.parametrize(
    ("hosts", "is_asked"), [("['shop.example.com']", False), ("get().hosts", False), ("['*']", True)]
)
def test_where_only_some_hosts_are_answered_probes_ask_for_no_path(
    hosts: str, tmp_path: Path, *, is_asked: bool
) -> None:
    source = (
        "from fastapi import FastAPI\nfrom starlette.middleware.trustedhost import TrustedHostMiddleware\n"
        "app = FastAPI()\n"
        f"app.add_middleware(TrustedHostMiddleware, allowed_hosts={hosts})\n@app.get('/healthz')\ndef f(): ...\n"
    )
    (made,) = propose(grown(tmp_path, {"requirements.txt": "fastapi\nuvicorn\n", "app.py": source})).value or ()
    assert made.part.data["components"]["web"].get("probes") == ("/healthz" if is_asked else None)
    found = [each for each in made.part.doubts if "hosts of a list only" in each.question]
    assert bool(found) is not is_asked


INI = "[alembic]\nscript_location = {scripts}\n"
RELEASES: Mapping[str, tuple[Mapping[str, str], object]] = {
    "Alembic": (
        {"requirements.txt": "alembic\n", "alembic.ini": INI.format(scripts="alembic")},
        "alembic upgrade head",
    ),
    "Alembic in a folder, by its place": (
        {"requirements.txt": "alembic\n", "db/alembic.ini": INI.format(scripts="%(here)s/migrations")},
        "alembic --config db/alembic.ini upgrade head",
    ),
    "Alembic in a folder, from the root": (
        {
            "requirements.txt": "alembic\n",
            "db/alembic.ini": INI.format(scripts="db/migrations"),
            "db/migrations/env.py": "",
        },
        "alembic --config db/alembic.ini upgrade head",
    ),
    "Alembic in a folder, from there": (
        {"requirements.txt": "alembic\n", "src/alembic.ini": INI.format(scripts="migrations")},
        "alembic upgrade head",
    ),
    "Litestar, whose migrations Alembic cannot run alone": (
        {
            "requirements.txt": "litestar[full]\nalembic\n",
            "db/alembic.ini": INI.format(scripts="migrations"),
            "db/migrations/env.py": "from advanced_alchemy.base import metadata_registry\n",
        },
        "litestar database upgrade --no-prompt",
    ),
    "Alembic with a file that a program fills in": (
        {"requirements.txt": "alembic\n", "shop/alembic.ini": INI.format(scripts="{folder}")},
        None,
    ),
    "Alembic that is not installed": ({"requirements.txt": "", "alembic.ini": INI.format(scripts="a")}, None),
    "Flask-Migrate": (
        {"requirements.txt": "flask-migrate\n", "migrations/env.py": "", "migrations/alembic.ini": "[alembic]\n"},
        "flask db upgrade",
    ),
    "Flask-Migrate in a folder": (
        {"requirements.txt": "flask-migrate\n", "shop/migrations/env.py": ""},
        "flask db upgrade --directory shop/migrations",
    ),
    "Flask-Migrate without migrations": ({"requirements.txt": "flask-migrate\n"}, None),
    "Aerich": (
        {"requirements.txt": "aerich\n", "pyproject.toml": "[tool.aerich]\ntortoise_orm = 'shop.TORTOISE'\n"},
        "aerich upgrade",
    ),
    "nothing": ({"requirements.txt": "flask\n"}, None),
}


@pytest.mark.parametrize(("files", "command"), RELEASES.values(), ids=RELEASES)
def test_migrations_are_the_release(tmp_path: Path, files: Mapping[str, str], command: object) -> None:
    found = release(seen(tmp_path, files))
    assert (found.value if found else None) == command


def test_the_flask_command_is_told_the_application(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\nflask-migrate\ngunicorn\n",
        "shop/__init__.py": "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n",
        "migrations/env.py": "",
    }
    made = propose(grown(tmp_path, files)).value
    assert made
    assert made[0].part.data["env"] == {"FLASK_APP": "shop:create_app"}
    assert made[0].part.data["release"] == "flask db upgrade"
