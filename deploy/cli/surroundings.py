"""Settings for a command: the environment, and for what it does not say, the local stack that runs beside it."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dotenv import dotenv_values

from deploy.cli.faults import CommandFailed

if TYPE_CHECKING:  # a command pays for what it uses
    from deploy.local.endpoints import Endpoints
    from shared.kafka.settings import KafkaSettings
    from shared.settings import ServiceSettings

S = TypeVar("S", bound="ServiceSettings")


def data_folder() -> Path:
    """The local stack's: GUICHET_DATA, else `.guichet` where the command is given."""
    return Path(os.environ.get("GUICHET_DATA") or ".guichet")


def stacks_run_here() -> bool:
    """Not where only what production runs is installed."""
    return find_spec("deploy.local") is not None


def running_stack() -> "Endpoints | None":
    """None while no local stack is ready."""
    if not stacks_run_here():
        return None
    from deploy.local.endpoints import read_endpoints

    return read_endpoints(data_folder())


def environment(service: str) -> dict[str, str]:
    """What `service` is told: the environment goes first, then the running local stack.

    The database URL of a local stack is the owner role's.
    """
    written = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    given = {name: value for name, value in {**written, **os.environ}.items() if name.startswith("GUICHET_")}
    unsaid = {name: value for name, value in _of_the_stack(service).items() if f"{name}_FILE" not in given}
    return {**unsaid, **given}


def _of_the_stack(service: str) -> dict[str, str]:
    stack = running_stack()
    if stack is None:
        return {}
    from deploy.local.services import stack_environment

    return stack_environment(data_folder(), stack, service)


def settings_of(cls: type[S], service: str) -> S:
    """Raises SettingsFaults with every fault."""
    from shared.settings import load

    return load(cls, environment(service))


def setting(service: str, name: str) -> str:
    """One of them, for a command that needs no more. Raises CommandFailed."""
    given = environment(service)
    if name in given:
        return given[name]
    if f"{name}_FILE" not in given:
        raise CommandFailed(f"{name} is not set, and no local stack runs in {data_folder()}: guichet up starts one")
    try:
        return Path(given[f"{name}_FILE"]).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{name}_FILE: cannot be read: {error}") from None


def database_url(service: str) -> str:
    """With its password, for commands that need a database and no more. Raises CommandFailed, SettingsFaults."""
    from shared.settings import DatabaseSettings, load

    return load(DatabaseSettings, {"GUICHET_DATABASE_URL": setting(service, "GUICHET_DATABASE_URL")}).dsn


def kafka_settings() -> "KafkaSettings":
    """For commands that need the brokers and no service. Raises CommandFailed, SettingsFaults."""
    from shared.settings import BrokerSettings, load

    setting("auth", "GUICHET_KAFKA_SERVERS")  # every service is told the same about them
    brokers = {name: value for name, value in environment("auth").items() if name.startswith("GUICHET_KAFKA_")}
    return load(BrokerSettings, brokers).kafka
