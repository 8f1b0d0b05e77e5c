"""The contracts a customer can choose from."""

from collections.abc import Sequence

from services.contracts.deps import Deps
from services.contracts.domain.contracts import LinkedContract
from services.contracts.sql.links import list_linked
from shared.ids import AccountId
from shared.portals import Portal


async def list_contracts(deps: Deps, portal: Portal, account_id: AccountId) -> Sequence[LinkedContract]:
    """All and only theirs (S0.10), the longest held first."""
    return await list_linked(deps.db, portal.name, account_id)
