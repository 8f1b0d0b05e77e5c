"""What operators see of the mails, and what they may do."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from services.notifier.deliverer.metrics import refresh
from services.notifier.domain.backoff import Backoff
from services.notifier.domain.errors import DeliveryNotFound, NotToBeRetried
from services.notifier.handlers.retry_delivery import RetryDelivery, retry_delivery
from services.notifier.sql.waiting import Measured, count_waiting, measure_waiting
from shared.audit import operator
from shared.db import open_database
from shared.errors import DatabaseUnavailable
from shared.ids import DeliveryId
from tests.integration.notifier.desk import PASSWORD, Desk
from tests.support import command
from tests.support.smtp_server import SmtpServer
from tests.support.stack import TestDatabase

OPERATOR = operator("a test")


async def guichet(database: TestDatabase, *argv: str) -> tuple[int, str, str]:
    """Exit status, output, errors."""
    done = await command.guichet(
        "deliveries", *argv, environment={"GUICHET_DATABASE_URL": database.url, "GUICHET_DATA": "/nowhere"}
    )
    return done.status, done.out, done.err


async def test_the_command_shows_deliveries_and_their_tries(
    desk: Desk, server: SmtpServer, notifier_database: TestDatabase
):
    person, other = desk.person(), desk.person()
    server.for_recipient[other.address] = {"rcpt": "550 5.1.1 no such person"}
    server.for_recipient[person.address] = {}
    server.once["dot"].append("451 4.3.0 later")
    await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(person, "sent")
        await desk.asks(other)
        await desk.until_states(other, "rejected")

    status, out, _ = await guichet(notifier_database, "list", "--json")
    listed: list[dict[str, Any]] = json.loads(out)
    assert (status, [row["state"] for row in listed]) == (0, ["rejected", "sent"])
    assert [[each["words"] for each in row["tries"]] for row in listed] == [["5.1.1 no such person"], [None]]

    _, out, _ = await guichet(notifier_database, "list", "--state", "sent", "--json")
    assert [row["id"] for row in json.loads(out)] == [listed[1]["id"]]
    _, out, _ = await guichet(notifier_database, "list", "--after", listed[0]["id"], "--json")
    assert [row["id"] for row in json.loads(out)] == [listed[1]["id"]]

    _, out, _ = await guichet(notifier_database, "show", listed[1]["id"], "--json")
    shown = json.loads(out)
    assert [(each["verdict"], each["code"]) for each in shown["tries"]] == [("deferred", 451), ("sent", 250)]
    assert shown["attempts"] == 2

    for words in (["list"], ["show", listed[1]["id"]]):
        status, out, _ = await guichet(notifier_database, *words)
        assert (status, "sent" in out) == (0, True)
        assert PASSWORD not in out
        assert "@example.org" not in out


async def test_the_command_has_a_rejected_mail_tried_again(
    desk: Desk, server: SmtpServer, notifier_database: TestDatabase
):
    person = desk.person()
    server.once["rcpt"].append("554 5.7.1 we were wrong")
    await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(person, "rejected")
        [row] = await desk.deliveries()
        status, _, _ = await guichet(notifier_database, "retry", str(row["id"]))
        assert status == 0
        await desk.until_states(person, "sent")
    assert [kind for kind, _ in await desk.told()] == ["mail_rejected", "mail_sent"]


async def test_the_command_says_what_is_wrong_in_one_line(desk: Desk, notifier_database: TestDatabase):
    status, out, err = await guichet(notifier_database, "retry", str(uuid4()))
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    status, _, err = await guichet(notifier_database, "list", "--state", "perhaps")
    assert (status, len(err.splitlines())) == (2, 1)


async def test_what_is_over_is_not_tried_again(desk: Desk, server: SmtpServer):
    sent, closed, superseded = desk.person(), desk.person(), desk.person()
    await desk.asks(sent)
    async with desk.delivering():
        await desk.until_states(sent, "sent")
    server.always["rcpt"] = "550 never"
    for person in (closed, superseded):
        await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(closed, "rejected")
        await desk.until_states(superseded, "rejected")
    await desk.hears(closed.contact(2, shared=True), desk.password(superseded, 2))
    for person in (sent, closed, superseded):
        [row, *_] = await desk.deliveries(person)
        with pytest.raises(NotToBeRetried):
            await retry_delivery(desk.deps.db, RetryDelivery(OPERATOR, DeliveryId(row["id"])))
    with pytest.raises(DeliveryNotFound):
        await retry_delivery(desk.deps.db, RetryDelivery(OPERATOR, DeliveryId(uuid4())))


async def test_what_waits_is_measured(desk: Desk):
    late, without = desk.person(), desk.person()
    await desk.asks(late)
    await desk.hears(desk.password(without))
    await desk.deps.db.execute(
        "update deliveries set occurred_at = now() - interval '17 min', queued_at = now() - interval '16 min'"
    )
    await desk.deps.db.execute("update deliveries set due_at = now() - interval '40 s' where due_at <= now()")
    assert await count_waiting(desk.deps.db) == {"queued": 2}
    measured = await measure_waiting(desk.deps.db)
    assert measured == Measured(pytest.approx(40, abs=5), late=1, without_contact=1)
    await refresh(desk.deps.db)
    shown = {name: REGISTRY.get_sample_value(f"guichet_deliveries_{name}") for name in ("late", "without_contact")}
    assert shown == {"late": 1, "without_contact": 1}

    async with open_database("postgresql://nobody@127.0.0.1:1/away", max_size=1) as away:
        with pytest.raises(DatabaseUnavailable):
            await refresh(away)
    assert REGISTRY.get_sample_value("guichet_deliveries_waiting", {"state": "queued"}) == 2, "what was last known"


async def test_a_mail_is_late_when_it_is_older_than_five_minutes(desk: Desk, server: SmtpServer):
    """Since it was asked for, also where it waited elsewhere first. Whatever it waits for, but its contact: until it
    left, or may not leave any more."""
    person = desk.person()
    server.once["rcpt"].append("451 4.3.0 later")
    await desk.asks(person)
    for minutes, late in ((4, 0), (6, 1)):
        await desk.deps.db.execute("update deliveries set occurred_at = now() - make_interval(mins => $1)", minutes)
        assert (await measure_waiting(desk.deps.db)).late == late
    async with desk.delivering(backoff=Backoff(pauses=(timedelta(hours=1),))):
        await desk.until_states(person, "deferred")
    assert (await measure_waiting(desk.deps.db)).late == 1
    await desk.deps.db.execute("update deliveries set due_at = now()")
    async with desk.delivering():
        await desk.until_states(person, "sent")
    assert (await measure_waiting(desk.deps.db)).late == 0
