"""How to reach the brokers, in the words of aiokafka."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from shared.events.topics import Topic

CLIENT_ID = "guichet"


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
