"""From a fact to a mail, and to what is told of it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest

from services.notifier.deps import CONSUMER
from services.notifier.domain.attempts import Attempt, Stage, Verdict
from services.notifier.handlers.lease_deliveries import lease_deliveries
from services.notifier.handlers.record_attempts import record_attempts
from services.notifier.handlers.take_facts import take_facts
from services.notifier.sql import accounts
from shared.doorbell import Doorbell
from shared.events import AccountClosed, AccountReopened
from tests.integration.notifier.desk import LEFT_SOON, PASSWORD, TRACE, Desk, Person, received
from tests.support.roles import running
from tests.support.smtp_server import Silence, SmtpServer
from tests.support.stack import TestDatabase
from tests.support.waiting import until


async def test_a_password_is_mailed_to_its_person_and_told_of(desk: Desk, server: SmtpServer):
    person = desk.person()
    await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(person, "sent")

    [taken] = server.taken
    assert taken.recipient == person.address
    assert PASSWORD in taken.text
    assert f"{person.number:010}" in taken.text
    [(kind, data)] = await desk.told()
    assert (kind, data["attempts"], data["smtp_code"]) == ("mail_sent", 1, 250)
    [row] = await desk.deliveries()
    assert (row["sealed"], row["due_at"], row["lease"]) == (None, None, None)


async def test_what_is_told_of_a_mail_is_told_in_its_trace(desk: Desk):
    person = desk.person()
    await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(person, "sent")
    [row] = await desk.deps.db.fetch("select traceparent from outbox")
    assert row["traceparent"] == TRACE


async def test_a_notifier_that_slept_through_three_requests_sends_one_mail(desk: Desk, server: SmtpServer):
    person = desk.person()
    await desk.hears(person.contact())
    for generation in (1, 2, 3):
        await desk.hears(desk.password(person, generation, password=f"aB3*efgh{generation}"))
    async with desk.delivering():
        await desk.until_states(person, "superseded", "superseded", "sent")

    assert ["aB3*efgh3" in taken.text for taken in server.taken] == [True]
    told = await desk.told(person)
    assert [kind for kind, _ in told] == ["mail_superseded", "mail_superseded", "mail_sent"]
    assert [data["by_generation"] for kind, data in told if kind == "mail_superseded"] == [2, 3]


async def test_a_mail_waits_for_the_contact_its_fact_names(desk: Desk, server: SmtpServer):
    person = desk.person()
    await desk.hears(person.contact(1, address="ancienne@example.org"), desk.password(person, contact_version=2))
    other = desk.person()
    async with desk.delivering():
        await desk.asks(other)
        await desk.until_states(other, "sent")
        assert await desk.states(person) == ["queued"]

        await desk.hears(person.contact(2))
        await desk.until_states(person, "sent")
    assert [taken.recipient for taken in server.taken] == [other.address, person.address]


async def test_a_mail_whose_contact_comes_after_its_fact_leaves_as_soon_as_it_comes(desk: Desk, server: SmtpServer):
    person = desk.person()
    async with desk.delivering():
        await desk.hears(desk.password(person))
        await desk.hears(person.contact())
        await desk.until_states(person, "sent")
    assert len(server.taken) == 1


async def test_a_mail_whose_contact_never_comes_expires(desk: Desk, server: SmtpServer):
    person = desk.person()
    async with desk.delivering():
        await desk.hears(desk.password(person, within=timedelta(milliseconds=300)))
        await desk.until_states(person, "expired")
    assert server.taken == []
    assert [kind for kind, _ in await desk.told()] == ["mail_expired"]


async def test_no_password_goes_to_a_shared_mailbox_but_a_notice_does(desk: Desk, server: SmtpServer):
    person = desk.person()
    await desk.hears(person.contact(shared=True), desk.password(person), desk.several(person))
    async with desk.delivering():
        await desk.until_states(person, "withheld", "sent")
    assert [PASSWORD in taken.text for taken in server.taken] == [False]


async def test_a_mailbox_flagged_while_its_mail_is_deferred_gets_no_further_try(desk: Desk, server: SmtpServer):
    person = desk.person()
    server.always["rcpt"] = "451 4.3.0 later"
    await desk.asks(person)
    async with desk.delivering():
        await until(lambda: len(server.packets) > 2)
        await desk.hears(person.contact(2, shared=True))
        await desk.until_states(person, "withheld")
    assert server.taken == []


async def test_a_closed_account_gets_no_mail_and_a_reopened_one_does(desk: Desk, server: SmtpServer):
    person, at = desk.person(), (await desk.deps.db.fetchval("select now()"))
    closed = AccountClosed(portal=person.portal, account_id=person.id, closed_at=at)
    reopened = AccountReopened(portal=person.portal, account_id=person.id, reopened_at=at + timedelta(seconds=1))
    await desk.asks(person)
    await desk.hears(closed)
    assert await desk.states(person) == ["cancelled"]

    await desk.hears(reopened, desk.password(person, 2))
    async with desk.delivering():
        await desk.until_states(person, "cancelled", "sent")
    assert len(server.taken) == 1


async def test_what_is_known_of_a_person_is_forgotten_with_them(desk: Desk, server: SmtpServer):
    person = desk.person()
    await desk.asks(person)
    await desk.hears_of_erasure(person)
    await desk.hears(person.contact(9))
    assert await desk.states(person) == ["cancelled"]
    [row] = await desk.deps.db.fetch("select address, name, identifier, erased from accounts")
    assert tuple(row) == (None, None, None, True)


async def test_a_fact_replayed_after_the_inbox_forgot_it_mails_nobody_again(desk: Desk, server: SmtpServer):
    person = desk.person()
    fact = desk.password(person)
    await desk.hears(person.contact(), fact)
    async with desk.delivering():
        await desk.until_states(person, "sent")
        await desk.hears(fact)
        other = desk.person()
        await desk.asks(other)
        await desk.until_states(other, "sent")
    assert [len(server.to(person.address)), await desk.states(person)] == [1, ["sent"]]


async def test_two_deliverers_send_each_mail_once(desk: Desk, server: SmtpServer):
    people = [desk.person() for _ in range(60)]
    for person in people:
        await desk.asks(person)
    async with desk.delivering(), desk.delivering():
        await desk.until_states(None, *["sent"] * 60)
    assert sorted(taken.recipient for taken in server.taken) == sorted(person.address for person in people)


async def test_one_mail_of_an_account_is_sent_at_a_time(desk: Desk, server: SmtpServer):
    """A second fact that does not supersede the first has to wait for it, whoever wants to send it."""
    person, silence = desk.person(), Silence()
    server.once["dot"].append(silence)
    await desk.asks(person)
    async with desk.delivering(), desk.delivering():
        await silence.reached.wait()
        await desk.hears(desk.several(person))
        other = desk.person()
        await desk.asks(other)
        await desk.until_states(other, "sent")
        assert await desk.states(person) == ["sending", "queued"]
        silence.end()
        await desk.until_states(person, "sent", "sent")


async def test_a_mail_stuck_at_a_tarpit_is_left_by_its_successor_only_after_its_lease(desk: Desk, server: SmtpServer):
    """n hangs in DATA, n + 1 is queued: n + 1 goes when n has been given back, and n is not tried again."""
    person, tarpit = desk.person(), Silence(first_bytes=b"3")
    server.once["data"].append(tarpit)
    await desk.asks(person)
    bounds = {"lease": timedelta(seconds=4), "handed_in_within": 3.0}
    async with desk.delivering(**bounds), desk.delivering(**bounds):
        await tarpit.reached.wait()
        await desk.hears(desk.password(person, 2, password="aB3*efgh2"))
        await desk.until_states(person, "superseded", "sent")
    assert ["aB3*efgh2" in taken.text for taken in server.taken] == [True]
    stuck, gone = await desk.attempts()
    assert [stuck["delivery_id"], gone["delivery_id"]] == [row["id"] for row in await desk.deliveries(person)]
    assert began(gone) >= stuck["ended_at"]


async def test_a_mail_whose_sender_died_is_left_by_its_successor_only_after_its_lease(desk: Desk):
    person = desk.person()
    await desk.asks(person)
    assert await lease_deliveries(replace(desk.deps, pace=replace(desk.deps.pace, **LEFT_SOON)), 10)
    await desk.hears(desk.password(person, 2))
    leased, queued = await desk.deliveries(person)
    async with desk.delivering():
        await desk.until_states(person, "superseded", "sent")
    [gone] = await desk.attempts()
    assert gone["delivery_id"] == queued["id"]
    assert began(gone) >= leased["due_at"]


def began(attempt: dict[str, Any]) -> datetime:
    ended: datetime = attempt["ended_at"]
    return ended - timedelta(seconds=attempt["seconds"])


async def test_a_result_that_comes_after_its_lease_changes_nothing(desk: Desk):
    person = desk.person()
    await desk.asks(person)
    [stale], _ = await lease_deliveries(desk.deps, 10)
    await desk.deps.db.execute("update deliveries set due_at = now() - interval '1 s'")
    [fresh], _ = await lease_deliveries(desk.deps, 10)

    await record_attempts(desk.deps, [(stale, Attempt(Verdict.REJECTED, Stage.RCPT, 550))])
    assert await desk.states(person) == ["sending"]
    await record_attempts(desk.deps, [(fresh, Attempt(Verdict.SENT, Stage.DOT, 250))])
    assert await desk.states(person) == ["sent"]
    assert [kind for kind, _ in await desk.told()] == ["mail_sent"]


async def test_a_result_whose_commit_was_not_confirmed_is_written_down_once(desk: Desk):
    """The database may have done it, and only its answer been lost: the deliverer does it again."""
    await desk.asks(desk.person())
    [leased], _ = await lease_deliveries(desk.deps, 10)

    for _ in range(2):
        await record_attempts(desk.deps, [(leased, Attempt(Verdict.SENT, Stage.DOT, 250))])
    assert [row["verdict"] for row in await desk.attempts()] == ["sent"]
    assert [kind for kind, _ in await desk.told()] == ["mail_sent"]


async def test_a_mail_is_leased_by_one_of_many(desk: Desk):
    people = [desk.person() for _ in range(20)]
    for person in people:
        await desk.asks(person)
    taken = await asyncio.gather(*(lease_deliveries(desk.deps, 7) for _ in range(6)))
    ids = [leased.delivery.id for batch, _ in taken for leased in batch]
    assert len(ids) == len(set(ids))


async def test_a_consumer_in_another_process_wakes_the_deliverer(desk: Desk, notifier_database: TestDatabase):
    person = desk.person()
    ours, theirs = desk.deps.due, Doorbell(notifier_database.url, "deliveries")
    elsewhere = replace(desk, deps=replace(desk.deps, due=theirs))
    async with running(partial(ours.run, listen=True)), running(theirs.run), desk.delivering(look=3600.0):
        await until(lambda: ours.pid and theirs.pid and not ours.heard.is_set())
        await elsewhere.asks(person)
        await desk.until_states(person, "sent")


async def test_a_deliverer_that_ends_finishes_its_mail_and_hands_back_the_rest(desk: Desk, server: SmtpServer):
    silence = Silence()
    server.once["dot"].append(silence)
    people = [desk.person() for _ in range(3)]
    for person in people:
        await desk.asks(person)
    async with desk.delivering(senders=1):
        await silence.reached.wait()
        asyncio.get_running_loop().call_later(0.05, silence.end)
    assert sorted(await desk.states()) == ["queued", "queued", "sent"]
    assert len(server.taken) == 1


STANDS = """
    insert into inbox_offsets (consumer, topic, partition, next_offset, caught_up_at)
    values ($1, 'guichet.accounts', 0, 0, clock_timestamp() + $2::interval)
    on conflict (consumer, topic, partition) do update set caught_up_at = excluded.caught_up_at
