"""Limits: how often something may be tried, over all processes of a service."""

from shared.limits.errors import TooManyRequests
from shared.limits.spend import Spent, give_back, spend

__all__ = ["Spent", "TooManyRequests", "give_back", "spend"]
