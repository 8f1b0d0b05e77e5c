"""The contact person of the customer file asks for the codes of new people (S2.9): all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.auth.deps import Deps
from services.auth.domain.accounts import Account, Details
from services.auth.domain.errors import NotTheContactPerson, PeopleIncomplete
from services.auth.domain.names import SubmittedName, folded
from services.auth.domain.new_people import NewPerson, details_of, same_person
from services.auth.domain.offered import require_code_requests
from services.auth.handlers.add_account import add_account
from services.auth.sql import accounts, mailboxes, names
from shared import audit, idempotency, outbox
from shared.db import Transaction
from shared.details import DetailFault
from shared.events import CodeRequested
from shared.idempotency import Once
from shared.ids import AccountId, new_id
from shared.portals import Portal
from shared.versions import next_version


@dataclass(frozen=True, slots=True)
class RequestCodes:
    portal: Portal
    actor: audit.Actor
    requested_by: str  # the id of the account whose owner asks
    people: Sequence[NewPerson]


async def request_codes(
    deps: Deps, command: RequestCodes, once: Once[Sequence[Account]] | None = None
) -> Sequence[Account]:
    """The accounts of these people, in their order: opened now, or, where somebody is in the file already under this
    name at this address, as it is. Each is mailed its code at once, and a password when its owner asks for one (S2.4).

    Raises CodeRequestsNotOffered, NotTheContactPerson, PeopleIncomplete.
    """
    portal = command.portal
    require_code_requests(portal.policy)
    asking = await _find_contact_person(deps, command)
    addresses = {folded(details.email) for details in details_of(command.people, asking, portal.services)}
    async with deps.db.transaction() as tx:
        contact_person, known = await _lock(tx, portal, asking.id, sorted(addresses))
        wanted = details_of(command.people, contact_person, portal.services)
        _require_open(wanted, known)
        opened: dict[tuple[str, str], Account] = {}
        for details in wanted:
            person = same_person(details)
            if person not in known and person not in opened:
                opened[person] = await add_account(tx, portal, _new(tx, portal, details), by="operator")
        people = {**known, **opened}
        found = [people[same_person(details)] for details in wanted]
        mailed = list({account.id: account for account in found}.values())
        await outbox.insert_all(tx, [_requested(tx, portal, account) for account in mailed])
        said = {
            "opened": [str(account.id) for account in opened.values()],
            "known": [str(account.id) for account in mailed if same_person(account.details) in known],
        }
        await audit.insert_entry(
            tx, command.actor, "codes_requested", portal.name, account_id=contact_person.id, details=said
        )
        await idempotency.keep_result(tx, once, found)
    deps.doorbell.ring()
    return found


async def _find_contact_person(deps: Deps, command: RequestCodes) -> Account:
    """Who it is comes before what they say. Raises NotTheContactPerson."""
    try:
        account_id = AccountId(UUID(command.requested_by))
    except ValueError:
        raise NotTheContactPerson from None
    found = await accounts.find_account(deps.db, command.portal.name, account_id)
    if found is None or not _may_ask(found):
        raise NotTheContactPerson
    return found


async def _lock(
    tx: Transaction, portal: Portal, asking: AccountId, addresses: Sequence[str]
) -> tuple[Account, Mapping[tuple[str, str], Account]]:
    """The contact person, and who is in the file already at one of these addresses, folded and in order. Nobody else
    asks for the same people meanwhile."""
    await mailboxes.hold_flags(tx, portal.name)
    for address in addresses:
        await names.lock_name(tx, portal.name, SubmittedName("email", address))
    locked = await accounts.lock_with_neighbours(tx, portal.name, [asking], addresses)
    contact_person = next((one for one in locked if one.id == asking), None)
    if contact_person is None or not _may_ask(contact_person):
        raise NotTheContactPerson
    closed_first = sorted(locked, key=lambda one: one.closed_at is None)
    return contact_person, {same_person(one.details): one for one in closed_first}


def _may_ask(account: Account) -> bool:
    return account.details.contact_person and account.closed_at is None


def _require_open(wanted: Sequence[Details], known: Mapping[tuple[str, str], Account]) -> None:
    """Somebody whose account is closed gets no second one, nor a mail: the desk reopens it first."""
    closed = [
        DetailFault(f"people/{place}", "account_is_closed", "is in the file already; the account is closed")
        for place, details in enumerate(wanted)
        if (one := known.get(same_person(details))) is not None and one.closed_at is not None
    ]
    if closed:
        raise PeopleIncomplete(closed)


def _new(tx: Transaction, portal: Portal, details: Details) -> Account:
    return Account(
        id=AccountId(new_id()),
        portal=portal.name,
        identifier="",
        details=details,
        contact_version=next_version(0, tx.now),
        opened_at=tx.now,
    )


def _requested(tx: Transaction, portal: Portal, account: Account) -> CodeRequested:
    return CodeRequested(
        account_id=account.id,
        portal=portal.name,
        contact_version=account.contact_version,
        deliver_until=tx.now + portal.policy.deliver_within,
    )
