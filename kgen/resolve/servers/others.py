"""
Object storage, search, mail.

Sources: https://github.com/versity/versitygw, https://hub.docker.com/r/opensearchproject/opensearch,
https://mailpit.axllent.org/docs/
"""

from kgen.resolve.servers.server import Ask, Server, megabytes


def s3(ask: Ask) -> Server:
    """Return a gateway to a folder: every folder in it is a bucket. Images of MinIO are not published any more."""
    folder = "/data/buckets"  # not the top folder of a volume, where `lost+found` would be a bucket
    return Server(
        image=f"versity/versitygw:v{ask.version}",
        user=65532,
        ports={"s3": 7070},
        check=("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:7070/health"),
        health_path="/health",
        command=("sh", "-c", f'mkdir -p "{folder}/$BUCKET" && exec /usr/local/bin/docker-entrypoint.sh'),
        variables={
            "ROOT_ACCESS_KEY": (ask.username,),
            "ROOT_SECRET_KEY": (ask.password,),
            "BUCKET": (ask.database,),
            "VGW_BACKEND": ("posix",),
            "VGW_BACKEND_ARG": (folder,),
            "VGW_HEALTH": ("/health",),
        },
        data="/data",
    )


def opensearch(ask: Ask) -> Server:
    """Return a node alone, without the security plugin: that one wants certificates, and users in files."""
    heap = megabytes(ask.memory, 0.5)
    return Server(
        image=f"opensearchproject/opensearch:{ask.version}",
        user=1000,
        ports={"http": 9200},
        check=("curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:9200/_cluster/health"),
        health_path="/_cluster/health",
        variables={
            "discovery.type": ("single-node",),
            "DISABLE_INSTALL_DEMO_CONFIG": ("true",),
            "DISABLE_SECURITY_PLUGIN": ("true",),
            # or every node of the cluster needs a higher `vm.max_map_count`, which no pod may set
            "node.store.allow_mmap": ("false",),
            "OPENSEARCH_JAVA_OPTS": (f"-Xms{heap}m -Xmx{heap}m",),
        },
        data="/usr/share/opensearch/data",
        read_only_root=False,  # its start puts a keystore beside the configuration of the image
    )


def smtp(ask: Ask) -> Server:
    """Return a mailbox that keeps whatever it gets, shows it to a browser, and delivers nothing."""
    return Server(
        image=f"axllent/mailpit:v{ask.version}",
        user=65532,
        ports={"smtp": 1025, "http": 8025},
        check=("/mailpit", "readyz"),
        probe_by_port=True,
        published=8025,
    )
