"""A portal is paused while its mails are under way."""

import asyncio
from dataclasses import replace

from services.notifier.deliverer.deliverer import Deliverer
from services.notifier.handlers.lease_deliveries import lease_deliveries
from services.notifier.handlers.pause_portal import PausePortal, pause_portal
from shared.audit import operator
from tests.integration.notifier.desk import QUICK, Desk
from tests.support.smtp_server import Silence, SmtpServer
from tests.support.waiting import until


async def test_what_was_leased_before_the_pause_stays_too(desk: Desk, server: SmtpServer):
    """One sender is busy with a slow server: what waits behind it in the process was leased before."""
    silence, people = Silence(), [desk.person() for _ in range(80)]  # more than half a batch
    server.once["dot"].append(silence)
    for person in people:
        await desk.asks(person)
    portal = desk.deps.portals.by_name(desk.portal)
    deliverer, stop = Deliverer(replace(desk.deps, pace=replace(QUICK, senders=1))), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        role = tasks.create_task(deliverer.run(stop))
        await silence.reached.wait()
        await until(lambda: leased(desk, len(people)))
        await held_back(desk)
        await until(lambda: portal.name in deliverer._paused)
        silence.end()
        await until(lambda: leased(desk, 0))
        assert len(server.taken) == 1
        stop.set()
        await role

    await pause_portal(desk.deps.db, PausePortal(portal, operator("a test"), paused=False))
    async with desk.delivering():
        await desk.until_states(None, *["sent"] * len(people))
    assert sorted(taken.recipient for taken in server.taken) == sorted(person.address for person in people)


async def test_mails_that_are_held_back_keep_no_others_waiting(desk: Desk):
    held, other = [desk.person() for _ in range(6)], desk.person("egec")
    for person in (*held, other):  # the longest due come first
        await desk.asks(person)
    await held_back(desk)

    taken, _ = await lease_deliveries(desk.deps, 5)

    assert [one.delivery.account_id for one in taken] == [other.id]


async def test_of_those_held_back_one_whose_deadline_came_ends_and_takes_no_other_along(desk: Desk):
    person = desk.person()
    await desk.asks(person)
    await desk.hears(desk.several(person))
    await held_back(desk)
    await desk.deps.db.execute(
        "update deliveries set deliver_until = now() - interval '1 s' where mail = 'activation_matched_several'"
    )

    taken, looked_at = await lease_deliveries(desk.deps, 5)

    assert (taken, looked_at) == ([], 1)
    assert await desk.states(person) == ["queued", "expired"]


async def held_back(desk: Desk) -> None:
    portal = desk.deps.portals.by_name(desk.portal)
    await pause_portal(desk.deps.db, PausePortal(portal, operator("a test"), paused=True))


async def leased(desk: Desk, number: int) -> bool:
    return (await desk.states()).count("sending") == number
