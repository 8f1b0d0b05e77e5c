"""What auth is told by its environment."""

import os
from pathlib import Path

from pydantic import Field, PositiveInt

from shared.settings import ServiceSettings


class AuthSettings(ServiceSettings):
    seal_keys_file: Path  # JWK set, public: to whom passwords are sealed
    token_keys_file: Path  # JWK set, private: what access tokens are signed with
    hash_threads: PositiveInt = Field(default_factory=lambda: os.cpu_count() or 1)
    hash_queue: PositiveInt = 100  # passwords that may wait for a thread, about 20 ms each; one more is refused
