"""Run by alembic: applies ``versions/`` to the database of the environment, one transaction for all."""

from alembic import context
from sqlalchemy import text

from shop.tables import engine, metadata

LOCK = 7_301_954  # any number: two migrations at a time wait for each other

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.run_migrations()
