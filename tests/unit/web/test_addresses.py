"""The client's address, by hand and by search: what a client writes itself never counts."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.addresses import NOWHERE, client_address, trusted_networks

PROXIES = trusted_networks("10.0.0.0/8, ::1")
CLIENT = ip_address("203.0.113.7")


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # not a proxy of ours: what it says does not count
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.7, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7:4711"], "203.0.113.7"),
        ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
    ],
)
def test_the_right_most_address_that_is_none_of_ours_counts(peer: str, forwarded: list[str], expected: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == ip_address(expected)


def test_a_peer_without_an_address_is_nowhere() -> None:
    assert client_address(None, [], PROXIES) == NOWHERE


@given(st.lists(st.text(max_size=40), max_size=5))
def test_nothing_a_client_writes_changes_its_address(written: list[str]) -> None:
    through_a_proxy = [*written, str(CLIENT)]

    assert client_address(str(CLIENT), written, PROXIES) == CLIENT
    assert client_address("10.0.0.1", [", ".join(through_a_proxy)], PROXIES) == CLIENT


def test_a_wrong_network_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        trusted_networks("10.0.0.0/8, nonsense")
