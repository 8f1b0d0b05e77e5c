"""One whole system for all that is tried on it, and the people who use it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.containers.people import Portals, people_of
from tests.containers.system import System, new_system


@pytest.fixture(scope="package")
def system(image: str) -> Iterator[System]:
    with new_system() as started:
        started.up()
        yield started


@pytest_asyncio.fixture(scope="package")
async def portals(system: System) -> AsyncIterator[Portals]:
    async with people_of(system) as portals:
        yield portals
