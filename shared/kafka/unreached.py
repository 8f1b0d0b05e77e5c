"""Why no broker could be used. aiokafka writes that into its log and nowhere else."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import KafkaConnectionError

AIOKAFKA = logging.getLogger("aiokafka")


class Causes(logging.Handler):
    """The last one of each server, as its client gave it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.by_server: dict[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        match record.args:
            case (str(host), int(port), BaseException() as error):
                self.by_server[f"{host}:{port}"] = str(error) or type(error).__name__


@contextmanager
def telling_why() -> Iterator[None]:
    """Where no broker could be used, KafkaConnectionError says of each why: nobody answers, the name is unknown, the
    password is wrong."""
    causes = Causes()
    AIOKAFKA.addHandler(causes)
    try:
        yield
    except KafkaConnectionError as error:
        if not causes.by_server:
            raise
        raise KafkaConnectionError("; ".join(f"{server}: {why}" for server, why in causes.by_server.items())) from error
    finally:
        AIOKAFKA.removeHandler(causes)
