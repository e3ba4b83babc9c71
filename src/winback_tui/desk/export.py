"""Exports: whole tables into files for others, each noted in the book's manifest.

A file is written under a hidden name, noted, and then put in its place: so none is in place without
a row in the manifest. Who is suppressed, or is to be erased, is in no file.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO, BinaryIO, Final, NamedTuple

from winback_tui.book import erase, manifest, outflow
from winback_tui.book.connection import plain_errors
from winback_tui.book.events import FREE_TEXT
from winback_tui.book.manifest import Export
from winback_tui.desk import filters, listing, placing
from winback_tui.desk.matching import matching
from winback_tui.desk.parquet import write_parquet
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind, Sort, Tab
from winback_tui.outreach import tables
from winback_tui.outreach.tables import Column, Format, Kind

#: Told how many rows are written; may raise to cancel, and nothing is left then.
Progress = Callable[[int], None]

_STEP: Final = 5_000


class What(StrEnum):
    """What can be exported."""

    LIST = "list"
    TRANSACTIONS = "transactions"
    SIGNALS = "signals"
    EVENTS = "events"
    CONSENTS = "consents"
    HANDOVERS = "handovers"


class Wish(NamedTuple):
    """What is to be exported, and of whom.

    `tab` None is everybody, but for the list, whose own tab is the queue. `ids` are customers
    chosen by hand, in their order, and come before `tab` and `where`. `notes` lets what people
    typed freely leave the book too. `records` has the consents as records after ISO/IEC TS 27560,
    one JSON array of all, instead of as the rows of a table.
    """

    what: What
    format: Format
    tab: Tab | None = None
    sort: Sort = Sort.SCORE
    where: str = ""
    since: date | None = None
    until: date | None = None
    notes: bool = False
    ids: Sequence[int] | None = None
    records: bool = False


#: How consents are written as records, by the word of `winback consent show`.
RECORDS: Final = "records"
#: The tables' columns, in their order.
COLUMNS: Final[dict[What, tuple[Column, ...]]] = {
    What.LIST: (
        *(Column("customer"), Column("name"), Column("party_kind"), Column("segment")),
        *(Column("industry"), Column("owner"), Column("city"), Column("country")),
        *(Column("score", Kind.NUMBER), Column("p_left", Kind.NUMBER)),
        *(Column("horizon_days", Kind.WHOLE), Column("lifecycle"), Column("stage")),
        *(Column("silence_days", Kind.WHOLE), Column("usual_gap_days", Kind.NUMBER)),
        *(Column("last_purchase", Kind.DAY), Column("purchases", Kind.WHOLE)),
        *(Column("revenue_12m", Kind.MONEY), Column("value_at_risk", Kind.MONEY)),
        *(Column("currency"), Column("rfm"), Column("other_revenue_12m")),
        Column("next_action", Kind.DAY),
        *(Column(f"consent_{each}") for each in ("email", "phone", "sms", "post")),
    ),
    What.TRANSACTIONS: (
        *(Column("customer"), Column("name"), Column("date", Kind.DAY), Column("document")),
        *(Column("product"), Column("product_name"), Column("category")),
        *(Column("quantity", Kind.NUMBER), Column("amount", Kind.MONEY), Column("currency")),
    ),
    What.SIGNALS: (
        *(Column("customer"), Column("name"), Column("date", Kind.DAY), Column("kind")),
        *(Column("value", Kind.NUMBER), Column("note"), Column("source")),
    ),
    What.EVENTS: (
        *(Column("at", Kind.INSTANT), Column("day", Kind.DAY), Column("actor"), Column("kind")),
        *(Column("customer"), Column("name"), Column("text"), Column("undone", Kind.FLAG)),
    ),
    What.CONSENTS: (
        *(Column("customer"), Column("name"), Column("party_kind"), Column("channel")),
        *(Column("purpose"), Column("event"), Column("basis"), Column("at", Kind.INSTANT)),
        *(Column("precision"), Column("source"), Column("reference"), Column("wording_sha256")),
        *(Column("actor"), Column("note"), Column("recorded_at", Kind.INSTANT)),
        Column("undone", Kind.FLAG),
    ),
    What.HANDOVERS: (
        *(Column("at", Kind.INSTANT), Column("day", Kind.DAY), Column("actor")),
        *(Column("customer"), Column("name"), Column("to"), Column("packet"), Column("files")),
        *(Column("message"), Column("answer"), Column("undone", Kind.FLAG)),
    ),
}
#: Where a note stands in a row of the consents.
_CONSENT_NOTE: Final = 13
#: The same in a row of the signals.
_SIGNAL_NOTE: Final = 5


def format_of(path: Path, said: str = "") -> Format:
    """Return the format that was said, or that the file's suffix names.

    Raises BadInputError where neither does.
    """
    word = (said or path.suffix.removeprefix(".")).casefold()
    word = {"ndjson": "jsonl", "pq": "parquet"}.get(word, word)
    if word not in {each.value for each in Format}:
        known = ", ".join(each.value for each in Format)
        if said:
            raise BadInputError(f"“{said}” is no format of an export; there are {known}.")
        raise BadInputError(
            f"{path} does not say by its end which format it is to have; name it like "
            f"{path.stem or 'export'}.csv, or add --format ({known})."
        )
    return Format(word)


def _silent(_rows: int) -> None:
    return None


def export(
    desk: Desk,
    wish: Wish,
    to: Path | BinaryIO,
    *,
    force: bool = False,
    progress: Progress = _silent,
) -> Export:
    """Write what is wished to a file (mode 0600) or to an open stream; return its manifest row.

    Raises BadInputError, and leaves nothing behind, for a file that exists (unless `force`) or
    cannot be written, a filter that is not understood, and what the format cannot hold.
    """
    if not isinstance(to, Path):
        with tempfile.TemporaryFile() as file:
            entry = _note(desk, wish, "-", _write(desk, wish, file, progress), placing.sha256(file))
            file.seek(0)
            shutil.copyfileobj(file, to)
        to.flush()
        return entry
    placing.must_be_free(desk.book.path, to, force=force)
    try:
        with placing.aside(to.absolute()) as (file, draft):
            written = _write(desk, wish, file, progress)
            entry = _note(desk, wish, str(to.absolute()), written, placing.sha256(file))
            _put(desk, entry, draft, to, force=force)
    except OSError as error:
        raise BadInputError(f"{to} could not be written: {error.strerror}.") from error
    return entry


def note_backup(desk: Desk, to: Path) -> None:
    """Note a copy of the book, which holds everybody: an erasure names it as one to delete."""
    with desk.book.write() as connection:
        everybody = outflow.everybody(connection)
        with to.open("rb") as file:
            digest = placing.digest_of(file)
        entry = Export(
            0, now(), desk.actor, "backup", "db", str(to.absolute()), "", len(everybody), 0, digest
        )
        manifest.add(connection, entry, everybody)


def log(desk: Desk, limit: int | None = None) -> list[Export]:
    """Return the exports of this book, the newest first."""
    with plain_errors(desk.book.path):
        return manifest.log(desk.book.connection, limit)


class _Written(NamedTuple):
    rows: int
    customers: set[int]
    left_out: int


def _write(desk: Desk, wish: Wish, file: IO[bytes], progress: Progress) -> _Written:
    """Write the table as of one moment; return what it holds."""
    with desk.book.snapshot() as connection:
        without = erase.never_leave(connection)
        ids = _chosen(desk, wish)
        left = without - erase.merged_away(connection)
        left_out = len(left if ids is None else left.intersection(ids))
        chosen = outflow.Chosen(
            ids,
            without,
            wish.since.isoformat() if wish.since else "",
            wish.until.isoformat() if wish.until else "",
        )
        if wish.records:
            return _write_records(desk, wish, chosen, file, left_out)
        inside: set[int] = set()

        def seen(rows: Iterable[tuple[int | None, tables.Row]]) -> Iterator[tables.Row]:
            for number, (customer, row) in enumerate(rows, 1):
                if customer is not None:
                    inside.add(customer)
                if not number % _STEP:
                    progress(number)
                yield row

        rows = seen(_rows(desk, wish, chosen))
        number = _WRITERS[wish.format](COLUMNS[wish.what], rows, file)
        return _Written(number, inside, left_out)


def _write_records(
    desk: Desk, wish: Wish, chosen: outflow.Chosen, file: IO[bytes], left_out: int
) -> _Written:
    """Write consents as records that ISO/IEC TS 27560 structures, one JSON array of all."""
    import json

    from winback_tui.desk.evidence import consent_records

    ids = outflow.with_consents(desk.book.connection, chosen)
    found = consent_records(desk, ids, notes=wish.notes)
    file.write(json.dumps(found, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")
    return _Written(len(found), set(ids), left_out)


def _chosen(desk: Desk, wish: Wish) -> Sequence[int] | None:
    """Return the customers that the wish names, in their order; None for everybody."""
    if wish.ids is not None:
        return wish.ids
    tab = Tab.QUEUE if wish.tab is None and wish.what is What.LIST else wish.tab
    if tab is None and not wish.where:
        return None
    where = filters.parse(wish.where) if wish.where else None
    if tab is None and where is not None:
        return sorted(matching(desk, where))
    return listing.order(desk, tab or Tab.ALL, wish.sort, where)


def _rows(
    desk: Desk, wish: Wish, chosen: outflow.Chosen
) -> Iterator[tuple[int | None, tables.Row]]:
    connection = desk.book.connection
    if wish.what is What.LIST:
        yield from _list_rows(desk, chosen)
    elif wish.what is What.TRANSACTIONS:
        yield from outflow.transactions(connection, chosen)
    elif wish.what is What.CONSENTS:
        for customer, row in outflow.consents(connection, chosen):
            yield customer, row if wish.notes else _without(row, _CONSENT_NOTE)
    elif wish.what is What.SIGNALS:
        for customer, row in outflow.signals(connection, chosen):
            yield customer, row if wish.notes else _without(row, _SIGNAL_NOTE)
    elif wish.what is What.EVENTS:
        for who, deed in outflow.deeds(connection, chosen):
            yield who, _event_row(deed, notes=wish.notes)
    else:
        for who, deed in outflow.deeds(connection, chosen, EventKind.HANDOVER):
            yield who, _handover_row(deed, notes=wish.notes)


def _without(row: tables.Row, place: int) -> tables.Row:
    """Return a row without the note that stands at a place."""
    return (*row[:place], None, *row[place + 1 :])


def _list_rows(desk: Desk, chosen: outflow.Chosen) -> Iterator[tuple[int, tables.Row]]:
    from winback_tui.desk import looking

    ids = [each for each in chosen.ids or () if each not in chosen.without]
    for entry in looking.entries_of(desk, ids):
        row, record, case = entry.row, entry.row.record, entry.row.case
        yield (
            record.id,
            (
                *(record.number, record.name, record.party_kind.value, record.segment),
                *(record.industry, record.owner, record.city, record.country),
                *(round(record.score, 2), round(record.p_left, 6), record.horizon_days),
                *(record.lifecycle.value, case.stage.value if case.stage else None),
                *(row.silence_days, record.usual_gap),
                *((listing.EPOCH + timedelta(days=record.last_day)).isoformat(), record.purchases),
                outflow.written_out(entry.revenue_12m, record.currency),
                outflow.written_out(record.value_at_risk, record.currency),
                *(record.currency, record.rfm),
                "; ".join(
                    f"{outflow.written_out(amount, currency)} {currency}"
                    for currency, amount in entry.revenues.items()
                    if currency != record.currency
                )
                or None,
                case.next_action_on.isoformat() if case.next_action_on else None,
                *(found.standing.value for found in row.contactable.values()),
            ),
        )


def _event_row(deed: outflow.Deed, *, notes: bool) -> tables.Row:
    from winback_tui.words.deeds import day_of, event_line

    said = {key: value for key, value in deed.payload.items() if notes or key not in FREE_TEXT}
    day = day_of(deed.payload, deed.at).isoformat()
    text = event_line(deed.kind, said)
    return (deed.at, day, deed.actor, deed.kind.value, deed.number, deed.name, text, deed.undone)


def _handover_row(deed: outflow.Deed, *, notes: bool) -> tables.Row:
    from winback_tui.words.deeds import day_of

    say = deed.payload.get
    return (
        *(deed.at, day_of(deed.payload, deed.at).isoformat(), deed.actor, deed.number, deed.name),
        *(say("to"), say("packet"), " ".join(say("files") or ())),
        *(say("note") if notes else None, deed.answer, deed.undone),
    )


_WRITERS: Final[
    dict[Format, Callable[[Sequence[Column], Iterable[tables.Row], IO[bytes]], int]]
] = {
    Format.CSV: tables.write_csv,
    Format.XLSX: tables.write_xlsx,
    Format.PARQUET: write_parquet,
    Format.JSONL: tables.write_json_lines,
    Format.JSON: tables.write_json,
}


def _note(desk: Desk, wish: Wish, file: str, written: _Written, digest: str) -> Export:
    """Write the manifest row."""
    entry = Export(
        id=0,
        at=now(),
        actor=desk.actor,
        kind=wish.what.value,
        format=RECORDS if wish.records else wish.format.value,
        file=file,
        chosen=_told(wish),
        rows=written.rows,
        suppressed=written.left_out,
        sha256=digest,
    )
    with desk.book.write() as connection:
        return entry._replace(id=manifest.add(connection, entry, written.customers))


def _put(desk: Desk, entry: Export, draft: Path, to: Path, *, force: bool) -> None:
    """Put a noted file in its place, or take the note back."""
    try:
        if force:
            draft.replace(to)
        else:
            placing.give_name(draft, to)
    except OSError:
        with desk.book.write() as connection:
            manifest.forget(connection, entry.id)
        raise


def _told(wish: Wish) -> str:
    """Return what narrowed the rows, in words."""
    parts = []
    if wish.ids is not None:
        parts.append("chosen by hand")
    else:
        parts += [f"tab {wish.tab.value}"] if wish.tab else []
        parts += [wish.where] if wish.where else []
    parts += [f"since {wish.since}"] if wish.since else []
    parts += [f"until {wish.until}"] if wish.until else []
    parts += ["with notes"] if wish.notes else []
    return ", ".join(parts)
