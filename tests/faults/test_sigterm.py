"""SIGTERM: no new work is taken, what is in flight is finished, and all is over within ten seconds."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest_asyncio

from deploy.local.postgres import THROWN_AWAY, run_postgres
from tests.faults.conftest import Mortal
from tests.support.away import hung
from tests.support.ground import Ground
from tests.support.running import AsProcess, Service
from tests.support.smtp_server import Silence, SmtpServer, run_smtp_server
from tests.support.stack import KEY, SERVICES, make_roles, make_template
from tests.support.waiting import PATIENCE, until

# Seconds. Ten are promised; the rest is for a machine that does other things. What is not bounded never ends here.
AT_MOST = 20.0


async def terminate(service: AsProcess) -> None:
    assert service.child
    service.child.process.send_signal(signal.SIGTERM)


async def test_auth_answers_what_it_was_asked_before_it_ends(mortal: Mortal) -> None:
    world, egec = mortal.world, mortal.world.portal("egec")
    customer = await egec.customer()
    holder = await asyncpg.connect(world.auth_database.owner_url)
    async with holder.transaction():
        await holder.execute("select from accounts where identifier = $1 for update", customer.identifier)
        asked = asyncio.create_task(egec.ask(customer.email))
        await until(lambda: _waits_for_a_lock(holder))
        logged = mortal.auth.log.stat().st_size
        await terminate(mortal.auth)
        await until(lambda: _refuses_connections(mortal.auth))
        await until(lambda: b"Waiting for " in mortal.auth.log.read_bytes()[logged:])  # says uvicorn, of our request
        assert mortal.auth.running
        assert not asked.done()
    await holder.close()

    assert (await asked).status_code == 202
    assert await mortal.auth.ended(AT_MOST) == 0
    await mortal.auth.start()
    assert [row["state"] for row in await world.settled(customer, 1)] == ["sent"]


async def test_the_deliverer_finishes_the_mail_it_is_sending(mortal: Mortal) -> None:
    world, egec = mortal.world, mortal.world.portal("egec")
    customer, later = await egec.customers({}, {})
    slow = Silence()
    mortal.smtp.for_recipient[customer.email] = {"dot": slow}
    await egec.ask(customer.email)
    await asyncio.wait_for(slow.reached.wait(), PATIENCE)

    await terminate(mortal.deliverer)
    await egec.ask(later.email)
    assert mortal.deliverer.running
    slow.end()
    assert await mortal.deliverer.ended(AT_MOST) == 0
    assert [row["state"] for row in await world.deliveries(customer)] == ["sent"]
    assert mortal.smtp.to(later.email) == []

    await mortal.deliverer.start()
    await world.settled(later, 1)
    assert len(mortal.smtp.to(customer.email)) == 1


async def test_the_deliverer_ends_in_time_though_the_server_never_answers(mortal: Mortal) -> None:
    """Not knowing whether the mail arrived, it says so; whoever comes after sends the same mail once more."""
    world, egec = mortal.world, mortal.world.portal("egec")
    customer = await egec.customer()
    mortal.smtp.for_recipient[customer.email] = {"dot": (deaf := Silence())}
    await egec.ask(customer.email)
    await asyncio.wait_for(deaf.reached.wait(), PATIENCE)

    await terminate(mortal.deliverer)
    assert await mortal.deliverer.ended(AT_MOST) == 0
    assert [row["state"] for row in await world.deliveries(customer)] == ["unknown"]

    del mortal.smtp.for_recipient[customer.email]
    await world.let_leases_pass()
    await mortal.deliverer.start()
    await world.settled(customer, 1)
    assert len(set(mortal.smtp.dots[-2:])) == 1


@pytest_asyncio.fixture
async def own_ground(ground: Ground, tmp_path: Path) -> AsyncIterator[Ground]:
    """With a database server that only this test sees."""
    async with run_postgres(tmp_path / "postgres", THROWN_AWAY) as server:
        await make_roles(server.url, KEY, SERVICES)
        templates = {f"{service}_template": await make_template(server, service) for service in SERVICES}
        yield replace(ground, postgres=server, **templates)


async def test_all_end_in_time_though_the_database_hangs(own_ground: Ground) -> None:
    """With a request in the midst of a transaction, and a mail that left and could not be written down."""
    async with (
        run_smtp_server(SmtpServer()) as smtp,
        own_ground.world(processes=True, smtp_port=smtp.port) as world,
    ):
        services = world.auth, world.notifier
        assert all(isinstance(service, AsProcess) for service in services)
        egec = world.portal("egec")
        customer = await egec.customer()
        smtp.for_recipient[customer.email] = {"dot": (slow := Silence())}
        await egec.ask(customer.email)
        await asyncio.wait_for(slow.reached.wait(), PATIENCE)
        with hung(own_ground.postgres):
            slow.end()
            asked = asyncio.create_task(egec.ask(customer.email))
            await until(lambda: _answers_one(world.auth))
            for service in services:
                await terminate(service)
            assert await asyncio.gather(*(service.ended(AT_MOST) for service in services)) == [0, 0]
            cut_off = await asked
            assert (cut_off.status_code, cut_off.json()["code"]) == (503, "service_unavailable")


async def _answers_one(service: Service) -> bool:
    return "\nhttp_server_active_requests 1.0" in await service.metrics()


async def _waits_for_a_lock(connection: asyncpg.Connection) -> bool:
    return bool(await connection.fetchval("select exists (select from pg_locks where not granted)"))


async def _refuses_connections(service: Service) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", service.http_port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False
