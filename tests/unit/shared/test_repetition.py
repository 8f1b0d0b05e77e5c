"""What a library repeats while a server is away is said once a minute; what we say ourselves, each time."""

import logging
import subprocess
import sys

from shared.telemetry.repetition import APART, OncePerMinute

BROKEN = "Unable to request metadata from node with id %s: %r"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def record(name: str, message: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, None)


def test_a_sentence_of_a_library_is_said_once_a_minute_whatever_it_is_filled_in_with():
    clock = Clock()
    once = OncePerMinute("aiokafka", clock=clock)

    assert once.filter(record("aiokafka.client", BROKEN, 1, "refused"))
    clock.now = APART - 1
    assert not once.filter(record("aiokafka.client", BROKEN, 2, "no answer"))
    assert once.filter(record("aiokafka.client", "Topic %s not found", "accounts"))
    clock.now = APART
    assert once.filter(record("aiokafka.client", BROKEN, 1, "refused"))


def test_what_others_say_is_said_each_time():
    once = OncePerMinute("aiokafka")
    for name in ("shared.process", "root"):
        assert [once.filter(record(name, "role.failed")) for _ in range(3)] == [True] * 3


def test_the_logs_of_a_process_are_kept_so():
    said = """
import logging
from shared.telemetry import logs
logs.configure("json", "auth")
for node in range(5):
    logging.getLogger("aiokafka.consumer.fetcher").error("Failed fetch messages from %s", node)
"""
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stderr.count("Failed fetch messages from") == 1
