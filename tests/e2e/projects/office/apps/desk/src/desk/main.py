from rooms import ROOMS, as_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def rooms(request: Request) -> Response:
    return Response(as_json(), media_type="application/json")


async def book(request: Request) -> Response:
    room = ROOMS.get(request.path_params["name"])
    if room is None or room.booked_by:
        return JSONResponse({"error": "not free"}, status_code=409)
    room.booked_by = (await request.json())["by"]
    return JSONResponse({"room": room.name})


async def health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


app = Starlette(
    routes=[
        Route("/rooms", rooms),
        Route("/rooms/{name}", book, methods=["POST"]),
        Route("/healthz", health),
    ]
)
