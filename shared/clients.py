"""Where a request comes from."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from shared.networks import network_of


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """The address of the client, as the edge determined it. Raises ValueError where `text` is none."""

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", str(_canonical(self.text)))

    @property
    def network(self) -> str:
        """What limits count."""
        return network_of(ip_address(self.text))


def _canonical(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text.partition("%")[0])
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
