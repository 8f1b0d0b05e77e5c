"""Kafka, SMTP and PostgreSQL each go away and come back; nobody has to help, and nobody is told what is not so."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from deploy.local.catcher import run_catcher
from deploy.local.ports import free_port
from shared.events import PasswordRegenerated
from shared.events.topics import Topic
from tests.support.away import away
from tests.support.customer_portal import Customer, CustomerPortal, Refused, SignedIn, refusal
from tests.support.ground import Ground
from tests.support.running import Service
from tests.support.stack import TestDatabase
from tests.support.topic import by_key, of_type, read_topic
from tests.support.waiting import PATIENCE, until
from tests.support.world import ENDED, World


async def says(service: Service, verdict: str, *, of: str = "") -> None:
    """Waits until /readyz gives that verdict, and a reason that names the part `of` the service."""
    said: dict[str, Any] = {}

    async def so() -> bool:
        said.update((await service.readyz())[1])
        return said["status"] == verdict and (not of or of in said["reasons"])

    try:
        await until(so)
    except AssertionError:
        raise AssertionError(f"{service.name} is not {verdict} {of}: {said}") from None


async def test_while_kafka_is_away_activations_are_accepted_and_go_out_in_order_later(
    ground: Ground, world: World
) -> None:
    egec = world.portal("egec")
    customers = await egec.customers({}, {}, {})
    for customer in customers:
        await egec.activate(customer)

    async with away(ground.kafka):
        answers = [await egec.ask(customer.email) for customer in customers * 2]
        assert [answer.status_code for answer in answers] == [202] * 6
        assert await world.waiting_events() >= 6
        await says(world.auth, "degraded", of="relay")
        assert (await world.auth.readyz())[0] == 200, "it still serves"

    for customer in customers:
        first, older, newest = await world.settled(customer, 3)
        assert (first["state"], newest["state"]) == ("sent", "sent")
        assert older["state"] in {"sent", "superseded"}
        assert await egec.sign_in(customer, (await egec.mail(customer)).password) == SignedIn(customer)
    await until(lambda: _none_waiting(world))
    for key, messages in by_key(await read_topic(world.kafka, Topic.ACCOUNTS)).items():
        generations = [m.event.generation for m in of_type(messages, PasswordRegenerated)]  # type: ignore[union-attr]
        assert generations == sorted(generations), key
    await says(world.auth, "ready")


async def _none_waiting(world: World) -> bool:
    return await world.waiting_events() == 0


async def test_while_no_mail_server_answers_deliveries_wait_and_then_go_out(ground: Ground) -> None:
    port = free_port()
    async with ground.world(smtp_port=port) as world:
        egec = world.portal("egec")
        customer = await egec.customer()
        assert (await egec.ask(customer.email)).status_code == 202
        await says(world.notifier, "degraded", of="smtp")
        (delivery,) = await world.deliveries(customer)
        assert delivery["state"] not in ENDED

        async with run_catcher(smtp_port=port) as catcher:
            mail = await catcher.wait_for(customer.email, timeout=PATIENCE)
            assert customer.identifier in mail.text
            await world.settled(customer, 1)
            await says(world.notifier, "ready")
            assert len(catcher.messages(customer.email)) == 1


async def test_while_postgresql_is_away_nothing_is_promised_and_then_all_goes_on(ground: Ground, world: World) -> None:
    egec = world.portal("egec")
    customer = await egec.customer()
    mail = await egec.activate(customer)

    async with away(ground.postgres):
        for answer in (
            await egec.ask(customer.email),
            await egec.browser().post("/api/v1/sessions", {"login": mail.identifier, "password": mail.password}),
        ):
            assert answer.status_code == 503
            assert refusal(answer) == Refused("service_unavailable")
            assert int(answer.headers["retry-after"]) > 0
        assert (await egec.browser().submit("/activate", email=customer.email)).status == 503
        assert (await egec.browser().visit("/help")).status == 200, "help stays readable"
        await says(world.auth, "unavailable", of="database")
        assert (await world.auth.readyz())[0] == 503

    await says(world.auth, "ready")
    await says(world.notifier, "ready")
    assert await egec.sign_in(customer, mail.password) == SignedIn(customer), "503 changed nothing"
    newer = await egec.activate(customer)
    assert await egec.sign_in(customer, newer.password) == SignedIn(customer)


async def test_what_was_answered_202_is_committed_even_if_postgresql_crashes_meanwhile(
    ground: Ground, world: World
) -> None:
    """The server dies in the midst of twenty requests; each that was accepted brings its mail, the others got 503."""
    egec = world.portal("egec")
    customers = await egec.customers(*({} for _ in range(20)))
    for database in (world.auth_database, world.notifier_database):
        await _commit_for_real(ground, database.name)

    asked = [asyncio.create_task(egec.ask(customer.email)) for customer in customers]
    await until(lambda: any(one.done() and one.result().status_code == 202 for one in asked))
    async with away(ground.postgres, crashed=True):
        answers = [(await task).status_code for task in asked]

    assert set(answers) <= {202, 503}
    assert Counter(answers)[202] >= 1
    await says(world.auth, "ready")
    accepted = [customer for customer, status in zip(customers, answers, strict=True) if status == 202]
    assert await _signed_in_by_mail(egec, accepted) == [SignedIn(customer) for customer in accepted]


async def test_what_could_not_be_committed_is_answered_503_and_nothing_of_it_is_so(world: World) -> None:
    """The connection breaks in the very commit: after all statements went well."""
    egec = world.portal("egec")
    customer = await egec.customer()
    mail = await egec.activate(customer)

    async with breaking_commits(world.auth_database, "outbox"):
        answer = await egec.ask(customer.email)
    assert answer.status_code == 503
    assert refusal(answer) == Refused("service_unavailable")

    assert await egec.sign_in(customer, mail.password) == SignedIn(customer), "the old password still is the one"
    newer = await egec.activate(customer)
    assert await egec.sign_in(customer, newer.password) == SignedIn(customer)
    assert len(await world.deliveries(customer)) == 2


@asynccontextmanager
async def breaking_commits(database: TestDatabase, table: str) -> AsyncIterator[None]:
    """Whoever wrote to the table loses the connection when committing."""
    connection = await asyncpg.connect(database.owner_url)
    await connection.execute(
        f"""
        create function hang_up() returns trigger language plpgsql as
            $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
        create constraint trigger hang_up after insert on {table} deferrable initially deferred
            for each row execute function hang_up();
        """
    )
    try:
        yield
    finally:
        await connection.execute(f"drop trigger hang_up on {table}; drop function hang_up")
        await connection.close()


async def _signed_in_by_mail(egec: CustomerPortal, customers: list[Customer]) -> list[SignedIn | Refused]:
    return [await egec.sign_in(customer, (await egec.mail(customer)).password) for customer in customers]


async def _commit_for_real(ground: Ground, database: str) -> None:
    """Test servers do not wait for their WAL to be written; this database's new sessions do."""
    connection = await asyncpg.connect(f"{ground.postgres.url}/postgres")
    try:
        await connection.execute(f"alter database {database} set synchronous_commit = on")
        await connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", database)
    finally:
        await connection.close()
