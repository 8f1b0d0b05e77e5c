"""Limits: how often something may be tried, over all processes of a service."""

from shared.limits.errors import TooManyRequests
from shared.limits.spend import Spent, Try, give_back, spend, spend_both

__all__ = ["Spent", "TooManyRequests", "Try", "give_back", "spend", "spend_both"]
