"""One world for all of eGEC's behaviours: each test has customers of its own in it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.customer_portal import CustomerPortal
from tests.support.ground import Ground
from tests.support.world import World


@pytest_asyncio.fixture(scope="package")
async def shared_world(ground: Ground) -> AsyncIterator[World]:
    async with ground.world() as world:
        yield world


@pytest.fixture
def egec(shared_world: World) -> CustomerPortal:
    return shared_world.portal("egec")


@pytest.fixture
def neutral(shared_world: World) -> CustomerPortal:
    """eGEC, were it not to tell known addresses from unknown ones."""
    return shared_world.portal("neutral")


@pytest.fixture
def hardened(shared_world: World) -> CustomerPortal:
    """eGEC, were it to keep the old password until the new one is used."""
    return shared_world.portal("hardened")
