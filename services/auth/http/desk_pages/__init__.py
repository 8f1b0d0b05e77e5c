"""The desk's pages that auth knows: the way in, people, and who works here."""

from services.auth.http.desk_pages import (
    account,
    activation,
    closing,
    details,
    home,
    mailbox,
    new_account,
    search,
    second_factor,
    sign_in,
    staff,
)

PEOPLE = (
    search,
    new_account,
    account,
    activation,
    mailbox,
    details,
    closing,
)  # in this order: no account is called `new`
PAGES = (sign_in, second_factor, home, *PEOPLE, staff)
