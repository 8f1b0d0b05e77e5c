"""Services, and what is to be found once in: S2.2, S2.13 and S2.14. « … » is the document, letter by letter."""

import pytest

from tests.support.customer_portal import CustomerPortal
from tests.support.user import User

ECHOFLASH = (
    "ÉCHOFLASH: Du nouveau chez Groupecho! Notre dernier avis est maintenant disponible en ligne. Veuillez accéder au "
    "module de collection pour connaître les avantages à utiliser cet outil de recouvrement."
)
CHANGING = "Puis-je CHANGER mon mot de passe en ligne?"
LOST_CODE = "J'ai perdu mon code d'utilisateur -- QUE DOIS-JE FAIRE?"


async def test_s2_02_a_service_leads_to_the_sign_in_page_and_back_to_it(user: User) -> None:
    home = await user.browser.visit("/")
    assert "Cliquez sur un des services auxquels vous êtes abonné(e)." in home.text
    assert "Consulter ou commander" in home.links
    page = await user.browser.visit("/services/catalogue")
    assert page.headings[0] == "ACCÈS AU SITE INTERNET", "« une page d'authentification apparaîtra »"

    form = {"csrf": page.hidden("csrf"), "next": page.hidden("next")}
    entered = form | {"login": user.code, "password": await user.new_password()}
    answer = await user.browser.request("POST", "/sign-in", data=entered)

    assert (answer.status_code, answer.headers["location"]) == (303, "/services/catalogue")
    service = await user.browser.visit("/services/catalogue")
    assert (service.status, service.headings[0]) == (200, "Catalogue")


async def test_s2_02_a_service_one_is_not_subscribed_to_says_whom_to_contact(user: User) -> None:
    await user.signed_in()
    page = await user.browser.visit("/services/collection")

    assert page.status == 403
    assert "Votre compte n’est pas abonné à ce service" in page.headings
    assert "écrivez à service.clientele@exemple.fr (service à la clientèle)" in page.text


@pytest.mark.parametrize("path", ["/account", "/account/services"])
async def test_s2_02_the_account_lists_only_services_subscribed_to(user: User, path: str) -> None:
    await user.signed_in()
    page = await user.browser.visit(path)

    assert "Consulter ou commander" in page.links
    assert "Catalogue" in page.text
    assert "Module de collection" not in page.text.replace(ECHOFLASH, "")


async def test_s2_02_a_service_there_is_not_is_not_found_by_anybody(groupecho: CustomerPortal, user: User) -> None:
    await user.signed_in()
    for browser in (groupecho.browser(), user.browser):
        assert (await browser.get("/services/autre")).status_code == 404


async def test_s2_13_once_in_the_guide_and_the_announcement_are_there(user: User) -> None:
    await user.signed_in()
    account = await user.browser.visit("/account")
    assert ECHOFLASH in account.text
    guide = await user.browser.visit(account.links["Guide de navigation"])

    assert "Guide de navigation" in guide.headings
    assert ECHOFLASH in guide.text


async def test_s2_14_the_sites_search_finds_answers_of_the_help(groupecho: CustomerPortal) -> None:
    browser = groupecho.browser()
    home = await browser.visit("/")
    assert "OK" in home.buttons

    for asked in ("changer mot passe", "CHANGÉR  Passe", "mot-de-passe changer", "ligne securite"):
        page = await browser.visit(f"/search?q={asked}")
        assert CHANGING in page.links, asked
    for nothing in ("changer zzz", "hanger", "!"):
        page = await browser.visit(f"/search?q={nothing}")
        assert CHANGING not in page.links, nothing
        assert "Rien n’a été trouvé" in page.text

    found = (await browser.visit("/search?q=perdu code d’utilisateur")).links
    path, _, place = found[LOST_CODE].partition("#")
    assert f'id="{place}"' in (await browser.get(path)).text


async def test_s2_14_what_was_asked_for_is_shown_as_it_is_and_runs_nothing(groupecho: CustomerPortal) -> None:
    hostile = '"><script>alert(1)</script>{{7*7}}'
    browser = groupecho.browser()

    answer = await browser.get("/search", params={"q": hostile})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "{{7*7}}" in answer.text
    assert (await browser.visit("/search")).status == 200
    assert (await browser.get("/search", params={"q": "x" * 5000})).status_code == 200
