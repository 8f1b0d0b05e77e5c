"""Contracts as the desk looks for them: in the order of their numbers, a page at a time."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.contracts.domain.contracts import Contract
from services.contracts.sql.contracts import contract_from
from shared.db import Database
from shared.ids import AccountId, ContractId, PortalName

_PAGE = """
      with place as (select coalesce(max(number), '') as number, coalesce(max(portal), '') as portal
                       from contracts
                      where id = $2)
    select found.*
      from place
     cross join unnest($1::text[]) as seen (portal)
     cross join lateral ("""

_OF_PORTAL = """
           (select c.id, c.portal, c.number, c.label, c.street, c.postal_code, c.city, c.named_holder, c.wanted_holder
              from contracts c
             where c.portal = seen.portal
               and c.number >= place.number and (c.number > place.number or c.portal > place.portal)"""

_BEGINS = "c.number >= $4 and c.number < $5"

_HAS_WORDS = """
                   to_tsvector('simple',
                               regexp_replace(c.label || ' ' || c.street || ' ' || c.postal_code || ' ' || c.city,
                                              '[^[:alnum:]]+', ' ', 'g'))
                   @@ to_tsquery('simple', $6)"""

_A_PAGE_OF_THEM = """
             order by c.number
             limit $3)"""

_IN_ORDER = """
          ) as found
     order by number, portal
     limit $3
"""

# Behind the contract $2. Portal by portal: each walks along its own numbers, and stops after a page.
LIST = _PAGE + _OF_PORTAL + _A_PAGE_OF_THEM + _IN_ORDER

# Either way has an index of its own; a page of both is among a page of each.
SEARCH = (
    _PAGE
    + (_OF_PORTAL + " and " + _BEGINS + _A_PAGE_OF_THEM)
    + " union "
    + (_OF_PORTAL + " and " + _HAS_WORDS + _A_PAGE_OF_THEM)
    + _IN_ORDER
)

_OF_ACCOUNT = """
    select c.id, c.portal, c.number, c.label, c.street, c.postal_code, c.city, c.named_holder, c.wanted_holder
      from links
      join contracts c on c.id = contract_id
     where account_id = $7 and c.portal = any($1::text[])
       and c.number > coalesce((select number from contracts where id = $2), '')
"""

LIST_OF_ACCOUNT = _OF_ACCOUNT + "and (" + _BEGINS + " or " + _HAS_WORDS + ") order by c.number limit $3"

LAST_CHARACTER = "\U0010ffff"


class Found(NamedTuple):
    """A page of contracts; `after` is where the next one begins, None at the end."""

    contracts: Sequence[Contract]
    after: ContractId | None


async def search_contracts(
    db: Database,
    portals: Sequence[PortalName],
    q: str,
    holder: AccountId | None,
    *,
    after: ContractId | None,
    limit: int,
) -> Found:
    """Those whose number begins with `q`; or, where it has a letter, whose label and address have words that begin as
    its words do. All where it is empty. `holder` None: whoever has them."""
    page = (list(portals), after or UUID(int=0), limit + 1)
    sought = (q, q + LAST_CHARACTER, _beginnings(q))
    if holder is not None:
        rows = await db.fetch(LIST_OF_ACCOUNT, *page, *sought, holder)
    else:
        rows = await (db.fetch(SEARCH, *page, *sought) if q else db.fetch(LIST, *page))
    contracts = [contract_from(row) for row in rows[:limit]]
    return Found(contracts, contracts[-1].id if len(rows) > limit else None)


def _beginnings(q: str) -> str:
    """Of words; of none where `q` has no letter: the 23 of a number is in every postal code of a county."""
    if not any(character.isalpha() for character in q):
        return ""
    words = "".join(character if character.isalnum() else " " for character in q).split()
    return " & ".join(f"{word}:*" for word in words)
