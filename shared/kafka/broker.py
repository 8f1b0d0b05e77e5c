"""FastStream's broker, for consuming only."""

from faststream.kafka import KafkaBroker
from faststream.security import BaseSecurity, SASLScram512

from shared.kafka.settings import CLIENT_ID, KafkaSettings

METADATA_MS = 3_000  # a topic made after the consumer started, or given more partitions, is noticed within this time


def consuming_broker(kafka: KafkaSettings, *, drain: float) -> KafkaBroker:
    """Writes nothing, creates no topic, and logs nothing: two lines a message would double the time of each.

    `drain` is how many seconds `stop` waits for the batch under way.
    """
    return KafkaBroker(
        kafka.servers.split(","),
        client_id=CLIENT_ID,
        security=_security(kafka),
        metadata_max_age_ms=METADATA_MS,
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        logger=None,
        graceful_timeout=drain,
    )


def _security(kafka: KafkaSettings) -> BaseSecurity:
    context = kafka.ssl_context()
    if kafka.username is None or kafka.password is None:
        return BaseSecurity(ssl_context=context, use_ssl=context is not None)
    return SASLScram512(
        username=kafka.username,
        password=kafka.password.get_secret_value(),
        ssl_context=context,
        use_ssl=context is not None,
    )
