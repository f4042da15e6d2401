"""What `kgen init` finds in a Django project: settings, server, hosts, static files, migrations, health checks."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown
from kgen.detect.found import Program
from kgen.detect.proposal import propose

MANAGE = (
    "import os\nfrom django.core.management import execute_from_command_line\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{settings}')\nexecute_from_command_line([])\n"
)
WSGI = (
    "import os\nfrom django.core.wsgi import get_wsgi_application\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{settings}')\napplication = get_wsgi_application()\n"
)
ASGI = WSGI.replace("wsgi", "asgi")
SETTINGS = (
    "import os\nROOT_URLCONF = 'shop.urls'\nWSGI_APPLICATION = 'shop.wsgi.application'\nINSTALLED_APPS = []\n"
    "STATIC_ROOT = 'static'\nALLOWED_HOSTS = ['*']\nDATABASES = {'default': {'ENGINE': os.environ.get('DB_ENGINE')}}\n"
)
SERVED = "django\ngunicorn\nwhitenoise\n"
GUNICORN = "gunicorn shop.wsgi:application --bind 0.0.0.0:8000 --worker-tmp-dir /dev/shm"


def site(folder: str = "", settings: str = "shop.settings", **more: str) -> dict[str, str]:
    """Return the files of a site; ``more`` has its settings and others, with ``__`` for ``/``."""
    start = f"{folder}/" if folder else ""
    files = {
        "requirements.txt": SERVED,
        f"{start}manage.py": MANAGE.format(settings=settings),
        f"{start}shop/__init__.py": "",
        f"{start}shop/wsgi.py": WSGI.format(settings=settings),
        f"{start}shop/settings.py": SETTINGS,
        f"{start}shop/urls.py": "urlpatterns = []\n",
    }
    changed = {f"{start}{name.replace('__', '/')}.py": text for name, text in more.items()}
    return {name: text for name, text in {**files, **changed}.items() if text != "-"}


def web(folder: Path, files: Mapping[str, str]) -> Program:
    made = propose(grown(folder, files)).value or ()
    return next(program for each in made for program in each.programs if program.name == "web")


def questions(program: Program) -> list[str]:
    return [doubt.question for doubt in program.doubts]


def test_a_site_is_served_migrated_and_has_its_static_files(tmp_path: Path) -> None:
    found = web(tmp_path, site())
    assert (found.framework, found.command.value, found.env, found.doubts) == ("Django", GUNICORN, {}, ())
    assert [each.value for each in found.commands] == ["python manage.py collectstatic --noinput"]
    assert found.release
    assert (found.release.value, found.release.origin) == ("python manage.py migrate --noinput", "shop/settings.py:7")


def test_a_site_in_a_folder_starts_there(tmp_path: Path) -> None:
    found = web(tmp_path, site("backend/src"))
    assert (found.command.value, found.command.folder, found.env) == (GUNICORN, "backend/src", {})
    assert found.release
    assert (found.release.value, found.release.folder) == ("python manage.py migrate --noinput", "backend/src")


@pytest.mark.parametrize(
    ("names", "settings", "variable"),
    [
        (("dev", "production"), "shop.settings.dev", "shop.settings.production"),
        (("base", "local", "prod"), "shop.settings.local", "shop.settings.prod"),
        (("base", "production"), "shop.settings.production", ""),
    ],
)
def test_settings_for_production_are_better(
    tmp_path: Path, names: tuple[str, ...], settings: str, variable: str
) -> None:
    files = site(settings=settings, shop__settings="-") | {"shop/settings/__init__.py": ""}
    files |= {f"shop/settings/{name}.py": SETTINGS for name in names}
    found = web(tmp_path, files)
    assert {name: fact.value for name, fact in found.env.items()} == (
        {"DJANGO_SETTINGS_MODULE": variable} if variable else {}
    )
    assert questions(found) == []


def test_settings_for_development_alone_are_doubted(tmp_path: Path) -> None:
    files = site(settings="shop.settings.dev", shop__settings="-")
    files |= {"shop/settings/__init__.py": "", "shop/settings/dev.py": SETTINGS}
    assert questions(web(tmp_path, files)) == [
        "`shop.settings.dev` are settings for development, and none for production are there"
    ]


def test_settings_that_no_file_names_are_doubted(tmp_path: Path) -> None:
    plain = "from django.core.management import execute_from_command_line\nexecute_from_command_line([])\n"
    wsgi = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
    found = web(tmp_path, site(manage=plain, shop__wsgi=wsgi))
    assert found.env["DJANGO_SETTINGS_MODULE"].value == "shop.settings"
    assert questions(found) == ["no file names the settings of the site; these have `INSTALLED_APPS`"]


def test_settings_that_are_not_there_do_not_count(tmp_path: Path) -> None:
    found = web(tmp_path, site(shop__asgi=ASGI.format(settings="old.settings")))
    assert (found.command.value, found.env, questions(found)) == (GUNICORN, {}, [])


def test_settings_may_come_from_another_module(tmp_path: Path) -> None:
    files = site(settings="shop.settings.production", shop__settings="-")
    files |= {
        "shop/settings/__init__.py": "",
        "shop/settings/base.py": SETTINGS,
        "shop/settings/production.py": "from .base import *\nALLOWED_HOSTS = ['shop.example.com']\n",
    }
    found = web(tmp_path, files)
    assert found.command.value == GUNICORN
    assert questions(found) == ["shop/settings/production.py:2 says which hosts are allowed: others get the answer 400"]


ASGI_SITES: Mapping[str, tuple[str, str]] = {
    "daphne of the requirements": (
        "django\nchannels\ndaphne",
        "daphne --bind 0.0.0.0 --port 8000 shop.asgi:application",
    ),
    "daphne of old channels": ("django\nchannels==2.2", "daphne --bind 0.0.0.0 --port 8000 shop.asgi:application"),
    "uvicorn": ("django\nuvicorn", "uvicorn shop.asgi:application --host 0.0.0.0 --port 8000"),
    "granian with channels": (
        "django\nchannels\ngranian",
        "granian --interface asginl --host 0.0.0.0 --port 8000 shop.asgi:application",
    ),
    "granian alone": ("django\ngranian", "granian --interface wsgi --host 0.0.0.0 --port 8000 shop.wsgi:application"),
    "gunicorn alone": ("django\ngunicorn", GUNICORN),
    "gunicorn and uvicorn": (
        "django\ngunicorn\nuvicorn",
        "uvicorn shop.asgi:application --host 0.0.0.0 --port 8000",
    ),
}


@pytest.mark.parametrize(("requirements", "command"), ASGI_SITES.values(), ids=ASGI_SITES)
def test_asgi_is_for_those_who_have_a_server_for_it(tmp_path: Path, requirements: str, command: str) -> None:
    files = site(shop__asgi=ASGI.format(settings="shop.settings"))
    assert web(tmp_path, files | {"requirements.txt": f"{requirements}\nwhitenoise\n"}).command.value == command


HOSTS: Mapping[str, tuple[str, dict[str, str], bool]] = {
    "any": ("ALLOWED_HOSTS = ['*']", {}, True),
    "any by default": ("ALLOWED_HOSTS = os.getenv('HOSTS', '*').split(',')", {}, True),
    "any by default of a function of its own": ("ALLOWED_HOSTS = list_of_env('HOSTS', default=['*'])", {}, True),
    "a variable": ("ALLOWED_HOSTS = os.environ['HOSTS'].split()", {"HOSTS": "*"}, True),
    "a variable with a default": (
        "ALLOWED_HOSTS = os.environ.get('HOSTS', 'localhost').split(',')",
        {"HOSTS": "*"},
        True,
    ),
    "a variable of django-environ": ("ALLOWED_HOSTS = env.list('HOSTS')", {"HOSTS": "*"}, True),
    "a variable by another name": (
        "hosts = os.getenv('HOSTS', 'a,b')\nALLOWED_HOSTS = list(map(str.strip, hosts.split(',')))",
        {"HOSTS": "*"},
        True,
    ),
    "one variable in a list": ("ALLOWED_HOSTS = [os.environ.get('HOST')]", {"HOST": "*"}, True),
    "a list": ("ALLOWED_HOSTS = ['shop.example.com']", {}, False),
    "none": ("ALLOWED_HOSTS = []", {}, False),
    "what is put together": ("DOMAIN = os.getenv('DOMAIN')\nALLOWED_HOSTS = [f'www.{DOMAIN}', DOMAIN]", {}, False),
}


@pytest.mark.parametrize(("line", "env", "is_open"), HOSTS.values(), ids=HOSTS)
def test_hosts_are_let_in_by_the_variable_that_says_so(
    tmp_path: Path, line: str, env: dict[str, str], *, is_open: bool
) -> None:
    settings = SETTINGS.replace("ALLOWED_HOSTS = ['*']", line)
    urls = "from django.urls import path\nurlpatterns = [path('healthz', view)]\n"
    found = web(tmp_path, site(shop__settings=settings, shop__urls=urls))
    assert {name: fact.value for name, fact in found.env.items()} == env
    assert len(found.doubts) == (bool(env) or not is_open)
    assert (found.health is not None) == is_open, "probes ask for the address of the pod"


HEALTH: Mapping[str, tuple[dict[str, str], str | None]] = {
    "a path": ({"shop__urls": "urlpatterns = [path('healthz/', view)]"}, "/healthz/"),
    "a pattern": ({"shop__urls": "urlpatterns = [re_path(r'^ping$', view)]"}, "/ping"),
    "an included path": (
        {
            "shop__urls": "urlpatterns = [path('api/', include('api.urls'))]",
            "api__urls": "urlpatterns = [path('health', view)]",
        },
        "/api/health",
    ),
    "the root of an included module": (
        {"shop__urls": "urlpatterns = [path('up/', include('up.urls'))]", "up__urls": "urlpatterns = [path('', view)]"},
        "/up/",
    ),
    "django-health-check": (
        {"shop__urls": "urlpatterns = [path('healthz/', include('health_check.urls'))]"},
        "/healthz/",
    ),
    "added later": ({"shop__urls": "urlpatterns = []\nurlpatterns += [path('livez', view)]"}, "/livez"),
    "of a language": ({"shop__urls": "urlpatterns = i18n_patterns(path('health', view))"}, None),
    "of an object": ({"shop__urls": "urlpatterns = [path('<int:id>/health', view)]"}, None),
    "none": ({"shop__urls": "urlpatterns = [path('orders/', view)]"}, None),
}


@pytest.mark.parametrize(("files", "path"), HEALTH.values(), ids=HEALTH)
def test_the_health_check_is_found_in_the_routes(tmp_path: Path, files: dict[str, str], path: str | None) -> None:
    found = web(tmp_path, site(**files))
    assert (found.health.value if found.health else None) == path


def test_a_site_that_wants_https_is_not_asked_by_http(tmp_path: Path) -> None:
    urls = "urlpatterns = [path('healthz', view)]\n"
    found = web(tmp_path, site(shop__settings=f"{SETTINGS}SECURE_SSL_REDIRECT = True\n", shop__urls=urls))
    assert found.health is None


def test_static_files_that_nobody_serves_are_doubted(tmp_path: Path) -> None:
    found = web(tmp_path, site() | {"requirements.txt": "django\ngunicorn\n"})
    assert [doubt.help for doubt in found.doubts] == [
        "add `whitenoise` to the requirements, and its middleware to the settings"
    ]


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("", "`STATIC_ROOT` is not set in shop.settings, so that nothing serves static files, the admin's too"),
        (
            "STATIC_ROOT = '/srv/static'",
            "shop/settings.py:5 is /srv/static, which is not in the image: it has what is in /app",
        ),
    ],
)
def test_static_files_that_are_not_in_the_image_are_doubted(tmp_path: Path, line: str, question: str) -> None:
    settings = SETTINGS.replace("STATIC_ROOT = 'static'", line)
    assert questions(web(tmp_path, site(shop__settings=settings))) == [question]


def test_what_serves_static_files_is_not_asked_for_twice(tmp_path: Path) -> None:
    settings = SETTINGS.replace("STATIC_ROOT = 'static'", "MIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']")
    found = web(tmp_path, site(shop__settings=settings))
    assert [doubt.help for doubt in found.doubts] == ["set `STATIC_ROOT`"]


def test_static_files_are_gathered_without_the_secrets_of_production(tmp_path: Path) -> None:
    more = (
        "SECRET_KEY = os.environ['SECRET_KEY']\nSITE = int(os.environ.get('SITE_ID').strip())\n"
        "DATABASE = env('DATABASE_URL')\nCACHE = env('REDIS_URL')\nMAYBE = os.environ.get('MAYBE')\n"
        "USUAL = env('USUAL', default='x')\nos.environ['OMP'] = '1'\nif DEBUG:\n    EXTRA = os.environ['EXTRA']\n"
    )
    found = web(tmp_path, site(shop__settings=SETTINGS + more))
    assert found.commands[0].value == (
        "env SECRET_KEY=1 DATABASE_URL=sqlite:////tmp/build.sqlite3 REDIS_URL=redis://localhost:6379/0 SITE_ID=1 "
        "python manage.py collectstatic --noinput"
    )


def test_static_files_are_gathered_as_the_projects_own_image_does(tmp_path: Path) -> None:
    run = 'RUN SHOP_KEY="a b" SHOP_DOMAIN=shop.test python3 manage.py collectstatic --noinput\n'
    files = {**site(), "Dockerfile": f"FROM python:3.13\nWORKDIR /app\nCOPY . .\n{run}CMD gunicorn shop.wsgi\n"}

    assert web(tmp_path, files).commands[0].value == (
        "env SHOP_KEY='a b' SHOP_DOMAIN=shop.test python manage.py collectstatic --noinput"
    )


def test_what_settings_end_without_is_there_when_static_files_are_gathered(tmp_path: Path) -> None:
    more = "import sys\nTOKEN = os.getenv('TOKEN')\nif TOKEN is None:\n    sys.exit(1)\n"

    assert web(tmp_path, site(shop__settings=SETTINGS + more)).commands[0].value == (
        "env TOKEN=1 python manage.py collectstatic --noinput"
    )


def test_what_settings_have_a_default_for_is_left_when_static_files_are_gathered(tmp_path: Path) -> None:
    more = "IS_DEV = os.environ.get('SHOP_MODE', 'dev') == 'dev'\nif not IS_DEV:\n    raise ValueError\n"

    assert web(tmp_path, site(shop__settings=SETTINGS + more)).commands[0].value == (
        "python manage.py collectstatic --noinput"
    )


def test_a_key_that_settings_refuse_the_default_of_is_there_when_static_files_are_gathered(tmp_path: Path) -> None:
    more = (
        "SECRET_KEY = os.environ.get('SHOP_SECRET_KEY', 'insecure')\n"
        "if SECRET_KEY == 'insecure' and not DEBUG:\n    raise ValueError\n"
    )

    assert web(tmp_path, site(shop__settings=SETTINGS + more)).commands[0].value == (
        "env SHOP_SECRET_KEY=only-while-this-image-is-built-it-signs-nothing-at-all"
        " python manage.py collectstatic --noinput"
    )


def test_a_bot_that_imports_the_settings_does_not_cover_the_site(tmp_path: Path) -> None:
    bot = "import telebot\nfrom shop.settings import TOKEN\ntelebot.TeleBot(TOKEN).infinity_polling()\n"
    more = {"Procfile": "web: gunicorn shop.wsgi\nbot: python bot.py\n", "bot.py": bot}

    assert web(
        tmp_path, {**site(), **more, "requirements.txt": "django\ngunicorn\nwhitenoise\npytelegrambotapi\n"}
    ).commands


def test_a_database_in_a_file_is_doubted(tmp_path: Path) -> None:
    settings = SETTINGS.replace("os.environ.get('DB_ENGINE')", "'django.db.backends.sqlite3'")
    assert questions(web(tmp_path, site(shop__settings=settings))) == [
        "shop/settings.py:7 is a SQLite file: each pod would have its own, and lose it"
    ]


BRANCHES = """\
import os
import dj_database_url
HOSTED = "DYNO" in os.environ
if {condition}:
    DATABASES = {{"default": dj_database_url.config(env="DATABASE_URL")}}
