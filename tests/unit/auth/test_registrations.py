"""What a stranger may say of themselves: it is put into a mail that goes to whatever address they gave."""

import pytest

from services.auth.domain.accounts import Details
from services.auth.domain.registrations import acceptable_as_own
from shared.details import DetailsNotAcceptable
from shared.ids import Language


def details(name: str = "Camille Exemple", email: str = "camille@example.org") -> Details:
    return Details(title="", name=name, email=email, language=Language("fr"))


@pytest.mark.parametrize(
    "name", ["Camille Exemple", "J. R. R. Tolkien", "Zoë O’Neill-Lévêque", "李小龍", "M. le Maire"]
)
def test_names_of_people_are_accepted(name: str):
    assert acceptable_as_own(details(name)).name == name


@pytest.mark.parametrize(
    "name",
    [
        "https://exemple.fr",
        "Gagnez sur exemple.fr",
        "WWW.exemple",
        "exemple.fr/prix",
        "ecrire@exemple.fr",
        "<b>Camille</b>",
        "a\\b",
    ],
)
def test_a_name_that_a_mail_program_would_make_a_link_of_is_refused(name: str):
    with pytest.raises(DetailsNotAcceptable) as refused:
        acceptable_as_own(details(name))
    assert ("name", "like_a_link") in [(fault.field, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    "email", ["", "  ", "camille", "a@b,c@d", "-x@example.org", "camille@example.org\r\nBcc: x@example.org"]
)
def test_an_address_that_no_mail_may_go_to_is_refused(email: str):
    with pytest.raises(DetailsNotAcceptable) as refused:
        acceptable_as_own(details(email=email))
    assert [fault.field for fault in refused.value.faults] == ["email"]


def test_every_fault_is_said_at_once():
    with pytest.raises(DetailsNotAcceptable) as refused:
        acceptable_as_own(details(name="x" * 201 + "\n www.x", email="nowhere"))
    assert {fault.code for fault in refused.value.faults} == {
        "too_long",
        "character_not_accepted",
        "like_a_link",
        "not_an_address",
    }
