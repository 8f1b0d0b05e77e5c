"""B4: no secret in clear outside the mail itself. One canary for each state a password's mail can be in."""

import asyncio
import base64
import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from services.auth.domain.passwords import generate_password
from shared.events import PasswordRegenerated
from shared.events.topics import Topic
from shared.portals import load_portals
from tests.support.away import away
from tests.support.canary import found_in_files, found_in_texts
from tests.support.collector import Collector, run_collector
from tests.support.command import MODULE
from tests.support.customer_portal import Customer, SignedIn, new_customer
from tests.support.ground import Ground
from tests.support.password_mail import password_in
from tests.support.portals import DELIVERED
from tests.support.smtp_server import SmtpServer, run_smtp_server
from tests.support.topic import Message, of_type, read_topic, send_again
from tests.support.waiting import until
from tests.support.world import World, open_password

WAITING = 'guichet_outbox_rows_waiting{lane="live"}'
SEALED, UNSEALED = MODULE, "tests.support.unsealed"


@dataclass(frozen=True, slots=True)
class Canaries:
    """Passwords, each where another one might be found."""

    delivered: str
    deferred: str
    expired: str
    dead: str
    released: str  # said on the telephone, never mailed
    waiting: str  # in the outbox, while Kafka is away

    def all(self) -> list[str]:
        return [self.delivered, self.deferred, self.expired, self.dead, self.released, self.waiting]


async def test_b4_a_canary_password_is_found_nowhere(ground: Ground) -> None:
    assert await hunt(ground, SEALED) == set()


async def test_b4_with_sealing_switched_off_the_same_hunt_finds_it(ground: Ground) -> None:
    found = await hunt(ground, UNSEALED)
    assert found == {"kafka", "postgres"}, "in Kafka's log segments and PostgreSQL's files, and nowhere else even so"


async def hunt(ground: Ground, program: str) -> set[str]:
    """Brings every canary into its state, and says in which places any of them was found."""
    async with (
        run_smtp_server(SmtpServer()) as smtp,
        run_collector() as collector,
        ground.world(processes=True, program=program, smtp_port=smtp.port, environment=collector.environment) as world,
    ):
        delivered = await deliver(world, smtp)
        deferred, expired, dead = await defer(world, smtp), await expire(world, smtp), await bury(world)
        released = await release(world, smtp)
        async with away(ground.kafka):
            waiting = await keep_waiting(world)
            canaries = Canaries(delivered, deferred, expired, dead, released, waiting)
            assert len(set(canaries.all())) == len(canaries.all())
            return await places(ground, world, collector, canaries)


async def deliver(world: World, smtp: SmtpServer) -> str:
    """Mailed, and used: it went through a request's body too, as did wrong ones and one in the place of a name."""
    egec = world.portal("egec")
    customer = await egec.customer()
    await egec.ask(customer.email)
    await until(lambda: smtp.to(customer.email))
    password = password_in(smtp.to(customer.email)[0].text)
    browser = egec.browser()
    await egec.sign_in_as(password, customer.identifier, browser=browser)
    await browser.post("/api/v1/sessions", {"login": customer.identifier, "password": password, password: password})
    await browser.request("POST", "/api/v1/sessions", content=b'{"password": "' + password.encode())
    assert await egec.sign_in(customer, password, browser=browser) == SignedIn(customer)
    return password


async def defer(world: World, smtp: SmtpServer) -> str:
    customer = await world.portal("egec").customer()
    smtp.for_recipient[customer.email] = {"dot": "451 4.3.0 later"}
    await ask_and_wait(world, customer, "deferred")
    return await opened(world, customer)


async def expire(world: World, smtp: SmtpServer) -> str:
    customer = await world.portal("hasty").customer()
    smtp.for_recipient[customer.email] = {"dot": "451 4.3.0 later"}
    await ask_and_wait(world, customer, "expired", portal="hasty")
    return await opened(world, customer)


async def bury(world: World) -> str:
    """A fact that comes once more, with a header that nobody can read: a dead letter, kept as it came."""
    customer = await world.portal("egec").customer()
    await ask_and_wait(world, customer, "sent")
    message, password = await regenerated(world, customer), await opened(world, customer)
    unreadable = tuple((name, b"\xff" if name == "ce_portal" else value) for name, value in message.headers)
    await send_again(world.kafka, Topic.ACCOUNTS, message, headers=unreadable)
    await until(lambda: world.in_notifier("select from dead_letters where value = $1", message.value))
    return password


