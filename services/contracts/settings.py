"""What contracts is told by its environment."""

from pathlib import Path

from pydantic import PositiveInt

from shared.settings import HttpSettings


class ContractsSettings(HttpSettings):
    seal_keys_file: Path  # JWK set, public: to whom contracts' numbers are sealed
    token_keys_file: Path  # JWK set, public: what access tokens are verified with
    database_connections: PositiveInt = 10
