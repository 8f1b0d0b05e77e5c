"""Calls with tokens that are not good, or not good here: refused alike, written into the audit, and told nothing."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.keys import KeyFile
from tests.support.customer_portal import refusal
from tests.support.holder import Holder, new_holder
from tests.support.world import World


def read(part: str) -> dict[str, Any]:
    """A part of a token: header or claims."""
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return found


def written(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def forged(good: str, keys: KeyFile) -> Mapping[str, str]:
    """Each differs from the good one only in what it is called after."""
    header, claims = map(read, good.split(".")[:2])
    now, key = int(datetime.now(UTC).timestamp()), keys.newest()
    secret = OctKey.import_key(str(key.as_dict(private=False)["x"]))

    def signed(by: OKPKey = key, claims: Mapping[str, Any] = claims, **head: object) -> str:
        return jwt.encode({**header, **head}, dict(claims), by, algorithms=["EdDSA"])

    return {
        "the good one, signed anew": signed(),
        "alg none": f"{written({**header, 'alg': 'none'})}.{written(claims)}.",
        "signed with the public key as a secret": jwt.encode({**header, "alg": "HS256"}, claims, secret),
        "another's key": signed(OKPKey.generate_key("Ed25519")),
        "typ": signed(typ="JWT"),
        "aud": signed(claims={**claims, "aud": "desk"}),
        "expired": signed(claims={**claims, "iat": now - 700, "exp": now - 100}),
        "cut": good[:-4],
    }


async def test_forged_tokens_open_nothing_and_are_audited(shared_world: World, holder: Holder) -> None:
    contract = await holder.linked()
    tokens = dict(forged(holder.browser.cookies["__Host-access"], KeyFile(shared_world.keys.token_private)))
    assert await statuses(holder, contract["id"], tokens.pop("the good one, signed anew")) == [200, 200, 422]
    before = await refused_calls(shared_world)

    for name, token in tokens.items():
        assert await statuses(holder, contract["id"], token) == [401, 401, 401], name

    assert await refused_calls(shared_world) == before + 3 * len(tokens)


async def test_a_token_of_another_portal_opens_nothing_and_tells_nothing(shared_world: World, holder: Holder) -> None:
    """Neither of one that links contracts, nor of one that does not."""
    contract, egec = await holder.linked(), shared_world.portal("egec")
    customer = await egec.customer()
    mail = await egec.activate(customer)
    answer = await egec.browser().post("/api/v1/sessions", {"login": mail.identifier, "password": mail.password})
    foreign = answer.json()["access_token"]
    before = await refused_calls(shared_world)

    assert await statuses(holder, contract["id"], foreign) == [401, 401, 401]
    assert await refused_calls(shared_world) == before + 3
    at_home = {"authorization": f"Bearer {foreign}", "host": egec.host}
    offered = await egec.browser().post("/api/v1/contracts/links", {"activation_key": "x"}, headers=at_home)
    assert (offered.status_code, refusal(offered).code) == (403, "linking_not_offered")


async def test_a_refusal_says_nothing_of_what_exists(shared_world: World, holder: Holder) -> None:
    """A customer's token at the desk: the same answer for what there is and what there is not."""
    contract, stranger = await holder.linked(), await new_holder(holder.portal)
    token = forged(stranger.browser.cookies["__Host-access"], KeyFile(shared_world.keys.token_private))["aud"]
    headers, there = {"authorization": f"Bearer {token}", "host": "desk.localhost"}, set()

    for contract_id, account_id in ((contract["id"], holder.id), (stranger.id, stranger.id), ("none", "none")):
        path = f"/api/v1/portals/ecocito/contracts/{contract_id}"
        for method, at in (("GET", path), ("DELETE", f"{path}/links/{account_id}")):
            answer = await stranger.browser.request(method, at, headers=headers)
            there.add((answer.status_code, refusal(answer), answer.headers.get("content-length")))

    assert [status for status, *_ in there] in ([401], [403])
    assert await holder.numbers() == [contract["number"]]


async def statuses(holder: Holder, contract_id: str, token: str) -> list[int]:
    """Of a list, a switch and a link with a malformed key, without any cookie."""
    browser, headers = holder.portal.browser(), {"authorization": f"Bearer {token}"}
    return [
        (await browser.get("/api/v1/contracts", headers=headers)).status_code,
        (
            await browser.request("PUT", "/api/v1/contracts/active", json={"contract_id": contract_id}, headers=headers)
        ).status_code,
        (await browser.post("/api/v1/contracts/links", {"activation_key": "x"}, headers=headers)).status_code,
    ]


async def refused_calls(world: World) -> int:
    ((count,),) = await world.in_contracts("select count(*) from audit where action = 'call_refused'")
    return int(count)
