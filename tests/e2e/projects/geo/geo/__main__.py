import os

import psycopg2
from aiohttp import web

from geo.places import PLACES, distance

routes = web.RouteTableDef()


@routes.get("/distance/{one}/{other}")
async def between(request: web.Request) -> web.Response:
    one, other = request.match_info["one"], request.match_info["other"]
    if not {one, other} <= PLACES.keys():
        raise web.HTTPNotFound
    return web.json_response({"km": round(distance(one, other))})


@routes.get("/livez")
async def live(request: web.Request) -> web.Response:
    return web.json_response({"libpq": psycopg2.extensions.libpq_version()})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    try:
        psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=2).close()
    except psycopg2.OperationalError as error:
        return web.json_response({"database": str(error).splitlines()[0]}, status=503)
    return web.json_response({"database": "ok"})


def main() -> None:
    app = web.Application()
    app.add_routes(routes)
    web.run_app(app, port=8080)


if __name__ == "__main__":
    main()
