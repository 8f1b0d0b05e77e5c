"""What can stand in the way of a local stack."""

from deploy.cli.faults import CommandFailed


class LocalFault(CommandFailed):
    """For the person who started it: says what is wrong, and what to do about it where somebody can."""


class Missing(LocalFault):
    """Something is not on this machine and could not be fetched; says how to get it."""
