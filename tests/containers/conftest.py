"""The image is built once for a run, and the whole system brought up once."""

import os
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT
from tests.containers.engine import IMAGE, docker
from tests.containers.system import System, free_port


@pytest.fixture(scope="session")
def image() -> str:
    docker("build", "-q", "-f", str(ROOT / "deploy" / "Dockerfile"), "-t", IMAGE, str(ROOT))
    return IMAGE


@pytest.fixture(scope="session")
def system(image: str) -> Iterator[System]:
    """Left behind by nobody: volumes and all are gone afterwards."""
    started = System(f"guichet-test-{os.getpid()}", free_port(), free_port())
    try:
        started.up()
        yield started
    finally:
        started.compose("down", "--volumes", "--timeout", "10")
