"""Whatever a value is, a mail stays the mail its templates make: no markup, no line, no header of the value's own."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import Language
from shared.portals import Portal, load_portals
from shared.portals.check_mail import Reading
from shared.portals.mails import MissingVariable, UnknownMail
from tests.support.portals import DELIVERED

FR, EN = Language("fr"), Language("en")
SAMPLE = {"title": "M.", "name": "Camille Exemple", "identifier": "0000000042", "password": "fG69a*6jH"}
EGEC = load_portals(DELIVERED).by_name("egec")

nasty = st.sampled_from(
    [
        "{{7*7}}",
        "{% raw %}",
        "<script>alert(1)</script>",
        "</code></b></p><!--",
        "\"' onmouseover=x",
        "&lt;b&gt;",
        "\r\nBcc: other@example.org",
        "\n\n--boundary",
        "\0",
        "\u202e",
        "\u2028",
        "\ud800",
        "=?utf-8?q?x?=",
        "\x85",
    ]
)
values = st.lists(st.one_of(nasty, st.text(st.characters(), max_size=8)), max_size=4).map("".join)
people = st.fixed_dictionaries(dict.fromkeys(SAMPLE, values))


@given(people, st.sampled_from([FR, EN]), st.sampled_from(["password_regenerated", "activation_matched_several"]))
def test_no_value_becomes_markup(person: dict[str, str], language: Language, mail: str) -> None:
    usual = {name: SAMPLE[name] if value else "" for name, value in person.items()}

    assert (
        Reading(EGEC.mails.render(mail, language, person).html).tags
        == Reading(EGEC.mails.render(mail, language, usual).html).tags
    )


@pytest.mark.parametrize("unseen", ["\u202e", "\u061c", "\u200b", "\u00ad", "\ufeff\u2060", "\U000e0041", "\r\n"])
def test_what_cannot_be_seen_in_a_value_becomes_a_blank(unseen: str) -> None:
    rendered = EGEC.mails.render("password_regenerated", FR, SAMPLE | {"name": f"Cam{unseen}ille"})

    assert "Cam ille" in rendered.text
    assert "Cam ille" in rendered.html


def test_a_value_may_be_spelt_with_joiners() -> None:
    spelt = "\u0645\u06cc\u200c\u0646\u0627"

    assert spelt in EGEC.mails.render("password_regenerated", FR, SAMPLE | {"name": spelt}).text


@given(people, st.sampled_from([FR, EN]))
def test_no_value_makes_a_line_or_a_header_of_its_own(person: dict[str, str], language: Language) -> None:
    rendered = EGEC.mails.render("password_regenerated", language, person)

    usual = {name: SAMPLE[name] if value else "" for name, value in person.items()}
    assert len(rendered.text.splitlines()) == len(
        EGEC.mails.render("password_regenerated", language, usual).text.splitlines()
    )
    assert len(rendered.subject.splitlines()) == 1
    f"{rendered.subject}{rendered.text}{rendered.html}".encode()


@given(people)
def test_a_value_is_never_a_template(person: dict[str, str]) -> None:
    assert "49" not in EGEC.mails.render("password_regenerated", FR, {**SAMPLE, "name": "{{7*7}}"}).text
    for name, value in person.items():
        if value.isprintable():
            assert (
                value in EGEC.mails.render("password_regenerated", FR, {**SAMPLE, name: value}).text or name == "title"
            )


def test_a_generated_password_arrives_unchanged_in_both_versions(egec: Portal) -> None:
    """All eight signs of its alphabet; none of them is special in HTML or in the text."""
    rendered = egec.mails.render("password_regenerated", FR, {**SAMPLE, "password": "aB3*+-=?#%@"})

    assert "est: aB3*+-=?#%@\n" in rendered.text
    assert ">aB3*+-=?#%@</code>" in rendered.html


def test_a_repr_shows_no_body(egec: Portal) -> None:
    assert "fG69a*6jH" not in repr(egec.mails.render("password_regenerated", FR, SAMPLE))


@pytest.mark.parametrize("missing", ["identifier", "password"])
def test_a_mail_is_not_made_without_what_it_must_show(egec: Portal, missing: str) -> None:
    with pytest.raises(MissingVariable, match=missing):
        egec.mails.render("password_regenerated", FR, {name: SAMPLE[name] for name in SAMPLE if name != missing})


def test_a_language_the_portal_does_not_speak_falls_back_to_its_first(egec: Portal) -> None:
    assert egec.mails.render("password_regenerated", Language("de"), SAMPLE) == egec.mails.render(
        "password_regenerated", FR, SAMPLE
    )


def test_an_unknown_mail_is_said_with_those_there_are(egec: Portal) -> None:
    with pytest.raises(UnknownMail, match="there are password_regenerated, activation_matched_several"):
        egec.mails.render("welcome", FR, SAMPLE)


def test_html_follows_the_readers_colours_and_names_its_language(egec: Portal) -> None:
    html = egec.mails.render("password_regenerated", EN, SAMPLE).html

    assert '<html lang="en">' in html
    assert 'name="color-scheme" content="light dark"' in html
    assert not any(part in html for part in ("background", "<table", "<img", "<script", " color:"))


def test_a_subject_with_a_name_in_it_stays_one_line_and_no_markup(folder: Path) -> None:
    (folder / "egec" / "mails" / "password_regenerated.fr.subject.txt").write_text("Pour {{ name }}\n")

    portal = load_portals(folder).by_name("egec")
    rendered = portal.mails.render("password_regenerated", FR, {**SAMPLE, "name": "A</title><b>\r\nBcc: x@example.org"})
    assert rendered.subject == "Pour A</title><b> Bcc: x@example.org"
    assert "<title>Pour A&lt;/title&gt;&lt;b&gt; Bcc: x@example.org</title>" in rendered.html
