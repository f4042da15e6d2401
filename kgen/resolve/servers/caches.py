"""
Redis and Valkey.

Sources: https://hub.docker.com/_/redis, https://hub.docker.com/r/valkey/valkey
"""

from kgen.resolve.servers.server import Ask, Server, megabytes


def redis(ask: Ask) -> Server:
    return _cache(ask, "redis", "redis-cli")


def valkey(ask: Ask) -> Server:
    return _cache(ask, "valkey/valkey", "valkey-cli")


def _cache(ask: Ask, image: str, client: str) -> Server:
    return Server(
        image=f"{image}:{ask.version}",
        user=999,
        ports={"redis": 6379},
        # the client ends well whatever the answer is, even while data are still being loaded
        check=("sh", "-c", f'[ "$({client} ping)" = PONG ]'),
        data="/data",
        cluster_args=(
            # written by the kubelet when it starts the container: no manifest has the password, and the server
            # overwrites its own command line
            *("--requirepass", "$(REDISCLI_AUTH)"),
            *("--appendonly", "yes"),
            # a write that fails says why; a container that is killed does not
            *("--maxmemory", f"{megabytes(ask.memory, 0.75)}mb"),
        ),
        cluster_variables={"REDISCLI_AUTH": (ask.password,)},
    )
