"""Telling those who look at a table that something was committed to it, without NOTIFY in the business transaction.

NOTIFY there would hold a lock over all databases of the cluster through the commit (measured: two thirds of all
commits lost). Rung after the commit, on a connection of its own and at most every few milliseconds, it costs nothing;
a ring that is lost is made up for by the look that everybody takes every so often all the same.
"""

import asyncio

import asyncpg

from shared.process import wait_for

APART = 0.005  # seconds between two rings to other processes
# A NOTIFY is a commit like any other; nothing is lost with one that the disk never saw.
SESSION = {"synchronous_commit": "off"}


class Doorbell:
    """One per process and `channel`: its handlers ring, and whoever waits for `heard` in this process hears at once,
    those of other processes through NOTIFY."""

    def __init__(self, database_url: str, channel: str = "outbox") -> None:
        self._url, self._channel = database_url, channel
        self._for_others = asyncio.Event()
        self.heard = asyncio.Event()
        self.pid: int | None = None  # of the connection that notifies: this process need not hear itself twice

    def ring(self) -> None:
        """After the commit. Never waits, never fails."""
        self.heard.set()
        self._for_others.set()

    async def run(self, stop: asyncio.Event, *, listen: bool = False) -> None:
        """The role that carries rings to other processes and, with `listen`, theirs to this one.

        Raises what asyncpg or the network raises.
        """
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=5, server_settings=SESSION)
        try:
            self.pid = connection.get_server_pid()
            if listen:
                await self.listen_on(connection)
            while not stop.is_set():
                if await wait_for(self._for_others, 1.0):
                    self._for_others.clear()
                    await connection.execute(f"notify {self._channel}")
                    await asyncio.sleep(APART)
                elif connection.is_closed():
                    raise ConnectionError("the database has closed the doorbell's connection")
        finally:
            self.pid = None
            connection.terminate()

    async def listen_on(self, connection: asyncpg.Connection) -> None:
        """Rings of other processes are heard as long as the connection lives."""
        await connection.add_listener(self._channel, self._heard)

    def _heard(self, _connection: object, pid: int, _channel: str, _payload: object) -> None:
        if pid != self.pid:
            self.heard.set()
