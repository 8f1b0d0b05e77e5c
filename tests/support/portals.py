"""The delivered portals, and what is wrong with spoiled ones."""

from collections.abc import Callable
from pathlib import Path

from shared.portals import PortalFaults, load_portals

DELIVERED = Path(__file__).parents[2] / "deploy" / "portals"

Edit = Callable[[str, str, str], int]  # file, old, new -> the line on which old began


def faults_of(folder: Path) -> list[tuple[str, int, str]]:
    """File, line and message of every fault; none if the portals are right."""
    try:
        load_portals(folder)
    except PortalFaults as error:
        return [(str(fault.file.relative_to(folder)), fault.line, fault.message) for fault in error.faults]
    return []
