"""« Activation du compte »: what replaces what, what is forgiven, and what a stranger cannot do."""

import asyncio

import pytest

from tests.support.customer_portal import CustomerPortal, Refused, SignedIn
from tests.support.password_mail import read_password_mail
from tests.support.waiting import PATIENCE
from tests.support.world import World

NOT_RECOGNISED = Refused("credentials_not_recognised")


async def test_s1_14_each_request_replaces_the_password(egec: CustomerPortal) -> None:
    customer = await egec.customer()
    first, second = [await egec.activate(customer) for _ in range(2)]

    assert await egec.sign_in(customer, first.password) == NOT_RECOGNISED
    assert await egec.sign_in(customer, second.password) == SignedIn(customer)


async def test_s1_14_the_old_password_and_its_sessions_end_with_the_answer(egec: CustomerPortal) -> None:
    """Not with the mail: whoever asked because someone else knows the password is safe from that moment."""
    customer = await egec.customer()
    first = await egec.activate(customer)
    signed_in = await egec.sign_in(customer, first.password)
    assert isinstance(signed_in, SignedIn)

    assert (await egec.ask(customer.email)).status_code == 202
    assert await egec.sign_in(customer, first.password) == NOT_RECOGNISED
    assert (await signed_in.browser.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("count", [2, 5])
async def test_s1_14_requests_at_once_leave_one_valid_password(
    shared_world: World, egec: CustomerPortal, count: int
) -> None:
    """The one in the newest mail; an older mail is superseded if it had not left."""
    customer = await egec.customer()
    answers = await asyncio.gather(*(egec.ask(customer.email) for _ in range(count)))
    assert [answer.status_code for answer in answers] == [202] * count

    *older, newest = await shared_world.settled(customer, count)
    assert newest["state"] == "sent"
    assert {row["state"] for row in older} <= {"sent", "superseded"}
    mails = {mail.id: mail for mail in map(read_password_mail, egec.catcher.messages(customer.email))}
    assert len(mails) == [row["state"] for row in (*older, newest)].count("sent")

    valid = [mail.id for mail in mails.values() if await egec.sign_in(customer, mail.password) == SignedIn(customer)]
    assert valid == [f"<{newest['id'].hex}@exemple.fr>"]


async def test_s1_15_after_several_requests_only_the_last_works(egec: CustomerPortal) -> None:
    customer = await egec.customer()
    mails = [await egec.activate(customer) for _ in range(4)]

    answers = [await egec.sign_in(customer, mail.password) for mail in mails]
    assert answers == [NOT_RECOGNISED] * 3 + [SignedIn(customer)]


async def test_s1_16_upper_and_lower_case_count(egec: CustomerPortal) -> None:
    customer = await egec.customer()
    mail = await egec.activate(customer)
    for wrong in (mail.password.lower(), mail.password.upper(), mail.password.swapcase()):
        assert await egec.sign_in(customer, wrong) == NOT_RECOGNISED
    assert await egec.sign_in(customer, mail.password) == SignedIn(customer)


@pytest.mark.parametrize(
    ("before", "behind"),
    [(" ", " "), ("\t", "\t"), ("", "\r\n"), ("\n", ""), ("\u00a0", "\u202f"), ("\u200b", "\ufeff")],
    ids=["blanks", "tabs", "line end", "line feed", "non-breaking", "invisible"],
)
async def test_s1_16_white_space_copied_along_is_forgiven(egec: CustomerPortal, before: str, behind: str) -> None:
    customer = await egec.customer()
    mail = await egec.activate(customer)

    def copied(text: str) -> str:
        return before + text + behind

    assert await egec.sign_in_as(copied(mail.identifier), copied(mail.password)) == SignedIn(customer)


async def test_s1_16_white_space_inside_is_not_forgiven(egec: CustomerPortal) -> None:
    customer = await egec.customer()
    mail = await egec.activate(customer)
    assert await egec.sign_in(customer, f"{mail.password[:4]} {mail.password[4:]}") == NOT_RECOGNISED


async def test_s1_17_a_strangers_wrong_passwords_lock_nobody_out(egec: CustomerPortal) -> None:
    """Ten and more from one address: that address waits, the owner at home does not."""
    customer = await egec.customer()
    mail = await egec.activate(customer)
    stranger = egec.browser()

    tries = [await egec.sign_in(customer, "fG69a*6jH", browser=stranger) for _ in range(11)]
    assert tries == [NOT_RECOGNISED] * 10 + [Refused("too_many_requests")]
    assert await egec.sign_in(customer, mail.password) == SignedIn(customer)


async def test_s1_17_a_strangers_requests_are_limited(egec: CustomerPortal) -> None:
    """Five in a quarter of an hour, over all addresses: nobody is flooded with mails."""
    customer = await egec.customer()
    answers = [await egec.ask(customer.email) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 15 * 60


async def test_s1_17_where_the_policy_keeps_it_the_old_password_lasts_until_the_new_one_is_used(
    hardened: CustomerPortal,
) -> None:
    customer = await hardened.customer()
    first = await hardened.activate(customer)
    assert await hardened.sign_in(customer, first.password) == SignedIn(customer)
    second = await hardened.activate(customer)  # a stranger asked for it

    assert await hardened.sign_in(customer, first.password) == SignedIn(customer)
    assert await hardened.sign_in(customer, second.password) == SignedIn(customer)
    assert await hardened.sign_in(customer, first.password) == NOT_RECOGNISED


async def test_s1_18_an_address_on_several_files_gets_a_mail_without_a_password(egec: CustomerPortal) -> None:
    address = "deux.dossiers@example.org"
    first = await egec.customer(email=address)
    password = (await egec.activate(first)).password
    second = await egec.customer(email=address)

    answer = await egec.ask(address)
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    mail = await egec.catcher.wait_for(address, timeout=PATIENCE, accept=lambda mail: "Plusieurs dossiers" in mail.text)

    assert "Service IT" in mail.text
    assert "service.it@exemple.fr" in mail.text
    for secret in (password, first.identifier, second.identifier):
        assert secret not in mail.text + mail.html
    assert await egec.sign_in(first, password) == SignedIn(first), "nothing was regenerated"


async def test_s1_18_the_answer_is_the_same_as_for_one_file(egec: CustomerPortal) -> None:
    alone, one, _ = await egec.customers({}, {"email": "memes@example.org"}, {"email": "memes@example.org"})
    answers = [await egec.ask(customer.email) for customer in (alone, one)]
    assert answers[0].content == answers[1].content
    headers = [[each for each in answer.headers.multi_items() if each[0] != "date"] for answer in answers]
    assert headers[0] == headers[1]
