"""`guichet up`: the whole system on this machine."""

import asyncio
import re
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from cyclopts import App, Parameter

from deploy.cli.faults import CommandFailed, WronglyUsed
from deploy.cli.surroundings import data_folder, stacks_run_here

app = App(name="up", help_epilogue="Example: `guichet up --port 9000 --data ~/guichet-data`")


@app.default
def up(
    *,
    data: Path | None = None,
    port: int = 8000,
    kafka: str | None = None,
    database: str | None = None,
    smtp: str | None = None,
    demo: Annotated[bool, Parameter(negative="--no-demo", name=())] = True,
) -> None:
    """Start Kafka, PostgreSQL, a mail catcher and the services, and stay until Ctrl-C.

    Runs the main job once as proof. Leaves nothing behind but its data folder, and finds its data there again.

    Parameters
    ----------
    data
        Its data folder; `.guichet`, or what GUICHET_DATA names, when left out.
    port
        Where the pages and the API answer.
    kafka
        A broker that runs already, HOST:PORT, instead of one of our own.
    database
        A PostgreSQL server that runs already, as URL of a role that may create roles and databases.
    smtp
        A mail server that runs already, as URL: mails leave through it, none are caught, and there is no proof.
    demo
        Without demonstration customers, and without the proof.
    """
    if not stacks_run_here():
        raise CommandFailed("guichet up works in a clone of the sources: here is only what production runs")
    from deploy.local.options import Options
    from deploy.local.progress import Teller
    from deploy.local.up import up as run_up

    _refuse_malformed(kafka, database, smtp)
    options = Options((data or data_folder()).resolve(), port, kafka, database, smtp, demo)
    asyncio.run(_until_ended(run_up(options, Teller())))


def _refuse_malformed(kafka: str | None, database: str | None, smtp: str | None) -> None:
    """Raises WronglyUsed, rather than to fail in the middle of the start."""
    if kafka and not re.fullmatch(r"[^:/,]+:\d+(,[^:/,]+:\d+)*", kafka):
        raise WronglyUsed(f"--kafka takes HOST:PORT, not {kafka}")
    if database and urlsplit(database).scheme != "postgresql":
        raise WronglyUsed("--database takes postgresql://USER:PASSWORD@HOST:PORT")
    if smtp and (urlsplit(smtp).scheme not in ("smtp", "smtps") or not urlsplit(smtp).hostname):
        raise WronglyUsed(
            "--smtp takes smtp://HOST:PORT?tls=required|opportunistic|off, or smtps://USER:PASSWORD@HOST:PORT"
        )


async def _until_ended(work: Coroutine[None, None, None]) -> None:
    """A signal ends it in good order, at any moment; a second one at once, for the kernel ends what is left."""
    loop = asyncio.get_running_loop()
    running = asyncio.create_task(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        return
