"""A portal is paused while its mails are under way."""

import asyncio
from dataclasses import replace

from services.notifier.deliverer.deliverer import Deliverer
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
        await pause_portal(desk.deps.db, PausePortal(portal, operator("a test"), paused=True))
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


async def leased(desk: Desk, number: int) -> bool:
    return (await desk.states()).count("sending") == number
