"""The meeting rooms, and who is in them."""

import msgspec


class Room(msgspec.Struct):
    name: str
    seats: int
    booked_by: str = ""


ROOMS = {room.name: room for room in (Room("aspen", 8), Room("birch", 4), Room("cedar", 12))}


def as_json() -> bytes:
    return msgspec.json.encode(list(ROOMS.values()))
