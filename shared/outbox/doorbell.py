"""Telling the relays that something was committed, without NOTIFY in the business transaction.

NOTIFY there would hold a lock over all databases of the cluster through the commit (measured: two thirds of all
commits lost). Rung after the commit, on a connection of its own and at most every few milliseconds, it costs nothing;
a ring that is lost is made up for by the relay's own look every 200 ms.
"""

import asyncio

import asyncpg

from shared.process import wait_for

CHANNEL = "outbox"
APART = 0.005  # seconds between two rings to other processes


class Doorbell:
    """One per process: its handlers ring, its relay hears at once, the relays of other processes through NOTIFY."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._for_others = asyncio.Event()
        self.heard = asyncio.Event()
        self.pid: int | None = None  # of the connection that notifies: this process need not hear itself twice

    def ring(self) -> None:
        """After the commit. Never waits, never fails."""
        self.heard.set()
        self._for_others.set()

    async def run(self, stop: asyncio.Event) -> None:
        """The role that carries rings to other processes. Raises what asyncpg or the network raises."""
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=5)
        try:
            self.pid = connection.get_server_pid()
            while not stop.is_set():
                if await wait_for(self._for_others, 1.0):
                    self._for_others.clear()
                    await connection.execute(f"notify {CHANNEL}")
                    await asyncio.sleep(APART)
        finally:
            self.pid = None
            connection.terminate()
