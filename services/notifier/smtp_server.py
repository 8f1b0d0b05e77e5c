"""Where mails are handed in: `GUICHET_SMTP_URL`."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

Tls = Literal["implicit", "required", "opportunistic", "off"]
PORTS = {"smtps": 465, "smtp": 587}  # RFC 8314


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`tls`: from the first byte, or by STARTTLS: insisted on, used where it is offered, or not at all."""

    host: str
    port: int
    tls: Tls
    username: str | None = None
    password: SecretStr | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_smtp_url(url: str) -> SmtpServer:
    """`smtps://user:pw@host:465`, or `smtp://host:587?tls=required|opportunistic|off` (left out: required).

    Raises ValueError, whose text does not repeat the URL: it may hold a password.
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query, keep_blank_values=True)
    asked = options.pop("tls", ["required"])[-1]
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise ValueError("not of the form smtps://user:password@host:465 or smtp://host:587?tls=required")
    if options:
        raise ValueError(f"no such option: {', '.join(sorted(options))}; the only one is tls")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("a user name and a password are given together or not at all")
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        tls=_tls(parts.scheme, asked, with_password=parts.password is not None),
        username=parts.username and unquote(parts.username),
        password=None if parts.password is None else SecretStr(unquote(parts.password)),
    )


def _tls(scheme: str, asked: str, *, with_password: bool) -> Tls:
    if scheme == "smtps":
        if asked != "required":
            raise ValueError("smtps is TLS from the first byte: tls cannot be chosen")
        return "implicit"
    match asked:
        case "required" | "off":
            return asked
        case "opportunistic" if with_password:
            raise ValueError("tls=opportunistic would give the password to whoever strips STARTTLS: use required")
        case "opportunistic":
            return "opportunistic"
    raise ValueError("tls must be required, opportunistic or off")
