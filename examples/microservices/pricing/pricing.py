"""Pricing: what things cost, in cents."""

from fastapi import FastAPI, Query

PRICES = {"cup": 790, "teapot": 2490}

app = FastAPI(title="pricing")


@app.get("/prices")
def prices(id: list[str] = Query(default=[])) -> dict[str, int]:
    """Answer ``/prices?id=cup&id=teapot``; what has no price is left out."""
    return {name: PRICES[name] for name in id if name in PRICES}


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process answers; asks nobody else."""
    return {"status": "ok"}
