"""The least a program can do: `python -m benchmarks.peers.bare_loop asyncio|uvloop PORT COUNT` sends and ends.

No queue, no database, nothing that outlives a crash; aiosmtplib over four kept connections.
"""

import asyncio
import sys
from collections.abc import Iterator

import aiosmtplib
import uvloop

from benchmarks.peers.same_mail import Task, build, task

CONNECTIONS = 4


async def _send_all(port: int, count: int) -> None:
    tasks = (task(number) for number in range(count))
    async with asyncio.TaskGroup() as senders:
        for _ in range(CONNECTIONS):
            senders.create_task(_send(port, tasks))


async def _send(port: int, tasks: Iterator[Task]) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as connection:
        for one in tasks:
            letter = build(one)
            await connection.sendmail(letter.sender, [letter.recipient], letter.content)


if __name__ == "__main__":
    kind, port, count = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if kind == "uvloop" else None) as runner:
        runner.run(_send_all(int(port), int(count)))
