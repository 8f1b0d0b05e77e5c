"""All portals of an installation, found by name or by the host that was asked for."""

from collections.abc import Iterable, Iterator

from shared.errors import DomainError
from shared.ids import PortalName
from shared.portals.profile import Portal


class UnknownPortal(DomainError):
    """There is no portal of this name."""

    code = "unknown_portal"


class UnknownHost(DomainError):
    """No portal has this host name."""

    code = "unknown_host"


class Portals:
    def __init__(self, portals: Iterable[Portal]) -> None:
        self._by_name = {portal.name: portal for portal in portals}
        self._by_host = {host: portal for portal in self._by_name.values() for host in portal.hosts}

    def __iter__(self) -> Iterator[Portal]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def by_name(self, name: str) -> Portal:
        """Raises UnknownPortal."""
        try:
            return self._by_name[PortalName(name)]
        except KeyError:
            raise UnknownPortal(f"no portal is named {name!r}; there are {', '.join(self._by_name)}") from None

    def by_host(self, host: str) -> Portal:
        """`host` as in the Host header: a port, capitals and the root's dot do not matter. Raises UnknownHost."""
        portal = self._by_host.get(host) or self._by_host.get(host.partition(":")[0].lower().removesuffix("."))
        if portal is None:
            raise UnknownHost
        return portal
