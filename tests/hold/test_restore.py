"""Each database back to what it was before: an activation arrives and signs in, nothing was skipped, nothing is mailed
twice, and what people gave up does not come back."""

from dataclasses import replace
from pathlib import Path

import httpx

from deploy.local.postgres import PostgresServer
from tests.support.backup import back_up, restore
from tests.support.customer_portal import Customer, CustomerPortal, Refused, SignedIn
from tests.support.holder import new_holder
from tests.support.running import Service
from tests.support.waiting import until
from tests.support.world import World

NOT_RECOGNISED = Refused("credentials_not_recognised")


async def carried(world: World) -> bool:
    """Whether all that was committed is told."""
    looks = (world.in_auth, world.in_contracts, world.in_notifier)
    return not any([(await look("select count(*) from outbox"))[0]["count"] for look in looks])


async def all_sent(world: World) -> bool:
    """Whether no mail waits, and none became anything but sent."""
    rows = await world.in_notifier("select distinct state from deliveries")
    return {row["state"] for row in rows} == {"sent"}


def mails(portal: CustomerPortal, *customers: Customer) -> list[int]:
    """How many each has had; all of them differ."""
    found = [portal.catcher.messages(one.email) for one in customers]
    ids = [mail.message["Message-ID"] for each in found for mail in each]
    assert len(ids) == len(set(ids))
    return [len(each) for each in found]


async def with_roles(service: Service, *roles: str) -> None:
    """None: every one."""
    await service.stop()
    service.roles = roles
    await service.start()


async def test_auth_brought_back_knows_what_it_told(world: World, postgres: PostgresServer, tmp_path: Path) -> None:
    egec = world.portal("egec")
    anne, bruno, carole, dora = await egec.customers({}, {}, {}, {})
    first = await egec.activate(anne)
    assert await egec.sign_in(anne, first.password) == SignedIn(anne)
    signed_in = await egec.sign_in(dora, (await egec.activate(dora)).password)
    assert isinstance(signed_in, SignedIn)
    await until(lambda: carried(world))
    await with_roles(world.auth, "api")
    await egec.ask(bruno.email)  # its fact waits in the outbox that is backed up, and is told later
    backup = await back_up(postgres, world.auth_database, tmp_path)

    await with_roles(world.auth)
    await egec.mail(bruno)
    second = await egec.activate(anne)
    newcomer = await egec.customer()
    newcomers = await egec.activate(newcomer)
    await world.desk.close("egec", await world.desk.account_id("egec", carole.identifier))
    former = replace(signed_in.browser, cookies=dict(signed_in.browser.cookies))
    assert (await signed_in.browser.request("DELETE", "/api/v1/sessions/current")).status_code == 204
    await until(lambda: carried(world))
    await world.auth.stop()
    said = await restore(postgres, world.auth, backup)

    assert next(line for line in said if "opened since" in line).startswith("1 accounts")
    for customer, password in ((anne, first.password), (anne, second.password), (newcomer, newcomers.password)):
        assert await egec.sign_in(customer, password) == NOT_RECOGNISED
    assert (await former.post("/api/v1/sessions/current/refresh")).status_code == 401
    assert (await egec.ask(carole.email)).json()["code"] == "account_not_recognised"
    for customer in (anne, newcomer):
        mail = await egec.activate(customer)
        assert mail.identifier == customer.identifier
        assert await egec.sign_in(customer, mail.password) == SignedIn(customer)
    await until(lambda: carried(world))
    assert await all_sent(world)
    assert mails(egec, anne, bruno, newcomer, dora) == [3, 1, 2, 1]


async def test_contracts_brought_back_knows_what_it_told(
    world: World, postgres: PostgresServer, tmp_path: Path
) -> None:
    ecocito, desk = world.portal("ecocito"), world.desk
    holder = await new_holder(ecocito)
    given_up = await holder.linked(label="Ancienne maison")
    contract, key = await holder.key_for(label="Maison")
    other, former_key = await holder.key_for(label="Grange")
    await until(lambda: carried(world))
    backup = await back_up(postgres, world.contracts_database, tmp_path)

    assert (await holder.offer(key)).status_code == 201
    assert (await desk.dissociate(given_up, holder.id)).status_code == 204
    lost_key = await desk.issue_key(other)
    await desk.register_contract("ecocito")
    for mailed, count in ((contract, 1), (given_up, 2)):
        await until(lambda mailed=mailed, count=count: len(holder.mails(mailed)) == count)
    await until(lambda: carried(world))
    await world.contracts.stop()
    said = await restore(postgres, world.contracts, backup)

    assert f"ecocito {other['number']}: the key given since opens nothing; give another" in said
    assert any(line.startswith("1 contracts were registered since") for line in said)
    assert await holder.numbers() == [contract["number"]]
    assert await holder.active() == contract["number"]
    for offered, refusal in ((key, "key_used"), (former_key, "key_revoked"), (lost_key, "key_unknown")):
        assert code_of(await holder.offer(offered)) == refusal
    assert (await holder.offer(await desk.issue_key(other))).status_code == 201
    await until(lambda: len(holder.mails(other)) == 1)
    await until(lambda: carried(world))
    assert await all_sent(world)
    assert [len(holder.mails(one)) for one in (contract, given_up)] == [1, 2]


async def test_the_notifier_brought_back_mails_nothing_twice_and_skips_nothing(
    world: World, postgres: PostgresServer, tmp_path: Path
) -> None:
    egec = world.portal("egec")
    anne, bruno, late = await egec.customers({}, {}, {})
    await egec.activate(anne)
    await until(lambda: carried(world))
    backup = await back_up(postgres, world.notifier_database, tmp_path)

    await egec.activate(anne)
    await egec.activate(bruno)
    newcomer = await egec.customer()
    await egec.activate(newcomer)
    await until(lambda: carried(world))
    await world.notifier.stop()
    await egec.ask(late.email)
    await restore(postgres, world.notifier, backup)

    for customer, mail in ((late, await egec.mail(late)), (anne, await egec.activate(anne))):
        assert await egec.sign_in(customer, mail.password) == SignedIn(customer)
    await until(lambda: carried(world))
    assert await all_sent(world)
    assert mails(egec, anne, bruno, late, newcomer) == [3, 1, 1, 1]
    assert [row["state"] for row in await world.deliveries(newcomer)] == ["sent"]


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["code"])
