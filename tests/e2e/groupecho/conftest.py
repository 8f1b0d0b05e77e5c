"""One world for all of Groupecho's behaviours: each test has users of its own in it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.customer_portal import CustomerPortal
from tests.support.ground import Ground
from tests.support.user import User, new_user
from tests.support.world import World


@pytest_asyncio.fixture(scope="package")
async def shared_world(ground: Ground) -> AsyncIterator[World]:
    async with ground.world() as world:
        yield world


@pytest.fixture
def groupecho(shared_world: World) -> CustomerPortal:
    return shared_world.portal("groupecho")


@pytest_asyncio.fixture
async def user(groupecho: CustomerPortal) -> User:
    """Subscribed to the catalogue, and to nothing else; has never had a password."""
    return await new_user(groupecho, services=["catalogue"])
