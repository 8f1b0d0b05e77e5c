"""Limits: spent before any work is done, on the name as submitted, and never on the owner's account itself."""

from services.auth.hasher import CALLS
from tests.support.customer_portal import CustomerPortal, Refused, SignedIn
from tests.support.world import World

TOO_MANY = Refused("too_many_requests")
NOT_RECOGNISED = Refused("credentials_not_recognised")


def argon2_calls() -> float:
    return sum(sample.value for metric in CALLS.collect() for sample in metric.samples if sample.name.endswith("total"))


async def test_a_limited_request_runs_no_argon2(egec: CustomerPortal) -> None:
    customer = await egec.customer()
    stranger = egec.browser()
    for _ in range(10):
        assert await egec.sign_in(customer, "fG69a*6jH", browser=stranger) == NOT_RECOGNISED
    for _ in range(5):
        assert (await egec.ask(customer.email)).status_code == 202

    before = argon2_calls()
    assert await egec.sign_in(customer, "fG69a*6jH", browser=stranger) == TOO_MANY
    assert (await egec.ask(customer.email)).status_code == 429
    assert argon2_calls() == before

    assert await egec.sign_in(customer, "fG69a*6jH") == NOT_RECOGNISED
    assert argon2_calls() > before, "from elsewhere it is hashed, or this test counts nothing"


async def test_a_refused_sign_in_counts_although_it_changed_nothing_else(
    shared_world: World, egec: CustomerPortal
) -> None:
    """Names nobody has are limited as well: the limit is on what was submitted."""
    stranger = egec.browser()
    credentials = await shared_world.in_auth("select * from credentials order by account_id")
    answers = [await egec.sign_in_as("0123456789", "fG69a*6jH", browser=stranger) for _ in range(11)]

    assert answers == [NOT_RECOGNISED] * 10 + [TOO_MANY]
    assert await shared_world.in_auth("select * from credentials order by account_id") == credentials


async def test_signing_in_spends_nothing(egec: CustomerPortal) -> None:
    customer = await egec.customer()
    password = (await egec.activate(customer)).password
    browser = egec.browser()
    answers = [await egec.sign_in(customer, password, browser=browser) for _ in range(11)]
    assert answers == [SignedIn(customer)] * 11


async def test_an_owners_known_browser_is_let_in_whatever_strangers_tried(shared_world: World) -> None:
    """The limit on a name over all addresses (five here) ends it for strangers, not for who signed in before."""
    wary = shared_world.portal("wary")
    customer = await wary.customer()
    password = (await wary.activate(customer)).password
    known = wary.browser()
    assert await wary.sign_in(customer, password, browser=known) == SignedIn(customer)

    assert [await wary.sign_in(customer, "fG69a*6jH") for _ in range(6)] == [NOT_RECOGNISED] * 5 + [TOO_MANY]
    assert await wary.sign_in(customer, password) == TOO_MANY
    assert await wary.sign_in(customer, password, browser=known) == SignedIn(customer)


async def test_where_the_portal_tells_an_address_may_not_try_names_for_ever(egec: CustomerPortal) -> None:
    stranger = egec.browser()
    answers = [(await egec.ask(f"essai.{n}@example.org", browser=stranger)).status_code for n in range(21)]
    assert answers == [404] * 20 + [429]

    customer = await egec.customer()
    assert (await egec.ask(customer.email, browser=stranger)).status_code == 429, "else the answer itself would tell"
    assert (await egec.ask(customer.email)).status_code == 202


async def test_limits_count_the_name_however_it_is_written(egec: CustomerPortal) -> None:
    customer = await egec.customer(email="ecrit.de.travers@example.org")
    spellings = ("ecrit.de.travers@example.org", " ECRIT.de.travers@example.org", "Ecrit.De.Travers@Example.Org\u00a0")
    answers = [(await egec.ask(spelling)).status_code for spelling in (*spellings, *spellings)]
    assert answers == [202] * 5 + [429], customer
