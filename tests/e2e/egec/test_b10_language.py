"""B10: the person's own language, never the operator's, nor that of the browser they happen to sit at."""

import pytest

from deploy.local.caught import Caught
from tests.support.browser import Browser
from tests.support.customer_portal import Customer, CustomerPortal, SignedIn

SUBJECTS = {
    "fr": "Votre identifiant et votre nouveau mot de passe eGEC",
    "en": "Your identifier and your new password for eGEC",
}
INSIDE = {"fr": "Mon compte", "en": "My account"}


async def asks_and_signs_in(egec: CustomerPortal, customer: Customer, browser: Browser) -> Caught:
    mail = await egec.activate(customer, browser=browser)
    assert await egec.sign_in(customer, mail.password, browser=browser) == SignedIn(customer)
    return mail.caught


@pytest.mark.parametrize(("own", "elsewhere"), [("en", "fr"), ("fr", "en")])
async def test_b10_mail_and_pages_speak_the_persons_language_and_not_the_browsers(
    egec: CustomerPortal, own: str, elsewhere: str
) -> None:
    customer, browser = await egec.customer(language=own), egec.browser(speaks=elsewhere)
    assert (await browser.visit("/account")).language == elsewhere  # nobody knows yet who it is

    mail = await asks_and_signs_in(egec, customer, browser)
    page = await browser.visit("/account")
    assert (mail.message["Subject"], mail.message["Content-Language"]) == (SUBJECTS[own], own)
    assert (page.language, page.headings[0]) == (own, INSIDE[own])


@pytest.mark.parametrize(("own", "elsewhere"), [("en", "fr"), ("fr", "en")])
async def test_b10_refusals_speak_the_persons_language(egec: CustomerPortal, own: str, elsewhere: str) -> None:
    customer, browser = await egec.customer(language=own), egec.browser(speaks=elsewhere)
    await asks_and_signs_in(egec, customer, browser)

    answer = await browser.request("PUT", "/api/v1/me/password", json={"current": "x", "new": "y"})
    told = {
        "fr": "Le mot de passe ne se change pas ici : demandez une nouvelle activation du compte.",
        "en": "Passwords are not changed here: request a new account activation.",
    }
    assert (answer.status_code, answer.json()["title"]) == (403, told[own])


async def test_b10_a_language_the_portal_lacks_falls_back_to_its_first(egec: CustomerPortal) -> None:
    customer, browser = await egec.customer(language="de"), egec.browser(speaks="de")
    mail = await asks_and_signs_in(egec, customer, browser)

    assert (mail.message["Subject"], mail.message["Content-Language"]) == (SUBJECTS["fr"], "fr")
    assert (await browser.visit("/account")).language == "fr"


async def test_b10_a_language_is_the_same_wherever_it_is_spoken(egec: CustomerPortal) -> None:
    customer, browser = await egec.customer(language="en-CA"), egec.browser(speaks="fr-CA, en;q=0.5")
    mail = await asks_and_signs_in(egec, customer, browser)

    assert mail.message["Content-Language"] == "en"
    assert (await browser.visit("/account")).language == "en"


async def test_b10_a_language_chosen_in_this_browser_is_kept_there(egec: CustomerPortal) -> None:
    customer, browser = await egec.customer(language="en"), egec.browser(speaks="en")
    await browser.visit("/?lang=fr")
    mail = await asks_and_signs_in(egec, customer, browser)

    assert mail.message["Content-Language"] == "en"
    assert (await browser.visit("/account")).language == "fr"
