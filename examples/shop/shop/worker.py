"""The worker: takes orders from the queue and books them."""

import logging

from celery import Celery
from sqlalchemy import select, update

from shop.settings import BROKER_URL
from shop.tables import engine, orders, products

log = logging.getLogger(__name__)

app = Celery("shop", broker=BROKER_URL)
app.conf.update(
    task_acks_late=True,  # a worker that dies gives its order back
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
)


@app.task(name="shop.process_order")
def process_order(number: int) -> None:
    """Take the goods off the stock. Runs twice without harm, since it may be delivered twice."""
    with engine.begin() as connection:
        query = select(orders).where(orders.c.id == number, orders.c.status == "new").with_for_update()
        order = connection.execute(query).mappings().one_or_none()
        if order is None:
            log.info("order %s: nothing to do", number)
            return
        enough = (products.c.id == order["product_id"], products.c.stock >= order["quantity"])
        taken = connection.execute(
            update(products).where(*enough).values(stock=products.c.stock - order["quantity"])
        ).rowcount
        status = "accepted" if taken else "sold out"
        connection.execute(update(orders).where(orders.c.id == number).values(status=status))
    log.info("order %s: %s", number, status)
