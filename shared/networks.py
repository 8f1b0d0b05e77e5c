"""Whose network an address belongs to, as far as can be told from outside."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network


def network_of(address: IPv4Address | IPv6Address) -> str:
    """The address, or for IPv6 the /64 that one household has for itself."""
    return str(address) if isinstance(address, IPv4Address) else str(IPv6Network((address, 64), strict=False))
