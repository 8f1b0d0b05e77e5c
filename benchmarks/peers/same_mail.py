"""The eGEC password mail, rendered and put together by the notifier's own code, whoever sends it."""

import os
import smtplib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from benchmarks.customers import address, identifier
from benchmarks.portal import PORTAL, PORTALS
from services.notifier.mail.addresses import own_mailbox, parse_mailbox
from services.notifier.mail.mime import content
from shared.ids import DeliveryId, Language, new_id
from shared.portals import load_portals
from shared.portals.profile import Portal

MAIL = "password_regenerated"
FRENCH = Language("fr")
PASSWORD = "fG69a*6jH"  # the document's own sample

Task = Mapping[str, str]  # what a queue carries for one mail


class Letter(NamedTuple):
    sender: str
    recipient: str
    content: bytes


def task(number: int) -> Task:
    person = {"title": "Mme", "name": "Camille Exemple"}
    return {"to": address(number), **person, "identifier": identifier(number), "password": PASSWORD}


def build(task: Task) -> Letter:
    portal = _portal()
    to = parse_mailbox(task["to"])
    rendered = portal.mails.render(MAIL, FRENCH, {name: value for name, value in task.items() if name != "to"})
    made = content(portal.sender, to, rendered, FRENCH, DeliveryId(new_id()), date=datetime.now(UTC))
    return Letter(own_mailbox(portal.sender.envelope).address, to.address, made)


def connect() -> smtplib.SMTP:
    """For clients that use the standard library; to the sink whose port is in BENCH_SMTP_PORT."""
    connection = smtplib.SMTP("127.0.0.1", int(os.environ["BENCH_SMTP_PORT"]))
    connection.ehlo()
    return connection


@cache
def _portal() -> Portal:
    return load_portals(PORTALS).by_name(PORTAL)
