"""Where the portal does not tell, known and unknown names get answers that are equal to the byte (S1.6)."""

import httpx

from tests.integration.auth_http.conftest import NEUTRAL, Auth, stranger


def all_of(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Everything but the time of day."""
    return answer.status_code, answer.content, [pair for pair in answer.headers.multi_items() if pair[0] != "date"]


async def test_the_apis_answers_are_byte_equal(auth: Auth) -> None:
    customer = await auth.customer("neutral")

    known = await auth.browser(NEUTRAL).post("/api/v1/activations", {"email": customer.email})
    unknown = await auth.browser(NEUTRAL).post("/api/v1/activations", {"email": stranger()})

    assert known.status_code == 202
    assert all_of(known) == all_of(unknown)


async def test_the_pages_answers_are_byte_equal(auth: Auth) -> None:
    customer, browser = await auth.customer("neutral"), auth.browser(NEUTRAL)
    token = (await browser.visit("/activate")).hidden("csrf")

    known = await browser.request("POST", "/activate", data={"csrf": token, "email": customer.email})
    unknown = await browser.request("POST", "/activate", data={"csrf": token, "email": stranger()})

    assert known.status_code == 303
    assert all_of(known) == all_of(unknown)


async def test_a_wrong_name_and_a_wrong_password_are_refused_alike(auth: Auth) -> None:
    customer = await auth.customer_with("fG69a*6jH", "neutral")

    wrong_password = await auth.browser(NEUTRAL).post(
        "/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jh"}
    )
    wrong_name = await auth.browser(NEUTRAL).post("/api/v1/sessions", {"login": "9999999999", "password": "fG69a*6jH"})

    assert wrong_password.status_code == 401
    assert all_of(wrong_password) == all_of(wrong_name)
