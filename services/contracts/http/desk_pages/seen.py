"""What a page of the desk is about. What is another portal's does not exist for whoever may not see that one; that they
asked for it is written down."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.contracts.deps import Deps
from services.contracts.domain.accounts import Account
from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import AccountNotFound, ContractNotFound
from services.contracts.handlers.record_refusal import record_refusal
from services.contracts.http.current import current_deps
from services.contracts.sql.accounts import find_anywhere as find_account
from services.contracts.sql.contracts import find_anywhere as find_contract
from shared.access_tokens import DESK
from shared.ids import AccountId, ContractId, PortalName
from shared.portals import Portal
from shared.web.callers import caller_of
from shared.web.desk import current_actor
from shared.web.desk_portals import granted_portals
from shared.web.errors import PortalNotGranted

CONTRACTS = "/contracts"
CONTRACT = CONTRACTS + "/{contract_id}"


@dataclass(frozen=True, slots=True)
class SeenContract:
    contract: Contract
    portal: Portal

    def path(self, action: str = "") -> str:
        """Of the contract's own page, or of one of those below it."""
        return f"{CONTRACTS}/{self.contract.id}{action and '/'}{action}"


@dataclass(frozen=True, slots=True)
class SeenAccount:
    account: Account
    portal: Portal

    @property
    def name(self) -> str:
        """As far as auth's facts have told it: else the identifier, else nothing."""
        contact = self.account.contact
        return (contact.name or contact.identifier) if contact else ""

    @property
    def path(self) -> str:
        return f"{CONTRACTS}?account={self.account.id}"


async def see_contract(request: Request, deps: Deps, contract_id: ContractId) -> SeenContract:
    """Raises ContractNotFound."""
    contract = await find_contract(deps.db, contract_id)
    if contract is not None and (portal := await _granted(request, deps, contract.portal)):
        return SeenContract(contract, portal)
    raise ContractNotFound


async def see_account(request: Request, deps: Deps, account_id: AccountId) -> SeenAccount:
    """Raises AccountNotFound."""
    account = await find_account(deps.db, account_id)
    if account is not None and (portal := await _granted(request, deps, account.portal)):
        return SeenAccount(account, portal)
    raise AccountNotFound


async def _granted(request: Request, deps: Deps, name: PortalName) -> Portal | None:
    """None for one that the caller may not see, and for one that is no more."""
    for portal in await granted_portals(request):
        if portal.name == name:
            return portal
    if not caller_of(request).may_on(name):
        await record_refusal(deps, PortalName(DESK), await current_actor(request), PortalNotGranted())
    return None


async def seen_contract(request: Request, contract_id: ContractId) -> SeenContract:
    return await see_contract(request, await current_deps(request), contract_id)


async def seen_account(request: Request, account_id: AccountId) -> SeenAccount:
    return await see_account(request, await current_deps(request), account_id)


NamedContract = Annotated[SeenContract, Depends(seen_contract)]
NamedAccount = Annotated[SeenAccount, Depends(seen_account)]
