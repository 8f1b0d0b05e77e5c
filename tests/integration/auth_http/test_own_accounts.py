"""Accounts people open themselves, and passwords they choose: over the API and by pages without a script."""

from tests.integration.auth_http.conftest import TOLD, Auth, stranger
from tests.integration.auth_http.own_accounts import DEFAULT, ECOCITO, OTHER, PASSWORD, key, mailed, registered, sign_in
from tests.integration.auth_http.test_neutral_answers import all_of

ASKED = {"name": "Camille Exemple", "language": "fr"}


async def test_s0_3_an_account_is_asked_for_confirmed_and_signed_in_to(auth: Auth) -> None:
    email, browser = stranger(), auth.browser(ECOCITO)
    asked = await browser.post("/api/v1/registrations", {"email": email, **ASKED})
    assert (asked.status_code, asked.json()) == (202, {"status": "accepted"})

    body, once = {"token": await mailed(auth, "registrations", email), "password": PASSWORD}, key()
    opened = await browser.post("/api/v1/registrations/confirm", body, headers=once)
    assert opened.status_code == 201
    assert opened.json()["name"] == "Camille Exemple"
    assert (await browser.post("/api/v1/registrations/confirm", body, headers=once)).json() == opened.json()
    again = await browser.post("/api/v1/registrations/confirm", body)
    assert (again.status_code, again.json()["code"]) == (410, "token_used")
    await sign_in(browser, email)
    assert (await browser.get("/api/v1/me")).json() == opened.json()


async def test_a_known_and_an_unknown_address_get_answers_equal_to_the_byte(auth: Auth) -> None:
    _, email = await registered(auth)
    for path, more in (("/api/v1/registrations", ASKED), ("/api/v1/activations", {})):
        known, unknown = [
            await auth.browser(ECOCITO).post(path, {"email": each, **more}) for each in (email, stranger())
        ]
        assert known.status_code == 202
        assert all_of(known) == all_of(unknown)
    for path, more in (("/register", {"name": "Camille Exemple"}), ("/activate", {})):
        browser = auth.browser(ECOCITO)
        form = {"csrf": (await browser.visit(path)).hidden("csrf"), **more}
        known, unknown = [
            await browser.request("POST", path, data={**form, "email": each}) for each in (email, stranger())
        ]
        assert known.status_code == 303
        assert all_of(known) == all_of(unknown)


async def test_each_refusal_has_its_status_and_code(auth: Auth) -> None:
    browser, email = await registered(auth)
    await browser.post("/api/v1/activations", {"email": email})
    token = await mailed(auth, "resets", email)
    confirm = "/api/v1/activations/confirm"
    for body, expected in (
        ({"token": "nobody's", "password": OTHER}, (404, "token_not_recognised")),
        ({"token": token, "password": "court"}, (422, "password_too_short")),
        ({"token": token, "password": OTHER + " "}, (422, "password_has_outer_blank")),
        ({"token": token, "password": "x" * 2000}, (422, "password_too_long")),
        ({"token": token, "password": "motdepasse12"}, (422, "password_blocklisted")),
        ({"token": token}, (422, "fields_invalid")),
    ):
        answer = await auth.browser(ECOCITO).post(confirm, body)
        assert (answer.status_code, answer.json()["code"]) == expected
        assert token not in answer.text
    await auth.query("update resets set expires_at = now() where email_folded = $1", email)
    late = await auth.browser(ECOCITO).post(confirm, {"token": token, "password": OTHER})
    assert (late.status_code, late.json()["code"]) == (410, "token_expired")


async def test_a_link_chooses_a_password_and_ends_the_session(auth: Auth) -> None:
    browser, email = await registered(auth)
    await browser.post("/api/v1/activations", {"email": email})
    body = {"token": await mailed(auth, "resets", email), "password": OTHER}
    answer = await auth.browser(ECOCITO).post("/api/v1/activations/confirm", body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await browser.get("/api/v1/me")).status_code == 401
    await sign_in(browser, email, OTHER)


