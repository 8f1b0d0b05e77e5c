"""The image and its servers, in containers of their own: whichever of them is there first, all is well in the end."""

from pathlib import Path

from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from tests.containers.engine import HEALTH, ask, run, running
from tests.support.waiting import until

KAFKA = {
    "KAFKA_NODE_ID": "1",
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://localhost:9093",
    "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://kafka:9092",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    "KAFKA_HEAP_OPTS": "-Xmx256m",
}
DATABASE = ("--env", "GUICHET_DATABASE_URL=postgresql://postgres:postgres@postgres/postgres")
BROKER = ("--env", "GUICHET_KAFKA_SERVERS=kafka:9092")
KEYS = ("SEAL_KEYS_FILE=/secrets/public/seal-keys.json", "TOKEN_KEYS_FILE=/secrets/auth/token-keys.json")
WAIT = ("--wait", "60")


async def test_a_service_that_was_there_before_its_servers_is_ready_once_they_are(image: str, secrets: Path):
    keys = [word for name in KEYS for word in ("--env", f"GUICHET_{name}")]
    with Network() as network:
        inside = ("--network", network.name)
        options = (*inside, *DATABASE, *BROKER, *keys, "--volume", f"{secrets}:/secrets:ro")
        with running("run", "auth", options=options) as service:
            await until(lambda: "unavailable" in _report(service))

            postgres = DockerContainer("postgres:18", env={"POSTGRES_PASSWORD": "postgres"}, network=network)
            kafka = DockerContainer("apache/kafka:4.3.0", env=KAFKA, network=network)
            with postgres.with_network_aliases("postgres"), kafka.with_network_aliases("kafka"):
                migrated = run("migrate", "auth", *WAIT, options=(*inside, *DATABASE))
                applied = run("topics", "apply", *WAIT, options=(*inside, *BROKER))
                assert (migrated.status, applied.status) == (0, 0), migrated.err + applied.err
                await until(lambda: '"ready"' in _report(service))


def _report(container: str) -> str:
    return ask("exec", container, *HEALTH, "readyz").out
