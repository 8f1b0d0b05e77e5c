"""The worlds of `tests/e2e`, put under strain."""

from tests.e2e.conftest import ground as ground
from tests.e2e.conftest import world as world
