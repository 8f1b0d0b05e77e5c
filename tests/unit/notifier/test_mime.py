"""A mail's content: the stdlib's parser must read from our bytes what we meant, whatever stands in it."""

import math
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notifier.mail.addresses import Mailbox, Unmailable, parse_mailbox
from services.notifier.mail.mime import content, message_id
from shared.ids import DeliveryId, Language
from shared.portals.mails import RenderedMail
from shared.portals.profile import Sender

ID = DeliveryId(UUID("01968c1e-7a00-7000-8000-00000000002a"))
DATE = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
SENDER = Sender(
    name="Portail « Échantillon »",
    address="portail@example.org",
    reply_to="contact@example.org",
    envelope="retours@example.org",
)
TO = parse_mailbox("camille@example.org")
FRENCH = Language("fr")
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=2000)
ONE_LINE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=300)


def written(subject: str = "Vos accès", text: str = "Bonjour", html: str = "<p>Bonjour</p>", to: Mailbox = TO) -> bytes:
    return content(SENDER, to, RenderedMail(subject, text, html), FRENCH, ID, DATE)


def read(wire: bytes) -> EmailMessage:
    """As the receiving server hands it on: the doubled dots are single again."""
    parsed = message_from_bytes(wire.replace(b"\r\n..", b"\r\n."), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def bodies(wire: bytes) -> list[str]:
    [text, html] = read(wire).iter_parts()
    return [part.get_content().replace("\r\n", "\n") for part in (text, html)]


@given(text=LINES, html=LINES)
@example(text=".\n..\n.\n", html=".")
@example(text="x" * 5000, html="é" * 5000)
@example(text="trailing \t\n blank ", html="--=_alternatives--")
@example(text="\x00\x0b\x0c\x85\u2028", html="=20=\n")
def test_both_bodies_arrive_as_they_were(text: str, html: str):
    assert bodies(written(text=text, html=html)) == [text, html]


@given(text=LINES, html=LINES, subject=ONE_LINE)
def test_nothing_in_a_mail_can_break_the_wire(text: str, html: str, subject: str):
    wire = written(subject, text, html)
    lines = wire.split(b"\r\n")
    assert all(len(line) <= 998 for line in lines)
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert b"." not in lines
    assert all(not line.startswith(b".") or line.startswith(b"..") for line in lines)
    assert wire.isascii()


@given(ONE_LINE)
@example("=?utf-8?q?injected?=")
@example("x" * 500)
@example("é" * 500)
@example("Vos accès à l’application — 1re connexion")
def test_a_subject_arrives_as_it_was(subject: str):
    expected = " ".join(subject.split()) if subject.isascii() else subject
    found = str(read(written(subject))["Subject"])
    assert (" ".join(found.split()) if subject.isascii() else found) == expected


@pytest.mark.parametrize("bad", ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\0b", "a\u2028b", "a\ud800b"])
def test_a_header_with_line_ends_or_control_characters_is_refused(bad: str):
    with pytest.raises(Unmailable):
        written(subject=bad)


def test_a_body_that_cannot_be_encoded_is_refused():
    with pytest.raises(Unmailable):
        written(text="\ud800")


def test_the_headers_say_who_and_that_no_robot_should_answer():
    mail = read(written())
    assert mail["From"].addresses[0].display_name == "Portail « Échantillon »"
    assert mail["From"].addresses[0].addr_spec == "portail@example.org"
    assert str(mail["Reply-To"]) == "contact@example.org"
    assert str(mail["To"]) == "camille@example.org"
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert str(mail["Content-Language"]) == "fr"
    assert mail["Date"].datetime == DATE
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [defect for part in mail.walk() for defect in part.defects] == []


def test_the_message_id_is_the_delivery_s_and_of_the_sender_s_domain():
    assert str(read(written())["Message-ID"]) == message_id(ID, SENDER)
    assert message_id(ID, SENDER) == "<01968c1e7a007000800000000000002a@example.org>"


def test_two_tries_make_the_same_mail():
    assert written() == written()


@pytest.mark.parametrize(
    "name", ["Portail", "Portail, le", 'Le "Portail"', "Le \\ Portail", "=?utf-8?q?x?=", "Service à la clientèle"]
)
def test_a_sender_s_name_arrives_as_it_was(name: str):
    sender = Sender(name=name, address="portail@example.org", envelope="retours@example.org")
    mail = read(content(sender, TO, RenderedMail("s", "t", "h"), FRENCH, ID, DATE))
    assert mail["From"].addresses[0].display_name == name
    assert mail["Reply-To"] is None


def test_an_international_address_stands_in_the_header_as_it_is():
    mail = read(written(to=parse_mailbox("zoé@example.org")))
    assert "zoé@example.org" in str(mail["To"])


def test_writing_a_mail_takes_a_tenth_of_a_millisecond():
    """A bound far above what it takes (0.05 ms), so that only another way of doing it fails."""
    text, html = "Votre identifiant CLIENT est: é\n" * 30, "<p>Votre identifiant CLIENT est: é</p>\n" * 60
    least = math.inf  # the machine only ever adds to what it takes
    for _ in range(200):
        begun = time.perf_counter()
        written(text=text, html=html)
        least = min(least, time.perf_counter() - begun)
    assert least < 0.0015
