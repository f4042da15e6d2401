import asyncio
from collections import deque
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from parcels.settings import settings


class Parcel(BaseModel):
    code: str
    place: str


parcels: dict[str, deque[str]] = {}


@asynccontextmanager
async def lifespan(app: FastAPI):
    yield
    print("parcels: bye", flush=True)


app = FastAPI(title="Parcels", lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/parcels", status_code=201)
async def scan(parcel: Parcel) -> Parcel:
    parcels.setdefault(parcel.code, deque(maxlen=settings.history)).append(parcel.place)
    return parcel


@app.get("/parcels/{code}")
async def trace(code: str) -> list[str]:
    if code not in parcels:
        raise HTTPException(404, "no such parcel")
    return list(parcels[code])


@app.get("/slow/{seconds}")
async def slow(seconds: float) -> dict[str, float]:
    """Wait for the carrier, as real ones make us do."""
    await asyncio.sleep(seconds)
    return {"waited": seconds}
