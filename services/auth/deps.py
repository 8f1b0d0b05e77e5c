"""What handlers work with: made once in `main`, handed to each."""

from dataclasses import dataclass

from services.auth.hasher import Hasher
from services.auth.seeds import Seeds
from shared.db import Database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.keys import KeyFile
from shared.portals.registry import Portals
from shared.sealing import Sealer

CONSUMER = "auth"  # its name in the inbox's tables, and its group's in Kafka


@dataclass(frozen=True, slots=True)
class Deps:
    db: Database
    portals: Portals
    hasher: Hasher
    sealer: Sealer  # seals to the notifier
    seeds: Seeds  # of second factors
    token_keys: KeyFile  # private: signs access tokens
    doorbell: Doorbell  # rung after every commit that wrote to the outbox
    health: Health
