"""`winback export`: whole tables into files, and the log of what left the book."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk, parse_day
from winback_tui.cli.tabs import tab_option
from winback_tui.errors import BadInputError
from winback_tui.model import Sort, Tab

if TYPE_CHECKING:
    from winback_tui.desk.export import Wish
    from winback_tui.outreach.tables import Format
    from winback_tui.words.format import Formats

app = typer.Typer(help="Write tables of the book to files; each is noted.")

_STDOUT: Final = "-"
#: Formats that a terminal cannot show.
_BINARY: Final = frozenset({"xlsx", "parquet"})
_FORMATS: Final = "csv|xlsx|parquet|jsonl|json"


class LogFormat(StrEnum):
    """How the log is printed."""

    TABLE = "table"
    JSON = "json"


_Out = Annotated[
    str, typer.Option(metavar="FILE", help="Where to; - is standard output. Its end says how.")
]
_Format = Annotated[
    str, typer.Option("--format", metavar=_FORMATS, help="How, where the file's end does not say.")
]
_ConsentFormat = Annotated[
    str,
    typer.Option(
        "--format",
        metavar=f"{_FORMATS}|records",
        help="How, where the file's end does not say; records: after ISO/IEC TS 27560, in JSON.",
    ),
]
_Where = Annotated[
    str, typer.Option(metavar="TEXT", help="Only of these customers, as “winback list” has it.")
]
_Tab = Annotated[Tab | None, tab_option("Only of the customers of this list.", show_default=False)]
_Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")]
_Since = Annotated[str, typer.Option(metavar="DATE", help="Only from this day on.")]
_Until = Annotated[str, typer.Option(metavar="DATE", help="Only up to this day.")]
_Notes = Annotated[
    bool, typer.Option("--with-notes", help="Also what people typed freely: notes and reasons.")
]


@app.command("list", epilog="Example: winback export list --tab queue --out queue.xlsx")
def list_(
    ctx: typer.Context,
    *,
    out: _Out = _STDOUT,
    format_: _Format = "",
    tab: Annotated[Tab, tab_option("Which list.")] = Tab.QUEUE,
    sort: Annotated[Sort, typer.Option(help="Order by score or by value at risk.")] = Sort.SCORE,
    where: _Where = "",
    force: _Force = False,
) -> None:
    """Export the triage list, with scores and consents."""
    from winback_tui.desk.export import What, Wish

    wish = Wish(What.LIST, _format(out, format_), tab, sort, where)
    _export(ctx, wish, out, force=force)


@app.command(epilog="Example: winback export transactions --out lines.parquet")
def transactions(
    ctx: typer.Context,
    *,
    out: _Out = _STDOUT,
    format_: _Format = "",
    tab: _Tab = None,
    where: _Where = "",
    since: _Since = "",
    until: _Until = "",
    force: _Force = False,
) -> None:
    """Export the lines of all purchases and refunds.

    “winback import transactions” takes them as they are.
    """
    _plain(ctx, "transactions", out, format_, tab, where, since, until, force=force)


@app.command(epilog="Example: winback export signals --since 2026-01-01 --out signals.csv")
def signals(
    ctx: typer.Context,
    *,
    out: _Out = _STDOUT,
    format_: _Format = "",
    tab: _Tab = None,
    where: _Where = "",
    since: _Since = "",
    until: _Until = "",
    notes: _Notes = False,
    force: _Force = False,
) -> None:
    """Export the signals: complaints and other dated facts.

    “winback import signals” takes them as they are.
    """
    _plain(ctx, "signals", out, format_, tab, where, since, until, notes=notes, force=force)


@app.command(epilog="Example: winback export events --since 2026-11-01 --out deeds.jsonl")
def events(
    ctx: typer.Context,
    *,
    out: _Out = _STDOUT,
    format_: _Format = "",
    tab: _Tab = None,
    where: _Where = "",
    since: _Since = "",
    until: _Until = "",
    notes: _Notes = False,
    force: _Force = False,
) -> None:
    """Export the log of deeds; an undone one says so."""
    _plain(ctx, "events", out, format_, tab, where, since, until, notes=notes, force=force)


@app.command(epilog="Example: winback export consents --out consents.csv")
def consents(
    ctx: typer.Context,
    *,
    out: _Out = _STDOUT,
    format_: _ConsentFormat = "",
    tab: _Tab = None,
    where: _Where = "",
    since: _Since = "",
    until: _Until = "",
    notes: _Notes = False,
    force: _Force = False,
) -> None:
    """Export the consent ledger, row by row.

    With --format records, as consent records after ISO/IEC TS 27560 instead.
    """
    from winback_tui.desk.export import RECORDS

    records = format_.casefold() == RECORDS
    if records and (since or until):
        raise BadInputError(
            "A consent record holds all that was said; leave out --since and --until, or name "
            "another format."
        )
    how = "json" if records else format_
    _plain(
        ctx, "consents", out, how, tab, where, since, until,
        notes=notes, force=force, records=records,
    )  # fmt: skip


@app.command(epilog="Example: winback export handovers --out handovers.csv")
def handovers(
    ctx: typer.Context,
    *,
    out: _Out = _STDOUT,
    format_: _Format = "",
    tab: _Tab = None,
    where: _Where = "",
    since: _Since = "",
    until: _Until = "",
    notes: _Notes = False,
    force: _Force = False,
) -> None:
    """Export the hand-overs to sales, and what sales said."""
    _plain(ctx, "handovers", out, format_, tab, where, since, until, notes=notes, force=force)


@app.command("log", epilog="Example: winback export log --format json")
def log_(
    ctx: typer.Context,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only the last N.", show_default=False)
    ] = None,
    format_: Annotated[LogFormat, typer.Option("--format", help="How to print.")] = LogFormat.TABLE,
) -> None:
    """List what was exported, the newest first.

    It says when, by whom, how much, and the file's SHA-256.
    """
    from winback_tui.desk.export import log
    from winback_tui.words import export as words

    with open_desk(ctx, reading=True) as desk:
        found = log(desk, top)
    if format_ is LogFormat.JSON:
        printing.print_json([each._asdict() for each in found])
    elif not found:
        printing.note(words.EMPTY_LOG)
    else:
        shown = formats(ctx)
        headers = ("no.", "when", "who", "what", "rows", "left out", "chosen", "file", "sha-256")
        rows = [
            (
                str(each.id),
                _when(each.at, shown),
                printing.printable(each.actor),
                f"{each.kind} ({each.format})",
                shown.number(each.rows),
                shown.number(each.suppressed),
                printing.printable(each.chosen),
                printing.printable(each.file),
                each.sha256,
            )
            for each in found
        ]
        printing.print_table(headers, rows, frozenset({0, 4, 5}), wide=7, spare=(8, 6, 5, 2))


def _plain(  # noqa: PLR0917 - what the commands have in common
    ctx: typer.Context,
    what: str,
    out: str,
    format_: str,
    tab: Tab | None,
    where: str,
    since: str,
    until: str,
    *,
    notes: bool = False,
    force: bool,
    records: bool = False,
) -> None:
    from winback_tui.desk.export import What, Wish

    wish = Wish(
        What(what),
        _format(out, format_),
        tab,
        where=where,
        since=parse_day(since, "--since") if since else None,
        until=parse_day(until, "--until") if until else None,
        notes=notes,
        records=records,
    )
    _export(ctx, wish, out, force=force)


def _format(out: str, said: str) -> "Format":
    from winback_tui.desk.export import format_of

    found = format_of(Path(out), said or ("csv" if out == _STDOUT else ""))
    if out == _STDOUT and found.value in _BINARY and sys.stdout.isatty():
        raise BadInputError(f"A terminal cannot show {found.value}; name a file with --out.")
    return found


def _export(ctx: typer.Context, wish: "Wish", out: str, *, force: bool) -> None:
    from winback_tui.desk import export, looking
    from winback_tui.words import export as words

    shown = formats(ctx)
    with open_desk(ctx) as desk:
        if wish.what is export.What.LIST or wish.tab or wish.where:
            with printing.progress("Scoring") as report:
                looking.freshen(desk, report)
        to = sys.stdout.buffer if out == _STDOUT else Path(out).expanduser()
        with _progress(shown) as draw:
            done = export.export(desk, wish, to, force=force, progress=draw)
    said = words.exported(done.rows, done.suppressed, out, shown.number)
    if out != _STDOUT:
        printing.line(said)
    elif done.suppressed:
        printing.note(said)


@contextmanager
def _progress(shown: "Formats") -> Iterator[Callable[[int], None]]:
    """Yield what draws the rows that are written on a terminal's standard error."""
    from winback_tui.words import export as words

    on_terminal = sys.stderr.isatty()

    def draw(rows: int) -> None:
        if on_terminal:
            sys.stderr.write(f"\r\x1b[K{words.so_far(rows, shown.number)}")
            sys.stderr.flush()

    try:
        yield draw
    finally:
        if on_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _when(at: str, shown: "Formats") -> str:
    instant = datetime.fromisoformat(at).astimezone()
    return f"{shown.date(instant.date())} {instant:%H:%M}"
