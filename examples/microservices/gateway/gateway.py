"""The gateway: joins what the catalog knows with what pricing says."""

import os

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CATALOG_URL = os.environ.get("CATALOG_URL", "http://127.0.0.1:8001")
PRICING_URL = os.environ.get("PRICING_URL", "http://127.0.0.1:8002")


async def offers(request: Request) -> JSONResponse:
    """List every item with its price; items without one are left out."""
    try:
        async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
            items = (await client.get(f"{CATALOG_URL}/items")).raise_for_status().json()
            asked = {"id": [item["id"] for item in items]}
            prices = (await client.get(f"{PRICING_URL}/prices", params=asked)).raise_for_status().json()
    except httpx.HTTPError as fault:
        return JSONResponse({"error": f"no answer from {fault.request.url.host}"}, status_code=502)
    return JSONResponse([item | {"cents": prices[item["id"]]} for item in items if item["id"] in prices])


async def healthz(request: Request) -> JSONResponse:
    """Say that the process answers; asks nobody else."""
    return JSONResponse({"status": "ok"})


app = Starlette(routes=[Route("/offers", offers), Route("/healthz", healthz)])
