"""The ways of the three documents through the proxy of the composed system; eGEC's is the main job, tried beside it."""

import json
from collections.abc import Sequence

from tests.containers.people import Portals
from tests.containers.system import System
from tests.support.holder import Holder, new_holder
from tests.support.user import new_user
from tests.support.waiting import until

CONTRACTS = ("23-000901", "23-000902")


async def test_ecocito_a_holder_links_two_contracts_and_goes_from_one_to_the_other(system: System, portals: Portals):
    _bring_in(system, CONTRACTS)
    holder = await new_holder(portals("ecocito"))
    for number in CONTRACTS:
        issued = system.guichet("contracts", "activation-keys", "issue", "ecocito", number, "--json")
        linked = await holder.offer(json.loads(issued)["key"])
        assert (linked.status_code, linked.json()["number"]) == (201, number), linked.text
        await holder.mail_saying(number)

    first, second = await holder.contracts()
    assert [first["number"], second["number"], await holder.active()] == [*CONTRACTS, CONTRACTS[0]]
    await until(lambda: _shows(holder, first["label"]))
    opened = await holder.browser.submit("/contracts", contract_id=second["id"])
    assert f"Le contrat {second['number']} est maintenant actif." in opened.text
    await until(lambda: _shows(holder, second["label"]))


async def test_groupecho_the_code_comes_first_and_the_box_brings_the_password(portals: Portals):
    groupecho = portals("groupecho")
    user = await new_user(groupecho, services=["catalogue"])
    assert (await groupecho.desk.mail_code("groupecho", user.id)).status_code == 202
    told = await user.mail(lambda mail: user.code in mail.text)
    assert not user.passwords(), told.text

    await user.signed_in()
    pages = [await user.browser.visit(f"/services/{service}") for service in ("catalogue", "collection")]
    assert [page.status for page in pages] == [200, 403]


def _bring_in(system: System, numbers: Sequence[str]) -> None:
    """As the operator's file has them, nobody's yet."""
    lines = [f"{number},,Maison {number[-1]},4 rue du Puits,23000,Guéret" for number in numbers]
    file = "\n".join(["number,holder_identifier,label,street,postal_code,city", *lines, ""])
    system.guichet("contracts", "contracts", "import", "ecocito", "-", given=file)


async def _shows(holder: Holder, label: str) -> bool:
    """On a page of auth's: it has heard which one is active."""
    return label in (await holder.browser.visit("/account")).text
