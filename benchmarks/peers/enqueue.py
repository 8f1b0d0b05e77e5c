"""Fills a peer's queue: `python -m benchmarks.peers.enqueue dramatiq|celery COUNT`. Not part of what is measured."""

import sys

from benchmarks.peers.same_mail import task


def _enqueue(peer: str, count: int) -> None:
    if peer == "dramatiq":
        from benchmarks.peers import dramatiq_mails

        for number in range(count):
            dramatiq_mails.send.send(task(number))
    else:
        from benchmarks.peers import celery_mails

        with celery_mails.app.producer_pool.acquire() as producer:
            for number in range(count):
                celery_mails.send.apply_async((task(number),), producer=producer)


if __name__ == "__main__":
    _enqueue(sys.argv[1], int(sys.argv[2]))
