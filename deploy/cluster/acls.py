"""Who may do what in the cluster: read, granted and taken away in Kafka's own protocol (ADR 19)."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.admin import CreateAclsRequest_v1, DeleteAclsRequest_v1, DescribeAclsRequest
from aiokafka.protocol.api import Request

NO_AUTHORIZER = 54  # SECURITY_DISABLED
ANYWHERE = "*"  # as a host, or as a name


class Kind(IntEnum):
    TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID, DELEGATION_TOKEN, USER = range(2, 8)


class Pattern(IntEnum):
    LITERAL, PREFIXED = 3, 4


class Operation(IntEnum):
    ALL, READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE = range(2, 9)
    CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE = range(9, 13)


DENY, ALLOW = 2, 3
ANY = 1  # in a question: whatever the kind, the pattern, the operation, the permission


class Acl(NamedTuple):
    """One rule as the cluster keeps it; numbers, so that one of a newer Kafka is read as well."""

    kind: int
    name: str
    pattern: int
    principal: str
    host: str
    operation: int
    permission: int = ALLOW

    def __str__(self) -> str:
        may = "may" if self.permission == ALLOW else "may not"
        where = "" if self.host == ANYWHERE else f" from {self.host}"
        name = f"{self.name}*" if self.pattern == Pattern.PREFIXED else self.name
        return f"{self.principal} {may} {_word(Operation, self.operation)} {_word(Kind, self.kind)} {name}{where}"

    def covers(self, kind: Kind, name: str) -> bool:
        """Whether it says something of what is called so."""
        if self.kind != kind:
            return False
        if self.pattern == Pattern.PREFIXED:
            return name.startswith(self.name)
        return self.name in (name, ANYWHERE)


class AclRefused(KafkaError):  # type: ignore[misc]  # aiokafka is not typed
    """The cluster did not tell, grant or take away; the text says why."""


async def list_acls(admin: AIOKafkaAdminClient) -> frozenset[Acl] | None:
    """Every rule there is; None: the cluster has no authorizer, so everybody may do everything. Raises AclRefused."""
    answer = await _send(admin, DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ANY))
    if answer.error_code == NO_AUTHORIZER:
        return None
    _raise_for(answer.error_code, answer.error_message)
    return frozenset(
        Acl(kind, name, pattern, principal, host, operation, permission)
        for kind, name, pattern, rules in answer.resources
        for principal, host, operation, permission in rules
    )


async def grant(admin: AIOKafkaAdminClient, acls: Sequence[Acl]) -> None:
    """Raises AclRefused."""
    answer = await _send(admin, _CreateAcls(acls))
    for code, why in answer.creation_responses:
        _raise_for(code, why)


async def take_away(admin: AIOKafkaAdminClient, acls: Sequence[Acl]) -> None:
    """What is gone already is no fault. Raises AclRefused."""
    answer = await _send(admin, _DeleteAcls(acls))
    for code, why, _ in answer.filter_responses:
        _raise_for(code, why)


# aiokafka's requests take one rule each; its structs take many. Version 1 has been in every Kafka since 2.0.


class _CreateAcls(Request[CreateAclsRequest_v1]):  # type: ignore[misc]
    API_KEY = CreateAclsRequest_v1.API_KEY

    def __init__(self, acls: Sequence[Acl]) -> None:
        self._acls = acls

    def build(self, request_struct_class: type[CreateAclsRequest_v1]) -> CreateAclsRequest_v1:
        return request_struct_class([tuple(acl) for acl in self._acls])


class _DeleteAcls(Request[DeleteAclsRequest_v1]):  # type: ignore[misc]
    API_KEY = DeleteAclsRequest_v1.API_KEY

    def __init__(self, acls: Sequence[Acl]) -> None:
        self._acls = acls

    def build(self, request_struct_class: type[DeleteAclsRequest_v1]) -> DeleteAclsRequest_v1:
        return request_struct_class([tuple(acl) for acl in self._acls])


async def _send(admin: AIOKafkaAdminClient, request: Request[Any]) -> Any:
    return await admin._send_request(request)  # noqa: SLF001 -- nothing public knows of permissions


def _raise_for(code: int, why: str | None) -> None:
    if code:
        raise AclRefused(f"permissions: {why or for_code(code).__name__}")


def _word(words: type[IntEnum], number: int) -> str:
    try:
        return words(number).name.lower().replace("_", " ")
    except ValueError:
        return str(number)
