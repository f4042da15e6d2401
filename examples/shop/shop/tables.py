"""The database: connection and tables. Their history is in ``migrations/``."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table, create_engine, func

from shop.settings import DATABASE_URL

# connects on first use, so that the web server starts, and answers /healthz, without a database
engine = create_engine(DATABASE_URL, pool_pre_ping=True, connect_args={"connect_timeout": 3})

metadata = MetaData()

products = Table(
    "products",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("price_cents", Integer, nullable=False),
    Column("stock", Integer, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("product_id", Integer, ForeignKey("products.id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("status", String(20), nullable=False, server_default="new"),
    Column("created", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
