"""`winback import customers`, `contacts`, `consents`, `signals` and `contracts`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, options
from winback_tui.cli.imports import (
    Layout,
    decimal_sign,
    document,
    pair,
    print_summary,
    shown_progress,
)

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
        made(_command(kind))


def _command(kind: str) -> Callable[..., None]:
    def run(  # noqa: PLR0917 - typer makes options of them
        ctx: typer.Context,
        files: Annotated[
            list[str],
            typer.Argument(metavar="FILE...", help="Files to import; - is standard input."),
        ],
        preset: Annotated[
            str, typer.Option(metavar="NAME", help="What made the file; auto looks at its columns.")
        ] = "auto",
        mapping: Annotated[
            list[str] | None,
            typer.Option(
                "--map", metavar="COLUMN=FIELD", help="Which column holds which field; repeatable."
            ),
        ] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Do all of it, and keep nothing.")
        ] = False,
        decimal: Annotated[
            str | None, typer.Option(metavar="point|comma", help="The decimal sign of all numbers.")
        ] = None,
        day_first: Annotated[
            bool | None,
            typer.Option(
                "--dayfirst/--monthfirst", help="How 03/04/2026 is read.", show_default=False
            ),
        ] = None,
        currency: Annotated[
            str | None, typer.Option(metavar="CODE", help="The currency where a row names none.")
        ] = None,
        sheet: Annotated[
            str | None, typer.Option(metavar="NAME", help="Which sheet of a workbook is meant.")
        ] = None,
        again: Annotated[
            bool, typer.Option("--again", help="Read a file anew that was imported before.")
        ] = False,
        forget: Annotated[
            bool,
            typer.Option(
                "--forget-mapping", help="Forget what was said about files with this header."
            ),
        ] = False,
        rejects: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="Write rejected rows here, to mend and import."),
        ] = None,
        layout: Annotated[
            Layout, typer.Option("--format", help="How the summary is printed.")
        ] = Layout.TEXT,
    ) -> None:
        from winback_tui.desk.imports import ImportOptions, import_into

        chosen = options(ctx)
        wanted = ImportOptions(
            preset=preset,
            mapping=tuple(pair(each) for each in mapping or ()),
            dry_run=dry_run,
            decimal=decimal_sign(decimal),
            day_first=day_first,
            currency=currency,
            rejects=rejects,
            sheet=sheet,
            again=again or forget,
            use_saved=not forget,
        )
        with shown_progress() as progress:
            summary = import_into(
                chosen.book_path(),
                files,
                wanted,
                config=chosen.load_config(),
                as_of=chosen.today(),
                progress=progress,
                kind=kind,
            )
        if layout is Layout.JSON:
            printing.print_json(document(summary))
        else:
            print_summary(summary, formats(ctx), rejects, chosen.today())
        if summary.total("rejected") or summary.total("cells_set_aside"):
            raise typer.Exit(1)

    return run
