"""Ecocito's way to an account, as its document describes it (S0.1 to S0.4). « … » is the document, letter by letter."""

import pytest

from tests.support.customer_portal import CustomerPortal, refusal
from tests.support.holder import PASSWORD, Holder, mailed_token, new_email, new_holder, register, signed_in
from tests.support.world import World

OTHER_PASSWORD = "une grenouille dort sous le pont"
SECTIONS = (
    "Associer un deuxième compte à votre compte Ecocito",
    "1 SE CONNECTER À SON COMPTE",
    "» SI VOUS NE POSSÉDEZ PAS ENCORE DE COMPTE ECOCITO",
    "2 ASSOCIER UN NOUVEAU POINT DE PRODUCTION",
    "» VOUS NE CONNAISSEZ PAS VOTRE CLÉ D'ACTIVATION ?",
    "3 | ACCÉDER À SON COMPTE ASSOCIÉ",
)


async def test_s0_01_a_page_explains_how_to_link_a_second_account(ecocito: CustomerPortal) -> None:
    browser = ecocito.browser()
    page = await browser.visit((await browser.visit("/")).links["Aide"])

    assert page.status == 200
    assert [heading for heading in page.headings if heading in SECTIONS] == list(SECTIONS)
    assert "Vous avez besoin d'une clé d'activation pour chaque compte différent géré." in page.text


async def test_s0_02_each_portal_has_its_own_address(shared_world: World, ecocito: CustomerPortal) -> None:
    other = shared_world.portal("default")
    names = [(await portal.browser().visit("/")).title for portal in (ecocito, other)]
    assert ["Ecocito" in name for name in names] == [True, False]

    holder = await new_holder(ecocito)
    elsewhere = await other.browser().post("/api/v1/sessions", {"login": holder.email, "password": holder.password})
    assert refusal(elsewhere).code == "credentials_not_recognised", "an account is one portal's"


@pytest.mark.parametrize("path", ["/contracts", "/contracts/link", "/account/services"])
async def test_s0_02_signing_in_comes_before_linking(ecocito: CustomerPortal, holder: Holder, path: str) -> None:
    stranger = ecocito.browser()
    page = await stranger.visit(path)
    assert page.headings[0] == "SE CONNECTER À SON COMPTE"
    assert (await stranger.post("/api/v1/contracts/links", {"activation_key": "x"})).status_code == 401

    entered = {"login": holder.email, "password": holder.password, "csrf": page.hidden("csrf")}
    answer = await stranger.request("POST", "/sign-in", data={**entered, "next": page.hidden("next")})
    assert (answer.status_code, answer.headers["location"]) == (303, path), "back to where they wanted"
    assert (await stranger.get(path)).status_code == 200


async def test_s0_03_whoever_has_no_account_opens_one_by_pages_alone(ecocito: CustomerPortal) -> None:
    email, browser = new_email(), ecocito.browser()
    home = await browser.visit("/")
    page = await browser.visit(home.links["Ouvrir un compte Ecocito™ maintenant"])
    assert page.headings[0] == "CRÉER SON COMPTE ECOCITO"

    sent = await browser.submit("/register", email=email, name="Dominique Échantillon")
    assert (sent.status, "Un courriel vous a été envoyé." in sent.text) == (200, True)
    path, token = await mailed_token(ecocito, email)
    opened = await browser.submit(path, token=token, password=PASSWORD)
    assert "Votre compte est ouvert." in opened.text
    account = await browser.submit("/sign-in", login=email, password=PASSWORD)
    assert "Dominique Échantillon" in account.text


async def test_s0_03_the_link_works_once_and_looking_at_it_uses_nothing(ecocito: CustomerPortal) -> None:
    email, browser = new_email(), ecocito.browser()
    await register(ecocito, email)
    path, token = await mailed_token(ecocito, email)
    given = {"token": token, "password": PASSWORD}

    await browser.visit(path)
    weak = await browser.post("/api/v1/registrations/confirm", given | {"password": "motdepasse123"})
    answers = [await browser.post("/api/v1/registrations/confirm", given) for _ in range(2)]

    assert weak.status_code == 422
    assert [answer.status_code for answer in answers] == [201, 410]
    assert refusal(answers[1]).code == "token_used"


async def test_s0_03_a_known_address_is_answered_alike_and_told_by_mail(
    ecocito: CustomerPortal, holder: Holder
) -> None:
    answers = [await register(ecocito, email) for email in (new_email(), holder.email)]

    assert answers[0].content == answers[1].content
    assert answers[0].headers.keys() == answers[1].headers.keys()
    mail = await holder.mail_saying("qui en a déjà un")
    assert "relationusagers@evolis23.fr" in mail.text
    await signed_in(ecocito, holder.email, holder.password)


async def test_s0_03_a_forgotten_password_is_chosen_anew_by_link(ecocito: CustomerPortal, holder: Holder) -> None:
    _, used = await mailed_token(ecocito, holder.email)
    assert (await ecocito.ask(holder.email)).status_code == 202
    path, token = await mailed_token(ecocito, holder.email, besides=used)
    assert path == "/activate/confirm"
    await signed_in(ecocito, holder.email, holder.password)  # until another is chosen

    chosen = await ecocito.browser().submit(path, token=token, password=OTHER_PASSWORD)
    again = await ecocito.browser().submit(path, token=token, password=PASSWORD)

    assert "Votre mot de passe est changé." in chosen.text
    assert again.status == 410
    former = await ecocito.browser().post("/api/v1/sessions", {"login": holder.email, "password": holder.password})
    assert refusal(former).code == "credentials_not_recognised"
    await signed_in(ecocito, holder.email, OTHER_PASSWORD)
    await holder.mail_saying("vient d’être changé")


async def test_s0_04_my_account_leads_by_the_available_services_to_the_guided_steps(holder: Holder) -> None:
    browser = holder.browser
    account = await browser.visit((await browser.visit("/")).links["Mon compte"])
    services = await browser.visit(account.links["Services disponibles"])
    link = await browser.visit(services.links["Associer un autre compte"])

    assert "rows services" not in (await browser.get("/account/services")).text, "a list with nothing in it"
    assert link.headings[0] == "Associer un autre compte"
    assert [(field.name, field.kind) for field in link.inputs] == [("activation_key", "text")]
    assert "Vous aurez besoin de la clé d'activation transmise par Evolis 23." in link.text
