"""`guichet secrets init`: what an installation must keep to itself, made once."""

from pathlib import Path

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
