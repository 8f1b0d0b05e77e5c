"""Whose address a request comes from, when there may be proxies before us."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NOWHERE = IPv6Address("::")  # a peer without an address (a Unix socket)


def trusted_networks(written: str) -> tuple[Network, ...]:
    """`GUICHET_TRUSTED_PROXIES`: addresses or networks (CIDR), separated by commas. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in written.split(",") if part.strip())


def client_address(peer: str | None, forwarded: Iterable[str], trusted: tuple[Network, ...]) -> Address:
    """The peer's; where that is a proxy of ours, the right-most address in `X-Forwarded-For` that is none of ours.

    What stands to the left of it was written by the client and says nothing. `forwarded` are the header's values in
    the order they came.
    """
    nearest = _parse(peer or "") or NOWHERE
    named = [part for value in forwarded for part in value.split(",")]
    for part in reversed(named):
        if not _is_trusted(nearest, trusted):
            break
        further = _parse(part)
        if further is None:
            break
        nearest = further
    return nearest


def _is_trusted(address: Address, trusted: tuple[Network, ...]) -> bool:
    return any(address in network for network in trusted if network.version == address.version)


def _parse(text: str) -> Address | None:
    """An address with or without a port, as proxies write it; an IPv4 address mapped into IPv6 is that IPv4 address."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
