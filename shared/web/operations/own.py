"""Which service this is, and its database."""

from typing import Annotated

from fastapi import Depends, Request

from shared.db import Database
from shared.web.errors import NotFound

SERVICES = ("auth", "contracts", "notifier")  # in the order the desk is shown them


async def own_service(request: Request, service: str) -> str:
    """The service the address names. Raises NotFound where it is another one."""
    if service != request.app.state.service:
        raise NotFound
    return service


async def own_database(request: Request) -> Database:
    db: Database = request.app.state.db
    return db


OwnService = Annotated[str, Depends(own_service)]
OwnDatabase = Annotated[Database, Depends(own_database)]
