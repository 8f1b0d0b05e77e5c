"""What the desk does for somebody on their way through any portal, as its policy says."""

from dataclasses import replace

from tests.support.customer_portal import new_customer
from tests.support.traveller import Traveller, code_of, copied


async def is_told_on_the_telephone(who: Traveller) -> None:
    """A password, once everything was asked of them; and a mail says so, without it."""
    release = who.policy.verbal_release
    unchecked = await who.at_the_desk("verbal-releases", json={"checks": []})
    if release is None:
        assert code_of(unchecked) == (403, "verbal_release_not_offered")
        return
    assert code_of(unchecked) == (422, "checks_incomplete")
    answer = await who.at_the_desk("verbal-releases", json={"checks": list(release.checks)})
    assert answer.status_code == 201, answer.text
    password = answer.json()["password"]
    assert password not in (await who.mail("password_released_verbally")).text
    status, _, only_a_choice = await who.sign_in(password)
    assert (status, only_a_choice) == (201, who.policy.online_change)


async def has_lost_the_code(who: Traveller) -> None:
    answer = await who.at_the_desk("code-mails")
    if not who.policy.mails_codes:
        assert code_of(answer) == (403, "code_not_offered")
        return
    assert answer.status_code == 202, answer.text
    assert copied(await who.mail("code_requested")) == [who.person.identifier]


async def has_colleagues(who: Traveller) -> None:
    """A contact person asks for the codes of new people, where that is how accounts are opened."""
    desk, portal, language = who.portal.desk, who.portal.name, who.person.language
    given = new_customer(language=language)
    about = {"name": given.name, "email": given.email, "language": language, "contact_person": True}
    contact_person = (await desk.request("POST", f"{portal}/accounts", json=about)).json()["id"]
    colleague = Traveller(who.portal, who.profile, new_customer(language=language))
    people = [{"name": colleague.person.name, "email": colleague.person.email}]
    asked = {"requested_by": contact_person, "people": people}
    answer = await desk.request("POST", f"{portal}/code-requests", json=asked)
    if who.policy.accounts_opened_by != "contact_person":
        assert code_of(answer) == (403, "code_requests_not_offered")
        return
    assert answer.status_code == 202, answer.text
    (code,) = copied(await colleague.mail("code_requested"))
    colleague.person = replace(colleague.person, identifier=code)
    await colleague.ask_and_read(max(who.policy.activation_names))
