"""Where a request comes from."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """The address of the client, as the edge determined it. Raises ValueError where `text` is none."""

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", str(_canonical(self.text)))

    @property
    def network(self) -> str:
        """What limits count: the address, or for IPv6 the /64 that one household has for itself."""
        address = ip_address(self.text)
        return str(address) if isinstance(address, IPv4Address) else str(IPv6Network((address, 64), strict=False))


def _canonical(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text.partition("%")[0])
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
