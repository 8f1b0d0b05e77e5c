"""A portal: its profile from `portal.yaml`, its texts and its mails. Services know portals only through this."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from shared.ids import Language, PortalName
from shared.portals.languages import spoken
from shared.portals.mails import Mails
from shared.portals.policy import Limits, Part, Policy
from shared.portals.texts import Texts


@dataclass(frozen=True, slots=True)
class Written:
    """For a text that must match the whole of `pattern`; the fault shows an example."""

    pattern: str  # of a JSON Schema as well (ECMA-262)
    example: str

    def check(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text, re.ASCII):
            raise ValueError(f"must be written like {self.example}, not {text!r}")
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        message = f"must be written like {self.example}"
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$", "patternErrorMessage": message}


Host = Annotated[str, Written(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "www.example.org, in lower case and without a port")]
Email = Annotated[str, Written(r"[\w!#$%&'*+/=?^`{|}~.-]+@[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "someone@example.org")]
Url = Annotated[str, Written(r"https?://[a-z0-9][a-z0-9.-]*(:\d+)?", "https://www.example.org, without a path")]
Address = Annotated[
    str,
    Written(r"https?://[a-z0-9][a-z0-9.-]*(:\d+)?(/[\w~!$&'()*+,;=:@%/?#.-]*)?", "https://orders.example.org/start"),
]
Color = Annotated[str, Written(r"#[0-9a-fA-F]{6}", "'#17375e'")]
Tongue = Annotated[Language, Written(r"[a-z]{2}(-[A-Z]{2})?", "fr or fr-CA")]  # BCP 47
Line = Annotated[str, Written(r"[^\x00-\x1f\x7f\x85\u2028\u2029]+", "one line of text")]
Service = Annotated[str, Written(r"[a-z][a-z0-9_]*", "order_forms")]


class Brand(Part):
    """How a portal looks."""

    color: Color
    """Of its pages' heading and its mails' bar."""


class Contact(Part):
    """Whom customers are sent to."""

    label: Mapping[Language, Line]
    """In the words they know, « Service IT », in each of the portal's languages."""
    email: Email
    """Where customers write to."""


class Sender(Part):
    """Who mails come from, and where bounces go."""

    name: Line
    """Shown beside the address (RFC 5322, From)."""
    address: Email
    """RFC 5322, From."""
    reply_to: Email | None = None
    """RFC 5322, Reply-To; left out: answers go to the address."""
    envelope: Email
    """Where bounces go (RFC 5321, MAIL FROM)."""


class Profile(Part):
    """`portal.yaml`, and the folder's name as `name`."""

    name: PortalName
    title: Line
    """What the portal is called, in pages and mails."""
    hosts: tuple[Host, ...] = Field(min_length=1)
    """The names it answers to; no other portal has one of them. The first is the canonical one."""
    url: Url = Field(default_factory=lambda read: f"https://{read['hosts'][0]}")
    """The base of links in mails; https and the first host when left out."""
    brand: Brand
    languages: tuple[Tongue, ...] = Field(min_length=1)
    """Each has its texts and mails. The first is spoken to whoever speaks none of them."""
    contact: Contact
    sender: Sender
    services: tuple[Service, ...] = ()
    """What an account may be subscribed to; the portal's texts `services.<name>.title` and `.text` say what each is."""
    service_urls: Mapping[Service, Address] = {}
    """Where subscribers go on to, for the services that have a site of their own."""
    policy: Policy
    limits: Limits = Limits()


class Portal(Profile):
    """A portal that is complete and checked."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    texts: Texts = Field(repr=False)
    mails: Mails = Field(repr=False)

    def language(self, wanted: str | None) -> Language:
        """The language to speak to someone who wants `wanted`: the portal's first one where it does not have that."""
        return spoken(self.languages, wanted or "") or self.languages[0]

    def __hash__(self) -> int:
        return hash(self.name)