"""


MOVES = "update inbox_offsets set next_offset = next_offset + 2 where consumer = $1"


async def asks_in_a_batch(desk: Desk, person: Person) -> None:
    """As the consumer has it: the offsets move in the transaction of the effects."""
    async with desk.deps.db.transaction() as tx:
        await take_facts(tx, [received(person.contact()), received(desk.password(person))])
        await tx.execute(MOVES, CONSUMER)
    desk.deps.due.ring()


@pytest.mark.parametrize("ago", [10, 0], ids=["that_is_behind", "although_the_one_before_it_had_just_caught_up"])
async def test_a_deliverer_waits_for_its_consumer_to_catch_up(desk: Desk, server: SmtpServer, ago: int):
    person = desk.person()
    await desk.asks(person)
    await desk.deps.db.execute(STANDS, CONSUMER, -timedelta(seconds=ago))
    async with desk.delivering(patience=3600.0):
        for _ in range(20):  # far longer than it takes to send a mail
            await desk.asks(desk.person())
        await desk.hears(desk.password(person, 2))
        assert server.packets == []
        await desk.deps.db.execute(STANDS, CONSUMER, timedelta())
        await desk.until_states(person, "superseded", "sent")
    assert len(server.to(person.address)) == 1


async def test_a_deliverer_does_not_wait_for_ever(desk: Desk, server: SmtpServer):
    person = desk.person()
    await desk.asks(person)
    await desk.deps.db.execute(STANDS, CONSUMER, -timedelta(seconds=10))
    async with desk.delivering(patience=0.2):
        await desk.until_states(person, "sent")


async def test_a_deliverer_waits_again_for_a_consumer_that_comes_back_from_an_outage(desk: Desk, server: SmtpServer):
    """Longer than its patience: mails left meanwhile, and what Kafka kept supersedes before it is sent."""
    early, person = desk.person(), desk.person()
    await desk.asks(early)
    await desk.deps.db.execute(STANDS, CONSUMER, -timedelta(seconds=10))
    async with desk.delivering(patience=4.0, look=30.0):
        await desk.until_states(early, "sent")

        await asks_in_a_batch(desk, person)
        for _ in range(20):  # far longer than it takes to send a mail
            await asks_in_a_batch(desk, desk.person())
        await desk.hears(desk.password(person, 2))
        assert [taken.recipient for taken in server.taken] == [early.address]
        await desk.deps.db.execute(STANDS, CONSUMER, timedelta())
        await desk.until_states(person, "superseded", "sent")
    assert len(server.to(person.address)) == 1


async def test_an_account_somebody_works_on_holds_up_no_other(desk: Desk):
    held, other = desk.person(), desk.person()
    await desk.asks(held)
    await desk.asks(other)
    async with desk.deps.db.transaction() as tx:
        await accounts.lock_all(tx, [held.id])
        async with desk.delivering():
            await desk.until_states(other, "sent")
            assert await desk.states(held) == ["queued"]
    async with desk.delivering():
        await desk.until_states(held, "sent")


HANG_UP = """
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and usename = current_user
"""


async def test_a_database_that_hangs_up_in_the_middle_of_a_mail_doubles_and_loses_nothing(
    desk: Desk, server: SmtpServer, notifier_database: TestDatabase
):
    silence, person = Silence(), desk.person()
    server.once["dot"].append(silence)
    await desk.asks(person)
    async with desk.delivering():
        await silence.reached.wait()
        connection = await asyncpg.connect(notifier_database.url)
        await connection.execute(HANG_UP)
        silence.end()
        await until(lambda: len(server.taken) == 1)
        await connection.execute(HANG_UP)
        await connection.close()
        await desk.until_states(person, "sent")
    assert len(server.taken) == 1
