"""What routes are given beside what the address says."""

from typing import Annotated

from fastapi import Depends, Request

from services.notifier.deps import Deps


async def current_deps(request: Request) -> Deps:
    deps: Deps = request.app.state.deps
    return deps


CurrentDeps = Annotated[Deps, Depends(current_deps)]