async def test_where_the_operator_opens_accounts_and_makes_passwords_nothing_of_this_is_offered(auth: Auth) -> None:
    browser = auth.browser(TOLD)
    for path, body in (("registrations", {"email": stranger(), **ASKED}), ("registrations/confirm", None)):
        answer = await browser.post(f"/api/v1/{path}", body or {"token": "x", "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (403, "registration_not_offered")
    for path, status in (("/register", 403), ("/register/confirm", 403), ("/activate/confirm", 404)):
        assert (await browser.visit(path)).status == status


async def test_a_changed_password_keeps_this_browser_and_ends_the_other(auth: Auth) -> None:
    here, email = await registered(auth)
    there = auth.browser(ECOCITO)
    token = await sign_in(there, email)
    answer = await here.request("PUT", "/api/v1/me/password", json={"current": PASSWORD, "new": OTHER})

    assert answer.status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 200
    assert (await there.get("/api/v1/me")).status_code == 401
    by_token = await auth.browser(ECOCITO).get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
    assert by_token.status_code == 401
    wrong = await here.request("PUT", "/api/v1/me/password", json={"current": PASSWORD, "new": OTHER + "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "current_password_wrong")


async def test_another_site_changes_nobodys_password(auth: Auth) -> None:
    here, _ = await registered(auth)
    body = {"current": PASSWORD, "new": OTHER}
    answer = await here.request("PUT", "/api/v1/me/password", json=body, headers={"sec-fetch-site": "cross-site"})

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def test_a_temporary_password_opens_only_the_choice_of_another(auth: Auth) -> None:
    customer = await auth.customer_with("fG69a*6jH", "default")
    browser = auth.browser(DEFAULT)
    token = await sign_in(browser, customer.email, "fG69a*6jH")

    for headers in ({}, {"authorization": f"Bearer {token}"}):
        refused = await browser.get("/api/v1/me", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "password_must_be_changed")
    for path in ("/account", "/account/services", "/sign-in"):
        assert (await browser.get(path)).headers["location"] == "/account/password"
    page = await browser.visit("/account")
    assert "provisoire" in page.text
    page = await browser.submit("/account/password", current="fG69a*6jH", new=PASSWORD)
    assert page.headings[0] == "Mon compte"
    assert (await browser.get("/api/v1/me")).status_code == 200


async def test_the_whole_way_by_pages_without_a_script(auth: Auth) -> None:
    email, browser = stranger(), auth.browser(ECOCITO)
    assert (await browser.visit("/")).links["Ouvrir un compte Ecocito™ maintenant"] == "/register"
    sent = await browser.submit("/register", name="Camille Exemple", email=email)
    assert sent.links["Saisir le code du courriel"] == "/register/confirm"
    token = await mailed(auth, "registrations", email)
    for password, said in (("court", "trop court"), ("motdepasse12", "devine")):
        refused = await browser.submit("/register/confirm", token=token, password=password)
        assert refused.status == 422
        assert said in refused.text
        assert [field.value for field in refused.inputs] == [token, ""]
    done = await browser.submit("/register/confirm", token=f" {token.upper()} ", password=PASSWORD)
    assert "Votre compte est ouvert." in done.text
    page = await browser.submit("/sign-in", login=email, password=PASSWORD)
    assert "Services disponibles" in page.headings

    await browser.submit("/activate", email=email)
    token = await mailed(auth, "resets", email)
    done = await browser.submit("/activate/confirm", token=token, password=OTHER)
    assert "Votre mot de passe est changé." in done.text
    used = await browser.submit("/activate/confirm", token=token, password=OTHER)
    assert used.status == 410
    assert "a déjà servi" in used.text


async def test_looking_at_the_page_of_a_link_uses_nothing_up(auth: Auth) -> None:
    browser, email = await registered(auth)
    await browser.post("/api/v1/activations", {"email": email})
    token = await mailed(auth, "resets", email)
    for method in ("GET", "HEAD"):
        assert (await browser.request(method, "/activate/confirm")).status_code == 200
    body = {"token": token, "password": OTHER}
    assert (await browser.post("/api/v1/activations/confirm", body)).status_code == 204


async def test_services_are_shown_to_who_has_some(auth: Auth) -> None:
    browser, _ = await registered(auth)
    page = await browser.visit("/account/services")

    assert page.links["Associer un autre compte"] == "/contracts/link"
    customer = await auth.customer_with("fG69a*6jH")
    elsewhere = auth.browser(TOLD)
    await sign_in(elsewhere, customer.identifier, "fG69a*6jH")
    assert (await elsewhere.visit("/account/services")).status == 404
    assert (await elsewhere.visit("/account/password")).status == 403
