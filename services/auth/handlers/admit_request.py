"""Any request at all: how many come from one address."""

from services.auth.deps import Deps
from services.auth.domain.origin import ClientAddress
from services.auth.sql import limits
from shared.portals import Portal


async def admit_request(deps: Deps, portal: Portal | None, client: ClientAddress) -> None:
    """`portal` None is the desk, which is as patient as the most patient portal. Raises TooManyRequests."""
    allowed = [each.limits.requests_per_address for each in ([portal] if portal else deps.portals)]
    limit = max(allowed, key=lambda limit: limit.count / limit.per.total_seconds())
    await limits.spend(deps.db, limit, "request", portal.name if portal else "", client.network)
