"""The classes that web frameworks make applications of."""

from collections.abc import Mapping
from typing import Literal

from kgen.record import dataclass


@dataclass(frozen=True, slots=True)
class Framework:
    """A web framework, as far as a server has to know it."""

    name: str
    """As people call it."""

    interface: Literal["wsgi", "asgi", "aiohttp", "sanic", "dash"]
    """How a server calls it: ``wsgi``, ``asgi``, or a way of the framework's own."""


FLASK = Framework("Flask", "wsgi")
FASTAPI = Framework("FastAPI", "asgi")
STARLETTE = Framework("Starlette", "asgi")
LITESTAR = Framework("Litestar", "asgi")
QUART = Framework("Quart", "asgi")
FALCON = Framework("Falcon", "wsgi")
SANIC = Framework("Sanic", "sanic")
AIOHTTP = Framework("aiohttp", "aiohttp")
DASH = Framework("Dash", "dash")
CONNEXION = Framework("Connexion", "asgi")
OLD_CONNEXION = Framework("Connexion", "wsgi")
"""Before its version 3."""

CLASSES: Mapping[str, Framework] = {
    "flask.Flask": FLASK,
    "flask.app.Flask": FLASK,
    "apiflask.APIFlask": FLASK,
    "flask_openapi3.OpenAPI": FLASK,
    **dict.fromkeys(("connexion.App", "connexion.FlaskApp"), CONNEXION),
    "connexion.AsyncApp": CONNEXION,
    "fastapi.FastAPI": FASTAPI,
    "fastapi.applications.FastAPI": FASTAPI,
    "starlette.applications.Starlette": STARLETTE,
    "litestar.Litestar": LITESTAR,
    "litestar.app.Litestar": LITESTAR,
    "starlite.Starlite": LITESTAR,
    "quart.Quart": QUART,
    "quart_trio.QuartTrio": QUART,
    "falcon.App": FALCON,
    "falcon.API": FALCON,
    "falcon.asgi.App": Framework("Falcon", "asgi"),
    "bottle.Bottle": Framework("Bottle", "wsgi"),
    "blacksheep.Application": Framework("BlackSheep", "asgi"),
    "blacksheep.server.Application": Framework("BlackSheep", "asgi"),
    "sanic.Sanic": SANIC,
    "sanic.app.Sanic": SANIC,
    "aiohttp.web.Application": AIOHTTP,
    "aiohttp.web_app.Application": AIOHTTP,
    "dash.Dash": DASH,
    "dash.dash.Dash": DASH,
}
"""Full name of a class → what it is an application of."""

_COMMON = frozenset({"App", "API", "OpenAPI", "Application"})
"""Names of classes that mean many things."""

_NAMES = sorted({name.rpartition(".")[2] for name in CLASSES} - _COMMON)

WORDS = (
    *(f"{name}{end}" for name in _NAMES for end in "()"),
    *(f"-> {name}" for name in _NAMES),
    *(
        "web.Application",
        "aiohttp.web",
        "falcon.App",
        "falcon.API",
        "falcon.asgi",
        "blacksheep",
        "flask_openapi3",
        "connexion",
    ),
)
"""What stands in a module that makes such an object, or a class of its own of them."""
