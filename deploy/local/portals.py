"""The portals of a local stack: those that are delivered, under an address on this machine."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from deploy.local.services import DELIVERED
from shared.portals.loader import load_portals
from shared.portals.profile import Portal

RAISED = (
    100  # every client of a local stack has the same address, so limits counted by that alone would mean all together
)
BY_ADDRESS_ALONE = ("unrecognised_names_per_address", "failing_keys_per_address", "requests_per_address")


def lay_portals(folder: Path, port: int, delivered: Path = DELIVERED) -> Mapping[str, str]:
    """Writes for each portal a folder that extends the delivered one; returns their base URLs. Raises PortalFaults."""
    shutil.rmtree(folder, ignore_errors=True)
    urls: dict[str, str] = {}
    for portal in load_portals(delivered):
        urls[portal.name] = f"http://{_local_host(portal)}:{port}"
        own = folder / portal.name
        own.mkdir(parents=True, exist_ok=True)
        with (own / "portal.yaml").open("w") as file:
            file.write("# Written anew whenever the local stack starts.\n")
            YAML().dump(_overlay(portal, delivered, urls[portal.name]), file)
    return urls


def _overlay(portal: Portal, delivered: Path, url: str) -> dict[str, object]:
    limits = {name: getattr(portal.limits, name) for name in BY_ADDRESS_ALONE}
    return {
        "extends": str((delivered / portal.name).resolve()),
        "url": url,
        "hosts": _hosts(portal),
        "limits": {
            name: f"{limit.count * RAISED} in {int(limit.per.total_seconds())} s" for name, limit in limits.items()
        },
    }


def _local_host(portal: Portal) -> str:
    """A name under .localhost: browsers take such a name for this machine (RFC 6761, 6.3)."""
    return next((host for host in portal.hosts if host.endswith(".localhost")), f"{portal.name}.localhost")


def _hosts(portal: Portal) -> Sequence[str]:
    return list(dict.fromkeys((*portal.hosts, _local_host(portal))))
