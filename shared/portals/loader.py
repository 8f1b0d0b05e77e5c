"""Portals from a folder: each folder in it is one, and every fault of all of them is found before anything starts."""

from collections.abc import Sequence
from pathlib import Path

from shared.ids import PortalName
from shared.portals.faults import Fault, PortalFaults
from shared.portals.layers import Layers, read_layers
from shared.portals.profile import Portal
from shared.portals.read_mails import read_mails
from shared.portals.read_profile import read_profile
from shared.portals.read_texts import read_texts
from shared.portals.registry import Portals


def load_portals(folder: Path) -> Portals:
    """The portals of `folder`, each named after its own folder. Raises PortalFaults with every fault of every file."""
    return load_folders(portal_folders(folder))


def portal_folders(folder: Path) -> Sequence[Path]:
    """The folders in `folder`, each of which must be a portal. Raises PortalFaults where there are none."""
    try:
        folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "_")))
    except OSError as error:
        raise PortalFaults([Fault(folder, 1, f"cannot be read: {error.strerror}")]) from None
    if not folders:
        raise PortalFaults([Fault(folder, 1, "holds no portal: each is a folder with a portal.yaml")])
    return folders


def load_folders(folders: Sequence[Path]) -> Portals:
    """The portals of these folders. Raises PortalFaults."""
    faults: list[Fault] = []
    read = [(read_layers(folder), folder) for folder in folders]
    portals = [(_portal(layers, folder.name, faults), layers) for layers, folder in read]
    complete = [(portal, layers) for portal, layers in portals if portal]
    faults += _shared_hosts(complete)
    if faults:
        raise PortalFaults(faults)
    return Portals(portal for portal, _ in complete)


def _portal(layers: Layers, name: str, faults: list[Fault]) -> Portal | None:
    profile = read_profile(name, layers.profile, faults)
    if profile is None:
        return None
    texts = read_texts(layers, profile, faults)
    mails = read_mails(layers, profile, faults)
    return Portal(**dict(profile), texts=texts, mails=mails)


def _shared_hosts(portals: Sequence[tuple[Portal, Layers]]) -> list[Fault]:
    """A host chooses the portal, so it can choose only one."""
    faults: list[Fault] = []
    owner: dict[str, PortalName] = {}
    for portal, layers in portals:
        for position, host in enumerate(portal.hosts):
            if owner.get(host, portal.name) != portal.name:
                message = f"host {host} is already {owner[host]}'s: a host chooses one portal"
                faults.append(layers.profile.fault(("hosts", position), message))
            owner.setdefault(host, portal.name)
    return faults
