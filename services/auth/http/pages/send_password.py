"""« Envoyez-moi mon mot de passe par courriel SVP »: a box of the sign-in form, instead of a page of its own (S2.4)."""

from collections.abc import Mapping

from services.auth.deps import Deps
from services.auth.domain.names import SubmittedName
from services.auth.http.activations import ask_activation
from shared.clients import ClientAddress
from shared.portals import Portal
from shared.web.models import Body, Line, validated

BOX = "send"


class SendForm(Body):
    """Whatever stands in the password's field is not looked at."""

    login: Line
    password: str = ""
    next: str = ""
    send: str


def sends_passwords(portal: Portal) -> bool:
    """Whether the portal has words for such a box, and something to send to whoever gives a code."""
    policy = portal.policy
    offered = "code" in policy.activation_names and policy.activation == "generated_password"
    return offered and "sign_in.send" in portal.texts


async def send_password(deps: Deps, portal: Portal, form: Mapping[str, str], client: ClientAddress) -> None:
    """Raises FieldsInvalid, TooManyRequests, Overloaded and, where the portal tells, AccountNotRecognised."""
    login = validated(SendForm, form).login
    by_email = "@" in login and "email" in portal.policy.activation_names
    await ask_activation(deps, portal, SubmittedName("email" if by_email else "code", login), client)
