"""What an installation wants of its cluster: the code's topics and permissions, and what its own file adds to them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from deploy.cluster.acls import Acl
from deploy.cluster.permissions import FACTS, SERVICES, service_acls, subscriber_acls
from shared.events.topics import Topic
from shared.kafka.settings import KafkaSettings
from shared.kafka.topics import SHAPES

User = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
ServiceName = Literal["auth", "contracts", "notifier"]
DRAFT = "http://json-schema.org/draft-07/schema#"


class FileFaults(Exception):
    """The file cannot be used; one argument per fault."""


class Wanted(BaseModel):
    """What an installation of Guichet adds to the topics and permissions the code has: `guichet topics --file`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    partitions: int = Field(
        default=SHAPES[0].partitions,
        ge=1,
        le=1000,
        description="Of each topic, all alike, when it is made: as many consumers of one service can share the work. "
        "It cannot be changed later.",
    )
    services: dict[ServiceName, User] = Field(
        default_factory=dict,
        description="The Kafka user of a service, where it is not called as the service: several installations on one "
        "cluster.",
    )
    subscribers: dict[User, list[Topic] | None] = Field(
        default_factory=dict,
        description="The Kafka user of each subscriber, and the topics it may read; left empty, the topics without "
        "personal data. An empty list takes away whatever it had.",
    )

    @model_validator(mode="after")
    def _everybody_is_somebody_else(self) -> "Wanted":
        users = [*self.users.values(), *self.subscribers]
        doubled = sorted(
            {user for user in users if users.count(user) > 1} | (self.subscribers.keys() & SERVICES.keys())
        )
        if doubled:
            raise ValueError(f"{', '.join(doubled)}: one user cannot be two of the services and subscribers")
        return self

    @property
    def users(self) -> Mapping[str, str]:
        """Of every service."""
        return {service: service for service in SERVICES} | dict(self.services)

    def acls(self, kafka: KafkaSettings) -> Iterator[Acl]:
        yield from service_acls(kafka, self.users)
        for user, topics in self.subscribers.items():
            yield from subscriber_acls(kafka, user, _readable(topics))


def _readable(topics: Sequence[Topic] | None) -> Sequence[Topic]:
    return FACTS if topics is None else topics


def read_wanted(file: Path | None) -> Wanted:
    """The code's own where there is no file. Raises FileFaults, OSError."""
    if file is None:
        return Wanted()
    try:
        return Wanted.model_validate(YAML(typ="safe").load(file.read_text("utf-8")) or {})
    except ValidationError as error:
        raise FileFaults(*(f"{file}: {_where(fault['loc'])}{fault['msg']}" for fault in error.errors())) from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise FileFaults(f"{file}: not YAML: {' '.join(str(error).split())}") from None


def wanted_schema() -> dict[str, Any]:
    """For editors."""
    return {"$schema": DRAFT, **Wanted.model_json_schema()}


def _where(place: tuple[int | str, ...]) -> str:
    return f"{'.'.join(map(str, place))}: " if place else ""
