"""What can go wrong, as types. A domain error knows its stable code; what HTTP makes of it is decided in `http/`."""

from typing import ClassVar


class DomainError(Exception):
    """Something the rules refuse. The docstring of a subclass is its message in English."""

    code: ClassVar[str]

    def __str__(self) -> str:
        return super().__str__() or (type(self).__doc__ or self.code).strip().splitlines()[0]


class DatabaseUnavailable(Exception):
    """PostgreSQL could not be reached, or did not confirm: nothing may be reported as done. A later try may succeed."""
