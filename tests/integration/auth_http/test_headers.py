"""What every answer carries, and what a browser may keep of it."""

import re

import pytest

from tests.integration.auth_http.conftest import DESK, TOLD, Auth

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (TOLD, "/"),
        (TOLD, "/sign-in"),
        (TOLD, "/nowhere"),
        (TOLD, "/api/v1/me"),
        (TOLD, "/api/openapi/auth.json"),
        (TOLD, "/assets/guichet.css"),
        (DESK, "/api/v1/portals/egec/accounts"),
        (DESK, "/"),
        ("nowhere.example", "/"),
    ],
)
async def test_every_answer_is_protected(auth: Auth, host: str, path: str) -> None:
    answer = await auth.http.get(path, headers={"host": host})

    assert {name: answer.headers[name] for name in EVERYWHERE} == EVERYWHERE
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/activate", "/sign-in", "/help", "/privacy", "/nowhere"])
async def test_no_page_needs_what_the_policy_forbids(auth: Auth, path: str) -> None:
    page = (await auth.browser().get(path)).text

    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"(src|href)=\"(https?:)?//", page)


async def test_personal_pages_are_kept_by_nobody_and_assets_for_ever(auth: Auth) -> None:
    page = await auth.browser().get("/")
    assert page.headers["cache-control"] == "no-store"

    for address in re.findall(r'href="(/assets/[^"]+)"', page.text):
        asset = await auth.browser().get(address)
        assert asset.status_code == 200
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "--brand: #17375e" in (await auth.browser().get("/assets/brand.css")).text


async def test_every_cookie_is_for_this_host_alone(auth: Auth) -> None:
    customer = await auth.customer_with("fG69a*6jH")
    browser = auth.browser()
    answers = [
        await browser.get("/?lang=en"),
        await browser.post("/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jH"}),
        await browser.request("DELETE", "/api/v1/sessions/current"),
    ]

    cookies = [cookie for answer in answers for cookie in answer.headers.get_list("set-cookie")]
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {f"__Host-{name}" for name in ("session", "access", "browser", "csrf", "language")}
    for cookie in cookies:
        assert "; Path=/" in cookie
        assert "; Secure" in cookie
        assert "; HttpOnly" in cookie
        assert "Domain" not in cookie
        assert re.search("; SameSite=(lax|strict)", cookie)


async def test_head_is_answered_where_get_is(auth: Auth) -> None:
    answer = await auth.browser().request("HEAD", "/activate")

    assert (answer.status_code, answer.content) == (200, b"")
