"""`guichet up`: the whole system on this machine."""

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from deploy.cli.surroundings import data_folder

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
        A mail server that runs already, HOST:PORT: mails leave through it and none are caught.
    demo
        Without demonstration customers, and without the proof.
    """
    from deploy.local.options import Options
    from deploy.local.progress import Teller
    from deploy.local.up import up as run_up

    options = Options((data or data_folder()).resolve(), port, kafka, database, smtp, demo)
    asyncio.run(_until_ended(run_up(options, Teller())))


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
