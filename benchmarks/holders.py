"""People with contracts, as auth and an operator would have left them to contracts: accounts, tokens, keys."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg

from benchmarks.world import World
from services.contracts.domain.activation_keys import Key, generate_key
from shared.access_tokens import Caller, issue_token
from shared.ids import AccountId, ContractId, new_id
from shared.keys import KeyFile

PORTAL = "ecocito"
HOST = "ecocito.localhost"
LIFETIME = timedelta(minutes=30)  # longer than any run


def holder_identifier(number: int) -> str:
    return f"{number:010}"


async def insert_holders(world: World, count: int) -> list[AccountId]:
    """Accounts that contracts has heard of."""
    ids = [AccountId(new_id()) for _ in range(count)]
    rows = [(id_, PORTAL, 1, holder_identifier(number), "Camille Exemple", "fr") for number, id_ in enumerate(ids)]
    await _copy(world, "accounts", ("id", "portal", "version", "identifier", "name", "language"), rows)
    return ids


async def insert_contracts(world: World, count: int) -> list[ContractId]:
    ids = [ContractId(new_id()) for _ in range(count)]
    rows = [
        (id_, PORTAL, f"23-{number:07}", "Maison des Étangs", "4 rue du Puits", "23000", "Guéret")
        for number, id_ in enumerate(ids)
    ]
    await _copy(world, "contracts", ("id", "portal", "number", "label", "street", "postal_code", "city"), rows)
    return ids


async def insert_keys(world: World, contracts: Sequence[ContractId]) -> list[Key]:
    """One for each contract."""
    keys, now = [generate_key() for _ in contracts], datetime.now(UTC)
    rows = [
        (new_id(), contract, PORTAL, key.digest, now, now + timedelta(days=90))
        for contract, key in zip(contracts, keys, strict=True)
    ]
    columns = ("id", "contract_id", "portal", "digest", "issued_at", "expires_at")
    await _copy(world, "activation_keys", columns, rows)
    return keys


async def insert_links(world: World, account: AccountId, contracts: Sequence[ContractId]) -> None:
    rows = [(account, contract, datetime.now(UTC), "key") for contract in contracts]
    await _copy(world, "links", ("account_id", "contract_id", "linked_at", "by"), rows)


def access_token(world: World, account: AccountId) -> str:
    """As auth gives it at sign-in."""
    keys, portal = KeyFile(world.keys.token_private), frozenset({PORTAL})
    caller = Caller("customer", str(account), portal, frozenset({"account"}), datetime.now(UTC))
    return issue_token(keys, caller, audience=PORTAL, lifetime=LIFETIME).get_secret_value()


async def _copy(world: World, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    database = await asyncpg.connect(world.databases["contracts"])
    try:
        await database.copy_records_to_table(table, columns=columns, records=rows)
    finally:
        await database.close()
