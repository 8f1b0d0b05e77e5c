"""What the benchmarks conclude from what they saw."""

import json

import pytest

from benchmarks.figures import Figure, at_least, at_most, median, percentile
from benchmarks.memory import Memory
from benchmarks.report import as_json
from benchmarks.sink import Look, rate


@pytest.mark.parametrize(("percent", "value"), [(50, 50.0), (98.5, 99.0), (99, 99.0), (100, 100.0), (0.1, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == value


def test_a_single_value_is_every_percentile() -> None:
    assert percentile([3.0], 1) == percentile([3.0], 99) == median([3.0]) == 3.0


def test_a_goal_that_is_just_reached_is_met() -> None:
    assert Figure("", 15.0, "ms", at_most(15)).met is True
    assert Figure("", 15.1, "ms", at_most(15)).met is False
    assert Figure("", 0.8, "x", at_least(0.8)).met is True
    assert Figure("", 0.79, "x", at_least(0.8)).met is False
    assert Figure("", 1.0, "x").met is None


def test_a_rate_counts_from_the_share_that_is_left_out() -> None:
    looks = [Look(0.0, 100), Look(8.0, 110), Look(9.0, 160), Look(10.0, 200)]
    assert rate(looks) == 10.0
    assert rate(looks, after=0.1) == 45.0


def test_memory_that_grows_late_is_seen() -> None:
    assert Memory((50, 80, 80, 80, 80, 80, 80, 80)).growth == 1.0
    assert Memory((50, 80, 80, 80, 90, 100, 110, 120)).growth == 1.5


def test_json_tells_the_goal_and_whether_it_was_met() -> None:
    results = {"drain": [Figure("beside the loop", 1.25, "x", at_least(1.0)), Figure("loop", 2000.0, "mails/s")]}
    assert json.loads(as_json({"cores": 2}, results)) == {
        "machine": {"cores": 2},
        "results": {
            "drain": [
                {"figure": "beside the loop", "value": 1.25, "unit": "x", "goal": "at least 1", "met": True},
                {"figure": "loop", "value": 2000.0, "unit": "mails/s", "goal": None, "met": None},
            ]
        },
    }
