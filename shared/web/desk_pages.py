"""The desk's pages: for staff, who are signed in at auth and let in everywhere by what their role allows."""

from collections.abc import Callable
from typing import Any

from fastapi import Request

from shared.web.callers import presumed_caller
from shared.web.cross_site import refuse_cross_site
from shared.web.desk import let_in
from shared.web.routes import DeskHostRoute, Handle, as_page
from shared.web.signing_in import by_way_of_sign_in


class OpenDeskPage(DeskHostRoute):
    """A page for whoever comes: to sign in."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **as_page(options))

    async def admit(self, request: Request) -> str:
        refuse_cross_site(request)
        return presumed_caller(request)


class DeskPage(OpenDeskPage):
    """For staff whose role has the scope that `needs` names in `openapi_extra`; who is not signed in is led there."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        ((self.scope,),) = (self.openapi_extra or {})["security"][0].values()  # a page without one is not started

    async def admit(self, request: Request) -> str:
        return await let_in(request, self.scope)

    def get_route_handler(self) -> Handle:
        return by_way_of_sign_in(super().get_route_handler())
