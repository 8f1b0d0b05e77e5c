"""How to reach the brokers, in the words of aiokafka."""

import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from shared.events.topics import Topic

CLIENT_ID = "guichet"
BROKER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+):(?P<port>\d{1,5})")


def parse_servers(written: str) -> str:
    """`host:port`, several separated by commas: without blanks between them. Raises ValueError."""
    brokers = [each.strip() for each in written.split(",")]
    for broker in brokers:
        found = BROKER.fullmatch(broker)
        if found is None or not 0 < int(found["port"]) < 65_536:
            raise ValueError(f"{broker!r} is not of the form host:port; several are separated by commas")
    return ",".join(brokers)


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """`prefix` goes before topic names and group ids: several installations on one cluster, or a world per test."""

    servers: str
    username: str | None = None
    password: SecretStr | None = None
    ca: Path | None = None
    prefix: str = ""

    def topic(self, topic: Topic) -> str:
        return self.prefix + topic.value

    def group(self, consumer: str) -> str:
        return self.prefix + consumer

    def connection(self) -> dict[str, Any]:
        """What every aiokafka client takes: SASL/SCRAM where a user is named, TLS where a CA is."""
        return {
            "bootstrap_servers": self.servers.split(","),
            "client_id": CLIENT_ID,
            "security_protocol": self._protocol,
            "ssl_context": self.ssl_context(),
            **self._credentials(),
        }

    def ssl_context(self) -> ssl.SSLContext | None:
        """None: no TLS, because no CA is named."""
        return None if self.ca is None else ssl.create_default_context(cafile=str(self.ca))

    @property
    def _protocol(self) -> str:
        transport = "PLAINTEXT" if self.ca is None else "SSL"
        if self.username is None:
            return transport
        return f"SASL_{transport}"

    def _credentials(self) -> dict[str, str]:
        if self.username is None or self.password is None:
            return {}
        return {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password.get_secret_value(),
        }
