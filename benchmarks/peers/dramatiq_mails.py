"""Dramatiq: acknowledges after the work by itself; a connection is kept in each of its threads."""

import os
import smtplib
import threading

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from benchmarks.peers.same_mail import Task, build, connect

dramatiq.set_broker(RedisBroker(url=os.environ["BENCH_REDIS"]))  # type: ignore[no-untyped-call]


class _Own(threading.local):
    connection: smtplib.SMTP | None = None


_own = _Own()


@dramatiq.actor(max_retries=3)
def send(task: Task) -> None:
    if _own.connection is None:
        _own.connection = connect()
    letter = build(task)
    _own.connection.sendmail(letter.sender, [letter.recipient], letter.content)
