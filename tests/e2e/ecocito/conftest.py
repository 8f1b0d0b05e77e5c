"""One world for all of Ecocito's behaviours: each test has people and contracts of its own in it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.customer_portal import CustomerPortal
from tests.support.ground import Ground
from tests.support.holder import Holder, new_holder
from tests.support.world import World


@pytest_asyncio.fixture(scope="package")
async def shared_world(ground: Ground) -> AsyncIterator[World]:
    async with ground.world() as world:
        yield world


@pytest.fixture
def ecocito(shared_world: World) -> CustomerPortal:
    return shared_world.portal("ecocito")


@pytest_asyncio.fixture
async def holder(ecocito: CustomerPortal) -> Holder:
    """Signed in, and without a contract."""
    return await new_holder(ecocito)
