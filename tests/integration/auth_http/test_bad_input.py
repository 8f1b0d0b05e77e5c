"""Bad input: a clear error that names the field or the place, and nothing half done."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from tests.integration.auth_http.conftest import TOLD, Auth, stranger
from tests.support.waiting import PATIENCE

JSON = {"content-type": "application/json"}
ACTIVATIONS, SESSIONS = "/api/v1/activations", "/api/v1/sessions"


def problem(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body: dict[str, object] = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:problem-type:guichet:{body['code']}"
    assert body["title"]
    return body


def faults(answer: httpx.Response) -> dict[str, str]:
    """Code by field."""
    errors = problem(answer)["errors"]
    assert isinstance(errors, list)
    assert all(error["detail"] for error in errors)
    return {error["pointer"].removeprefix("#").removeprefix("/"): error["code"] for error in errors}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b"", "", "json_malformed"),
        (b"{", "", "json_malformed"),
        (b"\xef\xbb\xbf{}", "", "json_malformed"),
        (b'{"email": "a@example.org", "email": "b@example.org"}', "email", "field_repeated"),
        (b'{"email": "a@example.org", "x": {"y/z": 1, "y/z": 2}}', "y~1z", "field_repeated"),
        (b'{"email": NaN}', "", "json_malformed"),
        (b'{"email": -Infinity}', "", "json_malformed"),
        (b'{"email": 1' + b"0" * 5000 + b"}", "", "json_malformed"),
        (b'{"email": "\\ud800"}', "email", "text_not_unicode"),
        (b'{"x": ["a", "\\udfff"]}', "x/1", "text_not_unicode"),
        (b'{"email": "\xff\xfe"}', "", "text_not_utf8"),
        (b"[" * 10_000 + b"]" * 10_000, "", "json_too_deep"),
        (b'{"x": ' * 17 + b"1" + b"}" * 17, "/".join("x" * 16), "json_too_deep"),
    ],
)
async def test_what_cannot_be_read_one_way_only_is_refused(auth: Auth, body: bytes, field: str, code: str) -> None:
    before = await auth.done()

    answer = await auth.browser().request("POST", ACTIVATIONS, content=body, headers=JSON)

    assert answer.status_code == 400, answer.text
    assert problem(answer)["code"] == "body_malformed"
    assert faults(answer) == {field: code}
    assert await auth.done() == before


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (ACTIVATIONS, {}, {"email": "field_missing"}),
        (ACTIVATIONS, {"email": "a@example.org", "code": "1"}, {"email": "field_missing"}),
        (ACTIVATIONS, {"email": ""}, {"email": "field_empty"}),
        (ACTIVATIONS, {"email": 1}, {"email": "field_not_text"}),
        (ACTIVATIONS, {"email": None}, {"email": "field_not_text"}),
        (ACTIVATIONS, {"email": ["a@example.org"]}, {"email": "field_not_text"}),
        (ACTIVATIONS, {"email": "a@example.org\r\nBcc: b@example.org"}, {"email": "character_not_accepted"}),
        (ACTIVATIONS, {"email": "a\0b@example.org"}, {"email": "character_not_accepted"}),
        (ACTIVATIONS, {"code": "1\n2"}, {"code": "character_not_accepted"}),
        (ACTIVATIONS, {"email": "a" * 321}, {"email": "field_too_long"}),
        (ACTIVATIONS, {"email": "a@example.org", "admin": True}, {"admin": "field_unknown"}),
        (ACTIVATIONS, [], {"": "field_invalid"}),
        (ACTIVATIONS, "a@example.org", {"": "field_invalid"}),
        (SESSIONS, {}, {"login": "field_missing", "password": "field_missing"}),
        (SESSIONS, {"login": "x", "password": 9}, {"password": "field_not_text"}),
        (SESSIONS, {"login": "x\0", "password": "p"}, {"login": "character_not_accepted"}),
        (SESSIONS, {"login": 1, "password": "p", "next": "//e"}, {"login": "field_not_text", "next": "field_unknown"}),
        (SESSIONS, {"login": "x", "password": "p" * 1025}, {"password": "field_too_long"}),
    ],
)  # fmt: skip
async def test_every_field_at_fault_is_named_at_once(
    auth: Auth, path: str, body: object, expected: Mapping[str, str]
) -> None:
    before = await auth.done()

    answer = await auth.browser().post(path, body)

    assert answer.status_code == 422, answer.text
    assert problem(answer)["code"] == "fields_invalid"
    assert faults(answer) == expected
    assert await auth.done() == before


async def test_no_answer_repeats_what_was_typed(auth: Auth) -> None:
    typed = {"login": "canary-login\0", "password": ["canary-password"], "canary": "canary-value"}

    answer = await auth.browser().post(SESSIONS, typed)

    assert "canary-" not in answer.text


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonx"]
)
async def test_another_content_type_is_refused(auth: Auth, content_type: str | None) -> None:
    answer = await auth.browser().request(
        "POST",
        ACTIVATIONS,
        content=b'{"email": "a@example.org"}',
        headers={"content-type": content_type} if content_type else {},
    )

    assert answer.status_code == 415
    assert problem(answer)["code"] == "content_type_not_supported"


async def test_ten_megabytes_are_refused(auth: Auth) -> None:
    answer = await auth.browser().post(SESSIONS, {"login": "x", "password": "p" * 10_000_000})

    assert answer.status_code == 413
    assert problem(answer)["code"] == "body_too_large"


@pytest.mark.parametrize("length", ["10000000", "9" * 4000])
async def test_a_length_that_is_too_large_is_refused_before_the_body_comes(auth: Auth, length: str) -> None:
    head = (f"Host: {TOLD}", "Content-Type: application/json", f"Content-Length: {length}")

    said = await raw(auth, f"POST {SESSIONS}", *head)

    assert said.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 400 "))  # a length beyond all counting is no HTTP at all


async def test_a_host_that_is_said_twice_is_nobodys(auth: Auth) -> None:
    assert (await raw(auth, "GET /", f"Host: {TOLD}", "Host: desk.localhost")).startswith(b"HTTP/1.1 421 ")


async def raw(auth: Auth, *lines: str) -> bytes:
    """What is answered to a request's head as it is written, without a body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", auth.port)
    try:
        writer.write("\r\n".join((f"{lines[0]} HTTP/1.1", *lines[1:], "", "")).encode())
        async with asyncio.timeout(PATIENCE):
            return await reader.readline()
    finally:
        writer.close()


