"""How tests are shared out to workers: by file; by folder where its files have a world in common, or mostly wait."""

import pytest
from xdist.scheduler import LoadFileScheduling

# One worker has such a folder to itself: its world is made once, and what others do meanwhile fills its waits.
AS_A_WHOLE = {
    "tests/e2e/ecocito",
    "tests/e2e/egec",
    "tests/e2e/groupecho",
    "tests/faults",
    "tests/integration/bus",
    "tests/integration/cluster",
}


class ByWorld(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if folder in AS_A_WHOLE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByWorld:
    return ByWorld(config, log)  # type: ignore[arg-type]
