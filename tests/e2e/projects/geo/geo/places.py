import math

PLACES = {"graz": (47.07, 15.44), "wien": (48.21, 16.37), "linz": (48.31, 14.29)}


def distance(one: str, other: str) -> float:
    """Return kilometres over the great circle."""
    (a, b), (c, d) = (tuple(map(math.radians, PLACES[name])) for name in (one, other))
    return 6371 * math.acos(math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d))
