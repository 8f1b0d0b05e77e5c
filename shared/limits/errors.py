"""What a limit answers."""

from datetime import timedelta
from typing import ClassVar

from shared.errors import DomainError


class TooManyRequests(DomainError):
    """This was tried too often: please wait before trying again."""

    code: ClassVar[str] = "too_many_requests"

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after
