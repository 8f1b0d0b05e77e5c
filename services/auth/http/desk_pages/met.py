"""Whom a page of the desk is about, as far as whoever reads it may know of them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from services.auth.domain.accounts import Account
from services.auth.domain.errors import AccountNotFound
from services.auth.http.current import CurrentDeps
from services.auth.sql.standing import find_account_among
from shared.ids import AccountId
from shared.portals import Portal
from shared.web.desk_portals import GrantedPortals

ACCOUNTS = "/accounts"
ACCOUNT = ACCOUNTS + "/{account_id}"


@dataclass(frozen=True, slots=True)
class Met:
    account: Account
    portal: Portal

    def path(self, action: str = "") -> str:
        """Of the account's own page, or of one of those below it."""
        return f"{ACCOUNTS}/{self.account.id}{action and '/'}{action}"


async def met_person(account_id: AccountId, portals: GrantedPortals, deps: CurrentDeps) -> Met:
    """Raises AccountNotFound: one of another portal is as good as none."""
    by_name = {portal.name: portal for portal in portals}
    account = await find_account_among(deps.db, list(by_name), account_id)
    if account is None:
        raise AccountNotFound
    return Met(account, by_name[account.portal])


MetPerson = Annotated[Met, Depends(met_person)]
