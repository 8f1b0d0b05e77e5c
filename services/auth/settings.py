"""What auth is told by its environment."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, PositiveInt

from shared.settings import ServiceSettings
from shared.web.addresses import trusted_networks


def _networks(written: str) -> str:
    trusted_networks(written)  # what is none stops the start, as every wrong setting does
    return written


TrustedProxies = Annotated[str, AfterValidator(_networks)]


class AuthSettings(ServiceSettings):
    http_host: str = "127.0.0.1"
    http_port: int = 0  # 0: any that is free
    desk_host: str = "desk.localhost"  # the host name the desk's API answers on
    trusted_proxies: TrustedProxies = ""  # addresses or networks, separated by commas
    seal_keys_file: Path  # JWK set, public: to whom passwords are sealed
    token_keys_file: Path  # JWK set, private: what access tokens are signed with
    database_connections: PositiveInt = 10
    hash_threads: PositiveInt = Field(default_factory=lambda: os.cpu_count() or 1)
    hash_queue: PositiveInt = 100  # passwords that may wait for a thread, about 20 ms each; one more is refused
