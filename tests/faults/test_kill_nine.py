"""kill -9 in the midst of a mail: it still arrives, at most twice, and then it is the same mail."""

import signal

import pytest

from tests.faults.conftest import Mortal
from tests.support.customer_portal import Customer, CustomerPortal, Refused, SignedIn
from tests.support.password_mail import password_in
from tests.support.waiting import until

KILLED = -signal.SIGKILL


@pytest.mark.parametrize(
    ("point", "copies"),
    [
        ("notifier.mid_data", 1),  # half a mail is none
        ("notifier.after_dot", 2),  # from the dot to the commit only the server knows
        ("notifier.after_250", 2),
        ("notifier.after_record", 1),  # committed: done
    ],
)
async def test_after_kill_nine_of_the_deliverer_the_mail_still_arrives(mortal: Mortal, point: str, copies: int) -> None:
    world, egec = mortal.world, mortal.world.portal("egec")
    customer = await egec.customer()
    await mortal.deliverer.stop()
    await mortal.deliverer.start(GUICHET_FAULT=point)
    assert (await egec.ask(customer.email)).status_code == 202
    assert await mortal.deliverer.ended() == KILLED

    await world.let_leases_pass()
    await mortal.deliverer.start()
    (delivery,) = await world.settled(customer, 1)

    assert delivery["state"] == "sent"
    mails = mortal.smtp.to(customer.email)
    assert len(mails) == copies
    assert {mail.raw for mail in mails} == {mails[0].raw}, "the same Message-ID, the same secret"
    assert await signs_in_by_mail(mortal, egec, customer) == SignedIn(customer)


async def test_after_kill_nine_of_the_consumer_the_fact_is_read_again(mortal: Mortal) -> None:
    """Between the effects and their commit: neither was."""
    world, egec = mortal.world, mortal.world.portal("egec")
    customer = await egec.customer()
    await until(lambda: world.in_notifier("select from accounts where identifier = $1", customer.identifier))
    await mortal.consumer.stop()
    await mortal.consumer.start(GUICHET_FAULT="inbox.after_insert")
    assert (await egec.ask(customer.email)).status_code == 202
    assert await mortal.consumer.ended() == KILLED
    assert await world.deliveries(customer) == []

    await mortal.consumer.start()
    (delivery,) = await world.settled(customer, 1)
    assert delivery["state"] == "sent"
    assert len(mortal.smtp.to(customer.email)) == 1
    assert await signs_in_by_mail(mortal, egec, customer) == SignedIn(customer)


@pytest.mark.parametrize("point", ["relay.after_produce", "relay.after_ack"])
async def test_after_kill_nine_of_the_relay_the_mail_still_arrives_once(mortal: Mortal, point: str) -> None:
    """Duplicates there may be in Kafka; the inbox knows them."""
    world, egec = mortal.world, mortal.world.portal("egec")
    customer = await egec.customer()
    await until(world.outbox_empty)
    await mortal.auth.stop()
    await mortal.auth.start(GUICHET_FAULT=point)
    assert (await egec.ask(customer.email)).status_code == 202
    assert await mortal.auth.ended() == KILLED
    assert await world.waiting_events() > 0, "nothing is deleted that might not have been sent"

    await mortal.auth.start()
    await until(world.outbox_empty)
    (delivery,) = await world.settled(customer, 1)

    assert delivery["state"] == "sent"
    assert len(mortal.smtp.to(customer.email)) == 1
    assert await signs_in_by_mail(mortal, egec, customer) == SignedIn(customer)


async def signs_in_by_mail(mortal: Mortal, egec: CustomerPortal, customer: Customer) -> SignedIn | Refused:
    return await egec.sign_in(customer, password_in(mortal.smtp.to(customer.email)[-1].text))
