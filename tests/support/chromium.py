"""A real Chromium: the one this machine has, asking nobody for updates."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    async_playwright,
    expect,
)

from deploy.local.prerequisites import find_program
from tests.support.customer_portal import CustomerPortal
from tests.support.waiting import PATIENCE

ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
BEYOND_AA = {"color-contrast-enhanced": {"enabled": False}}  # a tag would bring it in
SCHEMES = ("light", "dark")
# Every page gets the script with it, asleep: to send it half a megabyte costs more than axe does.
AXE = f"window.wakeAxe = () => {{{Axe().axe_script}}}"
VIOLATIONS = "options => { window.axe || wakeAxe(); return axe.run(options).then(found => found.violations) }"
TELEPHONE, DESK = 360, 1440  # pixels

expect.set_options(timeout=PATIENCE * 1000)


@asynccontextmanager
async def run_chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_program("chromium"), args=ARGUMENTS)
        yield browser
        await browser.close()


@dataclass
class Tab:
    """A page somebody looks at; what went wrong behind it is kept in `wrong`."""

    context: BrowserContext
    page: Page
    wrong: list[str] = field(default_factory=list)

    async def assert_well(self, *rules: str, schemes: Sequence[str] = SCHEMES) -> None:
        """Nothing went wrong, nothing sticks out to the side, and axe-core finds no violation, by day or by night.

        `rules`: only those with these tags. By night nothing differs but colours, so nothing else is read again.
        """
        where, tags = self.page.url, list(rules)
        assert self.wrong == [], where
        assert await self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        for scheme in schemes:
            await self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            options = {"resultTypes": ["violations"], "rules": BEYOND_AA, **({"runOnly": tags} if tags else {})}
            violations = await self.page.evaluate(VIOLATIONS, options)
            assert violations == [], f"{where} ({scheme}): {json.dumps(violations, indent=1)}"
            tags = ["cat.color"]


@asynccontextmanager
async def open_tab(browser: Browser, *, width: int = 1440, scripts: bool = True) -> AsyncIterator[Tab]:
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, locale="fr-FR", java_script_enabled=scripts, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE * 1000)
    if scripts:
        await context.add_init_script(AXE)
    tab = Tab(context, await context.new_page())
    tab.page.on("pageerror", lambda error: tab.wrong.append(str(error)))
    tab.page.on(
        "requestfailed",
        lambda request: tab.wrong.append(f"{request.url}: {request.failure}") if _fails(request) else None,
    )
    tab.page.on(
        "response", lambda response: tab.wrong.append(f"{response.url}: missing") if _missing(response) else None
    )
    tab.page.on("console", lambda said: tab.wrong.append(said.text) if _complains(said) else None)
    try:
        yield tab
    finally:
        await context.close()


async def keep_cookie(tab: Tab, host: str, token: str) -> None:
    """An access token, as auth would have left it. Playwright's own way names a domain, which a cookie with this prefix
    must not have."""
    session = await tab.context.new_cdp_session(tab.page)
    cookie = {"name": "__Host-access", "value": token, "url": f"https://{host}/", "path": "/", "secure": True}
    assert (await session.send("Network.setCookie", {**cookie, "httpOnly": True}))["success"]


def address(portal: CustomerPortal, path: str = "/") -> str:
    """Names below localhost are this machine's own to every browser, and as good as TLS to it."""
    return f"http://{portal.host}:{portal.http.base_url.port}{path}"


async def press(page: Page, name: str) -> None:
    await page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


async def follow(page: Page, name: str) -> None:
    await page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def _fails(request: Request) -> bool:
    return request.failure != "net::ERR_ABORTED"  # by us, who went on before all of a page was there


def _missing(response: Response) -> bool:
    """A part of a page; the page itself may well be a refusal."""
    return response.status >= 400 and not response.request.is_navigation_request()


def _complains(said: ConsoleMessage) -> bool:
    return said.type == "error" and not said.text.startswith("Failed to load resource")  # told by its response
