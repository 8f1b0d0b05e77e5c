"""The gate mails leave through: shut while no server lets us in, so that an outage is not counted against each mail."""

import time
from collections.abc import Sequence

import structlog

from services.notifier.mail.connect import NotConnected
from services.notifier.mail.connections import Connections
from shared.health import Health

log = structlog.get_logger()

PART = "smtp"


class Gate:
    def __init__(self, connections: Connections, pauses: Sequence[float], health: Health) -> None:
        self._connections, self._pauses, self._health = connections, pauses, health
        self._failures = 0  # since a mail last passed
        self._knock_at = 0.0
        self._said: str | None = None  # why it is shut: in the log once, not at every knock
        self.shut = False

    @property
    def opens_in(self) -> float:
        """Seconds until it is time to knock."""
        return max(0.0, self._knock_at - time.monotonic())

    def shut_for(self, why: str) -> None:
        """Several mails under way may find the same out: only what comes after the next knock lengthens the pause."""
        if self.shut and self.opens_in > 0:
            return
        pause = self._pauses[min(self._failures, len(self._pauses) - 1)]
        self._failures += 1
        self.shut = True
        self._knock_at = time.monotonic() + pause
        self._health.degraded(PART, why)
        if why != self._said:
            log.warning("smtp.unreachable", why=why)
            self._said = why

    async def knock(self) -> None:
        """Opens it if the server lets us in."""
        try:
            await self._connections.probe()
        except NotConnected as error:
            self.shut_for(str(error))
        else:
            self.shut, self._said = False, None
            self._health.well(PART)
            log.info("smtp.reachable")

    def passed(self) -> None:
        """A mail got through to the server, whatever that said of it. A door that opens only to turn every mail away
        (530: sign in first) is knocked at less and less."""
        self._failures = 0
