"""The active contract, as contracts tells it: shown wherever its holder is signed in (S0.10)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.auth.handlers.resume_session import resume_session
from services.auth.handlers.take_active_contracts import take_active_contracts
from shared.events import ActiveContractChanged, Topic
from shared.events.cloudevents import Envelope
from shared.ids import AccountId, ContractId, EventId, new_id
from shared.inbox import Received
from tests.integration.auth.conftest import Auth
from tests.integration.auth.mailed import EMAIL, PASSWORD, Ecocito

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VERSION = int(NOON.timestamp() * 1000)


def told(auth: Auth, account_id: AccountId, label: str | None, seconds: int) -> Received:
    """That many seconds after noon; no label: none any more."""
    at = NOON + timedelta(seconds=seconds)
    kind, portal = ActiveContractChanged.type, auth.portal.name
    envelope = Envelope(EventId(new_id()), "/guichet/contracts", kind, str(account_id), at, portal, "")
    event = label and ActiveContractChanged(
        account_id=account_id,
        portal=portal,
        contract_id=ContractId(new_id()),
        label=label,
        version=VERSION + seconds * 1000,
    )
    return Received(envelope, event or None, Topic.ACTIVE_CONTRACTS, UUID(str(account_id)), 0, 0)


async def take(auth: Auth, *received: Received) -> None:
    async with auth.deps.db.transaction() as tx:
        await take_active_contracts(tx, received)


async def test_s0_10_it_is_shown_on_every_device_until_it_changes(at_ecocito: Auth):
    auth, person = at_ecocito, await Ecocito(at_ecocito).opened()
    devices = [await auth.sign_in(EMAIL, PASSWORD) for _ in range(2)]

    async def shown() -> set[str | None]:
        return {(await resume_session(auth.deps, auth.portal, each.session)).active_contract for each in devices}

    assert await shown() == {None}
    await take(auth, told(auth, person.id, "Maison", 1))
    assert await shown() == {"Maison"}
    await take(auth, told(auth, person.id, "Commerce", 3), told(auth, person.id, "Maison", 2))
    assert await shown() == {"Commerce"}
    await take(auth, told(auth, person.id, None, 4))
    assert await shown() == {None}


async def test_what_is_told_of_somebody_not_known_yet_is_kept(at_ecocito: Auth):
    stranger = AccountId(new_id())
    await take(at_ecocito, told(at_ecocito, stranger, "Maison", 1), told(at_ecocito, AccountId(new_id()), None, 1))

    rows = await at_ecocito.owner("select account_id, label from active_contracts where contract_id is not null")
    assert rows == [{"account_id": stranger, "label": "Maison"}]


async def test_a_topic_read_again_from_its_start_changes_nothing(at_ecocito: Auth):
    person = AccountId(new_id())
    facts = [told(at_ecocito, person, label, n) for n, label in enumerate(("Maison", None, "Commerce", "Maison"))]
    await take(at_ecocito, *facts)
    once = await at_ecocito.owner("select * from active_contracts")
    for fact in facts:
        await take(at_ecocito, fact)

    assert await at_ecocito.owner("select * from active_contracts") == once
