"""What handlers and roles work with: made once in `main`, handed to each."""

import ssl
from dataclasses import dataclass, field
from datetime import timedelta

from services.notifier.domain.backoff import Backoff
from services.notifier.smtp_server import SmtpServer
from shared.db import Database
from shared.doorbell import Doorbell
from shared.health import Health
from shared.keys import KeyFile
from shared.portals.registry import Portals
from shared.sealing import Opener

CONSUMER = "notifier"  # its name in the inbox's tables, and its group's in Kafka


@dataclass(frozen=True, slots=True)
class Pace:
    """How the deliverer goes about its work. Tests make it quicker; nothing else does."""

    backoff: Backoff = field(default_factory=Backoff)
    lease: timedelta = timedelta(seconds=30)
    handed_in_within: float = 24.0  # seconds from the lease to the end of a try; the rest is for writing it down
    begun_within: float = 10.0  # seconds from the lease, else the mail is handed back untried
    patience: float = 30.0  # seconds to wait for a consumer that is behind
    look: float = 1.0  # seconds between two looks at the table when nothing rings
    knock: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between tries to reach a server that is away
    senders: int = 4
    grace: float = 5.0  # seconds from the stop until what is still under way is cut off


@dataclass(frozen=True, slots=True)
class Deps:
    db: Database
    portals: Portals
    opener: Opener
    token_keys: KeyFile  # public: access tokens are auth's
    smtp: SmtpServer
    doorbell: Doorbell  # rung after every commit that wrote to the outbox
    due: Doorbell  # rung after every commit that may have left something to send
    health: Health
    tls: ssl.SSLContext | None = None  # for other certificates than the system's
    pace: Pace = field(default_factory=Pace)
