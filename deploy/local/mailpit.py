"""A caught mail in the words of Mailpit's API."""

from email.utils import getaddresses
from typing import Any

from deploy.local.caught import Caught


def summary(mail: Caught) -> dict[str, Any]:
    """As it stands in a list."""
    return {
        "ID": mail.id,
        "MessageID": _message_id(mail),
        "Read": False,
        **_people(mail),
        "Subject": mail.subject,
        "Created": mail.received.isoformat(),
        "Tags": [],
        "Size": len(mail.raw),
        "Attachments": 0,
        "Snippet": " ".join(mail.text.split())[:200],
    }


def whole(mail: Caught) -> dict[str, Any]:
    """As it stands alone, with its text."""
    return {
        "ID": mail.id,
        "MessageID": _message_id(mail),
        **_people(mail),
        "ReturnPath": mail.sender,
        "Subject": mail.subject,
        "Date": mail.received.isoformat(),
        "Tags": [],
        "Text": mail.text,
        "HTML": mail.html,
        "Size": len(mail.raw),
        "Inline": [],
        "Attachments": [],
    }


def _people(mail: Caught) -> dict[str, Any]:
    shown = {name: _addresses(mail, name) for name in ("From", "To", "Cc", "Reply-To")}
    hidden = set(mail.recipients) - {person["Address"] for name in ("To", "Cc") for person in shown[name]}
    return {
        "From": next(iter(shown["From"]), None),
        "To": shown["To"],
        "Cc": shown["Cc"],
        "Bcc": [{"Name": "", "Address": address} for address in sorted(hidden)],
        "ReplyTo": shown["Reply-To"],
    }


def _addresses(mail: Caught, header: str) -> list[dict[str, str]]:
    values = [str(value) for value in mail.message.get_all(header, [])]
    return [{"Name": name, "Address": address} for name, address in getaddresses(values)]


def _message_id(mail: Caught) -> str:
    return str(mail.message.get("Message-ID", "")).strip("<> ")
