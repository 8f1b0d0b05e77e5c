"""The outbox: facts committed with what they tell of, carried to Kafka in order and at least once."""

from shared.outbox.insert import EventTooLarge, Lane, insert, insert_all, insert_tombstone
from shared.outbox.relay import Relay

__all__ = ["EventTooLarge", "Lane", "Relay", "insert", "insert_all", "insert_tombstone"]
