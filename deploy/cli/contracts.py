"""`guichet contracts`: the operator's file of contracts."""

from cyclopts import App

from deploy.cli.imports import AsJson, ImportedFile, bring_in
from services.contracts.handlers.import_contracts import contract_file

app = App(name="contracts", help_epilogue="Example: `guichet contracts import ecocito contracts.csv`")


@app.command(name="import", help_epilogue="Example: `guichet contracts import ecocito contracts.csv`")
def import_(portal: str, file: ImportedFile, *, as_json: AsJson = False) -> int:
    """Bring a file of contracts into a portal: new ones are registered, known ones updated; nobody is mailed.

    The file is UTF-8 CSV with a header line: number, holder_identifier, label, street, postal_code, city. It is
    checked as a whole first; with a fault in it, nothing is applied. Broken off, the same command goes on where it
    stopped. A holder gets the contract as soon as their account is known, now or later.

    Parameters
    ----------
    portal
        The portal's name.
    file
        The file, or - for what is piped in.
    as_json
        Say the outcome as JSON.
    """
    return bring_in("contracts", contract_file, portal, file, as_json=as_json)
