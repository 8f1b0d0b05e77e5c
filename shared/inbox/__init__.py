"""The inbox: events from Kafka, each with one effect, in order per key, and none that blocks the others."""

from shared.inbox.caught_up import caught_up
from shared.inbox.consumer import Inbox
from shared.inbox.messages import GiveUp, Handle, Received, RetryLater

__all__ = ["GiveUp", "Handle", "Inbox", "Received", "RetryLater", "caught_up"]
