"""GUICHET_SMTP_URL: what it says, and that what is wrong with it is said without repeating it."""

import pytest
from pydantic import SecretStr

from services.notifier.smtp_server import SmtpServer, parse_smtp_url


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://u:p%40ss@mail.example.org", SmtpServer("mail.example.org", 465, "implicit", "u", SecretStr("p@ss"))),
        ("smtps://mail.example.org:4650", SmtpServer("mail.example.org", 4650, "implicit")),
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 587, "required")),
        ("smtp://mail.example.org:25?tls=opportunistic", SmtpServer("mail.example.org", 25, "opportunistic")),
        ("smtp://127.0.0.1:1025?tls=off", SmtpServer("127.0.0.1", 1025, "off")),
        ("smtp://[::1]:1025?tls=off", SmtpServer("::1", 1025, "off")),
    ],
)
def test_a_url_says_where_and_how(url: str, server: SmtpServer):
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org:587",
        "http://user:geheim@mail.example.org",
        "smtp://",
        "smtp://user:geheim@mail.example.org/path",
        "smtp://user:geheim@mail.example.org?tls=perhaps",
        "smtp://user:geheim@mail.example.org?tls=opportunistic",
        "smtp://user:geheim@mail.example.org?starttls=required",
        "smtps://user:geheim@mail.example.org?tls=off",
        "smtp://user@mail.example.org",
        "smtp://mail.example.org:notaport",
    ],
)
def test_what_is_wrong_is_said_without_the_password(url: str):
    with pytest.raises(ValueError, match=r"\w") as wrong:
        parse_smtp_url(url)
    assert "geheim" not in str(wrong.value)


def test_a_server_s_repr_does_not_show_the_password():
    assert "geheim" not in repr(parse_smtp_url("smtps://user:geheim@mail.example.org"))
