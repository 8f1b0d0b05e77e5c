"""The Caddyfile of `compose.yaml`, from `routes.yaml`: `python -m deploy.caddyfile > deploy/compose/Caddyfile`."""

from collections.abc import Iterator, Sequence

from deploy.routes import Route, load_routes

SERVICES = ("auth", "contracts", "notifier")
PORT = 8000  # the proxy's, and that of each service in its container
DESK = "desk.localhost"

HEAD = """\
# Made from deploy/routes.yaml by `python -m deploy.caddyfile`; a test says when it must be made again.
{
\tadmin off
\tauto_https off
}

# For the health check: the proxy itself, whatever the services do.
http://127.0.0.1:8001 {
\trespond "well"
}

# A request waits for a service that is away until it listens again. One that was handed over is never sent again, for
# it may have been done: no method has this name.
"""

SERVICE = """\
({service}) {{
\treverse_proxy {service}-api:{port} {{
\t\tlb_try_duration 10s
\t\tlb_try_interval 100ms
\t\tlb_retry_match {{
\t\t\tmethod NONE
\t\t}}
\t}}
}}
"""


def caddyfile() -> str:
    routes = load_routes()
    sites = {f"http://{DESK}:{PORT}": routes.by_host["desk"], f"http://:{PORT}": routes.by_host["portal"]}
    services = [SERVICE.format(service=service, port=PORT) for service in SERVICES]
    return HEAD + "".join(services) + "".join(_site(address, entries) for address, entries in sites.items())


def _site(address: str, entries: Sequence[Route]) -> str:
    lines = [line for number, entry in enumerate(entries) for line in _branch(number, entry)]
    return f"\n{address} {{\n\troute {{\n" + "".join(f"\t\t{line}\n" for line in lines) + "\t}\n}\n"


def _branch(number: int, route: Route) -> Iterator[str]:
    """Go's expressions are those of Python here; a service that the path names is one of ours, or nobody's."""
    pattern = route.pattern.pattern
    if route.service:
        yield from _handle(f"@{number}", pattern, f"import {route.service}")
        return
    for service in SERVICES:
        yield from _handle(f"@{number}-{service}", pattern.replace("(?P<service>[^/]+)", service), f"import {service}")
    yield from _handle(f"@{number}", pattern, "respond 404")


def _handle(name: str, pattern: str, what: str) -> Iterator[str]:
    yield f"{name} path_regexp (?s)^{pattern}$"
    yield f"handle {name} {{"
    yield f"\t{what}"
    yield "}"


if __name__ == "__main__":
    print(caddyfile(), end="")  # noqa: T201
