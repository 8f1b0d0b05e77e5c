"""A job waits for its server, no longer than it was told, and says so once."""

import pytest

from deploy.cli.waiting import patiently


class Away(Exception):
    pass


class Coming:
    """Answers from the third time on."""

    def __init__(self) -> None:
        self.asked = 0

    async def answer(self) -> int:
        self.asked += 1
        if self.asked < 3:
            raise Away("broker:9092: nobody\nlistens")
        return self.asked


async def test_a_server_that_comes_is_waited_for_and_said_so_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("deploy.cli.waiting.LOOK", 0.001)
    assert await patiently(Coming().answer, Away, seconds=60, what="Kafka") == 3
    assert capsys.readouterr().err == "Kafka cannot be used yet, waiting at most 60 s: broker:9092: nobody listens\n"


async def test_one_that_stays_away_is_not_waited_for_longer_than_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("deploy.cli.waiting.LOOK", 0.001)

    async def never() -> None:
        raise Away

    with pytest.raises(Away):
        await patiently(never, Away, seconds=0.01, what="Kafka")


async def test_what_is_wrong_is_not_waited_for():
    async def wrong() -> None:
        raise ValueError("no such setting")

    with pytest.raises(ValueError, match="no such setting"):
        await patiently(wrong, Away, seconds=60, what="Kafka")
