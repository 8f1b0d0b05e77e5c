"""What a server says, or does not say, and what becomes of the mail."""

from datetime import timedelta

import pytest

from services.notifier.domain.backoff import Backoff
from tests.integration.notifier.desk import LEFT_SOON, PASSWORD, Desk
from tests.support.smtp_server import Endless, Reset, Silence, SmtpServer
from tests.support.waiting import until

STEPS = ["mail", "rcpt", "data", "dot"]


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "one by one"])
@pytest.mark.parametrize("step", STEPS)
async def test_what_passes_is_tried_again(desk: Desk, server: SmtpServer, step: str, pipelining: bool):
    if not pipelining:
        server.extensions.remove("PIPELINING")
    codes = [421, 450, 451, 452]
    server.once[step].extend(f"{code} 4.3.0 not now" for code in codes)
    person = desk.person()
    await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(person, "sent")
    tried = [(row["verdict"], row["stage"], row["code"]) for row in await desk.attempts()]
    assert tried == [*(("deferred", step, code) for code in codes), ("sent", "dot", 250)]
    [(kind, data)] = await desk.told()
    assert (kind, data["attempts"]) == ("mail_sent", 5)


@pytest.mark.parametrize("step", STEPS)
async def test_what_stays_is_not_tried_again(desk: Desk, server: SmtpServer, step: str):
    codes = [550, 552, 553, 554]
    server.once[step].extend(f"{code} 5.1.1 never" for code in codes)
    async with desk.delivering(senders=1):
        for code in codes:
            person = desk.person()
            await desk.asks(person)
            await desk.until_states(person, "rejected")
            [(kind, data)] = await desk.told(person)
            assert (kind, data["smtp_code"], data["enhanced_code"]) == ("mail_rejected", code, "5.1.1")
        other = desk.person()
        await desk.asks(other)
        await desk.until_states(other, "sent")
    assert len(await desk.attempts()) == 5
    assert server.connections == 1


async def test_a_server_s_words_are_kept_unless_they_might_quote_the_mail(desk: Desk, server: SmtpServer):
    refused, quoted = desk.person(), desk.person()
    server.for_recipient[refused.address] = {"rcpt": "550 5.1.1 no such person"}
    server.for_recipient[quoted.address] = {"dot": f"554 5.6.0 we do not like {PASSWORD}"}
    await desk.asks(refused)
    await desk.asks(quoted)
    async with desk.delivering():
        await desk.until_states(None, "rejected", "rejected")
    words = {row["stage"]: row["words"] for row in await desk.attempts()}
    assert words == {"rcpt": "5.1.1 no such person", "dot": None}


async def test_cut_off_after_the_dot_a_mail_is_resent_once_and_is_the_same_mail(desk: Desk, server: SmtpServer):
    person = desk.person()
    server.once["dot"].append(Reset())
    await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(person, "sent")
    assert len(server.dots) == 2
    assert len(set(server.dots)) == 1
    assert [row["verdict"] for row in await desk.attempts()] == ["unknown", "sent"]
    assert [kind for kind, _ in await desk.told()] == ["mail_sent"]


async def test_cut_off_after_the_dot_twice_a_mail_stays_unknown(desk: Desk, server: SmtpServer):
    person = desk.person()
    server.always["dot"] = Reset()
    await desk.asks(person)
    async with desk.delivering():
        await until(lambda: len(server.dots) == 2)
        other = desk.person()
        server.for_recipient[other.address] = {"dot": "250 ok"}
        await desk.asks(other)
        await desk.until_states(None, "unknown", "sent")
    assert [kind for kind, _ in await desk.told(person)] == ["mail_unknown"]
    assert len([id_ for id_ in server.dots if id_ == server.dots[0]]) == 2


async def test_an_unknown_mail_is_checked_again_before_it_is_resent(desk: Desk, server: SmtpServer):
    person, silence = desk.person(), Silence()
    server.once["dot"].append(silence)
    await desk.asks(person)
    async with desk.delivering():
        await silence.reached.wait()
        await desk.hears(person.contact(2, shared=True))
        server.hang_up()
        await desk.until_states(person, "withheld")
    assert len(server.dots) == 1


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
async def test_cut_off_before_the_dot_a_mail_is_deferred(desk: Desk, server: SmtpServer, step: str):
    person = desk.person()
    server.once[step].append(Reset())
    await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(person, "sent")
    assert [row["verdict"] for row in await desk.attempts()] == ["deferred", "sent"]
    assert len(server.dots) == 1


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
async def test_a_server_that_speaks_without_end_is_left(desk: Desk, server: SmtpServer, step: str):
    person = desk.person()
    server.once[step].append(Endless())
    await desk.asks(person)
    async with desk.delivering():
        await desk.until_states(person, "sent")


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
async def test_a_tarpit_holds_up_its_own_mail_only(desk: Desk, server: SmtpServer, step: str):
    """One byte, and then nothing for a long time."""
    stuck, silence = desk.person(), Silence(first_bytes=b"2")
    server.once[step].append(silence)
    await desk.asks(stuck)
    async with desk.delivering(senders=2):
        await silence.reached.wait()
        others = [desk.person() for _ in range(5)]
        for other in others:
            await desk.asks(other)
        for other in others:
            await desk.until_states(other, "sent")
        assert await desk.states(stuck) == ["sending"]
        silence.end()


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
async def test_a_tarpit_is_left(desk: Desk, server: SmtpServer, step: str):
    """One byte, and then nothing for longer than anybody waits."""
    stuck = desk.person()
    server.once[step].append(Silence(first_bytes=b"2"))
    await desk.asks(stuck)
    async with desk.delivering(**LEFT_SOON):
        await desk.until_states(stuck, "sent")
    [left, sent] = await desk.attempts()
    assert [left["verdict"], sent["verdict"]] == ["unknown" if step == "dot" else "deferred", "sent"]


