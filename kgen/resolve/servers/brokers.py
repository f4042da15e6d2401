"""
RabbitMQ and Kafka.

Sources: https://hub.docker.com/_/rabbitmq, https://hub.docker.com/r/apache/kafka,
https://kafka.apache.org/documentation/#kraft
"""

from kgen.resolve.servers.server import Ask, Server, megabytes


def rabbitmq(ask: Ask) -> Server:
    return Server(
        image=f"rabbitmq:{ask.version}",
        user=999,
        ports={"amqp": 5672},
        check=("rabbitmq-diagnostics", "-q", "check_port_connectivity"),
        probe_by_port=True,
        variables={
            "RABBITMQ_DEFAULT_USER": (ask.username,),
            "RABBITMQ_DEFAULT_PASS": (ask.password,),
            "RABBITMQ_DEFAULT_VHOST": (ask.database,),
        },
        data="/var/lib/rabbitmq",
        hostname=True,  # the name of the node, and of its folder
        cluster_variables={"RABBITMQ_LOGS": ("-",)},
    )


def kafka(ask: Ask) -> Server:
    """Return a broker that is its own controller: one copy of everything, without passwords."""
    return Server(
        image=f"apache/kafka:{ask.version}",
        user=1000,
        ports={"kafka": 9092},
        check=("bash", "-c", "exec 3<> /dev/tcp/127.0.0.1/9092"),
        probe_by_port=True,
        variables={
            "KAFKA_NODE_ID": ("1",),
            "KAFKA_PROCESS_ROLES": ("broker,controller",),
            "KAFKA_LISTENERS": ("PLAINTEXT://:9092,CONTROLLER://127.0.0.1:9093",),
            "KAFKA_ADVERTISED_LISTENERS": ("PLAINTEXT://", ask.host, ":9092"),
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": ("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",),
            "KAFKA_CONTROLLER_LISTENER_NAMES": ("CONTROLLER",),
            "KAFKA_CONTROLLER_QUORUM_VOTERS": ("1@127.0.0.1:9093",),
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": ("1",),
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": ("1",),
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": ("1",),
            # not the top folder of a volume: Kafka takes `lost+found` for a broken topic, and stops
            "KAFKA_LOG_DIRS": ("/var/lib/kafka/data/logs",),
        },
        data="/var/lib/kafka/data",
        # the image writes its configuration anew at every start
        scratch=("/opt/kafka/config", "/opt/kafka/logs"),
        cluster_variables={
            "KAFKA_HEAP_OPTS": (f"-Xms{megabytes(ask.memory, 0.5)}m -Xmx{megabytes(ask.memory, 0.5)}m",)
        },
    )
