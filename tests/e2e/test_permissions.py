"""The three services, each as its own principal on a broker that denies whatever was not granted."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from asyncpg import Record

from deploy.cluster.look import carry_out, look_at
from deploy.cluster.plan import make_plan
from deploy.cluster.wanted import Wanted
from deploy.local.postgres import PostgresServer
from shared.kafka.admin import open_admin
from shared.kafka.settings import KafkaSettings
from tests.support.customer_portal import SignedIn
from tests.support.ground import Ground
from tests.support.guarded import ADMINISTRATOR, as_user, environment, run_guarded
from tests.support.holder import Holder, new_holder
from tests.support.stack import PARTITIONS, SERVICES
from tests.support.waiting import until
from tests.support.world import World


async def admit(kafka: KafkaSettings) -> Mapping[str, Mapping[str, str]]:
    """As `guichet topics apply` does."""
    administrator = as_user(kafka, ADMINISTRATOR)
    async with open_admin(administrator) as admin:
        plan = make_plan(administrator, Wanted(partitions=PARTITIONS), await look_at(admin, administrator))
        assert [*plan.make, *plan.change, *plan.refused] == [], "the world has its topics"
        await carry_out(admin, administrator, plan)
    return {service: environment(kafka, service) for service in SERVICES}


@pytest_asyncio.fixture(scope="module")
async def guarded_world(
    postgres: PostgresServer,
    auth_template: str,
    contracts_template: str,
    notifier_template: str,
    many_portals: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    templates = auth_template, contracts_template, notifier_template
    async with run_guarded(tmp_path_factory.mktemp("guarded"), *SERVICES) as kafka:
        administrator = as_user(KafkaSettings(kafka.bootstrap), ADMINISTRATOR)
        async with open_admin(administrator) as admin:
            ground = Ground(kafka, admin, postgres, *templates, many_portals, tmp_path_factory.mktemp("worlds"), admit)
            async with ground.world() as world:
                yield world


async def test_an_activation_becomes_a_mail_and_a_sign_in(guarded_world: World) -> None:
    """auth writes; the notifier reads, sends, and writes what became of it."""
    egec = guarded_world.portal("egec")
    customer = await egec.customer()
    mail = await egec.activate(customer)
    assert await egec.sign_in(customer, mail.password) == SignedIn(customer)
    await until(lambda: nothing_waits(guarded_world.in_notifier))


async def test_a_linked_contract_is_mailed_and_shown_where_people_are_told_who_they_are(guarded_world: World) -> None:
    """contracts reads who people are, and writes; auth and the notifier read that."""
    holder = await new_holder(guarded_world.portal("ecocito"))
    contract = await holder.linked(label="Moulin")
    await until(lambda: shown(holder, "Moulin"))
    await until(lambda: holder.mails(contract))
    await until(lambda: nothing_waits(guarded_world.in_contracts))


async def test_nobody_lacks_anything(guarded_world: World) -> None:
    services = (guarded_world.auth, guarded_world.contracts, guarded_world.notifier)
    assert [await service.readyz() for service in services] == [(200, {"status": "ready", "reasons": {}})] * 3


async def shown(holder: Holder, label: str) -> bool:
    return label in (await holder.browser.visit("/account")).text


async def nothing_waits(ask: Callable[[str], Awaitable[Sequence[Record]]]) -> bool:
    """In this service's outbox."""
    [row] = await ask("select count(*) as rows from outbox")
    return row["rows"] == 0
