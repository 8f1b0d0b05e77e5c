"""One line of the operator's file of contracts: what it says, what is wrong with it, what it changes."""

from uuid import UUID

from services.contracts.domain.contract_file import Entry, apply_entry, entry_faults, read_entry
from services.contracts.domain.contracts import Contract, Details
from shared.ids import ContractId, PortalName
from shared.portals.policy import IdentifierRule

RULE = IdentifierRule(alphabet="digits", length=10)
LINE = {"number": "23-1", "holder_identifier": "", "label": "A", "street": "B", "postal_code": "C", "city": "D"}


def line(**changes: str) -> Entry:
    return read_entry({**LINE, **changes})


def faults(**changes: str) -> list[str]:
    return list(entry_faults(line(**changes), RULE))


def contract(named: str | None = None, wanted: str | None = None) -> Contract:
    details = Details("23-1", "A", "B", "C", "D")
    return Contract(ContractId(UUID(int=1)), PortalName("ecocito"), details, named, wanted)


def test_a_line_in_order_has_no_fault():
    assert faults() == []
    assert faults(holder_identifier="0000000001", label="", street="", postal_code="", city="") == []


def test_every_fault_is_named_with_its_field():
    found = faults(number="", holder_identifier="12", label="x" * 121, street="\u202e", city="a\nb")

    assert [fault.partition(":")[0] for fault in found] == ["number", "label", "street", "city", "holder_identifier"]


def test_a_fault_repeats_nobodys_data():
    assert "12345" not in "".join(faults(holder_identifier="12345"))


def test_blanks_around_and_the_form_of_letters_do_not_matter():
    assert line(number=" 23-1\u00a0", label="e\u0301").details == {**line().details, "label": "é"}


def test_a_column_the_file_lacks_stays_as_it_is():
    changed = apply_entry(read_entry({"number": "23-1", "label": "Z"}), contract(named="1", wanted="1"))

    assert changed == Contract(
        ContractId(UUID(int=1)), PortalName("ecocito"), Details("23-1", "Z", "B", "C", "D"), "1", "1"
    )


def test_a_holder_is_wanted_once_the_file_names_them():
    assert apply_entry(line(holder_identifier="7"), contract()) == contract(named="7", wanted="7")


def test_a_holder_who_is_still_named_is_not_wanted_again():
    had = contract(named="7")

    assert apply_entry(line(holder_identifier="7"), had) == had


def test_a_holder_no_longer_named_is_wanted_no_more():
    assert apply_entry(line(holder_identifier=""), contract(named="7", wanted="7")) == contract()


def test_another_holder_is_wanted_in_their_place():
    assert apply_entry(line(holder_identifier="8"), contract(named="7")) == contract(named="8", wanted="8")