async def test_a_mail_deferred_until_its_deadline_expires_and_is_not_tried_again(desk: Desk, server: SmtpServer):
    person = desk.person()
    server.always["rcpt"] = "451 4.3.0 later"
    await desk.asks(person)

    async def tried_twice() -> bool:
        return len(await desk.attempts()) >= 2

    async with desk.delivering():
        await until(tried_twice)
        await desk.deps.db.execute("update deliveries set deliver_until = now()")
        await desk.until_states(person, "expired")
    [(kind, data)] = await desk.told()
    assert (kind, data["attempts"]) == ("mail_expired", len(await desk.attempts()))


async def test_between_two_tries_a_mail_expires_at_its_deadline_and_not_at_its_next_try(desk: Desk, server: SmtpServer):
    person = desk.person()
    server.always["rcpt"] = "451 4.3.0 later"
    await desk.asks(person, within=timedelta(milliseconds=500))
    async with desk.delivering(backoff=Backoff(pauses=(timedelta(hours=1),))):
        await desk.until_states(person, "expired")


async def test_a_server_that_cannot_take_what_it_offers_gets_commands_one_by_one(desk: Desk, server: SmtpServer):
    """It offers PIPELINING and drops all but the first command of a packet."""
    server.reads_one_command = True
    person, other = desk.person(), desk.person()
    await desk.asks(person)
    async with desk.delivering(senders=1, **LEFT_SOON):
        await desk.until_states(person, "sent")
        await desk.asks(other)
        await desk.until_states(other, "sent")
    assert [row["verdict"] for row in await desk.attempts()] == ["deferred", "sent", "sent"]


async def test_commands_go_in_one_packet_where_the_server_offers_that(desk: Desk, server: SmtpServer):
    await desk.asks(desk.person())
    async with desk.delivering():
        await desk.until_states(None, "sent")
    [packet] = [packet for packet in server.packets if packet.startswith(b"MAIL")]
    assert [line.split()[0] for line in packet.splitlines()] == [b"MAIL", b"RCPT", b"DATA"]


async def test_a_server_that_wants_the_content_of_a_mail_it_refused_gets_none(desk: Desk, server: SmtpServer):
    person, other = desk.person(), desk.person()
    server.in_order = False
    server.for_recipient[person.address] = {"rcpt": "550 5.1.1 never"}
    await desk.asks(person)
    async with desk.delivering(senders=1):
        await desk.until_states(person, "rejected")
        await desk.asks(other)
        await desk.until_states(other, "sent")
    assert len(server.dots) == 1
    assert b"RSET\r\n" not in server.packets  # it would be content


async def test_an_address_beyond_ascii_goes_where_it_is_understood_and_is_rejected_elsewhere(
    desk: Desk, server: SmtpServer
):
    first, second = desk.person(), desk.person()
    await desk.hears(first.contact(address="zoé@example.org"), desk.password(first))
    async with desk.delivering():
        await desk.until_states(first, "sent")
    assert server.taken[0].recipient == "zoé@example.org"

    server.extensions.remove("SMTPUTF8")
    await desk.hears(second.contact(address="zoé@example.org"), desk.password(second))
    async with desk.delivering():
        await desk.until_states(second, "rejected")
    assert len(server.taken) == 1


async def test_an_address_that_is_none_is_not_offered_to_a_server(desk: Desk, server: SmtpServer):
    for address in ("a@example.org\r\nRCPT TO:<x@example.org>", "a@b,c@d", "x" * 65 + "@example.org"):
        person = desk.person()
        await desk.hears(person.contact(address=address), desk.password(person))
    async with desk.delivering():
        await desk.until_states(None, *["rejected"] * 3)
    assert server.packets == []
    assert {(data["smtp_code"], data["enhanced_code"]) for _, data in await desk.told()} == {(553, "5.1.3")}


async def test_a_seal_moved_to_another_fact_opens_nothing(desk: Desk, server: SmtpServer):
    victim, thief = desk.person(), desk.person()
    stolen, _ = desk.password(victim)
    event, event_id = desk.password(thief)
    await desk.hears(thief.contact(), (event.model_copy(update={"sealed": stolen.sealed}), event_id))
    async with desk.delivering():
        await desk.until_states(thief, "rejected")
    assert server.taken == []
