"""After a restore: what is made good by what contracts told others since. Nobody else is at work."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from services.contracts.domain.accounts import Account
from services.contracts.sql.accounts import account_from
from shared.db import Transaction
from shared.events import ActivationKeyIssued, ActivationKeyRevoked, ContractLinked, ContractUnlinked
from shared.ids import ContractId

FIND_KNOWN = "select id from contracts where id = any($1::uuid[])"

INSERT_LINKS = """
    insert into links (account_id, contract_id, linked_at, by)
    select account_id, contract_id, linked_at, by
      from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[])
           with ordinality as told (account_id, contract_id, linked_at, by, place)
     order by place
        on conflict do nothing
"""

DELETE_LINKS = """
    delete from links l
     using unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as told (account_id, contract_id, unlinked_at)
     where l.account_id = told.account_id and l.contract_id = told.contract_id and l.linked_at <= told.unlinked_at
"""

# Nobody holds a key whose digest is its id: it can be seen, and opens nothing.
INSERT_LOST_KEYS = """
    insert into activation_keys (id, contract_id, portal, digest, issued_at, expires_at, revoked_at)
    select id, contract_id, portal, uuid_send(id), issued_at, expires_at, issued_at
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[])
           as told (id, contract_id, portal, issued_at, expires_at)
        on conflict do nothing
"""

REVOKE_KEYS = """
    update activation_keys k set revoked_at = told.revoked_at
      from unnest($1::uuid[], $2::timestamptz[]) as told (id, revoked_at)
     where k.id = told.id and k.redeemed_at is null and k.revoked_at is null
"""

# A contract has one live key at most: the first link by a key that came after it was issued is its own.
REDEEM_KEYS = """
    update activation_keys k set redeemed_at = first.linked_at, redeemed_by = first.account_id
      from (select distinct on (k.id) k.id, told.account_id, told.linked_at
              from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as told (contract_id, account_id, linked_at)
              join activation_keys k on k.contract_id = told.contract_id and k.issued_at <= told.linked_at
             where k.redeemed_at is null and k.revoked_at is null
             order by k.id, told.linked_at) first
     where k.id = first.id
"""

LOCK_ASTRAY = """
    select id, portal, version, identifier, name, language, erased, sessions_ended_at, closed, closed_as_of,
           active_contract_id, active_version
      from accounts a
     where (active_contract_id is null) = exists (select from links where account_id = a.id)
        or active_contract_id is not null
       and not exists (select from links where account_id = a.id and contract_id = a.active_contract_id)
     order by id
       for update
"""

LIST_LETTERS_ASTRAY = """
    select distinct c.portal, c.number
      from activation_keys k
      join contracts c on c.id = k.contract_id
     where octet_length(k.digest) = 16 and k.expires_at > now()
       and not exists (select from activation_keys o
                        where o.contract_id = k.contract_id and o.redeemed_at is null and o.revoked_at is null)
       and not exists (select from links l where l.contract_id = k.contract_id and l.linked_at >= k.issued_at)
     order by c.portal, c.number
"""


class Numbered(NamedTuple):
    portal: str
    number: str


async def find_known(tx: Transaction, ids: Collection[ContractId]) -> set[ContractId]:
    return {ContractId(row["id"]) for row in await tx.fetch(FIND_KNOWN, list(ids))}


async def insert_links(tx: Transaction, told: Sequence[ContractLinked]) -> None:
    """Those that are not there; their accounts are."""
    accounts, contracts = [one.account_id for one in told], [one.contract_id for one in told]
    await tx.execute(INSERT_LINKS, accounts, contracts, [one.linked_at for one in told], [one.by for one in told])


async def delete_links(tx: Transaction, told: Sequence[ContractUnlinked]) -> None:
    """Those that are not newer."""
    accounts, contracts = [one.account_id for one in told], [one.contract_id for one in told]
    await tx.execute(DELETE_LINKS, accounts, contracts, [one.unlinked_at for one in told])


async def insert_lost_keys(tx: Transaction, told: Sequence[ActivationKeyIssued]) -> None:
    """Those that are not there, revoked: what opens them was told nobody."""
    keys, contracts, portals = ([getattr(one, name) for one in told] for name in ("key_id", "contract_id", "portal"))
    times = [one.issued_at for one in told], [one.expires_at for one in told]
    await tx.execute(INSERT_LOST_KEYS, keys, contracts, portals, *times)


async def revoke_keys(tx: Transaction, told: Sequence[ActivationKeyRevoked]) -> None:
    await tx.execute(REVOKE_KEYS, [one.key_id for one in told], [one.revoked_at for one in told])


async def redeem_keys(tx: Transaction, told: Sequence[ContractLinked]) -> None:
    """By links that a key brought about."""
    contracts, accounts = [one.contract_id for one in told], [one.account_id for one in told]
    await tx.execute(REDEEM_KEYS, contracts, accounts, [one.linked_at for one in told])


async def lock_astray(tx: Transaction) -> Sequence[Account]:
    """Those that look at a contract they do not have, or at none though they have one."""
    return [account_from(row) for row in await tx.fetch(LOCK_ASTRAY)]


async def list_letters_astray(tx: Transaction) -> Sequence[Numbered]:
    """Contracts whose holder-to-be has a letter with a key that opens nothing."""
    return [Numbered(row["portal"], row["number"]) for row in await tx.fetch(LIST_LETTERS_ASTRAY)]
