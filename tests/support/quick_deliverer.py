"""`guichet run notifier --role deliverer`, a hundred times quicker: for tests that kill it in the middle of a mail and
cannot wait for a lease of 30 s."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta

import uvloop

from services.notifier.main import run
from services.notifier.settings import NotifierSettings
from shared.process import stop_on_signals
from shared.settings import load
from tests.integration.notifier.desk import QUICK

PACE = replace(QUICK, lease=timedelta(seconds=1), handed_in_within=0.8, begun_within=0.5, senders=1)


async def main() -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    await run(load(NotifierSettings, os.environ), frozenset({"deliverer"}), stop, pace=PACE)


if __name__ == "__main__":
    uvloop.run(main())
