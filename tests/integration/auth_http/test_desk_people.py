"""The desk's pages about people: who is on the telephone, and how their account stands."""

import asyncio
from uuid import uuid4

from tests.integration.auth_http.conftest import Auth
from tests.integration.auth_http.desk_people import ACTIONS, SignedIn, met, path, share
from tests.support.colleague import Colleague


async def last_audited(auth: Auth) -> dict[str, object]:
    return dict(
        (await auth.query("select action, portal, account_id, details from audit order by seq desc limit 1"))[0]
    )


async def test_exactly_one_hit_leads_straight_to_the_person(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    for sought in (customer.identifier, customer.email.upper(), f" {customer.identifier}\u00a0"):
        answer = await agent.browser.get("/accounts", params={"q": sought})
        assert (answer.status_code, answer.headers["location"]) == (303, await path(auth, customer))


async def test_several_are_listed_with_what_tells_them_apart(auth: Auth, agent: Colleague) -> None:
    name = f"Zo{uuid4().hex[:8]}"
    for number, portal in enumerate(("egec", "ecocito", "groupecho")):
        given = {"name": f"Camille {name}", "email": f"{name}.{number}@example.org"}
        assert (await auth.desk.request("POST", f"{portal}/accounts", json=given)).status_code == 201
    page = await agent.browser.visit(f"/accounts?q={name[:6].lower()}")

    assert page.text.count(f"Camille {name}") == 3
    for told in ("eGEC", "Ecocito", "Groupecho", f"{name}.1@example.org"):
        assert told in page.text
    assert "Jamais activé" in page.text
    assert page.links["Chercher la même chose parmi les contrats"] == f"/contracts?q={name[:6].lower()}"


async def test_who_signed_in_once_is_not_called_never_activated(auth: Auth, agent: Colleague) -> None:
    name = f"Zo{uuid4().hex[:8]}"
    first, second = [await auth.customer_with("fG69a*6jH") for _ in range(2)]
    for customer in (first, second):
        account = (await path(auth, customer)).removeprefix("/accounts/")
        await auth.desk.request("PATCH", f"egec/accounts/{account}", json={"name": name})
    answer = await auth.browser().post("/api/v1/sessions", {"login": first.identifier, "password": "fG69a*6jH"})
    assert answer.status_code == 201
    page = await agent.browser.visit(f"/accounts?q={name}")

    assert page.text.count("Jamais activé") == 1


async def test_a_search_is_audited_once_for_all_portals_and_without_what_was_sought(
    auth: Auth, agent: Colleague
) -> None:
    before = await auth.count("audit")
    await agent.browser.visit("/accounts?q=nobody-of-this-name")

    assert await auth.count("audit") == before + 1
    entry = await last_audited(auth)
    assert (entry["action"], entry["portal"], entry["details"]) == ("accounts_searched", "desk", '{"shown": 0}')


async def test_whoever_looks_for_nobody_is_shown_nobody(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    before = await auth.count("audit")
    for nothing in ("/accounts", "/accounts?q=%20"):
        assert customer.email not in (await agent.browser.visit(nothing)).text
    assert await auth.count("audit") == before


async def test_a_long_list_goes_on_by_a_cursor(auth: Auth, agent: Colleague) -> None:
    name = f"Zo{uuid4().hex[:8]}"
    given = [{"name": f"{name} {number:02}", "email": ""} for number in range(53)]
    await asyncio.gather(*(auth.desk.request("POST", "egec/accounts", json=each) for each in given))
    first = await agent.browser.visit(f"/accounts?q={name}")
    second = await agent.browser.visit(first.links["Suite de la liste"])
    names = [{text for text in page.links if text.startswith(name)} for page in (first, second)]

    assert [len(each) for each in names] == [50, 3]
    assert names[0].isdisjoint(names[1])
    assert "Suite de la liste" not in second.links


async def test_the_page_of_a_person_says_how_the_account_stands(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer_with("fG69a*6jH")
    page = await met(auth, agent, customer)

    assert page.headings[0] == customer.name
    for told in (customer.identifier, customer.email, "eGEC", "Français", "Généré, pas encore utilisé", "Jamais"):
        assert told in page.text
    await auth.browser().post("/api/v1/sessions", {"login": customer.identifier, "password": "fG69a*6jH"})
    page = await met(auth, agent, customer)
    assert "Généré, utilisé" in page.text
    assert "Dernière connexion aujourd’hui à" in page.text


async def test_did_my_mail_leave_is_two_clicks_from_the_search(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    page = await agent.browser.visit(f"/accounts?q={customer.identifier}")

    assert page.links["Courriels"] == f"/timelines/{(await path(auth, customer)).removeprefix('/accounts/')}"


async def test_contracts_are_a_tab_only_where_the_portal_links(auth: Auth, agent: Colleague) -> None:
    assert "Contrats" not in (await met(auth, agent, await auth.customer())).links
    assert "Contrats" in (await met(auth, agent, await auth.customer("ecocito"), "ecocito")).links


async def test_the_log_is_a_tab_for_those_who_may_read_it(auth: Auth, agent: Colleague, signed_in: SignedIn) -> None:
    customer = await auth.customer()

    assert "Journal" not in (await met(auth, agent, customer)).links
    page = await met(auth, await signed_in("auditor"), customer)
    assert page.links["Journal"].startswith("/audit/auth?account=")
    assert page.buttons == ["Chercher", "Se déconnecter"], "an auditor acts on nobody"


async def test_refused_requests_are_told_too(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    await share(auth, customer)
    assert (await auth.browser().post("/api/v1/activations", {"email": customer.email})).status_code == 202
    page = await met(auth, agent, customer)

    assert "Nouveau mot de passe ou lien Sur le portail, sans connexion · 198." in page.text
    assert "Refusé\u00a0: boîte partagée" in page.text


async def test_requests_that_came_too_often_are_one_line(auth: Auth, agent: Colleague) -> None:
    customer, browser = await auth.customer(), auth.browser()
    answers = [await browser.post("/api/v1/activations", {"email": customer.email}) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429] * 3
    page = await met(auth, agent, customer)

    assert page.text.count("Refusé\u00a0: trop de demandes") == 1
    assert page.text.count("Nouveau mot de passe par courriel") == 1
    assert page.text.index("3 fois de suite") < page.text.index("5 fois de suite")


async def test_a_request_by_an_address_of_several_is_told_of_each(auth: Auth, agent: Colleague) -> None:
    first = await auth.customer()
    answer = await auth.desk.request("POST", "egec/accounts", json={"name": "Dominique", "email": first.email})
    await auth.browser().post("/api/v1/activations", {"email": first.email})

    for page in (await met(auth, agent, first), await agent.browser.visit(f"/accounts/{answer.json()['id']}")):
        assert "plusieurs comptes à cette adresse" in page.text
        assert "Autres comptes à cette adresse\u00a0: 1" in page.links


async def test_what_waits_to_be_published_is_said_since_when(auth: Auth, agent: Colleague, signed_in: SignedIn) -> None:
    customer = await auth.customer()

    assert "elles attendent depuis aujourd’hui à" in (await met(auth, agent, customer)).text
    account = (await path(auth, customer)).removeprefix("/accounts/")
    await auth.query("update outbox set occurred_at = '2020-01-01 12:00Z' where aggregateid = $1", account)
    supervisor = (await signed_in("supervisor")).browser
    assert f'href="/accounts/{account}"' in (await supervisor.get("/")).text
    assert "depuis le 1ᵉʳ janvier 2020" in (await supervisor.visit("/")).text
    assert account not in (await agent.browser.get("/")).text
    await auth.query("delete from outbox where aggregateid = $1", account)
    assert "attendent depuis" not in (await met(auth, agent, customer)).text


async def test_who_is_let_in_to_one_portal_sees_and_touches_nobody_of_another(auth: Auth, signed_in: SignedIn) -> None:
    limited, customer = await signed_in("agent", "ecocito"), await auth.customer()
    there = await path(auth, customer)
    before = await auth.done()

    assert (await limited.browser.visit(f"/accounts?q={customer.identifier}")).status == 200
    assert customer.email not in (await limited.browser.visit(f"/accounts?q={customer.identifier}")).text
    for page in ("", *ACTIONS):
        assert (await limited.browser.visit(there + page)).status == 404
    csrf = limited.browser.cookies["__Host-csrf"]
    for page in ACTIONS:
        answer = await limited.browser.request("POST", there + page, data={"csrf": csrf})
        assert answer.status_code == 404
    assert (await limited.browser.visit("/accounts/new?portal=egec")).status == 404
    assert (await limited.browser.visit("/accounts/new")).fields, "the only portal there is to choose"
    assert await auth.done() == before


async def test_an_auditor_changes_nothing(auth: Auth, signed_in: SignedIn) -> None:
    auditor, customer = await signed_in("auditor"), await auth.customer()
    there = await path(auth, customer)

    for page in ACTIONS:
        assert (await auditor.browser.visit(there + page)).status == 403
    assert (await auditor.browser.visit("/accounts/new")).status == 403


async def test_a_form_without_the_token_of_this_browser_changes_nothing(auth: Auth, agent: Colleague) -> None:
    customer = await auth.customer()
    before = await auth.done()

    for page in ACTIONS:
        answer = await agent.browser.request("POST", await path(auth, customer) + page, data={"csrf": "0" * 32})
        assert answer.status_code == 403
    assert await auth.done() == before


async def test_nobody_is_found_below_an_address_that_no_account_has(agent: Colleague) -> None:
    for nowhere in (f"/accounts/{uuid4()}", "/accounts/nobody", f"/accounts/{uuid4()}/details"):
        assert (await agent.browser.visit(nowhere)).status == 404
