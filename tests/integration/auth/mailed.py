"""What auth mails to whoever asks for an account or a new password, opened as the notifier would open it."""

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from services.auth.domain.accounts import Account, Details
from services.auth.domain.names import SubmittedName
from services.auth.handlers.change_password import ChangePassword, change_password
from services.auth.handlers.confirm_registration import ConfirmRegistration, confirm_registration
from services.auth.handlers.confirm_reset import ConfirmReset, confirm_reset
from services.auth.handlers.request_registration import RequestRegistration, request_registration
from services.auth.handlers.request_reset import RequestReset, request_reset
from shared.ids import AccountId, Language
from tests.integration.auth.conftest import HERE, Auth

EMAIL = "camille@example.org"
PASSWORD, OTHER = "une chaise rouge", "deux lampes vertes"

SEALED = """
    select id, aggregateid, portal, convert_from(payload, 'utf8')::jsonb ->> 'sealed' as sealed,
           (convert_from(payload, 'utf8')::jsonb ->> 'deliver_until')::timestamptz as deliver_until
      from outbox where type = $1 order by seq
"""


@dataclass(frozen=True, slots=True)
class Ecocito:
    """The portal where people open their accounts and choose their passwords themselves."""

    auth: Auth

    async def mails(self, kind: str) -> list[dict[str, str]]:
        """What each mail of this kind would say, oldest first."""
        rows = await self.auth.owner(SEALED, f"guichet.auth.{kind}.v1")
        return [{name: value.get_secret_value() for name, value in self._open(row).items()} for row in rows]

    async def token(self, kind: str) -> str:
        """Of the last mail."""
        return (await self.mails(kind))[-1]["token"]

    def _open(self, row: dict[str, Any]) -> dict[str, SecretStr]:
        return self.auth.opener.open(
            row["sealed"],
            event_id=row["id"],
            account_id=row["aggregateid"],
            generation=None,
            deliver_until=row["deliver_until"],
        )

    async def register(self, email: str = EMAIL, name: str = "Camille Exemple", language: str = "fr") -> None:
        details = Details(title="", name=name, email=email, language=Language(language))
        await request_registration(self.auth.deps, RequestRegistration(self.auth.portal, details, HERE))

    async def confirm_registration(self, token: str, password: str = PASSWORD) -> Account:
        command = ConfirmRegistration(self.auth.portal, SecretStr(token), SecretStr(password), HERE)
        return await confirm_registration(self.auth.deps, command)

    async def opened(self, email: str = EMAIL) -> Account:
        """Somebody who has gone the whole way."""
        await self.register(email)
        return await self.confirm_registration(await self.token("registration_requested"))

    async def ask_reset(self, email: str = EMAIL) -> None:
        await request_reset(self.auth.deps, RequestReset(self.auth.portal, SubmittedName("email", email), HERE))

    async def confirm_reset(self, token: str, password: str = OTHER) -> None:
        command = ConfirmReset(self.auth.portal, SecretStr(token), SecretStr(password), HERE)
        await confirm_reset(self.auth.deps, command)

    async def change(
        self, account_id: AccountId, session: SecretStr | None, current: str = PASSWORD, new: str = OTHER
    ) -> Any:
        command = ChangePassword(self.auth.portal, account_id, session, SecretStr(current), SecretStr(new), HERE)
        return await change_password(self.auth.deps, command)

    async def count(self, table: str) -> int:
        return int((await self.auth.owner(f"select count(*) from {table}"))[0]["count"])  # noqa: S608 -- a test's word
