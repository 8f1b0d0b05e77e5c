"""Choices that are right one by one and make no sense together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.portals.document import Route
from shared.portals.policy import Policy
from shared.portals.profile import Profile


class Contradiction(NamedTuple):
    """`keys` are those of `portal.yaml` that contradict each other; `message` says what would be right."""

    keys: Sequence[Route]
    message: str


def contradictions(profile: Profile) -> Iterator[Contradiction]:
    """All of a profile's."""
    yield from _names(profile.policy)
    yield from _passwords(profile.policy)
    yield from _times(profile.policy)
    yield from _twice(profile)
    for service in profile.service_urls:
        if service not in profile.services:
            message = f"is no service of this portal: add {service} to services, or leave it out"
            yield Contradiction([("service_urls", service)], message)
    if profile.url.partition("://")[2].partition(":")[0] not in profile.hosts:
        yield Contradiction([("url",), ("hosts",)], "the links in mails must lead to one of hosts")


def _names(policy: Policy) -> Iterator[Contradiction]:
    """Nobody can be asked for a name they were never told."""
    signing_in, asking = _policy("sign_in_names"), _policy("activation_names")
    opened_by, activation = _policy("accounts_opened_by"), _policy("activation")
    if policy.accounts_opened_by == "customer" and "email" not in policy.sign_in_names:
        message = "whoever opens an account is told no identifier: email must be one of sign_in_names"
        yield Contradiction([opened_by, signing_in], message)
    if policy.accounts_opened_by == "contact_person" and not policy.mails_codes:
        message = "new people are mailed their codes, so identifier must be one of sign_in_names"
        yield Contradiction([opened_by, signing_in], message)
    if "code" in policy.activation_names and not policy.mails_codes:
        message = "code is what people sign in as: leave it out, or add identifier to sign_in_names"
        yield Contradiction([asking, signing_in], message)
    if (
        policy.activation == "reset_link"
        and policy.sign_in_names == {"identifier"}
        and policy.activation_names == {"email"}
    ):
        message = "a reset_link tells no identifier: add email to sign_in_names, or code to activation_names"
        yield Contradiction([activation, asking, signing_in], message)


def _passwords(policy: Policy) -> Iterator[Contradiction]:
    activation, change = _policy("activation"), _policy("online_change")
    former, expires = _policy("password", "former"), _policy("password", "expires_after")
    if policy.activation == "reset_link":
        if policy.password.former == "valid_until_used":
            message = "with a reset_link no generated password replaces another: leave password.former empty"
            yield Contradiction([former, activation], message)
        if policy.password.expires_after:
            message = "with a reset_link no generated password is mailed: leave password.expires_after empty"
            yield Contradiction([expires, activation], message)
    elif policy.password.expires_after and not policy.online_change:
        message = (
            "a temporary password opens only the choice of another: say online_change: true, or leave "
            "password.expires_after empty"
        )
        yield Contradiction([change, expires], message)


def _times(policy: Policy) -> Iterator[Contradiction]:
    expires_after = policy.password.expires_after
    if policy.activation == "generated_password" and expires_after and expires_after < policy.deliver_within:
        message = "a mail must not bring what has expired: password.expires_after no shorter than deliver_within"
        yield Contradiction([_policy("password", "expires_after"), _policy("deliver_within")], message)
    if policy.session.idle > policy.session.absolute:
        keys = [_policy("session", "idle"), _policy("session", "absolute")]
        yield Contradiction(keys, "idle must not be longer than absolute")


def _twice(profile: Profile) -> Iterator[Contradiction]:
    release = profile.policy.verbal_release
    lists = {
        ("hosts",): profile.hosts,
        ("languages",): profile.languages,
        ("services",): profile.services,
        _policy("verbal_release", "checks"): release.checks if release else (),
    }
    for key, values in lists.items():
        for value, count in Counter(values).items():
            if count > 1:
                yield Contradiction([key], f"has {value} {count} times: once is enough")


def _policy(*keys: str) -> Route:
    return ("policy", *keys)
