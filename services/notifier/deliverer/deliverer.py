"""The role that sends: leases in batches, a queue, some senders with kept connections, results in batches."""

import asyncio
import time

import structlog

from services.notifier.deliverer import metrics
from services.notifier.deliverer.catch_up import CatchUp
from services.notifier.deliverer.gate import Gate
from services.notifier.deps import Deps
from services.notifier.domain.attempts import Attempt, Stage, Verdict
from services.notifier.handlers.lease_deliveries import Leased, end_overdue, lease_deliveries
from services.notifier.handlers.record_attempts import record_attempts
from services.notifier.handlers.send_mail import send_mail
from services.notifier.mail.connections import Connections
from services.notifier.sql import deliveries
from services.notifier.sql.pauses import list_pauses
from shared import faults
from shared.errors import DatabaseUnavailable
from shared.ids import PortalName
from shared.process import wait_for

log = structlog.get_logger()

PART = "deliverer"
BATCH = 128  # leased at once: small enough that what was judged leaves within a moment, large enough to cost little
LOW = BATCH // 2  # in the queue when the next batch is fetched
RESULTS = 256  # written at once, at most
GATHER = 0.05  # seconds results are gathered while more is being sent: a transaction for many costs little more
BEHIND = 0.05  # seconds between two looks at whether the consumer has caught up
PAUSES_HOLD = 0.5  # seconds a look at which portals are paused is good for
AT_ONCE = 1.0  # seconds
AGAIN = 0.5  # seconds until a result is offered again to a database that is away

UNTRIED = Attempt(Verdict.UNTRIED, Stage.COMPOSE)


class Deliverer:
    """One run of the role: from start to stop, or to whatever it fails of. All it works on is in tables."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._connections = Connections(deps.smtp, deps.tls)
        self._gate = Gate(self._connections, deps.pace.knock, deps.health)
        self._catch_up = CatchUp(deps.db, deps.pace.patience)
        self._queue: asyncio.Queue[Leased | None] = asyncio.Queue()
        self._results: asyncio.Queue[tuple[Leased, Attempt] | None] = asyncio.Queue(RESULTS)
        self._room = asyncio.Event()
        self._paused: frozenset[PortalName] = frozenset()
        self._pauses_read_at = float("-inf")
        self._stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then what is under way is finished, and what waits in the queue handed back."""
        try:
            async with asyncio.TaskGroup() as tasks:
                lessor = tasks.create_task(self._lease(stop))
                senders = [tasks.create_task(self._send()) for _ in range(self._deps.pace.senders)]
                tasks.create_task(self._record())
                watcher = tasks.create_task(metrics.watch(self._deps.db))
                await stop.wait()
                self._stopping = True
                self._deps.due.heard.set()
                self._room.set()
                watcher.cancel()
                await asyncio.wait([lessor], timeout=AT_ONCE)
                lessor.cancel()  # it may be knocking at a server's door
                await self._finish(senders)
                await self._results.put(None)
        finally:
            self._connections.close()

    async def _lease(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._lease_next(stop)
                self._deps.health.well(PART)
            except DatabaseUnavailable as error:  # what is under way goes on: only its results have to wait
                self._deps.health.degraded(PART, f"the database cannot be reached: {error}")
                await wait_for(stop, AGAIN)

    async def _lease_next(self, stop: asyncio.Event) -> None:
        self._deps.due.heard.clear()
        if self._gate.shut:
            await self._while_shut(stop)
        elif not await self._catch_up.done():
            await wait_for(stop, BEHIND)
        elif not await self._lease_batch():
            await wait_for(self._deps.due.heard, await self._until_next())

    async def _lease_batch(self) -> bool:
        """Whether there was anything."""
        await self._look_at_pauses()
        leased, looked_at = await lease_deliveries(self._deps, BATCH)
        faults.passing("notifier.after_lease")
        for one in leased:
            self._queue.put_nowait(one)
        while self._queue.qsize() > LOW and not self._stopping:
            self._room.clear()
            await wait_for(self._room, self._deps.pace.look)
            await self._look_at_pauses()
        return looked_at > 0

    async def _look_at_pauses(self) -> None:
        """So that what was leased before a portal was paused stays, too. Not for each lot: a look delays its mails.

        For each while there is a pause: what is leased after its end must not be handed back for it.
        """
        now = time.monotonic()
        if not self._paused and now - self._pauses_read_at < PAUSES_HOLD:
            return
        self._pauses_read_at = now
        self._paused = frozenset(pause.portal for pause in await list_pauses(self._deps.db))

    async def _while_shut(self, stop: asyncio.Event) -> None:
        while await end_overdue(self._deps, BATCH) and not stop.is_set():
            pass
        if self._gate.opens_in > 0:
            await wait_for(stop, min(self._gate.opens_in, self._deps.pace.look))
        else:
            await self._gate.knock()

    async def _until_next(self) -> float:
        wait = await deliveries.next_due(self._deps.db)
        return self._deps.pace.look if wait is None else min(wait.total_seconds(), self._deps.pace.look)

    async def _send(self) -> None:
        while (leased := await self._queue.get()) is not None:
            if self._queue.qsize() <= LOW:
                self._room.set()
            attempt = await self._try(leased)
            await self._results.put((leased, attempt))

    async def _try(self, leased: Leased) -> Attempt:
        if self._stopping or self._gate.shut or time.monotonic() > leased.since + self._deps.pace.begun_within:
            return UNTRIED
        if leased.delivery.portal in self._paused:
            return UNTRIED
        attempt = await send_mail(self._deps, self._connections, leased)
        metrics.count(attempt)
        if attempt.verdict is Verdict.UNREACHABLE:
            self._gate.shut_for(attempt.why or f"the server answered {attempt.code}")
        elif attempt.stage is not Stage.COMPOSE:
            self._gate.passed()
        return attempt

    async def _record(self) -> None:
        more = True
        while more:
            batch = [await self._results.get()]
            if not self._queue.empty():
                await asyncio.sleep(GATHER)
            while len(batch) < RESULTS and not self._results.empty():
                batch.append(self._results.get_nowait())
            more = None not in batch
            tried = [result for result in batch if result is not None]
            if tried:
                await self._write_down(tried)
                self._deps.due.heard.set()  # the next mail of an account may have waited for this one

    async def _write_down(self, tried: list[tuple[Leased, Attempt]]) -> None:
        """A mail that left must not leave again because the database was away for a moment."""
        while True:
            try:
                return await record_attempts(self._deps, tried)
            except DatabaseUnavailable as error:
                log.warning("deliveries.not_recorded", waiting=len(tried), reason=str(error))
                await asyncio.sleep(AGAIN)

    async def _finish(self, senders: list[asyncio.Task[None]]) -> None:
        """What has not ended by itself is cut off, and then tells how far it had come."""
        for _ in senders:
            self._queue.put_nowait(None)
        _, late = await asyncio.wait(senders, timeout=self._deps.pace.grace)
        if late:
            self._connections.cut_all("we are stopping")
            await asyncio.wait(late, timeout=AT_ONCE)
        for sender in senders:
            sender.cancel()  # one that is still connecting has sent nothing
