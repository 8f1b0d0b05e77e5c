"""The outbox: facts committed with what they tell of, carried to Kafka in order and at least once."""

from shared.outbox.doorbell import Doorbell
from shared.outbox.insert import EventTooLarge, Lane, insert, insert_all, insert_tombstone
from shared.outbox.relay import Relay

__all__ = ["Doorbell", "EventTooLarge", "Lane", "Relay", "insert", "insert_all", "insert_tombstone"]