else:
    DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}}}
"""


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("HOSTED", ["'DYNO' in os.environ"]),
        ("os.environ.get('STAGE') == 'production'", ["os.environ.get('STAGE') == 'production'"]),
        ("'DATABASE_URL' in os.environ", []),
        ("os.environ.get('DATABASE_URL')", []),
        ("unknown()", []),
    ],
)
def test_a_database_in_a_file_that_a_condition_chooses_is_doubted(
    condition: str, said: list[str], tmp_path: Path
) -> None:
    settings = SETTINGS.partition("DATABASES")[0] + BRANCHES.format(condition=condition)
    found = [each for each in web(tmp_path, site(shop__settings=settings)).doubts if "SQLite" in each.question]
    assert [each.help for each in found] == [f"see that `{each}` chooses a server" for each in said]


def test_a_database_in_a_file_that_stays_unless_a_variable_says_otherwise_is_doubted(tmp_path: Path) -> None:
    start, _, end = BRANCHES.format(condition="os.getenv('DB') == 'postgres'").partition("if ")
    chosen, _, usual = end.partition("else:\n    ")
    usual = usual.replace("DATABASES =", "DATABASES: dict =")
    settings = SETTINGS.partition("DATABASES")[0] + start + usual + "if " + chosen
    found = [each for each in web(tmp_path, site(shop__settings=settings)).doubts if "SQLite" in each.question]
    assert [each.help for each in found] == ["see that `os.getenv('DB') == 'postgres'` chooses a server"]


BASE = f"DEBUG = True\n{SETTINGS}"
HARDENED = "from .base import *\nDEBUG = TEMPLATE_DEBUG = False\n"


def test_settings_beside_those_for_everybody_are_found_whatever_their_folder_is_called(tmp_path: Path) -> None:
    files = site(settings="config.django.base", config__django__base=BASE, shop__settings="-")
    found = web(tmp_path, {**files, "config/django/production.py": "from .base import *\nDEBUG = False\n"})

    assert found.env["DJANGO_SETTINGS_MODULE"].value == "config.django.production"


def test_settings_that_turn_debugging_off_are_for_production(tmp_path: Path) -> None:
    own = {"shop__settings__base": BASE, "shop__settings__local": "from .base import *\n", "shop__settings": "-"}
    files = site(settings="shop.settings.local", shop__settings__acme=HARDENED, **own)
    found = web(tmp_path, files)

    assert found.env["DJANGO_SETTINGS_MODULE"].value == "shop.settings.acme"
    assert not [each for each in questions(found) if "debugging" in each or "development" in each]


def test_a_server_that_is_started_with_the_help_of_a_buildpack_is_the_one(tmp_path: Path) -> None:
    found = web(tmp_path, {**site(), "Procfile": "web: bin/start-nginx gunicorn shop.wsgi --threads 2\n"})

    assert found.command.value == "gunicorn shop.wsgi --threads 2 --bind 0.0.0.0:8000"


STRICT = f"{SETTINGS}STORAGES = {{'staticfiles': {{'BACKEND': 'a.CompressedManifestStaticFilesStorage'}}}}\n"


@pytest.mark.parametrize(
    ("style", "missing"),
    [
        ("a { b: url('../fonts/c.woff?d#e') }", "../fonts/c.woff (news/static/news/css/a.css)"),
        ("a { b: url(data:image/png) url(https://e.com/f.png) url(/g.png) url(#h) } /* url(i.png) */", ""),
        ("a { b: url(../j.png) }", ""),
        ("a { b: 1 }\n/*# sourceMappingURL=a.css.map */\n", "a.css.map (news/static/news/css/a.css)"),
    ],
)
def test_static_files_that_name_others_which_are_not_there_are_doubted(
    tmp_path: Path, style: str, missing: str
) -> None:
    files = {**site(shop__settings=STRICT), "news/static/news/css/a.css": style, "news/static/news/j.png": ""}
    found = [each for each in questions(web(tmp_path, files)) if "collectstatic stops" in each]

    assert found == (
        [f"static files name others that are not there, at which collectstatic stops: {missing}"] * bool(missing)
    )


def test_a_site_without_a_file_for_servers_is_served_all_the_same(tmp_path: Path) -> None:
    settings = SETTINGS.replace("WSGI_APPLICATION = 'shop.wsgi.application'\n", "")
    found = web(tmp_path, site(shop__wsgi="-", shop__settings=settings))

    assert found.command.value.startswith("gunicorn 'django.core.wsgi:get_wsgi_application()' --bind 0.0.0.0:8000")
    assert found.env["DJANGO_SETTINGS_MODULE"].value == "shop.settings"