async def release(world: World, smtp: SmtpServer) -> str:
    """Shown at the desk, asked for once more under the same key, and used; its owner is told by mail that it was."""
    groupecho = world.portal("groupecho")
    customer = new_customer()
    account = (await world.desk.open_account("groupecho", customer)).json()["id"]
    policy = load_portals(DELIVERED).by_name("groupecho").policy.verbal_release
    assert policy
    answers = [
        await world.desk.release_verbally("groupecho", account, policy.checks, key="said-once") for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
    password = str(answers[0].json()["password"])
    opened = await groupecho.browser().post("/api/v1/sessions", {"login": customer.identifier, "password": password})
    assert opened.status_code == 201
    await until(lambda: smtp.to(customer.email))
    assert password not in smtp.to(customer.email)[0].text
    return password


async def keep_waiting(world: World) -> str:
    customer = await world.portal("egec").customer()
    assert (await world.portal("egec").ask(customer.email)).status_code == 202
    return (await world.sealed_passwords())[-1][1]


async def ask_and_wait(world: World, customer: Customer, state: str, portal: str = "egec") -> None:
    assert (await world.portal(portal).ask(customer.email)).status_code == 202

    async def reached() -> bool:
        return [row["state"] for row in await world.deliveries(customer)] == [state]

    await until(reached)


async def regenerated(world: World, customer: Customer) -> Message:
    messages = of_type(await read_topic(world.kafka, Topic.ACCOUNTS), PasswordRegenerated)
    (account,) = await world.in_auth("select id from accounts where identifier = $1", customer.identifier)
    return next(message for message in messages if message.key == account["id"])


async def opened(world: World, customer: Customer) -> str:
    message = await regenerated(world, customer)
    assert message.value
    return open_password(world.keys, message.envelope.id, message.value)


async def places(ground: Ground, world: World, collector: Collector, canaries: Canaries) -> set[str]:
    told = [await service.metrics() for service in (world.auth, world.contracts, world.notifier)]
    assert all(WAITING in metrics for metrics in told), "each of them counts what waits in its own outbox"
    texts = {
        "metrics": "".join(told).encode(),
        "traces": await traces(collector),
        "logs": b"".join(log.read_bytes() for log in world.folder.glob("*.log")),
    }
    assert b"guichet_argon2_calls" in texts["metrics"]
    assert b"/api/v1/activations" in texts["traces"]
    assert b"auth" in texts["logs"]

    connection = await asyncpg.connect(f"{ground.postgres.url}/postgres")
    await connection.execute("checkpoint")  # what is only in memory cannot be found in files
    await connection.close()
    folders = {
        "kafka": [ground.kafka.folder],
        "postgres": [ground.postgres.data, ground.postgres.folder / "postgres.log"],
    }
    in_files = {
        name for name, where in folders.items() if await asyncio.to_thread(found_in_files, where, canaries.all())
    }
    return in_files | found_in_texts(texts, canaries.all())


async def traces(collector: Collector) -> bytes:
    await until(lambda: any(b"/api/v1/sessions" in body for body in collector.posted))
    return b"".join(collector.posted)


@pytest.mark.parametrize(
    "write",
    [
        lambda secret: secret.encode(),
        lambda secret: base64.b64encode(f'{{"password":"{secret}"}}'.encode()),
        lambda secret: base64.urlsafe_b64encode(f"x{secret}y".encode()),
        lambda secret: base64.b64encode(f"xx{secret}".encode()),
        lambda secret: secret.encode().hex().encode(),
        lambda secret: quote(secret, safe="").encode(),
        lambda secret: json.dumps({"password": secret}).encode(),
        lambda secret: html.escape(f"<b>{secret}</b>").encode(),
    ],
    ids=["plain", "base64", "URL-safe base64", "base64 at its end", "hex", "URL", "JSON", "HTML"],
)
def test_the_hunt_sees_through_every_disguise(tmp_path: Path, write: Callable[[str], bytes]) -> None:
    secret = generate_password()
    (tmp_path / "segment.log").write_bytes(bytes(1000) + write(secret) + bytes(1000))
    (tmp_path / "other.log").write_bytes(bytes(1000) + write(generate_password()))
    assert found_in_files([tmp_path], [secret]) == {tmp_path / "segment.log"}
