"""Settings: the environment, parsed once at the start, with every fault said at once.

Each `GUICHET_NAME` may be given as `GUICHET_NAME_FILE` instead: the path of a file that holds the value, as container
secrets are mounted. A name that starts with `GUICHET_` and is none of ours stops the start: it is a typing error.
"""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import structlog
from pydantic import (
    AfterValidator,
    Field,
    PositiveInt,
    PostgresDsn,
    Secret,
    SecretStr,
    StringConstraints,
    UrlConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.kafka.settings import KafkaSettings, parse_servers
from shared.web.addresses import trusted_networks

log = structlog.get_logger()

PREFIX = "GUICHET_"
ELSEWHERE = frozenset({"GUICHET_DATA", "GUICHET_FAULT"})  # read by the command, or by tests; no setting of a service

S = TypeVar("S", bound="Settings")


class SettingsFaults(Exception):
    """Every fault of the environment, one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """What is read by `load`, and by nothing else. What stands under a field is what docs/settings.md says of it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # `load` reads the environment, so that it can name what is unknown or unreadable there


Port = Annotated[int, Field(ge=0, le=65_535)]
HostName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")]


def _authority(file: Path) -> Path:
    try:
        ssl.create_default_context(cafile=str(file))
    except OSError as error:  # ssl.SSLError is one: what is in it are no certificates
        raise ValueError(f"{file}: cannot be read as certificates: {error}") from None
    return file


class BrokerSettings(Settings):
    """How to reach Kafka: all that some commands need to know."""

    kafka_servers: Annotated[str, AfterValidator(parse_servers)]
    """`host:port`, several separated by commas"""
    kafka_username: str | None = None
    """SASL/SCRAM-SHA-512 where it and the password are given; one alone is a fault"""
    kafka_password: SecretStr | None = Field(default=None, validate_default=True)
    """goes with the user name"""
    kafka_ca: Annotated[Path, AfterValidator(_authority)] | None = None
    """file of the authority that signed the brokers' certificates; TLS where given; a user name without it is allowed,
    and warned of at the start"""
    kafka_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]*$")] = ""  # what topics may be made of
    """goes before topic names and group ids"""

    @field_validator("kafka_password")
    @classmethod
    def _goes_with_the_username(cls, password: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if (password is None) != (others.data.get("kafka_username") is None):
            raise ValueError("goes with GUICHET_KAFKA_USERNAME: give both, or neither")
        return password

    @property
    def kafka(self) -> KafkaSettings:
        return KafkaSettings(
            servers=self.kafka_servers,
            username=self.kafka_username,
            password=self.kafka_password,
            ca=self.kafka_ca,
            prefix=self.kafka_prefix,
        )


def _networks(written: str) -> str:
    trusted_networks(written)  # what is none stops the start, as every wrong setting does
    return written


class DatabaseUrl(PostgresDsn):
    """As asyncpg and psycopg both take it."""

    _constraints = UrlConstraints(host_required=True, allowed_schemes=["postgresql"])


class DatabaseSettings(Settings):
    """How to reach a service's database: all that some commands need to know."""

    database_url: Secret[DatabaseUrl]  # it holds a password
    """`postgresql://user:password@host/database`, the runtime role's (`guichet migrate`: the owner's)"""

    @property
    def dsn(self) -> str:
        """With the password."""
        return str(self.database_url.get_secret_value())


class ServiceSettings(DatabaseSettings, BrokerSettings):
    """What every service needs to know."""

    database_connections: PositiveInt = 10
    """the pool's size, of each process"""
    portals: Path
    """folder of portals"""
    http_host: str = "127.0.0.1"
    """where pages and API answer"""
    http_port: Port = 0
    """the port of it; 0: any that is free"""
    static_member: bool = False
    """whether a consumer is known to its group by the name of its host: one that dies and is back under it within ten
    seconds goes on with its partitions, and nobody waits for the group to notice. For containers: no two consumers of a
    service may have one host name"""
    admin_host: str = "127.0.0.1"
    """where `/livez`, `/readyz` and `/metrics` answer; not for the proxy"""
    admin_port: Port = 0
    """the port of it; 0: any that is free"""
    desk_host: HostName = "desk.localhost"
    """the host name the desk's API and pages answer on"""
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = ""
    """addresses or networks whose `X-Forwarded-For` is believed, separated by commas"""
    log_format: Literal["json", "console"] = "json"
    """`json` or `console`"""

    def log_doubts(self) -> None:
        """What is allowed but hardly meant, for a service's start: as soon as logs are configured."""
        if self.kafka_username is not None and self.kafka_ca is None:
            log.warning("kafka.not_encrypted", why="GUICHET_KAFKA_USERNAME is given, GUICHET_KAFKA_CA is not")


def load(cls: type[S], environment: Mapping[str, str]) -> S:
    """Raises SettingsFaults with every fault: unknown names, missing ones, wrong values, unreadable files."""
    given, faults, unclear = _given(cls, environment)
    try:
        settings = cls.model_validate(given)
    except ValidationError as error:
        settings = None
        faults += [
            f"{_name(*fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
            if not unclear.intersection(fault["loc"])
        ]
    if settings is None or faults:
        raise SettingsFaults(faults)
    return settings


def _given(cls: type[Settings], environment: Mapping[str, str]) -> tuple[dict[str, str], list[str], set[str]]:
    """What is given, what is wrong with how, and the fields of which that is not known: a fault of theirs is told."""
    given: dict[str, str] = {}
    faults: list[str] = []
    unclear: set[str] = set()
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name in ELSEWHERE:
            continue
        field = name.removeprefix(PREFIX).lower()
        if field in cls.model_fields:
            given[field] = value
        elif field.removesuffix("_file") in cls.model_fields:
            if (plain := name.removesuffix("_FILE")) in environment:
                faults.append(f"{plain} and {name}: both are given; give one of them")
                unclear.add(field.removesuffix("_file"))
                continue
            try:
                given[field.removesuffix("_file")] = Path(value).read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"{name}: cannot be read: {error}")
                unclear.add(field.removesuffix("_file"))
        else:
            faults.append(f"{name}: no such setting; settings are {', '.join(_names(cls))}")
    return given, faults, unclear


def _names(cls: type[Settings]) -> list[str]:
    return sorted(map(_name, cls.model_fields))


def _name(*field: str | int) -> str:
    return PREFIX + "_".join(map(str, field)).upper()
