"""`guichet run notifier --role deliverer`, with pauses a hundred times shorter: for tests that kill it in the middle of
a mail."""

import asyncio
import os
from dataclasses import replace

import uvloop

from services.notifier.main import run
from services.notifier.settings import NotifierSettings
from shared.process import stop_on_signals
from shared.settings import load
from tests.integration.notifier.desk import QUICK

PACE = replace(QUICK, senders=1)


async def main() -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    await run(load(NotifierSettings, os.environ), frozenset({"deliverer"}), stop, pace=PACE)


if __name__ == "__main__":
    uvloop.run(main())
