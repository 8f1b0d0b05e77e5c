"""The suite's rows in their quick form: `make faults` does the same hundreds of times.

The others are beside what they concern: relay and deliverer here in test_kill_nine.py, every point of theirs and of
the consumer in tests/integration, servers that go away in tests/e2e/test_outages.py.
"""

from tests.faults.suite.killing import kill_at_every_point
from tests.faults.suite.linking import kill_while_linking
from tests.faults.suite.points import ROWS
from tests.support.ground import Ground

AROUND_ITS_COMMIT = ("contracts.after_outbox", "contracts.after_commit", "contracts.before_reply")


async def test_killed_around_its_commit_auth_does_all_or_nothing_and_a_repeat_gets_the_same_answer(
    ground: Ground,
) -> None:
    points = set(ROWS["auth"].points)
    outcome = await kill_at_every_point(ground, "auth", kills=len(points), seed=1, quick=True)

    assert outcome.broken == []
    assert outcome.tried.keys() == points
    assert outcome.facts >= outcome.mails > 0  # an older mail may be superseded


async def test_killed_around_its_commit_contracts_does_all_or_nothing_and_a_repeat_gets_the_same_answer(
    ground: Ground,
) -> None:
    outcome = await kill_while_linking(ground, kills=len(AROUND_ITS_COMMIT), seed=1, points=AROUND_ITS_COMMIT)

    assert outcome.broken == []
    assert outcome.tried.keys() == set(AROUND_ITS_COMMIT)
    assert outcome.facts == outcome.mails > 0
