"""Handing one mail in: MAIL, RCPT, DATA, the content, the final dot. One always knows whether the dot was sent."""

import asyncio
import time
from dataclasses import dataclass, replace

from services.notifier.domain.attempts import Attempt, Stage, Verdict, verdict_of
from services.notifier.mail.connect import Connection
from services.notifier.mail.letters import Letter
from services.notifier.mail.wire import Cut, Reply
from shared import faults

SUCCESS = {Stage.MAIL: (250,), Stage.RCPT: (250, 251), Stage.DATA: (354,)}
GO_AHEAD = 354
OUT_OF_STEP = range(500, 504)  # what servers answer that offer PIPELINING and cannot take several commands at once
RESET_WITHIN = 1.0  # seconds


@dataclass(slots=True)
class _Progress:
    stage: Stage = Stage.MAIL
    refused: Attempt | None = None


async def hand_in(connection: Connection, letter: Letter, until: float) -> Attempt:
    """Never raises what a server or the network does: that is what the attempt tells.

    `until` (monotonic seconds) holds however slowly the server speaks. A connection that is out of step is cut.
    """
    begun, progress = time.monotonic(), _Progress()
    timer = asyncio.get_running_loop().call_later(until - begun, connection.wire.cut, "the server took too long")
    try:
        attempt = await _hand_in(connection, letter, progress)
    except Cut as error:
        attempt = progress.refused or _cut_off(progress.stage, str(error))
    finally:
        timer.cancel()
    connection.used += 1
    if attempt.verdict is not Verdict.SENT:
        await _begin_anew(connection)
    return replace(attempt, seconds=time.monotonic() - begun)


def _cut_off(stage: Stage, why: str) -> Attempt:
    return Attempt(Verdict.UNKNOWN if stage is Stage.DOT else Verdict.DEFERRED, stage, why=why)


async def _hand_in(connection: Connection, letter: Letter, progress: _Progress) -> Attempt:
    if letter.international and not connection.international:
        return Attempt(Verdict.REJECTED, Stage.MAIL, 553, "5.6.7", why="the server takes no international addresses")
    refused = await _envelope(connection, letter, progress)
    if refused is not None:
        return refused

    progress.stage = Stage.CONTENT
    content = letter.content + b".\r\n"
    if faults.armed("notifier.mid_data"):
        connection.wire.write(content[: len(content) // 2])
        faults.passing("notifier.mid_data")
        content = content[len(content) // 2 :]
    connection.wire.write(content)
    progress.stage = Stage.DOT
    faults.passing("notifier.after_dot")

    reply = await connection.wire.reply()
    faults.passing("notifier.after_250")
    verdict = Verdict.SENT if reply.code == 250 else verdict_of(reply.code)
    return Attempt(verdict, Stage.DOT, reply.code, reply.enhanced)  # without its words: they might quote the mail


async def _envelope(connection: Connection, letter: Letter, progress: _Progress) -> Attempt | None:
    """Up to the server's « go ahead », or what it refused instead; in one packet where it offers that (RFC 2920)."""
    wire, commands = connection.wire, _commands(letter)
    if connection.pipelining:
        wire.write(b"".join(commands.values()))
    for stage, command in commands.items():
        progress.stage = stage
        if not connection.pipelining:
            wire.write(command)
        reply = await wire.reply()
        faults.passing(f"notifier.{stage}")
        if reply.code not in SUCCESS[stage]:
            progress.refused = progress.refused or _refusal(stage, reply, pipelined=connection.pipelining)
            if not connection.pipelining:
                break
        elif progress.refused is not None and reply.code == GO_AHEAD:
            wire.cut("it waits for the content of a mail it refused")
    return progress.refused


def _refusal(stage: Stage, reply: Reply, *, pipelined: bool) -> Attempt:
    if pipelined and reply.code in OUT_OF_STEP:
        return Attempt(Verdict.DEFERRED, stage, reply.code, reply.enhanced, reply.words, "it cannot take pipelining")
    return Attempt(verdict_of(reply.code), stage, reply.code, reply.enhanced, reply.words)


async def _begin_anew(connection: Connection) -> None:
    """The next mail over this connection starts from nothing, or there is no next one."""
    if not connection.wire.quiet:
        connection.wire.cut()
        return
    try:
        async with asyncio.timeout(RESET_WITHIN):
            connection.wire.write(b"RSET\r\n")
            if (await connection.wire.reply()).code != 250:
                connection.wire.cut()
    except (TimeoutError, Cut):
        connection.wire.cut()


def _commands(letter: Letter) -> dict[Stage, bytes]:
    parameters = " SMTPUTF8 BODY=8BITMIME" if letter.international else ""
    return {
        Stage.MAIL: f"MAIL FROM:<{letter.sender.address}>{parameters}\r\n".encode(),
        Stage.RCPT: f"RCPT TO:<{letter.recipient.address}>\r\n".encode(),
        Stage.DATA: b"DATA\r\n",
    }
