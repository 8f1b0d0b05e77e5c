"""`guichet accounts`: the customer file."""

from cyclopts import App

from deploy.cli.imports import AsJson, ImportedFile, bring_in
from services.auth.handlers.import_accounts import customer_file

app = App(name="accounts", help_epilogue="Example: `guichet accounts import egec customers.csv`")


@app.command(name="import", help_epilogue="Example: `guichet accounts import egec customers.csv`")
def import_(portal: str, file: ImportedFile, *, as_json: AsJson = False) -> int:
    """Bring a customer file into a portal: new accounts are opened, known ones updated; nobody is mailed.

    The file is UTF-8 CSV with a header line: identifier, title, name, email, language, shared_mailbox, contact_person,
    services. It is checked as a whole first; with a fault in it, nothing is applied. Broken off, the same command goes
    on where it stopped.

    Parameters
    ----------
    portal
        The portal's name.
    file
        The file, or - for what is piped in.
    as_json
        Say the outcome as JSON.
    """
    return bring_in("auth", customer_file, portal, file, as_json=as_json)
