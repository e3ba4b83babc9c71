"""Looking: `list`, `show` and `score`."""

import sys
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import Options, desk_at, formats, open_desk
from winback_tui.cli.tabs import tab_option
from winback_tui.model import Sort, Tab
from winback_tui.words import printed

if TYPE_CHECKING:
    from winback_tui.desk.dossier import Dossier
    from winback_tui.desk.session import Desk
    from winback_tui.words.format import Formats

#: How many customers are printed where there is no terminal to open the app on.
TOP = 20
#: After so long without a purchase a book is not of today, but was brought in to be looked at.
OLD = timedelta(days=365)


class ListFormat(StrEnum):
    """How `list` prints."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class ShowFormat(StrEnum):
    """How `show` prints."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


class Wanted(NamedTuple):
    """Which customers are printed, and in which order."""

    tab: Tab = Tab.QUEUE
    sort: Sort = Sort.SCORE
    where: str = ""
    top: int | None = None


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("list")(list_customers)
    app.command("show")(show)
    app.command("score")(score)


def list_customers(
    ctx: typer.Context,
    *,
    tab: Annotated[Tab, tab_option("Which list.")] = Tab.QUEUE,
    sort: Annotated[Sort, typer.Option(help="Order by score or by value at risk.")] = Sort.SCORE,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only the first N.", show_default=False)
    ] = None,
    where: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            show_default=False,
            help="Only customers with these words, or these values: segment:retail phone:allowed.",
        ),
    ] = "",
    format_: Annotated[
        ListFormat,
        typer.Option("--format", help="How to print; csv and json count money in cents."),
    ] = ListFormat.TABLE,
) -> None:
    """Print the triage list: whom to call first, and why.

    Example: winback list --tab queue --top 10 --where "owner:kim phone:allowed"
    """
    with open_desk(ctx, reading=True) as desk:
        _print_list(desk, Wanted(tab, sort, where, top), format_, formats(ctx))


def print_top(options: Options) -> int:
    """Print the top of the queue, for there is no terminal to draw on; return the exit code."""
    from winback_tui.words.format import Formats

    with desk_at(options, reading=True) as desk:
        printing.note(printed.NO_TERMINAL)
        shown = Formats.from_environment(desk.config.user.locale)
        _print_list(desk, Wanted(top=TOP), ListFormat.TABLE, shown)
    return 0


def show(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(help="The customer's number, or their name.")],
    format_: Annotated[
        ShowFormat, typer.Option("--format", help="How to print.")
    ] = ShowFormat.TEXT,
) -> None:
    """Print the dossier of one customer.

    The score with its reasons, consent, case, people and timeline.

    Example: winback show 17850 --format md
    """
    from winback_tui.cli import dossiers
    from winback_tui.desk import hints, looking

    with open_desk(ctx, reading=True) as desk:
        _freshen(desk)
        found = looking.one(desk, customer)
        hints.freshen(desk)
        more = hints.hints_of(desk, found.row.record.id)
        if format_ is ShowFormat.JSON:
            printing.print_json(dossiers.record(found, more))
        else:
            text = dossiers.text(
                found,
                formats(ctx),
                markdown=format_ is ShowFormat.MD,
                moved=_moved(desk, found, formats(ctx)),
                hints=more,
            )
            printing.write(text if sys.stdout.isatty() else text.replace("\u00a0", " "))


def score(
    ctx: typer.Context,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the score's parameters to this book anew.")
    ] = False,
) -> None:
    """Score the book as of today, or as of --as-of.

    Example: winback --as-of 2011-12-09 score --refit
    """
    import time

    from winback_tui.desk import listing, scoring
    from winback_tui.words import scores as words

    with open_desk(ctx) as desk:
        started = time.monotonic()
        with printing.progress("Scoring") as report:
            renewal = scoring.renew(desk, refit=refit, progress=report)
        seconds = time.monotonic() - started
        shown = formats(ctx)
        rest = words.unscored(listing.unscored(desk), shown)
    run, model = renewal.run, renewal.model
    printing.write(
        words.scored(renewal.customers, run.as_of, seconds, renewal.changed, shown) + "\n"
    )
    if rest:
        printing.write(rest + "\n")
    if model is not None:
        printing.write(
            words.model(model.fitted_at, model.customers, model.parameters, shown) + "\n"
        )
        printing.write(words.past(model.parameters, shown) + "\n")
        if still := words.stood_still(model.parameters, shown):
            printing.write(still + "\n")


def _moved(desk: "Desk", found: "Dossier", shown: "Formats") -> str:
    """Return the sentence on what moved a score since the run before, empty where nothing did."""
    from winback_tui.desk.changes import since
    from winback_tui.words import reasons

    change = found.row.change
    told = None if change is None else since(desk, found)
    if change is None or told is None:
        return ""
    return reasons.changed(told[0], told[1], change, shown)


def _print_list(desk: "Desk", wanted: Wanted, format_: ListFormat, shown: "Formats") -> None:
    from winback_tui.cli import rows
    from winback_tui.desk import looking

    _freshen(desk)
    found = looking.entries(desk, wanted.tab, wanted.sort, wanted.where, wanted.top)
    records = (rows.record(each.row, each.revenues) for each in found)
    if format_ is ListFormat.JSON:
        printing.print_json_array(records)
    elif format_ is ListFormat.CSV:
        printing.print_csv(rows.CSV_HEADERS, (rows.flat(each) for each in records))
    else:
        table = [rows.cells(each, shown) for each in found]
        if table:
            printing.print_table(rows.HEADERS, table, rows.RIGHT, wide=rows.WIDE, spare=rows.SPARE)
        else:
            printing.note(_why_empty(desk, wanted, shown))


def _freshen(desk: "Desk") -> None:
    from winback_tui.desk import looking
    from winback_tui.words import scores as words

    with printing.progress("Scoring") as report:
        stale = looking.freshen(desk, report)
    if stale is not None:
        printing.note(words.of_another_day(stale.as_of, stale.scored_at))


def _why_empty(desk: "Desk", wanted: Wanted, shown: "Formats") -> str:
    from winback_tui.desk import listing, today
    from winback_tui.words import empty

    if wanted.where:
        return empty.nothing_found(wanted.where, "" if wanted.tab is Tab.ALL else "--tab all")
    if listing.counts(desk).tabs[Tab.ALL]:
        newest = today.newest_purchase(desk)
        if wanted.tab is Tab.QUEUE and newest is not None and desk.as_of - newest > OLD:
            return f"{empty.nothing_in(wanted.tab)} {empty.old_data(newest, shown)}"
        return empty.nothing_in(wanted.tab)
    return empty.no_purchases(shown.date(desk.as_of))
