"""What a profile means: durations, limits, identifiers, hosts, languages, and one portal made from another."""

import string
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.ids import Language
from shared.portals import (
    IdentifierRule,
    Limit,
    Portal,
    Portals,
    UnknownHost,
    UnknownPortal,
    load_portals,
)
from shared.portals.durations import limit, parse_duration
from shared.portals.texts import UnknownText
from tests.support.portals import faults_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30 s", timedelta(seconds=30)),
        ("15 min", timedelta(minutes=15)),
        ("4 h", timedelta(hours=4)),
        ("1 day", timedelta(days=1)),
        ("30 days", timedelta(days=30)),
    ],
)
def test_durations_are_written_as_people_do(written: str, meant: timedelta) -> None:
    assert parse_duration(written) == meant


@pytest.mark.parametrize(
    "written", ["", "0 min", "000 h", "-1 h", "4 hours", "4", 4, None, "1.5 h", "٣ h", "4 h\n", "9" * 400 + " h"]
)
def test_anything_else_is_no_duration(written: object) -> None:
    with pytest.raises(ValueError, match="must be a duration like"):
        parse_duration(written)


@pytest.mark.parametrize("written", ["5", "5 per 1 h", "0 in 1 h", "in 1 h", "5 in 1 fortnight"])
def test_a_limit_needs_a_count_and_a_duration(written: str) -> None:
    with pytest.raises(ValidationError):
        limit(written)


def test_egec_has_the_products_limits(egec: Portal) -> None:
    assert egec.limits.activations_per_name == Limit(count=5, per=timedelta(minutes=15))
    assert egec.limits.failed_sign_ins_per_name_and_address == Limit(count=10, per=timedelta(minutes=15))
    assert egec.limits.failed_sign_ins_per_name == Limit(count=100, per=timedelta(hours=1))
    assert egec.limits.unrecognised_names_per_address == Limit(count=20, per=timedelta(minutes=15))
    assert egec.limits.requests_per_address == Limit(count=600, per=timedelta(minutes=1))


def test_egecs_policy_is_the_documents(egec: Portal) -> None:
    policy = egec.policy
    assert policy.accounts_opened_by == "operator"
    assert policy.sign_in_names == {"identifier"}
    assert policy.activation_names == {"email"}
    assert (policy.password.length, policy.password.former, policy.password.expires_after) == (
        9,
        "replaced_at_once",
        None,
    )
    assert not policy.online_change
    assert policy.unknown_name == "told"
    assert policy.deliver_within == timedelta(hours=4)


@given(st.text(string.digits, min_size=10, max_size=10))
def test_ten_digits_are_an_egec_identifier_leading_zeros_included(text: str) -> None:
    assert IdentifierRule(alphabet="digits", length=10).accepts(text)


@given(st.text(max_size=12))
def test_an_identifier_is_made_of_its_alphabet_only(text: str) -> None:
    rule = IdentifierRule(alphabet="letters_and_digits", length=8, shortest=4, longest=10)

    assert rule.accepts(text) == (4 <= len(text) <= 10 and text.isascii() and text.isalnum())


@pytest.mark.parametrize("text", ["", "123456789", "12345678901", "123456789 ", "12345٦7890", "123456789a"])
def test_nothing_else_is_an_egec_identifier(egec: Portal, text: str) -> None:
    assert not egec.policy.identifier.accepts(text)


@pytest.mark.parametrize(
    "host", ["www.egec.pro", "WWW.EGEC.PRO", "www.egec.pro:8443", "egec.localhost:8000", "www.egec.pro."]
)
def test_the_host_chooses_the_portal(egec: Portal, host: str) -> None:
    assert Portals([egec]).by_host(host) is egec


@pytest.mark.parametrize(
    "host", ["", ":80", "egec.pro", "www.egec.pro.evil.example", "evil.example:www.egec.pro", "[::1]:80"]
)
def test_another_host_is_no_portals(egec: Portal, host: str) -> None:
    with pytest.raises(UnknownHost):
        Portals([egec]).by_host(host)


def test_an_unknown_portal_is_said_with_those_there_are(egec: Portal) -> None:
    with pytest.raises(UnknownPortal, match="there are egec"):
        Portals([egec]).by_name("ecocito")


def test_links_lead_to_the_canonical_host(egec: Portal) -> None:
    assert egec.url == "https://www.egec.pro"


def test_a_portal_that_extends_another_says_only_what_differs(folder: Path) -> None:
    own = folder / "local"
    (own / "mails").mkdir(parents=True)
    (own / "portal.yaml").write_text(
        "extends: ../egec\nhosts: [local.example.org]\nurl: http://local.example.org:8000\n"
        "limits: {requests_per_address: 60000 in 1 min}\n"
    )
    (own / "texts.fr.yaml").write_text("home: {title: Ici}\n")
    (own / "mails" / "password_regenerated.fr.subject.txt").write_text("Un autre sujet\n")

    portals = load_portals(folder)
    local, egec = portals.by_host("local.example.org:8000"), portals.by_name("egec")

    fr = Language("fr")
    assert (local.name, local.title, local.url) == ("local", "eGEC", "http://local.example.org:8000")
    assert local.limits.requests_per_address.count == 60000
    assert local.limits.activations_per_name == egec.limits.activations_per_name
    assert (local.texts.text("home.title", fr), local.texts.text("activate.title", fr)) == (
        "Ici",
        "Activation du compte",
    )
    sample = {"identifier": "0000000042", "password": "fG69a*6jH"}
    assert local.mails.render("password_regenerated", fr, sample).subject == "Un autre sujet"
    assert (
        local.mails.render("password_regenerated", fr, sample).text
        == egec.mails.render("password_regenerated", fr, sample).text
    )


def test_what_a_portal_leaves_empty_it_does_not_take_over(folder: Path) -> None:
    own = folder / "local"
    own.mkdir()
    (own / "portal.yaml").write_text("extends: ../egec\nhosts: [local.example.org]\n")
    for language in ("fr", "en"):
        (own / f"texts.{language}.yaml").write_text("help: {topics: {copy: , contact: {title: Ici}}}\n")

    topics = load_portals(folder).by_name("local").texts.parts("help.topics")

    assert topics[0] == "help.topics.contact"
    assert "help.topics.copy" not in topics
    assert "help.topics.activate" in topics


def test_a_fault_of_what_is_extended_is_said_where_it_is(folder: Path) -> None:
    (folder / "local").mkdir()
    (folder / "local" / "portal.yaml").write_text("extends: ../egec\nhosts: [local.example.org]\n")
    (folder / "egec" / "texts.en.yaml").write_text("home: 5\n")

    assert {file for file, _, _ in faults_of(folder)} == {"egec/texts.en.yaml"}


def test_a_portal_that_extends_itself_is_a_fault(folder: Path) -> None:
    (folder / "egec" / "portal.yaml").write_text("extends: ../egec\n")

    assert ("egec/portal.yaml", 1) in {fault[:2] for fault in faults_of(folder)}


def test_texts_are_found_by_key_and_language(egec: Portal) -> None:
    fr, en = Language("fr"), Language("en")

    assert egec.texts.text("account.greeting", en, name="<b>") == "Hello, <b>"
    assert egec.texts.text("activate.submit", Language("de")) == egec.texts.text("activate.submit", fr)
    assert egec.texts.parts("privacy.topics")[:2] == ("privacy.topics.kept", "privacy.topics.password")
    assert "activate.submit" in egec.texts
    assert "activate.sumbit" not in egec.texts
    for wrong in ("activate.sumbit", "activate.rules", "activate"):
        with pytest.raises(UnknownText):
            egec.texts.text(wrong, fr)
