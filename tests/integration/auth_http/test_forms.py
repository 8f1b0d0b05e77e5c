"""Forms: only our own are taken, read as strictly as JSON, and what was typed comes back with its fault."""

import httpx
import pytest

from tests.integration.auth_http.conftest import Auth
from tests.support.browser import Browser
from tests.support.page import Page, read_page

FORM = {"content-type": "application/x-www-form-urlencoded"}


async def send(browser: Browser, path: str, fields: dict[str, str], **headers: str) -> tuple[httpx.Response, Page]:
    answer = await browser.request(
        "POST", path, data=fields, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return answer, read_page(answer.text, answer.status_code)


async def token(browser: Browser, path: str = "/activate") -> str:
    return (await browser.visit(path)).hidden("csrf")


async def test_a_form_leads_to_a_page_that_can_be_reloaded(auth: Auth) -> None:
    browser, customer = auth.browser(), await auth.customer()

    answer, _ = await send(browser, "/activate", {"csrf": await token(browser), "email": customer.email})

    assert (answer.status_code, answer.headers["location"]) == (303, "/activate?sent")


@pytest.mark.parametrize("field", ["", "0" * 32, "é"])
async def test_a_form_without_this_browsers_token_does_nothing(auth: Auth, field: str) -> None:
    browser, customer, before = auth.browser(), await auth.customer(), await auth.count("outbox")
    await token(browser)

    answer, page = await send(browser, "/activate", {"csrf": field, "email": customer.email})

    assert answer.status_code == 403
    assert page.headings == ["Ce formulaire a expiré ou les cookies sont bloqués\u202f; rien n’a été envoyé"]
    assert page.links["Revenir à la page et recommencer"] == ""
    assert await auth.count("outbox") == before


async def test_a_token_alone_is_not_enough_without_its_cookie(auth: Auth) -> None:
    mine = await token(auth.browser())

    answer, _ = await send(auth.browser(), "/activate", {"csrf": mine, "email": "a@example.org"})

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/activate", "/sign-in", "/sign-out", "/api/v1/activations", "/api/v1/sessions"])
@pytest.mark.parametrize(
    "said",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://desk.localhost"},
        {"sec_fetch_site": "same-origin", "origin": "https://evil.example"},
    ],
)
async def test_another_site_cannot_send_forms(auth: Auth, path: str, said: dict[str, str]) -> None:
    browser = auth.browser()

    answer, _ = await send(browser, path, {"csrf": await token(browser), "email": "a@example.org"}, **said)

    assert answer.status_code == 403
    if path.startswith("/api/"):
        assert answer.json()["code"] == "cross_site_request"


async def test_our_own_pages_can(auth: Auth) -> None:
    browser, customer = auth.browser(), await auth.customer()
    same = {"origin": f"http://{browser.host}", "sec_fetch_site": "same-origin"}

    answer, _ = await send(browser, "/activate", {"csrf": await token(browser), "email": customer.email}, **same)

    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Saisissez votre courriel."),
        ("0000000001", "Saisissez une adresse complète, comme nom@exemple.fr."),
        ("a\r\nb@example.org", "Contient un retour à la ligne ou un caractère de commande"),
    ],
)
async def test_what_is_wrong_with_the_address_is_said_beside_it(auth: Auth, typed: str, says: str) -> None:
    browser = auth.browser()

    answer, page = await send(browser, "/activate", {"csrf": await token(browser), "email": typed})

    assert answer.status_code == 422
    assert page.title.startswith("Erreur")
    assert page.links[says] == "#email"
    assert page.text.count(says) == 2


async def test_what_was_typed_is_shown_again_and_is_only_text(auth: Auth) -> None:
    browser = auth.browser()
    typed = '"><script>alert(1)</script>{{7*7}}@example.org'

    answer, page = await send(browser, "/activate", {"csrf": await token(browser), "email": typed})

    assert answer.status_code == 404
    assert "<script" not in answer.text
    assert [field.value for field in page.inputs] == [typed]


async def test_a_wrong_password_is_never_shown_again(auth: Auth) -> None:
    browser = auth.browser()
    fields = {"csrf": await token(browser, "/sign-in"), "login": "0000000001", "password": "canary-12"}

    answer, page = await send(browser, "/sign-in", fields)

    assert answer.status_code == 401
    assert "canary-12" not in answer.text
    assert {field.name: field.value for field in page.inputs} == {"login": "0000000001", "password": ""}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"email=a%40example.org&email=b%40example.org", 400),
        (b"email=%ff", 400),
        (b"\xff=1", 400),
        (b"&".join(b"a%d=1" % number for number in range(101)), 400),
        (b"email=" + b"a" * 70_000, 413),
    ],
)
async def test_a_form_that_no_browser_sends_is_refused(auth: Auth, body: bytes, status: int) -> None:
    answer = await auth.browser().request("POST", "/activate", content=body, headers=FORM)

    assert answer.status_code == status


async def test_a_form_of_another_type_is_refused(auth: Auth) -> None:
    answer = await auth.browser().request("POST", "/activate", files={"email": b"a@example.org"})

    assert answer.status_code == 415
