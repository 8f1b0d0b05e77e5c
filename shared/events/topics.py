"""The streams facts are published on. What a topic is made of stands in `shared/kafka/topics.py`."""

from enum import StrEnum


class Topic(StrEnum):
    ACCOUNTS = "guichet.accounts"
    CONTACTS = "guichet.contacts"
    CONTRACTS = "guichet.contracts"
    ACTIVE_CONTRACTS = "guichet.active_contracts"
    NOTIFICATIONS = "guichet.notifications"
