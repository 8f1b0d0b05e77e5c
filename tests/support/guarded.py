"""A broker that asks who one is (SASL/SCRAM), and lets nobody do what was not granted."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port
from shared.kafka.settings import KafkaSettings

ADMINISTRATOR = "administrator"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


def password_of(user: str) -> str:
    return f"password-of-{user}"


def as_user(kafka: KafkaSettings, user: str) -> KafkaSettings:
    return KafkaSettings(kafka.servers, user, SecretStr(password_of(user)), prefix=kafka.prefix)


def environment(kafka: KafkaSettings, user: str) -> Mapping[str, str]:
    """For a command, or a service."""
    return {
        "GUICHET_KAFKA_SERVERS": kafka.servers,
        "GUICHET_KAFKA_PREFIX": kafka.prefix,
        "GUICHET_KAFKA_USERNAME": user,
        "GUICHET_KAFKA_PASSWORD": password_of(user),
    }


@asynccontextmanager
async def run_guarded(folder: Path, *users: str) -> AsyncIterator[KafkaServer]:
    """Nobody may do anything yet, but for the administrator."""
    port, controller_port = free_port(), free_port()
    added = [
        f"--add-scram=SCRAM-SHA-512=[name={user},password={password_of(user)}]" for user in (ADMINISTRATOR, *users)
    ]
    server = KafkaServer(folder, port, controller_port, _guarded(port, controller_port), added)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


def _guarded(port: int, controller_port: int) -> Mapping[str, object]:
    login = f'{SCRAM} required username="{ADMINISTRATOR}" password="{password_of(ADMINISTRATOR)}";'
    return {
        "listeners": f"SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"SASL_PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": login,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # Only the broker itself comes to the controller's port, which asks nobody.
        "super.users": f"User:{ADMINISTRATOR};User:ANONYMOUS",
    }
