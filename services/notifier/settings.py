"""What the notifier is told by its environment."""

from pathlib import Path

from pydantic import PositiveInt, SecretStr, field_validator

from services.notifier.smtp_server import SmtpServer, parse_smtp_url
from shared.settings import ServiceSettings


class NotifierSettings(ServiceSettings):
    smtp_url: SecretStr  # it may hold a password
    """`smtps://user:password@host:465`, or `smtp://host:587` with `?tls=required` (unless given), `opportunistic` or
    `off`"""
    smtp_connections: PositiveInt = 4
    """kept open, each with one mail at a time"""
    seal_keys_file: Path
    """JWK set, private: what secrets were sealed to; read again when it changes"""
    token_keys_file: Path
    """JWK set, public: what access tokens are verified with; read again when it changes"""
    database_connections: PositiveInt = 8

    @field_validator("smtp_url")
    @classmethod
    def _is_understood(cls, url: SecretStr) -> SecretStr:
        parse_smtp_url(url.get_secret_value())
        return url

    @property
    def smtp(self) -> SmtpServer:
        return parse_smtp_url(self.smtp_url.get_secret_value())
