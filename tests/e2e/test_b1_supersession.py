"""B1: a newer password cancels the older mails that have not left; what is behind catches up first and sends then."""

from deploy.local.catcher import run_catcher
from deploy.local.ports import free_port
from shared.events import MailSuperseded
from shared.events.topics import Topic
from tests.support.customer_portal import Customer, SignedIn
from tests.support.ground import Ground
from tests.support.password_mail import read_password_mail
from tests.support.topic import of_type, read_topic
from tests.support.waiting import until
from tests.support.world import World


async def test_b1_a_notifier_that_slept_through_three_requests_sends_one_mail(world: World) -> None:
    egec = world.portal("egec")
    customer = await egec.customer()
    await world.notifier.stop()
    for _ in range(3):
        assert (await egec.ask(customer.email)).status_code == 202
    await until(world.outbox_empty)

    await world.notifier.start()
    deliveries = await world.settled(customer, 3)

    assert [row["state"] for row in deliveries] == ["superseded", "superseded", "sent"]
    (mail,) = egec.catcher.messages(customer.email)
    assert await egec.sign_in(customer, read_password_mail(mail).password) == SignedIn(customer)
    await until(lambda: _told_of(world, [row["id"] for row in deliveries[:2]], deliveries[2]["generation"]))


async def test_b1_a_mail_that_could_not_leave_is_superseded_by_the_next(ground: Ground) -> None:
    """Nobody took mails while both were asked for."""
    port = free_port()
    async with ground.world(smtp_port=port) as world:
        egec = world.portal("egec")
        customer = await egec.customer()
        for _ in range(2):
            assert (await egec.ask(customer.email)).status_code == 202
        await until(lambda: _both_known(world, customer))

        async with run_catcher(smtp_port=port) as catcher:
            deliveries = await world.settled(customer, 2)
            assert [row["state"] for row in deliveries] == ["superseded", "sent"]
            (mail,) = catcher.messages(customer.email)
            assert await egec.sign_in(customer, read_password_mail(mail).password) == SignedIn(customer)


async def _both_known(world: World, customer: Customer) -> bool:
    return len(await world.deliveries(customer)) == 2


async def _told_of(world: World, delivery_ids: list[object], by_generation: int) -> bool:
    events = [message.event for message in of_type(await read_topic(world.kafka, Topic.NOTIFICATIONS), MailSuperseded)]
    told = {event.delivery_id: event.by_generation for event in events if isinstance(event, MailSuperseded)}
    return told == dict.fromkeys(delivery_ids, by_generation)
