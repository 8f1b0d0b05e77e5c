"""Points at which a process ends: named, counted, and nothing at all while nobody arms them."""

import subprocess
import sys

import pytest

from shared import faults


def passings(spec: str, count: int) -> tuple[int, str]:
    """Exit status, and how many passings there were."""
    code = f"from shared import faults\nif {spec!r}: faults.arm({spec!r})\n" + (
        f"for n in range({count}):\n    print(n, flush=True)\n    faults.passing('here')\n    faults.passing('there')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_process_nobody_armed_passes_all_points():
    assert passings("", 3) == (0, "0\n1\n2\n")


def test_an_armed_process_is_killed_at_the_first_passing():
    assert passings("here", 3) == (-9, "0\n")


def test_it_is_killed_at_the_passing_that_was_named():
    assert passings("here:3", 5) == (-9, "0\n1\n2\n")


def test_a_point_without_a_name_is_refused():
    with pytest.raises(ValueError, match="no fault point"):
        faults.arm(":3")
