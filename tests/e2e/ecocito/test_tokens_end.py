"""Whoever signs out or changes their password is out at contracts as well, which asks auth nothing (within 5 s)."""

from tests.support.holder import Holder
from tests.support.waiting import until

WITHIN = 5.0  # seconds
OTHER_PASSWORD = "une grenouille dort sous le pont"


async def accepted(holder: Holder, token: str) -> bool:
    headers = {"authorization": f"Bearer {token}"}
    answer = await holder.portal.browser().get("/api/v1/contracts", headers=headers)
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


async def test_after_a_sign_out_contracts_refuses_the_token(holder: Holder) -> None:
    token, elsewhere = access_token(holder), await holder.on_another_device()
    assert await accepted(holder, token)

    assert (await holder.browser.request("DELETE", "/api/v1/sessions/current")).status_code == 204
    await until(lambda: refused(holder, token), WITHIN)

    page = await elsewhere.browser.visit("/contracts")
    assert page.headings[0] == "ACCÉDER À SON COMPTE ASSOCIÉ", "another device renews its token, and goes on"


async def test_after_a_password_change_contracts_refuses_every_older_token(holder: Holder) -> None:
    elsewhere = await holder.on_another_device()
    tokens = access_token(holder), access_token(elsewhere)
    change = {"current": holder.password, "new": OTHER_PASSWORD}

    assert (await holder.browser.request("PUT", "/api/v1/me/password", json=change)).status_code == 204
    assert await holder.contracts() == [], "whoever changed it goes on at once"
    for token in tokens:
        await until(lambda token=token: refused(holder, token), WITHIN)  # type: ignore[misc]

    assert await holder.contracts() == []
    page = await elsewhere.browser.visit("/contracts")
    assert page.headings[0] == "SE CONNECTER À SON COMPTE"


def access_token(holder: Holder) -> str:
    return holder.browser.cookies["__Host-access"]


async def refused(holder: Holder, token: str) -> bool:
    return not await accepted(holder, token)
