"""Celery as it comes, with a connection kept in each of its processes and one setting changed."""

import os
from functools import cache

from celery import Celery  # type: ignore[import-untyped]

from benchmarks.peers.same_mail import Task, build, connect

app = Celery("benchmarks.peers.celery_mails", broker=os.environ["BENCH_REDIS"])
app.conf.update(
    task_acks_late=True,  # as Guichet and Dramatiq: a worker that dies loses no mail
    task_ignore_result=True,
    worker_hijack_root_logger=False,
)

_connection = cache(connect)


@app.task  # type: ignore[untyped-decorator]
def send(task: Task) -> None:
    letter = build(task)
    _connection().sendmail(letter.sender, [letter.recipient], letter.content)
