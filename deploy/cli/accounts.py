"""`guichet accounts`: the customer file, and who leaves it."""

from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

from cyclopts import App, Parameter

from deploy.cli.databases import with_database
from deploy.cli.imports import AsJson, ImportedFile, bring_in
from deploy.cli.surroundings import setting
from services.auth.domain.accounts import Account
from services.auth.domain.errors import AccountNotFound
from services.auth.handlers.desk_close_account import CloseAccount, ReopenAccount, close_in, reopen_in
from services.auth.handlers.import_accounts import customer_file
from services.auth.sql.accounts import find_account, find_identified
from shared.audit import operator
from shared.db import Database, Transaction
from shared.ids import AccountId
from shared.portals import Portal, load_portals

Flag = Annotated[bool, Parameter(negative=())]

app = App(name="accounts", help_epilogue="Example: `guichet accounts import egec customers.csv`")


@app.command(name="import", help_epilogue="Example: `guichet accounts import egec customers.csv`")
def import_(portal: str, file: ImportedFile, *, send_codes: Flag = False, as_json: AsJson = False) -> int:
    """Bring a customer file into a portal: new accounts are opened, known ones updated; nobody is mailed unless asked.

    The file is UTF-8 CSV with a header line: identifier, title, name, email, language, shared_mailbox, contact_person,
    services. It is checked as a whole first; with a fault in it, nothing is applied. Broken off, the same command goes
    on where it stopped.

    Parameters
    ----------
    portal
        The portal's name.
    file
        The file, or - for what is piped in.
    send_codes
        Mail each account that is opened the code its owner signs in with.
    as_json
        Say the outcome as JSON.
    """
    return bring_in("auth", partial(customer_file, send_codes=send_codes), portal, file, as_json=as_json)


@app.command(help_epilogue="Example: `guichet accounts close groupecho Achat2024`")
def close(portal: str, account: str) -> None:
    """Close an account: it signs nobody in any more, everybody in it is signed out, and it gets no mail.

    Parameters
    ----------
    portal
        The portal's name.
    account
        The account's identifier, or its id.
    """
    of = _portal(portal)

    async def work(db: Database) -> str:
        async with db.transaction() as tx:
            found = await _get(tx, of, account)
            await close_in(tx, CloseAccount(of, operator("guichet accounts close"), found.id))
            return "closed" if found.closed_at is None else "was closed already"

    print(f"{account}: {with_database('auth', work)}")


@app.command(help_epilogue="Example: `guichet accounts reopen groupecho Achat2024`")
def reopen(portal: str, account: str) -> None:
    """Open a closed account again: with the password its owner had used or chosen, or else with a new activation.

    Parameters
    ----------
    portal
        The portal's name.
    account
        The account's identifier, or its id.
    """
    of = _portal(portal)

    async def work(db: Database) -> str:
        async with db.transaction() as tx:
            found = await _get(tx, of, account)
            await reopen_in(tx, ReopenAccount(of, operator("guichet accounts reopen"), found.id))
            return "was open already" if found.closed_at is None else "open again"

    print(f"{account}: {with_database('auth', work)}")


def _portal(name: str) -> Portal:
    """Raises UnknownPortal."""
    return load_portals(Path(setting("auth", "GUICHET_PORTALS"))).by_name(name)


async def _get(tx: Transaction, portal: Portal, given: str) -> Account:
    """By its identifier, else by its id. Raises AccountNotFound."""
    found = await find_identified(tx, portal.name, given)
    if found is None and (by_id := _uuid(given)):
        found = await find_account(tx, portal.name, AccountId(by_id))
    if found is None:
        raise AccountNotFound(f"portal {portal.name} has no account {given!r}")
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
