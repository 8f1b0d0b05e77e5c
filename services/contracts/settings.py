"""What contracts is told by its environment."""

from pathlib import Path

from shared.settings import ServiceSettings


class ContractsSettings(ServiceSettings):
    seal_keys_file: Path
    """JWK set, public: to whom secrets are sealed; read again when it changes"""
    token_keys_file: Path
    """JWK set, public: what access tokens are verified with; read again when it changes"""
