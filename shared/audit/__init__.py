"""The audit: who did what, when and from where, in the database of the service that did it."""

from shared.audit.actions import Action
from shared.audit.actors import Actor, anonymous, customer, operator, staff
from shared.audit.entries import insert_entry

__all__ = ["Action", "Actor", "anonymous", "customer", "insert_entry", "operator", "staff"]
