from quart import Quart, abort
from rooms import ROOMS

app = Quart(__name__)


@app.get("/door/<name>")
async def door(name: str):
    if name not in ROOMS:
        abort(404)
    room = ROOMS[name]
    return f"<h1>{room.name}</h1><p>{room.booked_by or 'free'}, {room.seats} seats</p>"


@app.get("/health")
async def health():
    return {"status": "ok"}
