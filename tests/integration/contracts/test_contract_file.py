"""The operator's file of contracts: checked as a whole, applied a thousand rows at a time, resumed."""

import asyncio
import io
import tracemalloc
from collections.abc import Iterable

import pytest

from services.contracts.handlers.import_contracts import contract_file
from shared.imports import Counts, Fault, ImportUnderWay, check_file, import_file
from tests.integration.contracts.conftest import Contracts

HEADER = "number;holder_identifier;label;street;postal_code;city"


def file(lines: Iterable[str], header: str = HEADER) -> io.BytesIO:
    return io.BytesIO("\n".join([header, *lines]).encode())


async def load(contracts: Contracts, source: io.BytesIO) -> Counts:
    kind = contract_file(contracts.portal)
    checked = check_file(source, kind.layout, lambda fault: pytest.fail(str(fault)), lambda _: None)
    return await import_file(contracts.deps.db, kind, source, checked, lambda _: None)


async def details(contracts: Contracts) -> list[tuple[str, ...]]:
    rows = await contracts.owner("select number, label, street, postal_code, city from contracts order by number")
    return [tuple(row.values()) for row in rows]


async def test_new_numbers_are_registered_and_known_ones_brought_up_to_date(contracts: Contracts):
    first = await load(contracts, file(["1;;A;a;10;x", "2;;B;b;20;y", "3;;C;c;30;z"]))
    second = await load(contracts, file(["1;;A;a;10;x", "2;;B;b;21;y", "4;;D;d;40;w"]))

    assert first == Counts(rows_done=3, created=3)
    assert second == Counts(rows_done=3, created=1, changed=1, unchanged=1)
    assert await details(contracts) == [
        ("1", "A", "a", "10", "x"),
        ("2", "B", "b", "21", "y"),
        ("3", "C", "c", "30", "z"),
        ("4", "D", "d", "40", "w"),
    ]
    events = await contracts.events()
    assert [(event["name"], event["lane"]) for event in events] == [("contract_registered", 1)] * 4
    assert {event["payload"]["by"] for event in events} == {"import"}


async def test_a_file_of_few_columns_leaves_the_others(contracts: Contracts):
    await load(contracts, file(["1;0000000007;A;a;10;x"]))
    await load(contracts, file(["1;Z"], "number;label"))

    assert await details(contracts) == [("1", "Z", "a", "10", "x")]
    assert await contracts.owner("select wanted_holder from contracts") == [{"wanted_holder": "0000000007"}]


def test_every_fault_is_told_with_its_line(contracts: Contracts):
    lines = ["1;;A;;;", "2;12;B;;;", ";;C;;;", "1;;D;;;", "3;0000000001;E", "4;;" + "x" * 121 + ";;;"]
    found: list[Fault] = []
    checked = check_file(file(lines), contract_file(contracts.portal).layout, found.append, lambda _: None)

    assert checked.faults == len(found) == 5
    assert {fault.line: fault.message.partition(":")[0] for fault in found} == {
        3: "holder_identifier",
        4: "number",
        5: "number",
        6: "has 3 fields where the header names 6",
        7: "label",
    }


async def test_a_broken_import_goes_on_after_its_last_whole_batch(contracts: Contracts):
    source, kind = file(f"{number};;A;;;" for number in range(2500)), contract_file(contracts.portal)
    checked = check_file(source, kind.layout, lambda fault: pytest.fail(str(fault)), lambda _: None)

    def stop(counts: Counts) -> None:
        if counts.rows_done == 2000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_file(contracts.deps.db, kind, source, checked, stop)
    assert len(await details(contracts)) == 2000
    seen: list[int] = []
    counts = await import_file(contracts.deps.db, kind, source, checked, lambda done: seen.append(done.rows_done))

    assert seen == [2500]
    assert counts == Counts(rows_done=2500, created=2500)
    assert len(await contracts.events("contract_registered")) == 2500


async def test_two_files_at_once_do_not_write_over_each_other(contracts: Contracts):
    """The one that was begun last goes on."""
    kind = contract_file(contracts.portal)
    former, latter = (file(f"{number};;{label};;;" for number in range(1500)) for label in "AB")
    checked = check_file(former, kind.layout, lambda fault: pytest.fail(str(fault)), lambda _: None)
    async with contracts.holding("select pg_advisory_xact_lock(hashtextextended('holders of ecocito', 0))"):
        first = asyncio.ensure_future(import_file(contracts.deps.db, kind, former, checked, lambda _: None))
        await contracts.waiting(1)
        second = asyncio.ensure_future(load(contracts, latter))
        await contracts.waiting(2)
    await second
    with pytest.raises(ImportUnderWay):
        await first

    assert {row[1] for row in await details(contracts)} == {"B"}


async def test_a_number_taken_meanwhile_is_found_by_the_next_try(contracts: Contracts):
    insert = """insert into contracts (id, portal, number, label, street, postal_code, city)
                values (gen_random_uuid(), 'ecocito', '1', '', '', '', '')"""
    async with contracts.holding(insert):
        loading = asyncio.ensure_future(load(contracts, file(["1;;A;;;"])))
        await contracts.waiting(1)

    assert await loading == Counts(rows_done=1, changed=1)


async def test_the_memory_of_an_import_does_not_grow_with_the_file(contracts: Contracts):
    peaks = []
    for rows in (2_000, 6_000):  # two batches, and six
        source = file(f"{rows}-{number};;Maison;4 rue du Puits;23000;Guéret" for number in range(rows))
        tracemalloc.start()
        await load(contracts, source)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.5 * peaks[0]
