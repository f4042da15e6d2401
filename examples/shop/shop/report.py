"""The nightly report: orders and sales of the last 24 hours, as one line of JSON on standard output."""

import json

from sqlalchemy import func, select, text

from shop.tables import engine, orders, products


def main() -> None:
    recent = orders.c.created > func.now() - text("interval '24 hours'")
    sales = func.coalesce(func.sum(products.c.price_cents * orders.c.quantity), 0)
    query = (
        select(orders.c.status, func.count().label("orders"), sales.label("cents"))
        .join_from(orders, products)
        .where(recent)
        .group_by(orders.c.status)
        .order_by(orders.c.status)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).mappings()
        report = {row["status"]: {"orders": row["orders"], "cents": int(row["cents"])} for row in rows}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
