"""`guichet events tail|describe`: the events, as subscribers see them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from cyclopts import App, Parameter

from deploy.cli.faults import CommandFailed, WronglyUsed
from deploy.cli.surroundings import kafka_settings
from deploy.cli.tables import cell
from shared.asyncapi import document
from shared.events.cloudevents import Undecodable, parse_envelope
from shared.kafka.admin import find_partitions
from shared.kafka.settings import KafkaSettings

app = App(name="events", help_epilogue="Example: `guichet events tail --portal egec`")

AsJson = Annotated[bool, Parameter(name="--json", negative=())]
From = Annotated[str, Parameter(name="--from")]
SHORTENED = 60  # characters of a value on the screen: what is sealed is long and says nothing


@app.command(help_epilogue="Example: `guichet events tail --type auth.password_regenerated --from earliest --json`")
def tail(
    *,
    type_: Annotated[str | None, Parameter(name="--type")] = None,
    portal: str | None = None,
    from_: From = "latest",
    as_json: AsJson = False,
) -> None:
    """Show events as they are published, until Ctrl-C.

    Parameters
    ----------
    type_
        Only this type, such as `guichet.auth.password_regenerated.v1` or, shorter, `auth.password_regenerated`.
    portal
        Only this portal's.
    from_
        `earliest`, `latest`, or a time such as 2026-01-31T14:00 (without an offset: UTC).
    as_json
        One JSON object per line, whole.
    """
    write = _write_json if as_json else _write_line
    asyncio.run(_tail(kafka_settings(), _start(from_), _wanted(type_, portal), write))


@app.command(help_epilogue="Example: `guichet events describe > asyncapi.json`")
def describe() -> None:
    """Print what each event is made of, topic by topic: an AsyncAPI 3.0 document, in JSON."""
    print(json.dumps(document(version("guichet")), indent=2, ensure_ascii=False))


Start = str | datetime
Described = dict[str, Any]


async def _tail(
    kafka: KafkaSettings, start: Start, wanted: Callable[[Described], bool], write: Callable[[Described], None]
) -> None:
    async with _opened(kafka, start) as consumer:
        async for record in consumer:
            described = _describe(record, kafka)
            if wanted(described):
                write(described)


@asynccontextmanager
async def _opened(kafka: KafkaSettings, start: Start) -> AsyncIterator[AIOKafkaConsumer]:
    """Belongs to no group: it takes nothing from anybody."""
    consumer = AIOKafkaConsumer(**kafka.connection(), enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        partitions = await find_partitions(kafka)
        if not partitions:
            raise CommandFailed("Kafka has none of our topics yet: guichet topics apply makes them")
        await consumer.start()
        consumer.assign(partitions)
        await _go_to(consumer, partitions, start)
        yield consumer
    finally:
        await consumer.stop()


async def _go_to(consumer: AIOKafkaConsumer, partitions: list[TopicPartition], start: Start) -> None:
    if start == "earliest":
        await consumer.seek_to_beginning(*partitions)
        return
    await consumer.seek_to_end(*partitions)
    if isinstance(start, datetime):
        moment = int(start.timestamp() * 1000)
        for partition, found in (await consumer.offsets_for_times(dict.fromkeys(partitions, moment))).items():
            if found:
                consumer.seek(partition, found.offset)


def _start(given: str) -> Start:
    if given in ("earliest", "latest"):
        return given
    try:
        time = datetime.fromisoformat(given)
    except ValueError:
        raise WronglyUsed(f"--from {given}: neither earliest nor latest nor a time as 2026-01-31T14:00") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _wanted(type_: str | None, portal: str | None) -> Callable[[Described], bool]:
    types = {type_, f"guichet.{type_}.v1"}
    return lambda event: (type_ is None or event["type"] in types) and portal in (None, event["portal"])


def _describe(record: ConsumerRecord[Any, Any], kafka: KafkaSettings) -> Described:
    place = {"topic": record.topic.removeprefix(kafka.prefix), "partition": record.partition, "offset": record.offset}
    try:
        envelope = parse_envelope(record.headers)
        data = None if record.value is None else json.loads(record.value)
    except (Undecodable, ValueError) as error:
        return {"id": None, "type": None, "portal": None, "unreadable": str(error), **place}
    attributes = {name: str(getattr(envelope, name)) for name in ("id", "type", "portal", "source", "subject")}
    return {**attributes, "time": envelope.time.isoformat(), "traceparent": envelope.traceparent, **place, "data": data}


def _write_json(event: Described) -> None:
    print(json.dumps(event, ensure_ascii=False))
    sys.stdout.flush()


def _write_line(event: Described) -> None:
    if "unreadable" in event:
        print(f"{event['topic']}/{event['partition']}@{event['offset']}  unreadable: {cell(event['unreadable'])}")
    else:
        known = {"portal", "account_id"}
        data = event["data"] if isinstance(event["data"], dict) else {"data": event["data"]}
        told = " ".join(f"{name}={_short(value)}" for name, value in data.items() if name not in known)
        print(cell(f"{event['time']}  {event['type']}  {event['portal']}  {event['subject']}  {told}"))
    sys.stdout.flush()


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= SHORTENED else f"{text[:20]}… ({len(text)} characters)"
