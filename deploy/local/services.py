"""How the local stack runs each service: by `guichet run`, told by its environment what production would tell it."""

import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.key_files import key_files
from deploy.local.child import Child, spawn
from deploy.local.endpoints import Endpoints

SERVICES = ("auth", "contracts", "notifier")
SENDING = ("notifier",)  # those that send mails

GUICHET = (sys.executable, "-m", "deploy.cli")
DESK = "desk.localhost"
DELIVERED = Path(__file__).parents[1] / "portals"


def stack_environment(folder: Path, endpoints: Endpoints, service: str) -> dict[str, str]:
    """Settings by which `service`, or a command for it, works on the stack in `folder`; the database's owner's."""
    keys = key_files(folder / "keys")
    own: dict[str, dict[str, str]] = {
        "auth": {"SEAL_KEYS_FILE": str(keys.seal_public), "TOKEN_KEYS_FILE": str(keys.token_private)},
        "contracts": {"SEAL_KEYS_FILE": str(keys.seal_public), "TOKEN_KEYS_FILE": str(keys.token_public)},
        "notifier": {
            "SEAL_KEYS_FILE": str(keys.seal_private),
            "TOKEN_KEYS_FILE": str(keys.token_public),
            "SMTP_URL": f"smtp://{endpoints['smtp']}?tls=off",
        },
    }
    common = {
        "DATABASE_URL": endpoints["databases"][service],
        "KAFKA_SERVERS": endpoints["kafka"],
        "PORTALS": str(folder / "portals"),
    }
    return {f"GUICHET_{name}": value for name, value in {**common, **own[service]}.items()}


def clean_environment() -> dict[str, str]:
    """Ours, without settings: what somebody exported for another installation is not meant for this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}


async def run_service(service: str, settings: Mapping[str, str], folder: Path) -> Child:
    environment = {**clean_environment(), **settings}
    return await spawn(service, (*GUICHET, "run", service), log=folder / "logs" / f"{service}.log", env=environment)


async def run_front(listening: socket.socket, ports: Mapping[str, int], folder: Path) -> Child:
    """`ports`: where the services answer HTTP. The socket stays ours: who connects while the front is away waits."""
    fd = listening.fileno()
    addresses: Sequence[str] = [f"{service}=http://127.0.0.1:{port}" for service, port in ports.items()]
    command = (sys.executable, "-m", "deploy.local.front", "--fd", str(fd), "--desk", DESK, *addresses)
    return await spawn("front", command, log=folder / "logs" / "front.log", env=clean_environment(), pass_fds=(fd,))
