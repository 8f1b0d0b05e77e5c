"""Before anything is done for a name that somebody says is theirs: how often was it said, and may they be told?"""

from services.auth.deps import Deps
from services.auth.domain.errors import AccountNotRecognised
from services.auth.domain.names import SubmittedName
from services.auth.sql import accounts
from shared import audit, limits
from shared.clients import ClientAddress
from shared.limits import TooManyRequests
from shared.portals import Portal


async def count_asking(deps: Deps, portal: Portal, name: SubmittedName, client: ClientAddress) -> None:
    """Raises TooManyRequests and, where the portal tells, AccountNotRecognised.

    A refusal is audited, for the desk to know of it when the person calls; with the same statements for a known name
    and an unknown one.
    """
    limit = portal.limits.activations_per_name
    try:
        await limits.spend(deps.db, limit, "activation", portal.name, name.kind, name.sought)
        if portal.policy.unknown_name == "told":
            await _tell_unless_recognised(deps, portal, name, client)
    except TooManyRequests as error:
        whose, said = await accounts.find_open(deps.db, portal.name, name), {"code": error.code}
        who = audit.anonymous(client)
        await audit.insert_entry(deps.db, who, "activation_refused", portal.name, account_id=whose, details=said)
        raise


async def _tell_unless_recognised(deps: Deps, portal: Portal, name: SubmittedName, client: ClientAddress) -> None:
    """Counted before it is known whether there is such an account: else the refusal itself would tell."""
    limit = portal.limits.unrecognised_names_per_address
    spent = await limits.spend(deps.db, limit, "unrecognised", portal.name, client.network)
    if not await accounts.is_recognised(deps.db, portal.name, name):
        raise AccountNotRecognised
    await limits.give_back(deps.db, spent)
