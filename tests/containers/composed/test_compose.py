"""The whole system in containers, as it ships: it works, and each part may do its own only."""

import time

import pytest

from tests.containers.engine import ask, docker
from tests.containers.people import Portals, main_job
from tests.containers.system import ROLES, SERVERS, WORKERS, System

# Writes to one topic and reads another, as the service of the container it runs in.
PROBE = """
import asyncio, os, pathlib, sys
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import TopicAuthorizationFailedError
from pydantic import SecretStr
from shared.kafka.settings import KafkaSettings
name = os.environ["GUICHET_KAFKA_USERNAME"]
password = pathlib.Path(os.environ["GUICHET_KAFKA_PASSWORD_FILE"]).read_text()
to = KafkaSettings(os.environ["GUICHET_KAFKA_SERVERS"], name, SecretStr(password)).connection()
async def write(topic):
    producer = AIOKafkaProducer(**to)
    await producer.start()
    try: await producer.send_and_wait(topic, b"canary", partition=0)
    finally: await producer.stop()
async def read(topic):
    consumer = AIOKafkaConsumer(**to, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        await consumer.getmany(timeout_ms=3000)
        if topic in consumer._client.cluster.unauthorized_topics: raise TopicAuthorizationFailedError(topic)
    finally: await consumer.stop()
async def main():
    try: await asyncio.wait_for({"write": write, "read": read}[sys.argv[1]](sys.argv[2]), 20)
    except Exception as error: print(type(error).__name__)
    else: print("done")
asyncio.run(main())
"""


async def test_the_main_job_runs_in_it(system: System, portals: Portals):
    await system.until_well()
    begun = time.monotonic()
    await main_job(system, portals, "premiere@exemple.fr")
    print(f"\nimported, asked, mailed and signed in within {time.monotonic() - begun:.1f} s")


@pytest.mark.parametrize("host", ["egec", "desk"])
@pytest.mark.parametrize("service", ["auth", "contracts", "notifier"])
async def test_the_proxy_leads_to_each_service(system: System, host: str, service: str):
    async with system.http(host) as http:
        document = (await http.get(f"/api/openapi/{service}.json")).json()
        assert service in document["info"]["title"].lower()


async def test_the_proxy_leads_by_path_and_host(system: System):
    async with system.http("desk") as desk, system.http("egec") as egec:
        assert (await desk.get("/api/v1/deliveries")).status_code == 401
        assert (await egec.get("/api/v1/deliveries")).status_code == 404
        assert (await egec.get("/api/openapi/nobody.json")).status_code == 404
        assert (await egec.get("/help")).status_code == 200


def test_a_second_start_finds_nothing_to_do(system: System):
    before = system.secrets()
    system.up()
    assert system.compose("logs", "--no-log-prefix", "secrets").strip().splitlines()[-1].endswith("nothing to do")
    assert system.secrets() == before
    assert system.compose("run", "--rm", "--no-deps", "topics", "topics", "plan").strip() == "nothing to do"


def test_no_secret_is_in_a_layer_a_setting_or_a_log(system: System):
    containers = docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={system.project}").split()
    shown = {f"inspect {one}": docker("inspect", one) for one in containers}
    shown |= {f"environment of {name}": docker("exec", system.container(name), "env") for name in (*WORKERS, *SERVERS)}
    shown |= {f"environment of {name}": _environ(system.container(name)) for name in WORKERS}
    logs = [ask("logs", one) for one in containers]
    shown |= {f"logs {one}": log.out + log.err for one, log in zip(containers, logs, strict=True)}
    shown["image"] = docker("inspect", "guichet:local") + docker("history", "--no-trunc", "guichet:local")

    secrets = system.secrets()
    assert len(secrets) == 7 + 6 + 4 + 4 + 2  # PostgreSQL's, URLs, Kafka's, theirs again for who makes them, keys
    assert [(where, name) for name, secret in secrets for where, text in shown.items() if secret in text] == []


def test_a_container_sees_the_secrets_of_its_service_only(system: System):
    for service, roles in ROLES.items():
        for role in roles:
            seen = docker("exec", system.container(f"{service}-{role}"), "sh", "-c", "ls -1d /secrets/*/*").split()
            assert {path.split("/")[2] for path in seen} == {service, "public"}


@pytest.mark.parametrize(
    ("service", "verb", "topic"),
    [
        ("notifier", "write", "guichet.accounts"),
        ("notifier", "write", "guichet.contracts"),
        ("notifier", "read", "guichet.active_contracts"),
        ("contracts", "write", "guichet.accounts"),
        ("contracts", "write", "guichet.contacts"),
        ("contracts", "read", "guichet.notifications"),
        ("auth", "write", "guichet.notifications"),
        ("auth", "read", "guichet.contacts"),
    ],
)
def test_at_kafka_a_service_may_do_its_own_only(system: System, service: str, verb: str, topic: str):
    worker = system.container(f"{service}-relay")
    assert docker("exec", worker, "python", "-c", PROBE, verb, topic).strip() == "TopicAuthorizationFailedError"


def test_at_kafka_a_service_may_do_its_own(system: System):
    """Else the refusals above would say nothing. Nobody of ours reads the topic it writes to."""
    worker = system.container("notifier-relay")
    for verb, topic in (("read", "guichet.accounts"), ("write", "guichet.notifications")):
        assert docker("exec", worker, "python", "-c", PROBE, verb, topic).strip() == "done"


def test_at_postgresql_a_service_reaches_its_own_database_only(system: System):
    look = (
        "import asyncio, asyncpg, pathlib, sys\n"
        "url = pathlib.Path('/secrets/auth/database-url').read_text().rpartition('/')[0] + '/' + sys.argv[1]\n"
        "try: asyncio.run(asyncpg.connect(url))\n"
        "except asyncpg.PostgresError as error: print(type(error).__name__)\n"
        "else: print('connected')\n"
    )
    api = system.container("auth-api")
    assert docker("exec", api, "python", "-c", look, "guichet_auth").strip() == "connected"
    assert docker("exec", api, "python", "-c", look, "guichet_contracts").strip() == "InsufficientPrivilegeError"


def _environ(container: str) -> str:
    return docker("exec", container, "sh", "-c", "tr '\\0' '\\n' < /proc/1/environ")
