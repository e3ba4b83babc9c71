"""`winback import customers`, `contacts`, `consents`, `signals` and `contracts`."""

from typing import Final

import typer

from winback_tui.cli.import_command import command

_HELP: Final = {
    "customers": """Import customers, with their people, addresses and consents.

    A customer who is there already is found by own id, number, VAT id, e-mail or phone, and brought
    up to date; an empty cell never erases. Known are the exports of Shopify, HubSpot, Salesforce,
    Pipedrive, Mailchimp, Klaviyo, Brevo and DATEV, and any table with plain headers.
    Ends with 1 if rows, or cells, could not be taken.""",
    "contacts": """Import people of customers, and their addresses.

    The customers are in the book already; consents may come along.

    The customer is meant by number, VAT id, e-mail or name; several addresses may stand in one
    cell. Ends with 1 if rows, or cells, could not be taken.""",
    "consents": """Import what customers allowed, refused or withdrew.

    It goes into the consent ledger.

    A row names a customer, a channel, what was said, and when. Consent without a time may close a
    channel and never opens one. Ends with 1 if rows could not be taken.""",
    "signals": """Import dated facts, such as complaints and notices.

    A row names a customer, a kind and a date. Ends with 1 if rows could not be taken.""",
    "contracts": """Import contracts with their ends and notice periods.

    A row names a customer and an end; number, start, notice, renewal and amount are optional. Ends
    with 1 if rows could not be taken.""",
}
_EXAMPLES: Final = {
    "customers": "winback import customers kunden.csv --map Rabatt=attribute:discount",
    "contacts": "winback import contacts people.csv --dry-run",
    "consents": "winback import consents newsletter.csv --rejects bad.csv",
    "signals": "winback import signals tickets.csv --map Typ=signal",
    "contracts": "winback import contracts vertraege.csv --dayfirst",
}


def register(app: typer.Typer) -> None:
    """Add a command for each kind of file to `app`."""
    for kind, text in _HELP.items():
        made = app.command(name=kind, help=text, epilog=f"Example: {_EXAMPLES[kind]}")
        made(command(kind))
