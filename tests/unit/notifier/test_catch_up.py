"""How long a deliverer waits for a consumer that is behind."""

from collections.abc import Iterable

from services.notifier.deliverer.catch_up import Behind

PATIENCE = 30.0


def opened(moves: Iterable[int], until: int) -> list[int]:
    """The seconds at which mails may leave, of a consumer that is behind from 0 on and moves at these."""
    moving = set(moves)
    behind, offsets, seconds = Behind(since=0.0, offsets=0, moved_at=0.0), 0, []
    for second in range(until):
        offsets += second in moving
        if behind.longer_than(PATIENCE, offsets, float(second)):
            seconds.append(second)
    return seconds


def test_with_the_consumer_away_mails_leave_when_patience_ends():
    assert opened(moves=[], until=100) == list(range(30, 100))


def test_under_a_load_without_end_mails_leave_when_patience_ends():
    assert opened(moves=range(100), until=100) == list(range(30, 100))


def test_a_consumer_that_comes_back_gets_the_whole_patience_again():
    assert opened(moves=range(600, 700), until=700) == [*range(30, 600), *range(630, 700)]
    assert opened(moves=range(25, 100), until=100) == list(range(55, 100))


def test_one_that_comes_back_again_and_again_does_not_keep_mails_back_for_ever():
    # Every ten seconds: the returns at 10 and, as mails left from 40 on, at 50 begin patience anew; and so on.
    assert opened(moves=range(10, 200, 10), until=90) == [*range(40, 50), *range(80, 90)]
