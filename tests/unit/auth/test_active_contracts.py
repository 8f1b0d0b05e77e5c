"""Which contract an account looks at, as contracts tells it: late, twice, or all over again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.active_contracts import ActiveContract
from shared.ids import AccountId, ContractId

NONE = ActiveContract(AccountId(UUID(int=1)))
HOUSE, SHOP = ContractId(UUID(int=2)), ContractId(UUID(int=3))
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VERSION = int(NOON.timestamp() * 1000)


def test_the_newest_is_believed_whatever_comes_late():
    known = NONE.told(HOUSE, "Maison", 5).told(SHOP, "Commerce", 7)

    assert known.told(HOUSE, "Maison", 6) == known
    assert (known.contract_id, known.label) == (SHOP, "Commerce")


def test_the_same_contract_may_be_called_otherwise():
    assert NONE.told(HOUSE, "Maison", 5).told(HOUSE, "Maison du lac", 6).label == "Maison du lac"


def test_none_is_none_and_what_was_said_before_it_stays_so():
    known = NONE.told(HOUSE, "Maison", VERSION).told_none(NOON + timedelta(seconds=1))

    assert (known.contract_id, known.label) == (None, "")
    assert known.told(HOUSE, "Maison", VERSION) == known
    assert known.told(SHOP, "Commerce", VERSION + 2000).contract_id == SHOP


def test_none_is_believed_though_the_clock_was_set_back():
    known = NONE.told(HOUSE, "Maison", VERSION).told_none(NOON - timedelta(hours=1))

    assert known.contract_id is None


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_the_topic_read_again_from_its_start_ends_where_it_ended(linked: list[bool]):
    def read(known: ActiveContract) -> ActiveContract:
        for number, has_one in enumerate(linked):
            at = NOON + timedelta(seconds=number)
            known = known.told(HOUSE, str(number), VERSION + 1000 * number) if has_one else known.told_none(at)
        return known

    once = read(NONE)
    assert read(once) == once
