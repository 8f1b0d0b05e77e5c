"""`guichet secrets`: what an installation must keep to itself, as files."""

from pathlib import Path
from typing import Literal

from cyclopts import App

app = App(name="secrets", help_epilogue="Example: `guichet secrets init /secrets`")


@app.command(help_epilogue="Example: `guichet secrets init /secrets --postgres db.example.org:5432`")
def init(folder: Path, *, postgres: str = "postgres:5432") -> None:
    """Make the passwords and keys that are not there yet, as files. Says which, and shows none.

    Parameters
    ----------
    folder
        Where; a folder below it for each reader.
    postgres
        The database server, HOST:PORT, for the services' URLs.
    """
    from deploy.secret_files import make_secrets

    made = make_secrets(folder, postgres=postgres)
    for name in made:
        print(f"made {folder / name}")
    if not made:
        print("nothing to do")


@app.command(help_epilogue="Example: `guichet secrets renew /secrets auth`")
def renew(folder: Path, reader: Literal["auth", "contracts", "notifier", "operator"]) -> None:
    """Make new passwords, at PostgreSQL and Kafka, for one of those who have some. Says where, and shows none.

    The servers have to be told them, and the service to be started again: docs/operations.md.

    Parameters
    ----------
    folder
        Where `guichet secrets init` made them.
    reader
        Whose.
    """
    from deploy.secret_files import renew_passwords

    for name in renew_passwords(folder, reader):
        print(f"renewed {folder / name}")
