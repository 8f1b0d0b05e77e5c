"""auth and contracts each go on while the other is stopped, and catch up afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.customer_portal import CustomerPortal
from tests.support.holder import Holder, signed_in
from tests.support.running import Service
from tests.support.waiting import until
from tests.support.world import World


@asynccontextmanager
async def stopped(service: Service) -> AsyncIterator[None]:
    await service.stop()
    try:
        yield
    finally:
        await service.start()


async def test_while_auth_is_stopped_those_signed_in_link_and_switch(shared_world: World, holder: Holder) -> None:
    (_, first_key), (second, second_key) = [await holder.key_for(label=label) for label in ("Maison", "Moulin")]
    async with stopped(shared_world.auth):
        assert [(await holder.offer(key)).status_code for key in (first_key, second_key)] == [201, 201]
        assert (await holder.switch(second)).status_code == 200
        page = await holder.browser.visit("/contracts")
        assert (page.status, "Moulin" in page.text) == (200, True)
        await holder.mail_saying(second["number"])

    async def shown() -> bool:
        return "Moulin" in (await holder.browser.visit("/account")).text

    await until(shown)


async def test_while_contracts_is_stopped_sign_in_goes_on(
    shared_world: World, ecocito: CustomerPortal, holder: Holder
) -> None:
    contract = await holder.linked()
    async with stopped(shared_world.contracts):
        browser = await signed_in(ecocito, holder.email, holder.password)
        account = await browser.visit("/account")
        assert account.headings[0] == "Mon compte"
        services = await browser.visit("/account/services")
        assert services.status == 200
    assert await holder.numbers() == [contract["number"]]
