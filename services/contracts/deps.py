"""What handlers work with: made once in `main`, handed to each."""

from dataclasses import dataclass

from shared.db import Database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.keys import KeyFile
from shared.portals.registry import Portals
from shared.sealing import Sealer

CONSUMER = "contracts"  # its name in the inbox's tables, and its group's in Kafka


@dataclass(frozen=True, slots=True)
class Deps:
    db: Database
    portals: Portals
    sealer: Sealer  # seals to the notifier
    token_keys: KeyFile  # public: access tokens are auth's
    doorbell: Doorbell  # rung after every commit that wrote to the outbox
    health: Health
