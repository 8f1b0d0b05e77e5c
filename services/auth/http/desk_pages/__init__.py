"""The desk's pages that auth knows: the way in, people, and who works here."""

from services.auth.http.desk_pages import (
    account,
    activation,
    closing,
    code_mail,
    code_requests,
    details,
    home,
    mailbox,
    new_account,
    search,
    second_factor,
    sign_in,
    staff,
    verbal_release,
)

# In this order: no account is called `new`.
PEOPLE = (search, new_account, account, activation, code_mail, verbal_release, mailbox, details, code_requests, closing)
PAGES = (sign_in, second_factor, home, *PEOPLE, staff)
