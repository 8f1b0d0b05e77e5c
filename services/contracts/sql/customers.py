"""Customers by their account: what is known of them, and whether a token of theirs still counts."""

from datetime import datetime
from typing import NamedTuple

from services.contracts.domain.customers import Customer
from shared.db import Database
from shared.ids import AccountId, Language

FIND = """
    select a.name, a.language, c.label, c.number,
           a.erased or coalesce(a.sessions_ended_at >= $2, false) as ended
      from accounts a
      left join contracts c on c.id = a.active_contract_id
     where a.id = $1
"""


class Found(NamedTuple):
    customer: Customer
    ended: bool  # tokens issued at that moment do not count any more


async def find_customer(
    db: Database, account_id: AccountId, issued_at: datetime, *, otherwise: Language
) -> Found | None:
    """None for an account that no fact has told of yet. `otherwise`: what to speak with somebody still unknown."""
    row = await db.fetchrow(FIND, account_id, issued_at)
    if row is None:
        return None
    customer = Customer(
        account_id=account_id,
        name=row["name"] or "",
        language=Language(row["language"] or otherwise),
        active_contract=row["label"] or row["number"],
    )
    return Found(customer, row["ended"])
