"""Connections: kept, encrypted as asked, and a server that is away or does not let us in."""

import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifier.smtp_server import parse_smtp_url
from tests.integration.notifier.desk import LEFT_SOON, Desk
from tests.support.certificates import make_certificate
from tests.support.smtp_server import Silence, SmtpServer, run_smtp_server
from tests.support.waiting import until


async def test_connections_are_kept_between_mails(desk: Desk, server: SmtpServer):
    async with desk.delivering(senders=2):
        for _ in range(30):
            await desk.asks(desk.person())
        await desk.until_states(None, *["sent"] * 30)
    assert 1 <= server.connections <= 2


async def test_a_kept_connection_that_is_over_costs_no_try(desk: Desk, server: SmtpServer):
    async with desk.delivering(senders=1):
        await desk.asks(desk.person())
        await desk.until_states(None, "sent")
        server.hang_up()
        await desk.asks(desk.person())
        await desk.until_states(None, "sent", "sent")
    assert [row["verdict"] for row in await desk.attempts()] == ["sent", "sent"]
    assert server.connections == 2


async def test_a_good_bye_on_a_kept_connection_costs_no_try(desk: Desk, server: SmtpServer):
    async with desk.delivering(senders=1):
        await desk.asks(desk.person())
        await desk.until_states(None, "sent")
        server.once["mail"].append("421 4.4.2 idle for too long")
        await desk.asks(desk.person())
        await desk.until_states(None, "sent", "sent")
    assert [row["verdict"] for row in await desk.attempts()] == ["sent", "sent"]


async def test_while_no_server_is_there_mails_wait_uncounted_and_leave_when_it_is_back(desk: Desk, server: SmtpServer):
    await server.stop()
    people = [desk.person() for _ in range(10)]
    async with desk.delivering():
        for person in people:
            await desk.asks(person)
        await until(lambda: desk.deps.health.verdict == "degraded")
        await server.start()
        await desk.until_states(None, *["sent"] * 10)
        assert desk.deps.health.verdict == "ready"
    assert {row["tries"] for row in await desk.deliveries()} == {1}


async def test_while_no_server_is_there_mails_expire_at_their_deadline(desk: Desk, server: SmtpServer):
    await server.stop()
    async with desk.delivering():
        await desk.asks(desk.person(), within=timedelta(milliseconds=400))
        await desk.until_states(None, "expired")
    await server.start()
    [(kind, data)] = await desk.told()
    assert (kind, data["attempts"]) == ("mail_expired", 0)


async def test_a_login_that_is_refused_is_counted_against_no_mail(desk: Desk, server: SmtpServer):
    server.credentials = ("portail", "right")
    desk.deps = replace(desk.deps, smtp=parse_smtp_url(f"smtp://portail:wrong@127.0.0.1:{server.port}?tls=off"))
    person = desk.person()
    async with desk.delivering():
        await desk.asks(person)
        await until(lambda: server.connections >= 3)
        assert "535" in str(desk.deps.health.snapshot())
        server.credentials = ("portail", "wrong")  # what we say is right now
        await desk.until_states(person, "sent")
    [row] = await desk.deliveries()
    assert row["tries"] == 1
    assert "wrong" not in str(await desk.attempts())


async def test_a_server_that_wants_a_login_first_is_counted_against_no_mail(desk: Desk, server: SmtpServer):
    server.always["mail"] = "530 5.7.0 Authentication required"
    person = desk.person()
    async with desk.delivering():
        await desk.asks(person)
        await until(lambda: server.connections >= 2)
        assert await desk.states(person) != ["rejected"]
        server.always.clear()
        await desk.until_states(person, "sent")
    assert [row["tries"] for row in await desk.deliveries()] == [1]


async def test_a_server_that_accepts_and_says_nothing_keeps_nothing_from_ending(desk: Desk, server: SmtpServer):
    server.always["connect"] = silence = Silence()
    async with desk.delivering(**LEFT_SOON):
        await desk.asks(desk.person())
        await silence.reached.wait()
    assert await desk.states() in (["queued"], ["sending"])


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server shows, and what trusts it."""
    return make_certificate(tmp_path)


async def sent_over(desk: Desk, server: SmtpServer, url: str, trust: ssl.SSLContext | None) -> list[bool]:
    """Whether each mail that was sent went encrypted."""
    desk.deps = replace(desk.deps, smtp=parse_smtp_url(url.format(port=server.port)), tls=trust)
    person = desk.person()
    async with desk.delivering():
        await desk.asks(person)

        async def tried() -> bool:
            return bool(await desk.attempts())

        await until(tried)
        if (await desk.attempts())[-1]["verdict"] == "sent":
            await desk.until_states(person, "sent")
    return [taken.encrypted for taken in server.taken]


REQUIRED = "smtp://127.0.0.1:{port}?tls=required"
OPPORTUNISTIC = "smtp://127.0.0.1:{port}?tls=opportunistic"
IMPLICIT = "smtps://127.0.0.1:{port}"
Certificate = tuple[ssl.SSLContext, ssl.SSLContext]


async def test_tls_required_encrypts(desk: Desk, certificate: Certificate):
    async with run_smtp_server(SmtpServer(tls=certificate[0])) as server:
        assert await sent_over(desk, server, REQUIRED, certificate[1]) == [True]


async def test_tls_from_the_first_byte_encrypts(desk: Desk, certificate: Certificate):
    async with run_smtp_server(SmtpServer(tls=certificate[0], implicit=True)) as server:
        assert await sent_over(desk, server, IMPLICIT, certificate[1]) == [True]


async def test_tls_required_and_starttls_stripped_sends_nothing(desk: Desk, server: SmtpServer):
    assert await sent_over(desk, server, REQUIRED, None) == []
    assert [row["verdict"] for row in await desk.attempts()] == ["unreachable"]
    assert b"MAIL" not in b"".join(server.packets)


@pytest.mark.parametrize(("url", "implicit"), [(REQUIRED, False), (IMPLICIT, True)])
async def test_a_certificate_nobody_vouches_for_gets_nothing(
    desk: Desk, certificate: Certificate, url: str, implicit: bool
):
    async with run_smtp_server(SmtpServer(tls=certificate[0], implicit=implicit)) as server:
        assert await sent_over(desk, server, url, None) == []
        assert b"MAIL" not in b"".join(server.packets)


async def test_a_certificate_of_another_name_gets_nothing(desk: Desk, tmp_path: Path):
    shown, trust = make_certificate(tmp_path, address="127.0.0.2")
    async with run_smtp_server(SmtpServer(tls=shown)) as server:
        assert await sent_over(desk, server, REQUIRED, trust) == []


async def test_opportunistic_tls_encrypts_where_it_can_and_sends_where_it_cannot(
    desk: Desk, server: SmtpServer, certificate: Certificate
):
    async with run_smtp_server(SmtpServer(tls=certificate[0])) as offering:
        assert await sent_over(desk, offering, OPPORTUNISTIC, None) == [True]
    assert await sent_over(desk, server, OPPORTUNISTIC, None) == [False]


async def test_a_password_is_not_given_to_a_server_that_offers_no_login(desk: Desk, server: SmtpServer):
    assert await sent_over(desk, server, "smtp://portail:geheim@127.0.0.1:{port}?tls=off", None) == []
    assert b"AUTH" not in b"".join(server.packets)
    assert "geheim" not in str(await desk.attempts())
