"""
Postgres, MySQL and MongoDB.

Sources: https://hub.docker.com/_/postgres, https://hub.docker.com/_/mysql, https://hub.docker.com/_/mongo
"""

from kgen.resolve.servers.server import Ask, Server, megabytes

_NEW_DATA_FOLDER = 18
"""Major version of the postgres image that moved its volume one folder up, and keeps data in a folder below."""


def postgres(ask: Ask) -> Server:
    is_new = int(ask.version.split(".")[0]) >= _NEW_DATA_FOLDER
    folder = "/var/lib/postgresql" if is_new else "/var/lib/postgresql/data"
    return Server(
        image=f"postgres:{ask.version}",
        user=999,
        ports={"postgres": 5432},
        # over TCP: while the database is set up for the first time, a server answers on the socket only
        check=("sh", "-c", 'pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"'),
        variables={
            "POSTGRES_USER": (ask.username,),
            "POSTGRES_PASSWORD": (ask.password,),
            "POSTGRES_DB": (ask.database,),
        },
        data=folder,
        # parallel queries share memory there, and 64 MiB, what a container gets by itself, are soon too little
        scratch=("/var/run/postgresql", "/dev/shm"),  # noqa: S108  # in the container
        # the top folder of a volume belongs to root, and may hold `lost+found`
        cluster_variables={} if is_new else {"PGDATA": (f"{folder}/pgdata",)},
    )


def mysql(ask: Ask) -> Server:
    return Server(
        image=f"mysql:{ask.version}",
        user=999,
        ports={"mysql": 3306},
        # needs no password: that nobody is let in without one is an answer, too; over TCP as with Postgres
        check=("mysqladmin", "ping", "--silent", "-h", "127.0.0.1"),
        variables={
            "MYSQL_USER": (ask.username,),
            "MYSQL_PASSWORD": (ask.password,),
            "MYSQL_DATABASE": (ask.database,),
            # root has the same password, and only from within the container
            "MYSQL_ROOT_PASSWORD": (ask.password,),
            "MYSQL_ROOT_HOST": ("localhost",),
        },
        data="/var/lib/mysql",
        scratch=("/var/run/mysqld",),
        # not the top folder of a volume, which may hold `lost+found`: MySQL sets up empty ones only
        cluster_args=("--datadir=/var/lib/mysql/data", f"--innodb-buffer-pool-size={megabytes(ask.memory, 0.4)}M"),
    )


def mongodb(ask: Ask) -> Server:
    return Server(
        image=f"mongo:{ask.version}",
        user=999,
        ports={"mongodb": 27017},
        check=("mongosh", "--quiet", "--eval", 'db.adminCommand("ping")'),
        probe_by_port=True,
        variables={"MONGO_INITDB_ROOT_USERNAME": (ask.username,), "MONGO_INITDB_ROOT_PASSWORD": (ask.password,)},
        data="/data/db",
        scratch=("/data/configdb",),
    )
