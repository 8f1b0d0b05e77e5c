"""How the local stack runs each service: by `guichet run`, told by its environment what production would tell it."""

import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.child import Child, spawn
from deploy.local.endpoints import Endpoints
from deploy.local.keys import key_files

SERVICES = ("auth", "notifier")
SERVED = ("auth",)  # those that answer HTTP

GUICHET = (sys.executable, "-m", "deploy.cli")
DESK = "desk.localhost"
DELIVERED = Path(__file__).parents[1] / "portals"


def stack_environment(folder: Path, endpoints: Endpoints, service: str) -> dict[str, str]:
    """Settings by which `service`, or a command for it, works on the stack in `folder`; the database's owner's."""
    keys = key_files(folder / "keys")
    own: dict[str, dict[str, str]] = {
        "auth": {"SEAL_KEYS_FILE": str(keys.seal_public), "TOKEN_KEYS_FILE": str(keys.token_private)},
        "notifier": {"SEAL_KEYS_FILE": str(keys.seal_private), "SMTP_URL": f"smtp://{endpoints['smtp']}?tls=off"},
    }
    common = {
        "DATABASE_URL": endpoints["databases"][service],
        "KAFKA_SERVERS": endpoints["kafka"],
        "PORTALS": str(folder / "portals"),
    }
    return {f"GUICHET_{name}": value for name, value in {**common, **own[service]}.items()}


def service_environment(
    folder: Path, endpoints: Endpoints, service: str, database: str, admin_port: int, http_port: int | None
) -> dict[str, str]:
    """What the service itself is told; `database` is its runtime role's URL."""
    environment = stack_environment(folder, endpoints, service)
    environment |= {"GUICHET_DATABASE_URL": database, "GUICHET_ADMIN_PORT": str(admin_port)}
    if http_port is not None:
        environment |= {"GUICHET_HTTP_PORT": str(http_port), "GUICHET_TRUSTED_PROXIES": "127.0.0.1"}
    return environment


def clean_environment() -> dict[str, str]:
    """Ours, without settings: what somebody exported for another installation is not meant for this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}


async def run_service(service: str, environment: Mapping[str, str], folder: Path) -> Child:
    environment = {**clean_environment(), **environment}
    return await spawn(service, (*GUICHET, "run", service), log=folder / "logs" / f"{service}.log", env=environment)


async def run_front(listening: socket.socket, ports: Mapping[str, int], folder: Path) -> Child:
    """`ports`: where the services answer HTTP. The socket stays ours: who connects while the front is away waits."""
    fd = listening.fileno()
    addresses: Sequence[str] = [f"{service}=http://127.0.0.1:{port}" for service, port in ports.items()]
    command = (sys.executable, "-m", "deploy.local.front", "--fd", str(fd), "--desk", DESK, *addresses)
    return await spawn("front", command, log=folder / "logs" / "front.log", env=clean_environment(), pass_fds=(fd,))
