"""`endpoints.json`: where to find what runs. Renamed into place, so that a reader never sees half of it."""

import json
from pathlib import Path
from typing import NotRequired, TypedDict

from deploy.files import write_private

NAME = "endpoints.json"


class Endpoints(TypedDict):
    """What does not exist in this installation is left out."""

    portals: dict[str, str]  # name -> base URL
    desk: str  # base URL
    mail_api: NotRequired[str]
    smtp: str
    kafka: str
    databases: dict[str, str]  # service -> the owner role's URL
    staff: NotRequired[dict[str, str]]  # the demonstration's
    processes: dict[str, int]  # name -> process id


def write_endpoints(folder: Path, endpoints: Endpoints) -> None:
    """Readable by its owner only: it holds the databases' passwords."""
    write_private(folder / NAME, json.dumps(endpoints, indent=2))


def read_endpoints(folder: Path) -> Endpoints | None:
    """None where nothing is ready."""
    try:
        found: Endpoints = json.loads((folder / NAME).read_text())
    except FileNotFoundError:
        return None
    return found


def remove_endpoints(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)
