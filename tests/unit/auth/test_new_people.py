"""S2.9: of each new person the full name and the address, or nothing at all."""

from dataclasses import replace

import pytest

from services.auth.domain.accounts import Account, Details
from services.auth.domain.errors import PeopleIncomplete
from services.auth.domain.new_people import NewPerson, details_of, same_person
from shared.ids import Language
from tests.unit.auth.test_accounts import OPEN

ASKING: Account = replace(
    OPEN,
    details=Details(
        "Mme", "Camille Exemple", "camille@example.org", Language("en"), contact_person=True, services=("a", "b", "old")
    ),
)
RIGHT = NewPerson("Alex Modèle", "alex@example.org")


def test_they_speak_the_contact_persons_language_and_have_the_services_the_portal_still_has():
    (details,) = details_of([RIGHT], ASKING, ("a", "b", "c"))

    assert details == Details("", "Alex Modèle", "alex@example.org", Language("en"), services=("a", "b"))


@pytest.mark.parametrize(
    ("person", "faults"),
    [
        (NewPerson("", "alex@example.org"), [("name", "missing")]),
        (NewPerson("Alex", "alex@example.org"), [("name", "name_not_full")]),
        (NewPerson("Alex 2", "alex@example.org"), [("name", "name_not_full")]),
        (NewPerson(" Alex \u00a0 ", "alex@example.org"), [("name", "name_not_full")]),
        (NewPerson("Alex Modèle", ""), [("email", "missing")]),
        (NewPerson("Alex Modèle", "alex"), [("email", "not_an_address")]),
        (NewPerson("Alex Modèle", "a@example.org,b@example.org"), [("email", "not_an_address")]),
        (NewPerson("Alex Mo\u202edèle", "alex@example.org"), [("name", "character_not_accepted")]),
        (NewPerson("Alex " + "x" * 200, "alex@example.org"), [("name", "too_long")]),
        (NewPerson("", ""), [("email", "missing"), ("name", "missing")]),
    ],
)
def test_each_place_where_something_is_missing_or_wrong_is_named(person: NewPerson, faults: list[tuple[str, str]]):
    with pytest.raises(PeopleIncomplete) as refused:
        details_of([RIGHT, person, RIGHT], ASKING, ())

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        (f"people/1/{field}", code) for field, code in faults
    ]


def test_who_names_nobody_is_told_so():
    with pytest.raises(PeopleIncomplete) as refused:
        details_of([], ASKING, ())

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("people", "missing")]


@pytest.mark.parametrize("name", ["Alex Modèle", "ALEX MODÈLE", " Alex  Modèle ", "Jean-Luc O’Neil", "De La Tour"])
def test_a_full_name_has_two_words(name: str):
    assert details_of([NewPerson(name, "alex@example.org")], ASKING, ())


def test_one_person_is_one_however_their_name_and_address_are_written():
    written = [NewPerson("Alex Modèle", "alex@example.org"), NewPerson("alex  MODÈLE", "Alex@Example.org")]

    assert len({same_person(details) for details in details_of(written, ASKING, ())}) == 1