async def test_a_body_without_a_length_is_refused_where_it_grows_too_large(auth: Auth) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 2_000_000:
            sent += 8192
            yield b" " * 8192

    answer = await auth.browser().request("POST", ACTIVATIONS, content=endless(), headers=JSON)

    assert answer.status_code == 413
    assert problem(answer)["code"] == "body_too_large"


@pytest.mark.parametrize("host", ["nowhere.example", "127.0.0.1", "egec.localhost.evil.example", "", "desk"])
async def test_an_unknown_host_is_nobodys(auth: Auth, host: str) -> None:
    answer = await auth.http.get("/", headers={"host": host})

    assert answer.status_code == 421
    assert problem(answer)["code"] == "unknown_host"


async def test_a_host_is_not_taken_from_what_a_client_can_forge(auth: Auth) -> None:
    answer = await auth.http.get("/", headers={"host": "nowhere.example", "x-forwarded-host": TOLD})

    assert answer.status_code == 421


@pytest.mark.parametrize("host", ["EGEC.localhost", "egec.localhost.", "egec.localhost:8000", "www.egec.pro"])
async def test_a_hosts_port_letters_and_root_dot_do_not_matter(auth: Auth, host: str) -> None:
    assert (await auth.http.get("/", headers={"host": host})).status_code == 200


async def test_a_wrong_method_says_which_are_right(auth: Auth) -> None:
    answer = await auth.browser().request("PUT", ACTIVATIONS, json={"email": "a@example.org"})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert problem(answer)["code"] == "method_not_allowed"


async def test_the_problem_speaks_the_visitors_language(auth: Auth) -> None:
    browser, asked = auth.browser(), {"email": stranger()}

    french = await browser.post(ACTIVATIONS, asked)
    english = await browser.request("POST", ACTIVATIONS, json=asked, headers={"accept-language": "de, en-GB;q=0.8"})

    assert problem(french)["title"] == "Identifiant et/ou m-d-p non reconnu(s)"
    assert problem(english)["title"] == "Identifier and/or password not recognised"
    assert french.status_code == english.status_code == 404


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//]", "é", "http://\uff0f"])
async def test_an_origin_that_is_no_address_is_another_site(auth: Auth, origin: str) -> None:
    headers = {b"host": TOLD.encode(), b"origin": origin.encode(), b"content-type": b"application/json"}

    answer = await auth.http.post(ACTIVATIONS, content=b"{}", headers=list(headers.items()))

    assert (answer.status_code, problem(answer)["code"]) == (403, "cross_site_request")
