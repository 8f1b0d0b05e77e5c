"""`guichet migrate [SERVICE]`: the owner roles' work, before the services of a new version start."""

from typing import get_args

from cyclopts import App

from deploy.cli.run import ServiceName
from deploy.cli.surroundings import setting

app = App(
    name="migrate", help_epilogue="Example: `GUICHET_DATABASE_URL=postgresql://owner:…@host/db guichet migrate auth`"
)


@app.default
def migrate(service: ServiceName | None = None) -> None:
    """Apply the migrations a service's database lacks.

    The URL in GUICHET_DATABASE_URL must be the owner role's.

    Parameters
    ----------
    service
        Whose; every service of the running local stack when left out.
    """
    from shared.db.migrate import migrate as apply

    for name in [service] if service else get_args(ServiceName):
        applied = apply(setting(name, "GUICHET_DATABASE_URL"), name)
        for migration in applied:
            print(f"{name}: {migration}")
        if not applied:
            print(f"{name}: up to date")
