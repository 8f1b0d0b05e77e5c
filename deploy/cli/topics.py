"""`guichet topics`: a cluster as code and the installation's own file say: topics, what they keep, who may do what."""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from deploy.cli.faults import CommandFailed
from deploy.cli.surroundings import kafka_settings
from deploy.cli.tables import cell
from deploy.cli.waiting import Wait, patiently

if TYPE_CHECKING:  # a command pays for what it uses
    from deploy.cluster.acls import Acl
    from deploy.cluster.plan import Plan
    from shared.kafka.settings import KafkaSettings
    from shared.kafka.topics import TopicShape

app = App(name="topics", help_epilogue="Example: `guichet topics plan`")

Flag = Annotated[bool, Parameter(negative=())]
AsJson = Annotated[bool, Parameter(name="--json", negative=())]

WOULD = {"make": "would make", "change": "would change", "grant": "would grant", "take_away": "would take away"}
DONE = {"make": "made", "change": "changed", "grant": "granted", "take_away": "took away"}
UNGUARDED = (
    "permissions: left out, for the cluster has no authorizer (authorizer.class.name): whoever reaches it may read and "
    "write everything"
)


@app.command(help_epilogue="Example: `GUICHET_KAFKA_SERVERS=kafka:9092 guichet topics plan --file topics.yaml`")
def plan(*, file: Path | None = None, shorten: Flag = False, as_json: AsJson = False) -> None:
    """Say what `apply` would do, and what it would refuse.

    Parameters
    ----------
    file
        What this installation adds: partitions, users, subscribers; docs/operations.md shows one.
    shorten
        As for `apply`.
    as_json
        One JSON object.
    """
    _run(file, shorten=shorten, as_json=as_json)


@app.command(help_epilogue="Example: `GUICHET_KAFKA_SERVERS=kafka:9092 guichet topics apply --file topics.yaml`")
def apply(*, file: Path | None = None, shorten: Flag = False, wait: Wait = 0, as_json: AsJson = False) -> None:
    """Bring the cluster in line. Nothing at all is done where something would lose order or data.

    Parameters
    ----------
    file
        What this installation adds: partitions, users, subscribers; docs/operations.md shows one.
    shorten
        Also shorten what is kept for longer than the code says, which deletes what is older at once.
    wait
        Seconds the brokers may take until they answer.
    as_json
        One JSON object.
    """
    _run(file, shorten=shorten, as_json=as_json, carried_out=True, wait=wait)


@app.command(help_epilogue="Example: `guichet topics schema > deploy/topics.schema.json`")
def schema() -> None:
    """Print the JSON Schema of the file, for editors."""
    from deploy.cluster.wanted import wanted_schema

    print(json.dumps(wanted_schema(), indent=2))


def _run(file: Path | None, *, shorten: bool, as_json: bool, carried_out: bool = False, wait: float = 0) -> None:
    from aiokafka.errors import KafkaConnectionError

    kafka = kafka_settings()
    work = partial(_plan, kafka, file, shorten=shorten, carried_out=carried_out)
    found = asyncio.run(patiently(work, KafkaConnectionError, seconds=wait, what="Kafka"))
    done = carried_out and not found.refused
    if as_json:
        print(json.dumps(_summary(kafka, found, done=done)))
    else:
        _tell(kafka, found, DONE if done else WOULD)
    if found.refused:
        raise CommandFailed(*found.refused)


async def _plan(kafka: "KafkaSettings", file: Path | None, *, shorten: bool, carried_out: bool) -> "Plan":
    from deploy.cluster.look import carry_out, look_at
    from deploy.cluster.plan import make_plan
    from deploy.cluster.wanted import FileFaults, read_wanted
    from shared.kafka.admin import open_admin

    try:
        wanted = read_wanted(file)
    except FileFaults as faults:
        raise CommandFailed(*faults.args) from None
    async with open_admin(kafka) as admin:
        made = make_plan(kafka, wanted, await look_at(admin, kafka), shorten=shorten)
        if carried_out and not made.refused:
            await carry_out(admin, kafka, made)
    return made


def _tell(kafka: "KafkaSettings", found: "Plan", words: dict[str, str]) -> None:
    for shape in found.make:
        print(f"{words['make']} {_shape(kafka, shape)}")
    for name in ("change", "grant", "take_away"):
        for one in getattr(found, name):
            print(f"{words[name]} {cell(one)}")
    for one in found.left_alone:
        print(f"left alone: {cell(one)}")
    if not found.guarded:
        print(UNGUARDED)
    if found.empty and not found.refused:
        print("nothing to do")


def _summary(kafka: "KafkaSettings", found: "Plan", *, done: bool) -> dict[str, Any]:
    return {
        "done": done,
        "make": [{"topic": kafka.topic(one.topic), "partitions": one.partitions, **one.config} for one in found.make],
        "change": [one._asdict() for one in found.change],
        "grant": [_rule(acl) for acl in found.grant],
        "take_away": [_rule(acl) for acl in found.take_away],
        "refused": found.refused,
        "left_alone": found.left_alone,
        "permissions": "kept" if found.guarded else "no authorizer",
    }


def _rule(acl: "Acl") -> dict[str, str]:
    return {"principal": acl.principal, "rule": str(acl)}


def _shape(kafka: "KafkaSettings", shape: "TopicShape") -> str:
    kept = "compacted" if shape.retention is None else f"kept {shape.retention.days} days"
    return f"{kafka.topic(shape.topic)}: {shape.partitions} partitions, {kept}"
