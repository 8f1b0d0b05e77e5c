"""A fifth portal needs no code: cells of the policy table mixed freely, each two of them together at least once, and
each portal that the check takes does what its policy says. So do the four that are delivered."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio

from shared.portals import load_portals
from tests.support.ground import Ground
from tests.support.journey import journey
from tests.support.mixed_portals import batch
from tests.support.portals import DELIVERED

MIXED, _ = batch()
NAMES = [*(mixed.name for mixed in MIXED), *sorted(file.parent.name for file in DELIVERED.glob("*/portal.yaml"))]


@pytest_asyncio.fixture(scope="module")
async def journeys(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[str, asyncio.Task[None]]]:
    """All of them in one world, side by side."""
    folder = tmp_path_factory.mktemp("mixed") / "portals"
    shutil.copytree(DELIVERED, folder)
    for mixed in MIXED:
        mixed.write(folder)
    portals = load_portals(folder)
    async with ground.world(environment={"GUICHET_PORTALS": str(folder)}) as world:
        started = {
            portal.name: asyncio.create_task(journey(world.portal(portal.name), portal, language))
            for portal, language in zip(portals, ["fr", "en"] * len(portals), strict=False)
        }
        yield started
        for task in started.values():
            task.cancel()
            with contextlib.suppress(BaseException):
                await task


@pytest.mark.parametrize("name", NAMES)
async def test_a_portal_does_what_its_policy_says(journeys: Mapping[str, asyncio.Task[None]], name: str) -> None:
    await journeys[name]
