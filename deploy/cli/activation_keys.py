"""`guichet activation-keys`: the keys with which people link contracts, and the letters that carry them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

from cyclopts import App, Parameter, validators

from deploy.cli.faults import WronglyUsed
from deploy.cli.printing import print_letter
from deploy.cli.surroundings import settings_of
from deploy.cli.tables import moment, print_table
from services.contracts.deps import Deps
from services.contracts.domain.contracts import Contract
from services.contracts.domain.errors import ContractNotFound
from services.contracts.handlers.desk_issue_key import Issued, IssueKey, issue_key
from services.contracts.handlers.desk_revoke_key import RevokeKey, revoke_key
from services.contracts.settings import ContractsSettings
from services.contracts.sql.contracts import find_contract, find_numbered
from services.contracts.sql.key_overview import KeyOverview, KeyState, get_portal_of, list_keys
from shared.audit import Actor, operator
from shared.db import open_database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.ids import ContractId, KeyId
from shared.keys import KeyFile
from shared.portals import Portal, load_portals
from shared.sealing import Sealer

T = TypeVar("T")

app = App(name="activation-keys", help_epilogue="Example: `guichet activation-keys issue ecocito 23-000107`")

AsJson = Annotated[bool, Parameter(name="--json", negative=())]
Flag = Annotated[bool, Parameter(negative=())]
Lines = Annotated[Sequence[str], Parameter(consume_multiple=False, negative=())]
Limit = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=1000))]


@app.command(help_epilogue="Example: `guichet activation-keys issue ecocito 23-000107 --print letter.pdf`")
def issue(
    portal: str,
    contract: str,
    *,
    request: UUID | None = None,
    print_: Annotated[Path | None, Parameter(name="--print")] = None,
    to: Lines = (),
    force: Flag = False,
    as_json: AsJson = False,
) -> None:
    """Issue a key for a contract and show it, this once; a key it had is revoked. With --print, only the letter has it.

    Parameters
    ----------
    portal
        The portal's name.
    contract
        The contract's number, or its id.
    request
        The request the key was asked for with, by its id.
    print_
        Write the letter to be posted to this file, as PDF.
    to
        A line of the letter's address, several times for several; whoever has the contract, at its address, when left
        out.
    force
        Replace the file.
    as_json
        Say it as JSON.
    """
    if (to or force) and not print_:
        raise WronglyUsed("--to and --force are about the letter: give its file with --print")

    async def work(deps: Deps) -> Issued:
        issued_for = deps.portals.by_name(portal)
        found = await _get_contract(deps, issued_for, contract)
        command = IssueKey(issued_for, _actor("issue"), found.id, request)
        if print_:
            return await print_letter(deps, command, found, to, print_, force=force)
        return await issue_key(deps, command)

    _show(_with_deps(work), print_, as_json=as_json)


@app.command(help_epilogue="Example: `guichet activation-keys revoke 01a1ff87-62c7-772f-850b-e32317ced8c2`")
def revoke(key_id: UUID) -> None:
    """Revoke a key that nobody used yet: its letter went astray.

    Parameters
    ----------
    key_id
        Its id, as `issue` and `list` show it.
    """

    async def work(deps: Deps) -> None:
        portal = deps.portals.by_name(await get_portal_of(deps.db, KeyId(key_id)))
        await revoke_key(deps, RevokeKey(portal, _actor("revoke"), KeyId(key_id)))

    _with_deps(work)
    print(f"{key_id}: revoked")


@app.command(name="list", help_epilogue="Example: `guichet activation-keys list ecocito --state live --json`")
def list_(
    portal: str,
    *,
    contract: str | None = None,
    state: KeyState | None = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Show a portal's keys, the newest first: when each was issued and what became of it, never the key.

    Parameters
    ----------
    portal
        The portal's name.
    contract
        Only this contract's, by its number.
    state
        Only those in this state.
    limit
        So many at most.
    as_json
        One JSON array.
    """

    async def work(deps: Deps) -> Sequence[KeyOverview]:
        name = deps.portals.by_name(portal).name
        return await list_keys(deps.db, name, number=contract, state=state, limit=limit)

    keys = _with_deps(work)
    if as_json:
        print(json.dumps([key._asdict() for key in keys], default=_plain))
        return
    print_table(
        ("key id", "contract", "state", "issued", "expires"),
        ((key.id, key.number, key.state, moment(key.issued_at), moment(key.expires_at)) for key in keys),
    )


def _plain(value: UUID | datetime) -> str:
    return str(value) if isinstance(value, UUID) else value.isoformat(timespec="seconds")


def _show(issued: Issued, letter: Path | None, *, as_json: bool) -> None:
    until = issued.expires_at
    shown = {"letter": str(letter)} if letter else {"key": issued.key.get_secret_value()}
    if as_json:
        print(json.dumps({"key_id": str(issued.key_id), **shown, "expires_at": until.isoformat(timespec="seconds")}))
        return
    print(f"key id   {issued.key_id}\nexpires  {moment(until)}")
    for name, value in shown.items():
        print(f"{name:<9}{value}")
    print("The key is in the letter only." if letter else "The key is not shown again.")


async def _get_contract(deps: Deps, portal: Portal, given: str) -> Contract:
    """By its number, else by its id. Raises ContractNotFound."""
    found = await find_numbered(deps.db, portal.name, given)
    if found is None and (by_id := _uuid(given)):
        found = await find_contract(deps.db, portal.name, ContractId(by_id))
    if found is None:
        raise ContractNotFound
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _actor(command: str) -> Actor:
    return operator(f"guichet activation-keys {command}")


def _with_deps(work: Callable[[Deps], Awaitable[T]]) -> T:
    async def run() -> T:
        async with _deps() as deps:
            return await work(deps)

    return asyncio.run(run())


@asynccontextmanager
async def _deps() -> AsyncIterator[Deps]:
    """As the service itself has them. Raises SettingsFaults, PortalFaults, KeysUnusable."""
    settings = settings_of(ContractsSettings, "contracts")
    async with open_database(settings.dsn, max_size=1) as db:
        yield Deps(
            db=db,
            portals=load_portals(settings.portals),
            sealer=Sealer(KeyFile(settings.seal_keys_file)),
            token_keys=KeyFile(settings.token_keys_file),
            doorbell=Doorbell(settings.dsn),
            health=Health(),
        )
