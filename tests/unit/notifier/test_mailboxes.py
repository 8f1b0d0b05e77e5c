"""Addresses: what SMTP can be given, and what must never reach it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.mail.addresses import Mailbox, Unmailable, parse_mailbox


@pytest.mark.parametrize(
    "address",
    [
        "camille@example.org",
        "camille.exemple+portail@example.org",
        "-camille@example.org",
        "o'neill@example.org",
        '"camille exemple"@example.org',
        r'"a\"b"@example.org',
        "x" * 64 + "@example.org",
        "camille@sub-domain.example.org",
    ],
)
def test_an_address_is_taken_as_it_is(address: str):
    assert parse_mailbox(address) == Mailbox(address, international=False)


def test_a_domain_goes_as_dns_knows_it():
    assert parse_mailbox("camille@exémple.fr") == Mailbox("camille@xn--exmple-cva.fr", international=False)


def test_a_local_part_beyond_ascii_is_international():
    assert parse_mailbox("zoé@example.org") == Mailbox("zoé@example.org", international=True)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "camille",
        "@example.org",
        "camille@",
        "a@b,c@d",
        "a b@example.org",
        "a@example.org>",
        "<a@example.org",
        "a@example.org\r\nRCPT TO:<b@example.org>",
        "a\r\n@example.org",
        "a\0@example.org",
        "a@exam\nple.org",
        "a..b@example.org",
        ".a@example.org",
        "a.@example.org",
        '"a"b@example.org',
        '"a\r\n"@example.org',
        "x" * 65 + "@example.org",
        "é" * 33 + "@example.org",
        "a@" + "x" * 64 + ".org",
        "a@example..org",
        "a@-example.org",
        "a@[127.0.0.1]",
        "a\ud800@example.org",
        "a\x85@example.org",
        "a@" + ".".join(["x" * 60] * 5),
    ],
)
def test_what_is_no_address_is_refused(address: str):
    with pytest.raises(Unmailable) as refused:
        parse_mailbox(address)
    assert address not in str(refused.value) or not address


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_address_can_end_an_smtp_command(local: str, domain: str):
    try:
        mailbox = parse_mailbox(f"{local}@{domain}")
    except Unmailable:
        return
    assert not set(mailbox.address) & set("\r\n\0<>") or mailbox.address.startswith('"')
    assert "\r" not in mailbox.address
    assert "\n" not in mailbox.address
