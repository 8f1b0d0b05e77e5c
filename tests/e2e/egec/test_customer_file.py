"""`guichet accounts import`: the operator's customer file becomes accounts, all or nothing, and nobody is mailed."""

import json
from pathlib import Path

from tests.support.command import Done, guichet
from tests.support.customer_portal import Customer, CustomerPortal, SignedIn, new_customer
from tests.support.waiting import until
from tests.support.world import World

HEADER = "identifier,title,name,email,language,shared_mailbox,contact_person,services\n"


def line(customer: Customer) -> str:
    return f"{customer.identifier},{customer.title},{customer.name},{customer.email},{customer.language},false,false,\n"


async def bring_in(world: World, content: str | bytes, *options: str, portal: str = "egec") -> Done:
    file = world.folder / "customers.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return await guichet("accounts", "import", portal, file, *options, environment=world.auth.environment)


def counts(done: Done) -> tuple[int, int, int]:
    said = json.loads(done.out)
    return said["created"], said["changed"], said["unchanged"]


async def known(world: World, customer: Customer) -> bool:
    return bool(await world.in_auth("select from accounts where identifier = $1", customer.identifier))


async def test_a_customer_of_the_file_is_mailed_when_they_ask_and_not_before(
    shared_world: World, egec: CustomerPortal
) -> None:
    customers = [new_customer(), new_customer(language="en")]
    done = await bring_in(shared_world, HEADER + "".join(map(line, customers)), "--json")
    assert done.status == 0, done.err
    assert counts(done) == (2, 0, 0)

    for customer in customers:
        egec.known[customer.identifier] = customer
        mail = await egec.activate(customer)
        assert await egec.sign_in(customer, mail.password) == SignedIn(customer)
        assert egec.catcher.messages(customer.email) == [mail.caught], "the import itself mailed nobody"


async def test_the_next_files_address_is_the_one_that_is_written_to(shared_world: World, egec: CustomerPortal) -> None:
    customer = new_customer()
    moved = Customer(customer.identifier, f"moved.{customer.email}", name=customer.name)
    assert (await bring_in(shared_world, HEADER + line(customer))).status == 0

    done = await bring_in(shared_world, HEADER.replace(",", ";") + line(moved).replace(",", ";"), "--json")

    assert counts(done) == (0, 1, 0), done.err
    egec.known[moved.identifier] = moved
    assert (await egec.activate(moved)).identifier == customer.identifier, "the identifier stayed"
    assert (await egec.ask(customer.email)).status_code == 404
    assert egec.catcher.messages(customer.email) == []


async def test_every_fault_is_said_with_its_line_and_nothing_is_half_done(shared_world: World) -> None:
    right, twice = new_customer(), new_customer()
    content = (
        (HEADER + line(right)).encode()
        + line(twice).encode()
        + line(twice).encode()
        + b"12,M.,Trop Court,trop.court@example.org,fr,false,false,\n"
        + b"0000077777,M.,Pas \xff UTF-8,octets@example.org,fr,false,false,\n"
        + b'0000077778,M.,"Deux\nlignes",deux.lignes@example.org,fr,false,false,\n'
        + b"0000077779,M.,Deux Adresses,a@example.org\x00b@example.org,fr,peut-etre,false,\n"
    )

    done = await bring_in(shared_world, content)

    assert done.status == 1
    assert done.out == ""
    said = [words for words in done.err.splitlines() if "customers.csv:" in words]
    lines = {int(words.partition("customers.csv:")[2].split(":")[0]) for words in said}
    assert lines == {4, 5, 6, 8, 9}, done.err
    assert "octets@example.org" not in done.err, "faults repeat nobody's data"
    assert not await known(shared_world, right)
    assert not await known(shared_world, twice)


async def test_a_wrong_column_is_named(shared_world: World) -> None:
    customer = new_customer()
    done = await bring_in(shared_world, HEADER.replace("email", "e-mail") + line(customer))

    assert done.status == 1
    assert "customers.csv:1:" in done.err
    assert "e-mail" in done.err
    assert not await known(shared_world, customer)


async def test_a_file_can_be_piped_in_and_an_unknown_portal_is_said(shared_world: World, tmp_path: Path) -> None:
    customer = new_customer()
    content = (HEADER + line(customer)).encode()
    environment = shared_world.auth.environment

    nowhere = await guichet("accounts", "import", "nulle-part", "-", environment=environment, given=content)
    assert nowhere.status in {1, 2}
    assert "nulle-part" in nowhere.err
    assert len(nowhere.err.splitlines()) == 1

    assert (await guichet("accounts", "import", "egec", "-", environment=environment, given=content)).status == 0
    await until(lambda: known(shared_world, customer))
