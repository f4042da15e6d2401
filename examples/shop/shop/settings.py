"""What the environment says. Read once; the rest of the program knows no environment variables."""

import logging
import os

import sentry_sdk

# SQLAlchemy takes `postgresql://` for psycopg2; this app has psycopg 3
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://shop@127.0.0.1/shop").replace(
    "postgresql://", "postgresql+psycopg://", 1
)
BROKER_URL = os.environ.get("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")

logging.basicConfig(
    level=os.environ.get("LOG_LEVEL", "info").upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
)

# without a DSN the SDK is off
sentry_sdk.init(dsn=os.environ.get("SENTRY_DSN") or None)
