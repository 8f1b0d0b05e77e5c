"""`guichet topics plan|apply`: a cluster as `shared/kafka/topics.py` says."""

import asyncio

from cyclopts import App

from deploy.cli.surroundings import kafka_settings
from deploy.cli.waiting import Wait, patiently
from shared.kafka.topics import TopicShape

app = App(name="topics", help_epilogue="Example: `guichet topics plan`")


@app.command(help_epilogue="Example: `GUICHET_KAFKA_SERVERS=kafka:9092 guichet topics plan`")
def plan() -> None:
    """Say what `apply` would do."""
    from shared.kafka.admin import missing_topics

    missing = asyncio.run(missing_topics(kafka_settings()))
    for shape in missing:
        print(f"would make {_told(shape)}")
    if not missing:
        print("nothing to do")


@app.command(help_epilogue="Example: `GUICHET_KAFKA_SERVERS=kafka:9092 guichet topics apply`")
def apply(*, wait: Wait = 0) -> None:
    """Make the topics that are missing.

    Parameters
    ----------
    wait
        Seconds the brokers may take until they answer.
    """
    from aiokafka.errors import KafkaConnectionError

    from shared.kafka.admin import apply_topics

    kafka = kafka_settings()
    made = asyncio.run(patiently(lambda: apply_topics(kafka), KafkaConnectionError, seconds=wait, what="Kafka"))
    for shape in made:
        print(f"made {_told(shape)}")
    if not made:
        print("nothing to do")


def _told(shape: TopicShape) -> str:
    kept = "compacted" if shape.retention is None else f"kept {shape.retention.days} days"
    return f"{shape.topic}: {shape.partitions} partitions, {kept}"
