"""Any request at all: how many come from one address."""

from services.auth.deps import Deps
from services.auth.domain.origin import ClientAddress
from services.auth.sql import limits
from shared.portals import Portal


async def admit_request(deps: Deps, portal: Portal, client: ClientAddress) -> None:
    """Raises TooManyRequests."""
    await limits.spend(deps.db, portal.limits.requests_per_address, "request", portal.name, client.network)
