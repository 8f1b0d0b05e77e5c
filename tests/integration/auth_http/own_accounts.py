"""People who open their accounts themselves: what the mail would bring is put in the place of what it did bring."""

from uuid import uuid4

from pydantic import SecretStr

from services.auth.domain.mailed_tokens import mailed_token_hash, new_mailed_token
from tests.integration.auth_http.conftest import Auth, stranger
from tests.support.browser import Browser

ECOCITO, DEFAULT = "ecocito.localhost", "default.localhost"
PASSWORD, OTHER = "une chaise rouge", "deux lampes vertes"


async def mailed(auth: Auth, table: str, email: str) -> str:
    """A token as the mail to this address would bring it; the newest row of the table has it from now on."""
    token = new_mailed_token().get_secret_value()
    await auth.query(
        f"update {table} set token_hash = $1 where token_hash ="  # noqa: S608 -- a test's own word
        f" (select token_hash from {table} where email_folded = $2 and ended_at is null"
        "   order by expires_at desc limit 1)",
        mailed_token_hash(SecretStr(token)),
        email,
    )
    return token


async def registered(auth: Auth) -> tuple[Browser, str]:
    """A browser that is signed in, and the address it signs in with."""
    email, browser = stranger(), auth.browser(ECOCITO)
    asked = {"email": email, "name": "Camille Exemple", "language": "fr"}
    assert (await browser.post("/api/v1/registrations", asked)).status_code == 202
    confirmed = {"token": await mailed(auth, "registrations", email), "password": PASSWORD}
    assert (await browser.post("/api/v1/registrations/confirm", confirmed)).status_code == 201
    await sign_in(browser, email)
    return browser, email


async def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> str:
    """The access token."""
    answer = await browser.post("/api/v1/sessions", {"login": email, "password": password})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["access_token"])


def key() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}
