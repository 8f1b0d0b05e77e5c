"""Somebody calls with an access token that auth gave them. Nobody is asked: auth's public keys say it is auth's, and
auth's facts which of them have ended."""

from uuid import UUID

from pydantic import SecretStr

from services.contracts.deps import Deps
from services.contracts.domain.customers import EVERYTHING, Customer
from services.contracts.handlers.record_refusal import record_refusal
from services.contracts.sql import customers
from shared.access_tokens import TokenNotAccepted, verify_token
from shared.audit import anonymous
from shared.clients import ClientAddress
from shared.ids import AccountId
from shared.portals import Portal


async def recognise_customer(deps: Deps, portal: Portal, token: SecretStr, client: ClientAddress) -> Customer:
    """Raises TokenNotAccepted, always alike: for another portal's, one that ran out or was ended, and a forged one.

    An account that no fact has told of yet is not refused.
    """
    try:
        return await _recognise(deps, portal, token)
    except TokenNotAccepted as refusal:
        await record_refusal(deps, portal.name, anonymous(client), refusal)
        raise


async def _recognise(deps: Deps, portal: Portal, token: SecretStr) -> Customer:
    caller = verify_token(deps.token_keys, token.get_secret_value(), audience=portal.name)
    if caller.kind != "customer" or EVERYTHING not in caller.scopes:
        raise TokenNotAccepted
    account_id, speaking = AccountId(UUID(caller.id)), portal.languages[0]
    found = await customers.find_customer(deps.db, account_id, caller.issued_at, otherwise=speaking)
    if found is None:
        return Customer(account_id, name="", language=speaking, active_contract=None)
    if found.ended:
        raise TokenNotAccepted
    return found.customer
