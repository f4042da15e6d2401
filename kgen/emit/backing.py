"""Backing services as containers for local work."""

from typing import Any

from kgen.model.plan import Backing

LOCAL = "local"
"""User, password and whatever else a container on a developer's machine asks for; no secret."""

_NEW_DATA_FOLDER = 18
"""Major version of the postgres image that moved its volume one folder up."""

_PORTS = {"postgres": 5432, "redis": 6379}


def container(need: Backing) -> dict[str, Any]:
    """
    Return the compose service of ``need``, with a health check that others can wait for.

    Source: https://hub.docker.com/_/postgres, https://hub.docker.com/_/redis
    """
    timing = {"interval": "5s", "timeout": "5s", "retries": 10, "start_period": "30s", "start_interval": "1s"}
    if need.type == "postgres":
        major = int(need.version.split(".")[0])
        folder = "/var/lib/postgresql" if major >= _NEW_DATA_FOLDER else "/var/lib/postgresql/data"
        # over TCP: while the database is set up for the first time, a server answers on the socket only
        return {
            "image": f"postgres:{need.version}",
            "environment": {"POSTGRES_USER": LOCAL, "POSTGRES_PASSWORD": LOCAL, "POSTGRES_DB": need.database},
            "healthcheck": {
                "test": ["CMD", "pg_isready", "-h", "127.0.0.1", "-U", LOCAL, "-d", need.database],
                **timing,
            },
            "volumes": [f"{need.name}-data:{folder}"],
        }
    return {
        "image": f"redis:{need.version}",
        "healthcheck": {"test": ["CMD", "redis-cli", "ping"], **timing},
        "volumes": [f"{need.name}-data:/data"],
    }


def output(need: Backing, key: str) -> str:
    """Return an output of ``need`` as containers of compose.yaml see it."""
    port = _PORTS[need.type]
    urls = {
        "postgres": f"postgresql://{LOCAL}:{LOCAL}@{need.name}:{port}/{need.database}",
        "redis": f"redis://{need.name}:{port}/0",
    }
    values = {
        "url": urls[need.type],
        "host": need.name,
        "port": str(port),
        "username": LOCAL if need.type == "postgres" else "",
        "password": LOCAL if need.type == "postgres" else "",
        "database": need.database if need.type == "postgres" else "0",
    }
    return values[key]
