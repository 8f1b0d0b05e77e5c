"""Groupecho's way in, as its document describes it. « … » is the document, letter by letter."""

import pytest

from tests.support.customer_portal import CustomerPortal, refusal
from tests.support.user import User
from tests.support.world import World

CLIENT = "Pour devenir un client, contactez-nous"
HINTS = (
    "LA CASSE que vous utilisez doit être la bonne (majuscules et minuscules)",
    "Vérifiez que tous les symboles contenus dans votre mot de passe sont utilisés",
    "Utilisez les touches numériques situées à la droite de votre clavier d'ordinateur",
    "N'utilisez pas la barre d'espacement avant ou après le code d'utilisateur ou le mot de passe.",
)
MAILS = "N'oubliez pas de consulter vos courriels!"
NO_CHANGE = "Pour des raisons de sécurité, il n'est pas possible de changer les mots de passe en ligne."
REMINDER = (
    "RAPPEL : Si vous avez une adresse courriel partagée, nous recommandons de ne pas demander votre mot de passe par "
    "courriel puisque ceci compromet la SÉCURITÉ. Veuillez communiquer avec le service à la clientèle pour l'obtenir "
    "verbalement."
)


async def test_s2_03_the_form_asks_for_code_and_password_and_has_the_box(groupecho: CustomerPortal) -> None:
    page = await groupecho.browser().visit("/sign-in")

    asked = [(field.label, field.kind) for field in page.inputs if field.label]
    assert asked == [
        ("Entrez votre code d'utilisateur", "text"),
        ("Entrez votre mot de passe", "password"),
        ("Envoyez-moi mon mot de passe par courriel SVP", "checkbox"),
    ]
    assert "ENTRER" in page.buttons


@pytest.mark.parametrize("password", ["", "fG69a*6jH", "\x00 ou n’importe quoi "])
async def test_s2_04_the_code_and_the_box_send_the_password_whatever_else_was_typed(user: User, password: str) -> None:
    page = await user.ask(password=password)
    assert (page.status, MAILS in page.text) == (200, True)

    mailed = await user.mailed_password()
    assert len(mailed) == 9
    account = await user.enter(mailed)
    assert account.headings[0] == "Mon compte"
    assert user.code in account.text


async def test_s2_04_each_request_replaces_the_password(user: User) -> None:
    first = await user.new_password()
    second = await user.new_password()

    assert [(await user.enter(password)).status for password in (first, second)] == [401, 200]


async def test_s2_04_an_unknown_code_is_answered_alike(groupecho: CustomerPortal, user: User) -> None:
    pages = [
        await groupecho.browser().submit("/sign-in", login=code, password="", send="yes")
        for code in (user.code, user.code.swapcase())
    ]

    assert [(page.status, page.text) for page in pages] == [(200, pages[0].text)] * 2
    await user.mailed_password()


async def test_s2_04_without_a_code_nothing_is_sent(user: User) -> None:
    page = await user.browser.submit("/sign-in", login="", password="", send="yes")

    assert page.status == 422
    assert "Inscrivez votre code d’utilisateur." in page.text


async def test_s2_04_whoever_chose_a_service_comes_to_it_after_the_mail(user: User) -> None:
    chosen = await user.browser.visit("/services/catalogue")
    form = {"csrf": chosen.hidden("csrf"), "next": chosen.hidden("next"), "login": user.code, "password": ""}
    asked = await user.browser.request("POST", "/sign-in", data={**form, "send": "yes"})
    sent = await user.browser.visit(asked.headers["location"])
    assert MAILS in sent.text

    password = await user.mailed_password()
    form = {"csrf": sent.hidden("csrf"), "next": sent.hidden("next"), "login": user.code, "password": password}
    answer = await user.browser.request("POST", "/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/services/catalogue")


async def test_s2_05_the_form_has_the_reminder_in_full(groupecho: CustomerPortal) -> None:
    browser = groupecho.browser()
    for path in ("/sign-in", "/activate", "/help"):
        assert REMINDER in (await browser.visit(path)).text, path


async def test_s2_08_passwords_are_not_changed_online(user: User) -> None:
    await user.signed_in()
    current = user.passwords()[-1]

    account = await user.browser.visit("/account")
    page = await user.browser.visit("/account/password")
    change = {"current": current, "new": "une phrase que personne ne devine"}
    refused = await user.browser.request("PUT", "/api/v1/me/password", json=change)

    assert NO_CHANGE in account.text
    assert (page.status, NO_CHANGE in page.text) == (403, True)
    assert refusal(refused).code == "password_change_not_offered"
    assert refusal(refused).text.startswith(NO_CHANGE)
    assert (await user.enter(current)).status == 200


async def test_s2_11_a_failing_sign_in_shows_the_four_hints(user: User) -> None:
    password = await user.new_password()
    for wrong in (password.swapcase(), f"{password[:4]} {password[4:]}", "x"):
        page = await user.enter(wrong)
        assert page.status == 401
        places = [page.text.find(hint) for hint in HINTS]
        assert -1 not in places
        assert places == sorted(places)
        assert next(field.value for field in page.inputs if field.name == "login") == user.code


async def test_s2_11_the_case_of_the_code_counts_and_blanks_around_it_do_not(user: User) -> None:
    password = await user.new_password()
    pages = [
        await user.browser.submit("/sign-in", login=login, password=password)
        for login in (user.code.upper(), user.code.lower(), f" {user.code}\u00a0")
    ]

    assert [page.status for page in pages] == [401, 401, 200]


async def test_s2_11_before_anything_failed_there_are_no_hints(groupecho: CustomerPortal) -> None:
    assert HINTS[0] not in (await groupecho.browser().visit("/sign-in")).text


async def test_s2_12_whoever_is_no_client_is_told_whom_to_contact_and_opens_no_account(
    groupecho: CustomerPortal,
) -> None:
    browser = groupecho.browser()
    page = await browser.visit("/sign-in")
    contact = await browser.visit(page.links[CLIENT])
    assert "service.clientele@exemple.fr" in contact.text

    refused = await browser.visit("/register")
    assert (refused.status, CLIENT in refused.text) == (403, True)
    asked = await browser.post("/api/v1/registrations", {"email": "nouveau@example.org", "name": "Camille Exemple"})
    assert refusal(asked).code == "registration_not_offered"


async def test_a_portal_without_words_for_the_box_sends_nothing_by_it(shared_world: World) -> None:
    egec = shared_world.portal("egec")
    customer = await egec.customer()
    page = await egec.browser().submit("/sign-in", login=customer.identifier, password="x", send="yes")

    assert page.status == 422
    assert await shared_world.deliveries(customer) == []
