"""The desk's API of mails: look for them, show one with its tries, have it tried again; where one may, and audited."""

from uuid import uuid4

import pytest

from tests.integration.notifier.desk import PASSWORD
from tests.integration.notifier_http.conftest import DESK_HOST, Notifier
from tests.support.samples import NOBODYS


async def test_a_mail_is_listed_with_its_last_try_and_shown_with_all(notifier: Notifier) -> None:
    notifier.server.once["rcpt"].append("451 4.7.1 Greylisted, try again")
    person, [row] = await notifier.mailed("sent")

    listed = (await notifier.call("GET", "deliveries", params={"account": str(person.id)})).json()
    shown = (await notifier.call("GET", f"deliveries/{row['id']}")).json()

    [one] = listed["items"]
    assert listed["after"] is None
    assert (one["id"], one["portal"], one["state"], one["attempts"]) == (str(row["id"]), "egec", "sent", 2)
    assert [each["verdict"] for each in one["tries"]] == ["sent"]
    assert [(each["verdict"], each["code"], each["words"]) for each in shown["tries"]] == [
        ("deferred", 451, "4.7.1 Greylisted, try again"),
        ("sent", 250, None),
    ]
    assert {**shown, "tries": one["tries"]} == one
    for text in (str(listed), str(shown)):
        assert PASSWORD not in text
        assert person.address not in text


async def test_mails_are_listed_by_state_and_portal_and_paged(notifier: Notifier) -> None:
    person, _ = await notifier.mailed("rejected", rcpt="550 5.1.1 no such person")
    await notifier.facts.hears(notifier.facts.password(person, 2), notifier.facts.password(person, 3))
    await notifier.facts.until_states(person, "rejected", "superseded", "rejected")
    account = {"account": str(person.id)}

    async def states(**wanted: str) -> list[str]:
        found = (await notifier.call("GET", "deliveries", params={**account, **wanted})).json()
        return sorted(one["state"] for one in found["items"])

    first = (await notifier.call("GET", "deliveries", params={**account, "limit": "2"})).json()
    rest = (await notifier.call("GET", "deliveries", params={**account, "limit": "2", "after": first["after"]})).json()

    assert await states() == ["rejected", "rejected", "superseded"]
    assert await states(state="superseded") == ["superseded"]
    assert await states(portal="default") == []
    assert [len(first["items"]), len(rest["items"]), rest["after"]] == [2, 1, None]
    wrong = await notifier.call("GET", "deliveries", params={"state": "perhaps"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "fields_invalid")


async def test_a_rejected_mail_is_tried_again_once_and_leaves(notifier: Notifier) -> None:
    notifier.server.once["rcpt"].append("554 5.7.1 we were wrong")
    person, [row] = await notifier.mailed("rejected")
    key = uuid4().hex

    answers = [await notifier.call("POST", f"portals/egec/deliveries/{row['id']}/retry", key=key) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, {"status": "accepted"})] * 2
    await notifier.facts.until_states(person, "sent")
    [entry] = await notifier.audited("delivery_retried", delivery_id=str(row["id"]))
    assert (entry["actor_kind"], entry["actor_id"], entry["account_id"]) == ("client", "desk", person.id)
    late = await notifier.call("POST", f"deliveries/{row['id']}/retry")
    assert (late.status_code, late.json()["code"]) == (409, "delivery_not_to_be_retried")


async def test_a_mail_of_a_portal_one_may_not_see_does_not_exist(notifier: Notifier) -> None:
    person, [row] = await notifier.mailed("rejected", rcpt="550 5.1.1 no such person")
    elsewhere = notifier.token(portals=frozenset({"default"}))

    answers = [
        await notifier.call("GET", f"deliveries/{row['id']}", token=elsewhere),
        await notifier.call("POST", f"deliveries/{row['id']}/retry", token=elsewhere),
        await notifier.call("POST", f"portals/default/deliveries/{row['id']}/retry", token=elsewhere),
        await notifier.call("GET", f"deliveries/{uuid4()}"),
    ]
    listed = await notifier.call("GET", "deliveries", token=elsewhere, params={"account": str(person.id)})
    asked = await notifier.call("GET", "deliveries", token=elsewhere, params={"portal": "egec"})
    through = await notifier.call("POST", f"portals/egec/deliveries/{row['id']}/retry", token=elsewhere)

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "delivery_not_found")}
    assert listed.json() == {"items": [], "after": None, "paused": []}
    for refused in (asked, through):
        assert (refused.status_code, refused.json()["code"]) == (403, "portal_not_granted")
    assert await notifier.facts.states(person) == ["rejected"]


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "deliveries", {"deliveries:write", "audit:read", "dead-letters"}),
        ("GET", f"deliveries/{NOBODYS}", {"deliveries:write"}),
        ("POST", f"deliveries/{NOBODYS}/retry", {"deliveries:read"}),
        ("POST", f"portals/egec/deliveries/{NOBODYS}/retry", {"deliveries:read"}),
    ],
)
async def test_a_token_without_the_scope_is_refused_and_written_down(
    notifier: Notifier, method: str, path: str, scopes: set[str]
) -> None:
    caller = uuid4().hex

    refused = await notifier.call(method, path, token=notifier.token(scopes=frozenset(scopes), caller=caller))
    stranger = await notifier.call(method, path, token="nobody's")

    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert (stranger.status_code, stranger.json()["code"]) == (401, "token_not_accepted")
    entries = await notifier.query("select action, details::text from audit where actor_id = $1", caller)
    assert [tuple(entry) for entry in entries] == [("call_refused", '{"code": "scope_missing"}')]


async def test_what_the_desk_looks_at_is_audited(notifier: Notifier) -> None:
    person, [row] = await notifier.mailed("sent")
    await notifier.call("GET", "deliveries", params={"account": str(person.id)})
    await notifier.call("GET", f"deliveries/{row['id']}")

    entries = await notifier.query("select * from audit where account_id = $1 order by seq", person.id)

    assert [(entry["action"], entry["portal"], entry["origin"]) for entry in entries] == [
        ("deliveries_listed", "desk", "127.0.0.1"),
        ("delivery_shown", "egec", "127.0.0.1"),
    ]


async def test_it_is_on_the_desks_host_alone(notifier: Notifier) -> None:
    headers = {"host": "egec.localhost", "authorization": f"Bearer {notifier.token()}"}

    elsewhere = await notifier.http.get("/api/v1/deliveries", headers=headers)
    nowhere = await notifier.http.get("/api/v1/deliveries", headers={**headers, "host": "nowhere.localhost"})
    described = await notifier.http.get("/api/openapi/notifier.json", headers={"host": DESK_HOST})

    assert (elsewhere.status_code, nowhere.status_code) == (404, 421)
    assert "/api/v1/deliveries" in described.json()["paths"]
