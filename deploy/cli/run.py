"""`guichet run SERVICE`: one service in this process, as production runs it."""

import asyncio
import importlib
from collections.abc import Sequence
from typing import Annotated, Literal

import uvloop
from cyclopts import App, Parameter

from deploy.cli.surroundings import settings_of
from shared.process import stop_on_signals
from shared.settings import ServiceSettings

ServiceName = Literal["auth", "contracts", "notifier"]
RoleName = Literal["api", "relay", "consumer", "deliverer"]

SETTINGS = {"auth": "AuthSettings", "contracts": "ContractsSettings", "notifier": "NotifierSettings"}

app = App(name="run", help_epilogue="Example: `guichet run notifier --role consumer --role deliverer`")


@app.default
def run(
    service: ServiceName,
    *,
    role: Annotated[Sequence[RoleName], Parameter(consume_multiple=False, negative=())] = (),
) -> None:
    """Run one service until SIGTERM or Ctrl-C.

    Parameters
    ----------
    service
        Which one.
    role
        Only this part of it, several times for several; every part it has when left out.
    """
    settings: ServiceSettings = settings_of(_named(service, "settings", SETTINGS[service]), service)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_stopped(service, settings, frozenset(role)))


async def _until_stopped(service: ServiceName, settings: ServiceSettings, roles: frozenset[str]) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    await _named(service, "main", "run")(settings, roles, stop)


def _named(service: ServiceName, module: str, name: str):  # type: ignore[no-untyped-def]
    """Imported by name: a process pays for the one service it runs."""
    return getattr(importlib.import_module(f"services.{service}.{module}"), name)
