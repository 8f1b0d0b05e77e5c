"""Each peer sends COUNT mails from a full queue, and how many a second that was."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.sink import Sink, rate
from deploy.local.child import Child, spawn

STARTED = 0.1  # the share of mails after which every process and thread of a peer is surely at work
SLOWEST = 100  # mails a second; whoever is slower has stopped

DRAMATIQ = ("dramatiq", "benchmarks.peers.dramatiq_mails", "--processes", "2", "--threads", "4")
CELERY = ("celery", "--app", "benchmarks.peers.celery_mails", "worker", "--concurrency", "2", "--loglevel", "WARNING")
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")  # nobody else to talk to


async def send_in_bare_loop(sink: Sink, folder: Path, count: int, *, uvloop: bool = False) -> float:
    kind = "uvloop" if uvloop else "asyncio"
    command = (sys.executable, "-m", "benchmarks.peers.bare_loop", kind, str(sink.port), str(count))
    return await _measured(await spawn("bare-loop", command, log=folder / "logs" / "bare-loop.log"), sink, count)


async def send_with_dramatiq(sink: Sink, redis: str, folder: Path, count: int) -> float:
    return await _send("dramatiq", (sys.executable, "-m", *DRAMATIQ), sink, redis, folder, count)


async def send_with_celery(sink: Sink, redis: str, folder: Path, count: int) -> float:
    return await _send("celery", (sys.executable, "-m", *CELERY, *ALONE), sink, redis, folder, count)


async def _send(peer: str, workers: tuple[str, ...], sink: Sink, redis: str, folder: Path, count: int) -> float:
    log = folder / "logs" / f"{peer}.log"
    told: Mapping[str, str] = {**os.environ, "BENCH_REDIS": redis, "BENCH_SMTP_PORT": str(sink.port)}
    filling = (sys.executable, "-m", "benchmarks.peers.enqueue", peer, str(count))
    filled = await spawn(f"{peer}'s queue", filling, log=log, env=told)
    if await filled.process.wait():
        filled.raise_if_ended()
    return await _measured(await spawn(peer, workers, log=log, env=told, orphan_signal=signal.SIGTERM), sink, count)


async def _measured(child: Child, sink: Sink, count: int) -> float:
    """The workers' start is not counted: only what they do once all of them are at it."""
    try:
        return rate(await sink.takes(count, within=30 + count / SLOWEST, child=child), after=STARTED)
    finally:
        await child.stop()
