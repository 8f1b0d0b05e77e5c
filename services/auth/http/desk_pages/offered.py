"""What can be done for a person: by whoever reads the page, on this portal, as the account stands."""

from collections.abc import Iterator, Sequence

from fastapi import Request

from services.auth.http.desk_pages.met import Met
from shared.web.callers import caller_of


def offered(request: Request, met: Met) -> Sequence[str]:
    """The last parts of the addresses of what is offered; the handlers say the last word on each."""
    return list(_possible(met)) if "accounts:write" in caller_of(request).scopes else []


def _possible(met: Met) -> Iterator[str]:
    account, policy = met.account, met.portal.policy
    reached = account.closed_at is None and account.details.email != ""
    if account.gets_passwords:
        yield "activation"
    if reached and policy.mails_codes:
        yield "code-mail"
    if account.closed_at is None and policy.verbal_release is not None:
        yield "verbal-release"
    if account.closed_at is None and account.details.contact_person and policy.accounts_opened_by == "contact_person":
        yield "code-requests"
    if account.details.email:
        yield "mailbox"
    yield "details"
    yield "close" if account.closed_at is None else "reopen"
