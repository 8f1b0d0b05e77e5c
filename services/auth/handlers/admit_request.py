"""Any request at all: how many come from one address."""

from services.auth.deps import Deps
from services.auth.sql import limits
from shared.clients import ClientAddress
from shared.portals import Portal
from shared.portals.durations import Limit


async def admit_request(deps: Deps, portal: Portal | None, client: ClientAddress, *, together: int = 1) -> None:
    """Takes leave for `together` requests. `portal` None is the desk, which is as patient as the most patient portal.

    Raises TooManyRequests.
    """
    limit = requests_allowed(deps, portal)
    blocks = Limit(count=max(1, limit.count // together), per=limit.per)
    await limits.spend(deps.db, blocks, "request", portal.name if portal else "", client.network)


def requests_allowed(deps: Deps, portal: Portal | None) -> Limit:
    allowed = [each.limits.requests_per_address for each in ([portal] if portal else deps.portals)]
    return max(allowed, key=lambda limit: limit.count / limit.per.total_seconds())
