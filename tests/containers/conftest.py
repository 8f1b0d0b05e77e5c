"""The image is built once for a run."""

from pathlib import Path

import pytest

from deploy.secret_files import make_secrets
from tests.architecture.source import ROOT
from tests.containers.engine import IMAGE, docker
from tests.containers.system import remove_what_killed_runs_left


@pytest.fixture(scope="session")
def image() -> str:
    remove_what_killed_runs_left()
    docker("build", "-q", "-f", str(ROOT / "deploy" / "Dockerfile"), "-t", IMAGE, str(ROOT))
    return IMAGE


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation's, with servers that nobody reaches; readable by the image's user."""
    folder = tmp_path_factory.mktemp("secrets")
    make_secrets(folder, postgres="127.0.0.1:1")
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    for above in folder.parents[:2]:
        above.chmod(0o755)
    return folder
