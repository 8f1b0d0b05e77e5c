"""B2: a mailbox that several people read receives no password, on whatever way one was to go there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest_asyncio

from shared.events import MailWithheld, PasswordRegenerated
from shared.events.topics import Topic
from tests.support.command import guichet
from tests.support.customer_portal import CustomerPortal
from tests.support.ground import Ground
from tests.support.smtp_server import SmtpServer, Taken, run_smtp_server
from tests.support.topic import of_type, read_topic
from tests.support.user import PASSWORD, User, new_user
from tests.support.waiting import until
from tests.support.world import World, open_password

LATER, NEVER = "451 4.3.0 later", "550 5.1.1 nobody"
CODE = "Votre code d’utilisateur\u00a0: "


@dataclass(frozen=True, slots=True)
class Post:
    """A world whose mails go to a server that takes them or not, as a test wants."""

    world: World
    smtp: SmtpServer

    @property
    def groupecho(self) -> CustomerPortal:
        return self.world.portal("groupecho")

    async def flag(self, user: User, *, shared: bool = True) -> None:
        answer = await self.world.desk.flag_mailbox(user.portal.name, user.email, shared=shared)
        assert answer.status_code == 204, answer.text

    async def states(self, user: User) -> list[tuple[str, str]]:
        """Mail and state of each delivery, in the order of their facts."""
        rows = await self.world.in_notifier(
            "select mail, state from deliveries where account_id = $1 order by occurred_at", user.id
        )
        return [(row["mail"], row["state"]) for row in rows]

    async def reached(self, user: User, *states: str) -> None:
        """Until the mails of this user are in these states."""

        async def they_are() -> bool:
            return [state for _, state in await self.states(user)] == list(states)

        await until(they_are)

    async def mailed_code(self, user: User) -> str:
        """Asked for at the desk: whatever was to go there before has gone, or goes no more."""
        answer = await self.world.desk.mail_code(user.portal.name, user.id)
        assert answer.status_code == 202, answer.text

        def arrived() -> Taken | None:
            return next((mail for mail in self.smtp.to(user.email) if CODE in mail.text), None)

        return (await until(arrived)).text.split(CODE)[1].split()[0]

    def passwords(self, user: User) -> list[str]:
        """That arrived."""
        return [word for mail in self.smtp.to(user.email) for word in PASSWORD.findall(mail.text.replace("\r\n", "\n"))]

    async def sealed_passwords(self, user: User) -> list[str]:
        """That were ever generated for this user, as the notifier alone can read them."""
        facts = of_type(await read_topic(self.world.kafka, Topic.ACCOUNTS), PasswordRegenerated)
        mine = [fact for fact in facts if str(fact.key) == user.id and fact.value]
        return [open_password(self.world.keys, fact.envelope.id, fact.value or b"") for fact in mine]

    async def withheld(self, user: User) -> bool:
        told = of_type(await read_topic(self.world.kafka, Topic.NOTIFICATIONS), MailWithheld)
        return any(str(fact.key) == user.id for fact in told)


@pytest_asyncio.fixture(scope="module")
async def post(ground: Ground) -> AsyncIterator[Post]:
    async with run_smtp_server(SmtpServer()) as smtp, ground.world(smtp_port=smtp.port) as world:
        yield Post(world, smtp)


@pytest_asyncio.fixture
async def user(post: Post) -> User:
    return await new_user(post.groupecho)


async def test_b2_a_first_activation_sends_no_password_however_it_is_asked_and_the_code_arrives(
    post: Post, user: User
) -> None:
    await post.flag(user)
    page = await user.ask()
    by_code = await user.browser.post("/api/v1/activations", {"code": user.code})
    by_email = await user.browser.post("/api/v1/activations", {"email": user.email})
    at_desk = await post.world.desk.activate("groupecho", user.id)

    assert "N'oubliez pas de consulter vos courriels!" in page.text, "nobody is told what a mailbox is"
    assert (by_code.status_code, by_email.status_code) == (202, 202)
    assert (at_desk.status_code, at_desk.json()["code"]) == (409, "mailbox_shared")
    assert await post.mailed_code(user) == user.code
    assert post.passwords(user) == await post.sealed_passwords(user) == []


async def test_b2_a_request_changes_nothing_so_nobody_is_locked_out_by_it(post: Post, user: User) -> None:
    await user.ask()
    await until(lambda: post.passwords(user))
    (password,) = post.passwords(user)
    assert (await user.enter(password)).headings[0] == "Mon compte"
    await post.flag(user)
    for _ in range(3):
        await user.ask()

    assert (await user.enter(password, browser=post.groupecho.browser())).headings[0] == "Mon compte"
    assert await post.mailed_code(user) == user.code
    assert post.passwords(user) == [password]


async def test_b2_a_flag_set_while_the_mail_waits_for_its_next_try_withholds_it(post: Post, user: User) -> None:
    post.smtp.for_recipient[user.email] = {"rcpt": LATER}
    await user.ask()
    await post.reached(user, "deferred")
    await post.flag(user)
    await post.reached(user, "withheld")
    post.smtp.for_recipient.clear()

    await until(lambda: post.withheld(user))
    (password,) = await post.sealed_passwords(user)
    assert (await user.enter(password)).status == 401, "and what it holds is dead"
    assert await post.mailed_code(user) == user.code
    assert post.passwords(user) == []


async def test_b2_a_flag_set_while_the_mail_is_queued_withholds_it(post: Post, user: User) -> None:
    await post.world.notifier.stop()
    await user.ask()
    await post.flag(user)
    await until(post.world.outbox_empty)
    await post.world.notifier.start()

    await post.reached(user, "withheld")
    assert await post.mailed_code(user) == user.code
    assert post.passwords(user) == []


async def test_b2_flagged_and_unflagged_while_it_was_queued_no_dead_password_is_sent(post: Post, user: User) -> None:
    await post.world.notifier.stop()
    await user.ask()
    await post.flag(user)
    await post.flag(user, shared=False)
    await user.ask()
    await until(post.world.outbox_empty)
    await post.world.notifier.start()

    await post.reached(user, "superseded", "sent")
    (password,) = post.passwords(user)
    assert (await user.enter(password)).headings[0] == "Mon compte"


async def test_b2_at_the_moment_of_sending_the_contact_is_looked_at_again(post: Post, user: User) -> None:
    """Though nothing had judged the delivery since: as after a flag that came while it was leased elsewhere."""
    post.smtp.for_recipient[user.email] = {"rcpt": LATER}
    await user.ask()
    await post.reached(user, "deferred")
    await change(post.world, "update accounts set shared = true where id = $1", user.id)
    post.smtp.for_recipient.clear()
    await change(post.world, "update deliveries set due_at = now() where account_id = $1", user.id)

    await post.reached(user, "withheld")
    assert post.smtp.to(user.email) == []


async def test_b2_what_a_server_refused_cannot_be_tried_again_once_the_mailbox_is_shared(
    post: Post, user: User
) -> None:
    post.smtp.for_recipient[user.email] = {"rcpt": NEVER}
    await user.ask()
    await post.reached(user, "rejected")
    await post.flag(user)
    post.smtp.for_recipient.clear()

    async def known() -> bool:
        return bool(await post.world.in_notifier("select from accounts where id = $1 and shared", user.id))

    await until(known)
    (row,) = await post.world.in_notifier("select id from deliveries where account_id = $1", user.id)
    retried = await post.world.desk.request("POST", f"groupecho/deliveries/{row['id']}/retry")

    assert retried.status_code == 409, retried.text
    assert await post.states(user) == [("password_regenerated", "rejected")]
    assert await post.mailed_code(user) == user.code


async def test_b2_where_the_former_password_is_kept_its_owner_goes_on_with_it(post: Post) -> None:
    """The hardened portal: flagged after somebody has asked for another one."""
    hardened = post.world.portal("hardened")
    customer = await hardened.customer()

    async def asked(count: int) -> str:
        await hardened.ask(customer.email)
        await until(lambda: len(post.smtp.to(customer.email)) == count)
        return post.smtp.to(customer.email)[-1].text.split("mot-de-passe est: ")[1].split()[0]

    first = await asked(1)
    account = (await hardened.sign_in(customer, first)).browser  # type: ignore[union-attr]
    second = await asked(2)
    assert (await post.world.desk.flag_mailbox("hardened", customer.email)).status_code == 204

    assert (await account.get("/api/v1/me")).status_code == 200
    answers = [
        await hardened.browser().post("/api/v1/sessions", {"login": customer.identifier, "password": password})
        for password in (second, first)
    ]
    assert [answer.status_code for answer in answers] == [401, 201]


async def test_b2_whoever_the_next_file_brings_to_the_address_gets_the_code_and_no_password(
    post: Post, tmp_path: Path
) -> None:
    address = "boite.commune@example.org"
    assert (await post.world.desk.flag_mailbox("groupecho", address)).status_code == 204
    file = tmp_path / "clients.csv"
    file.write_text(f"identifier,name,email,shared_mailbox\nCommune1,Camille Exemple,{address},false\n")
    done = await guichet(
        "accounts", "import", "groupecho", file, "--send-codes", environment=post.world.auth.environment
    )
    assert done.status == 0, done.err
    await until(lambda: post.smtp.to(address))
    asked = await post.groupecho.browser().post("/api/v1/activations", {"code": "Commune1"})

    assert asked.status_code == 202
    assert [CODE + "Commune1" in mail.text for mail in post.smtp.to(address)] == [True]
    assert (
        await post.world.in_auth(
            "select from credentials c join accounts a on a.id = c.account_id where a.identifier = 'Commune1'"
        )
        == []
    )


async def change(world: World, statement: str, *args: object) -> None:
    connection = await asyncpg.connect(world.notifier_database.owner_url)
    await connection.execute(statement, *args)
    await connection.close()
