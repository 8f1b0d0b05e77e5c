"""Where requests come from, as limits count it."""

import pytest

from shared.clients import ClientAddress


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_limits_count_an_address_and_of_ipv6_a_household(text: str, network: str):
    assert ClientAddress(text).network == network


def test_what_is_no_address_is_refused():
    with pytest.raises(ValueError, match="nowhere"):
        ClientAddress("nowhere")
