"""Names and addresses, as people submit them and files hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.addresses import address_fault
from services.auth.domain.names import SubmittedName, folded, forgiven


@given(st.text())
def test_what_is_forgiven_once_has_nothing_left_to_forgive(text: str):
    assert forgiven(forgiven(text)) == forgiven(text)


@given(st.text())
def test_whatever_was_typed_can_be_looked_for(text: str):
    sought = SubmittedName("email", text + "\0\udc00").sought

    assert "\0" not in sought
    sought.encode()


def test_addresses_are_compared_without_regard_to_case():
    assert SubmittedName("email", " Camille.Exemple@Example.ORG\r\n").sought == "camille.exemple@example.org"


def test_no_other_letter_turns_into_one_of_an_address():
    assert folded("\u212aamille@example.org") == "\u212aamille@example.org"  # the Kelvin sign is no k


def test_codes_keep_their_case():
    assert SubmittedName("code", "\u00a0aB12 ").sought == "aB12"


@pytest.mark.parametrize(
    "address",
    [
        "camille.exemple@example.org",
        "o'exemple+egec@sous.domaine.example.org",
        "x" * 64 + "@example.org",
        "a@xn--exmple-cua.example",
    ],
)
def test_proper_addresses_are_accepted(address: str):
    assert address_fault(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "camille",
        "@example.org",
        "camille@",
        "camille@example",
        "a@b,c@d.org",
        "a@b.org,c@d.org",
        "a@b.org c@d.org",
        "-camille@example.org",
        ".camille@example.org",
        "camille.@example.org",
        "ca..mille@example.org",
        '"ca mille"@example.org',
        "x" * 65 + "@example.org",
        "camille@" + "x" * 64 + ".org",
        "camille@" + "x." * 130 + "org",
        "camille@-example.org",
        "camille@example-.org",
        "camille@example..org",
        "camille@192.0.2.1",
        "camille@[192.0.2.1]",
        "cami\u013ale@example.org",
        "camille@ex\u0430mple.org",
        "camille@example.org\r\nBcc: x@example.org",
        "camille@example.org\n",
        "camille\0@example.org",
        "camille@example.org>",
        "<camille@example.org>",
    ],
)
def test_addresses_that_could_reach_somebody_else_are_refused(address: str):
    fault = address_fault(address)

    assert fault is not None
    assert "camille" not in fault
