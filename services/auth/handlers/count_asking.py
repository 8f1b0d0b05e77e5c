"""Before anything is done for a name that somebody says is theirs: how often was it said, and may they be told?"""

from services.auth.deps import Deps
from services.auth.domain.errors import AccountNotRecognised
from services.auth.domain.names import SubmittedName
from services.auth.sql import accounts
from shared import limits
from shared.clients import ClientAddress
from shared.portals import Portal


async def count_asking(deps: Deps, portal: Portal, name: SubmittedName, client: ClientAddress) -> None:
    """Raises TooManyRequests and, where the portal tells, AccountNotRecognised."""
    await limits.spend(deps.db, portal.limits.activations_per_name, "activation", portal.name, name.kind, name.sought)
    if portal.policy.unknown_name == "told":
        await _tell_unless_recognised(deps, portal, name, client)


async def _tell_unless_recognised(deps: Deps, portal: Portal, name: SubmittedName, client: ClientAddress) -> None:
    """Counted before it is known whether there is such an account: else the refusal itself would tell."""
    limit = portal.limits.unrecognised_names_per_address
    spent = await limits.spend(deps.db, limit, "unrecognised", portal.name, client.network)
    if not await accounts.is_recognised(deps.db, portal.name, name):
        raise AccountNotRecognised
    await limits.give_back(deps.db, spent)
