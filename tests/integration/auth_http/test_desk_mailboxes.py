"""The desk's word on shared mailboxes, over HTTP."""

from uuid import uuid4

import pytest

from tests.integration.auth_http.conftest import Auth, stranger


async def shared(auth: Auth, address: str) -> bool:
    found = await auth.desk.request("GET", "egec/accounts", params={"q": address})
    return all(account["shared_mailbox"] for account in found.json()["items"])


async def test_a_flag_is_said_of_an_address_and_taken_back(auth: Auth) -> None:
    customer = await auth.customer()

    flagged = await auth.desk.flag_mailbox("egec", customer.email.upper())
    assert (flagged.status_code, flagged.content) == (204, b"")
    assert await shared(auth, customer.email)
    refused = await auth.desk.activate("egec", await auth.desk.account_id("egec", customer.identifier))
    assert (refused.status_code, refused.json()["code"]) == (409, "mailbox_shared")

    assert (await auth.desk.flag_mailbox("egec", customer.email, shared=False)).status_code == 204
    assert not await shared(auth, customer.email)


async def test_an_address_that_nobody_has_yet_is_flagged_for_whoever_gets_it(auth: Auth) -> None:
    for local in (uuid4().hex, f"a/shared/{uuid4().hex}", f"a+b%{uuid4().hex}"):
        address = f"{local}@example.org"
        assert (await auth.desk.flag_mailbox("egec", address)).status_code == 204
        opened = await auth.desk.request("POST", "egec/accounts", json={"name": "Camille Exemple", "email": address})
        assert opened.json()["shared_mailbox"] is True, address


async def test_what_another_portal_says_of_the_same_address_is_its_own(auth: Auth) -> None:
    address = stranger()
    await auth.desk.flag_mailbox("neutral", address)
    opened = await auth.desk.request("POST", "egec/accounts", json={"name": "Camille Exemple", "email": address})

    assert opened.json()["shared_mailbox"] is False


@pytest.mark.parametrize("address", ["nobody", "a@b,c@d", "é@example.org"])
async def test_what_is_no_address_is_said_to_be_none(auth: Auth, address: str) -> None:
    answer = await auth.desk.flag_mailbox("egec", address)

    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/address"]


@pytest.mark.parametrize("body", [{}, {"shared": "true"}, {"shared": 1}, {"shared": True, "for_ever": True}])
async def test_the_body_says_true_or_false_and_nothing_else(auth: Auth, body: dict[str, object]) -> None:
    answer = await auth.desk.request("PUT", f"egec/mailboxes/{stranger()}/shared", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
