"""How many requests one address may send, over all processes, without a statement for each of them."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from shared.db import Database
from shared.errors import DatabaseUnavailable
from shared.limits import TooManyRequests, spend
from shared.networks import network_of
from shared.portals import Portals
from shared.portals.durations import Limit
from shared.web.visits import Visit

BLOCKS = 30  # a process takes leave for a thirtieth of the limit at a time
REMEMBERED = 10_000  # addresses; one that is forgotten takes its next block earlier


@dataclass(slots=True)
class Allowance:
    left: int
    until: float  # by this process's clock: when what is left lapses, or when to ask again


class RequestGate:
    """What a process has taken for an address it hands out by itself; an address refused is told so by itself, too.

    An address that several processes answer may be refused up to a block for each of them early, and what is left of
    a block lets a few more through than a window strictly should: a limit against floods needs no more.
    """

    def __init__(self, db: Database, portals: Portals, clock: Callable[[], float] = monotonic) -> None:
        self._db, self._portals, self._clock = db, portals, clock
        self._allowances: OrderedDict[tuple[str, str], Allowance] = OrderedDict()

    async def admit(self, visit: Visit) -> None:
        """Raises TooManyRequests. With the database down nobody is counted: what needs it is refused anyway, and help
        stays readable."""
        whose = portal, network = _key(visit)
        allowance = self._allowances.get(whose)
        if allowance is not None and self._clock() < allowance.until:
            if allowance.left < 0:
                raise TooManyRequests(timedelta(seconds=allowance.until - self._clock()))
            if allowance.left > 0:
                allowance.left -= 1
                return
        limit = self._allowed(visit)
        together = max(1, limit.count // BLOCKS)
        blocks = Limit(count=max(1, limit.count // together), per=limit.per)
        try:
            await spend(self._db, blocks, "request", portal, network)
        except TooManyRequests as error:
            self._remember(whose, Allowance(-1, self._clock() + error.retry_after.total_seconds()))
            raise
        except DatabaseUnavailable:
            return
        self._remember(whose, Allowance(together - 1, self._clock() + limit.per.total_seconds()))

    def give_back(self, visit: Visit) -> None:
        """For the desk's machines: who has shown who they are is not counted."""
        allowance = self._allowances.get(_key(visit))
        if allowance is not None and allowance.left >= 0:
            allowance.left += 1

    def _allowed(self, visit: Visit) -> Limit:
        """The desk is as patient as the most patient portal."""
        allowed = [each.limits.requests_per_address for each in ([visit.portal] if visit.portal else self._portals)]
        return max(allowed, key=lambda limit: limit.count / limit.per.total_seconds())

    def _remember(self, whose: tuple[str, str], allowance: Allowance) -> None:
        self._allowances[whose] = allowance
        self._allowances.move_to_end(whose)
        if len(self._allowances) > REMEMBERED:
            self._allowances.popitem(last=False)


def _key(visit: Visit) -> tuple[str, str]:
    return visit.portal.name if visit.portal else "", network_of(visit.client)
