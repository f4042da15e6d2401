"""The HTTP API."""

import redis
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, Field
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from shop.settings import BROKER_URL
from shop.tables import engine, orders, products
from shop.worker import process_order

app = FastAPI(title="shop")
broker = redis.Redis.from_url(BROKER_URL, socket_connect_timeout=2, socket_timeout=2)


class NewOrder(BaseModel):
    product_id: int
    quantity: int = Field(gt=0, le=100)


@app.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process answers. Asks nobody else: restarting this process would not mend a database."""
    return {"status": "ok"}


@app.get("/readyz")
def readyz(response: Response) -> dict[str, str]:
    """Say whether requests can be served now: database and broker answer."""
    found = {}
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        found["database"] = "ok"
    except SQLAlchemyError:
        found["database"] = "unreachable"
    try:
        broker.ping()
        found["broker"] = "ok"
    except redis.RedisError:
        found["broker"] = "unreachable"
    if set(found.values()) != {"ok"}:
        response.status_code = 503
    return found


@app.get("/products")
def list_products() -> list[dict[str, int | str]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(products).order_by(products.c.id)).mappings()]


@app.post("/orders", status_code=201)
def create_order(order: NewOrder) -> dict[str, int | str]:
    """Save the order, then hand it to the worker: never the other way round, or the worker may look too early."""
    try:
        with engine.begin() as connection:
            made = connection.execute(orders.insert().values(**order.model_dump()).returning(orders.c.id)).scalar_one()
    except IntegrityError:
        raise HTTPException(404, "no such product") from None
    process_order.delay(made)
    return {"id": made, "status": "new"}


@app.get("/orders/{number}")
def show_order(number: int) -> dict[str, int | str]:
    with engine.connect() as connection:
        query = select(orders.c.id, orders.c.product_id, orders.c.quantity, orders.c.status)
        row = connection.execute(query.where(orders.c.id == number)).mappings().one_or_none()
    if row is None:
        raise HTTPException(404, "no such order")
    return dict(row)
