"""What auth is told by its environment."""

import os
from pathlib import Path

from pydantic import Field, PositiveInt

from shared.settings import ServiceSettings


class AuthSettings(ServiceSettings):
    seal_keys_file: Path
    """JWK set, public: to whom secrets are sealed; read again when it changes"""
    token_keys_file: Path
    """JWK set, private: what access tokens are signed with; read again when it changes"""
    hash_threads: PositiveInt = Field(default_factory=lambda: os.cpu_count() or 1)
    """threads for Argon2id; as many as the machine has cores unless given"""
    hash_queue: PositiveInt = 100
    """passwords that may wait for a thread, about 20 ms each; one more is answered 503"""
