"""Who says that a mailbox is shared, and whose word goes before whose."""

from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.mailboxes import Mailbox

words = st.lists(st.tuples(st.sampled_from(["desk", "file"]), st.booleans()))


def told(said: list[tuple[str, bool]]) -> Mailbox:
    mailbox = Mailbox()
    for who, shared in said:
        mailbox = mailbox.said_at_desk(shared=shared) if who == "desk" else mailbox.said_by_file(shared=shared)
    return mailbox


@given(words)
def test_what_the_desk_says_is_so_until_somebody_says_otherwise(said: list[tuple[str, bool]]):
    for shared in (True, False):
        assert told([*said, ("desk", shared)]).shared is shared


@given(words, st.lists(st.booleans()))
def test_no_file_takes_back_what_the_desk_said(said: list[tuple[str, bool]], files: list[bool]):
    assert told([*said, ("desk", True), *(("file", shared) for shared in files)]).shared


@given(words)
def test_what_only_files_have_said_the_next_file_takes_back(said: list[tuple[str, bool]]):
    assert not told([*said, ("desk", False), ("file", True), ("file", False)]).shared
    assert told([*said, ("desk", False), ("file", True)]).shared
