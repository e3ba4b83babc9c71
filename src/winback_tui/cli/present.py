"""What `list` and `show` print: plain records for JSON and CSV, and columns of text."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from winback_tui.desk.listing import Row
from winback_tui.desk.looking import Entry
from winback_tui.model import Channel, Standing
from winback_tui.words import reasons
from winback_tui.words.customers import customer_name
from winback_tui.words.format import Formats

EPOCH: Final = date(1970, 1, 1)
#: What a spreadsheet would take for the start of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
#: Joins that letters and emoji need, though no character of their own.
_JOINERS: Final = "\u200c\u200d"
_MARKS: Final = {Standing.ALLOWED: "yes", Standing.WARN: "ask", Standing.BLOCKED: "no"}

HEADERS: Final = (
    *("score", "customer", "name", "silent", "usual", "last order", "at risk"),
    *("mail", "phone", "post", "case", "next"),
)
CSV_HEADERS: Final = (
    *("customer", "name", "score", "horizon_days", "p_left", "lifecycle", "stage"),
    *("silence_days", "usual_gap_days", "last_purchase", "purchases", "revenue_12m"),
    *("currency", "value_at_risk", "next_action"),
    *("base_points", "history_points", "silence_points"),
    *(f"consent_{channel.value}" for channel in Channel),
)
#: The columns whose cells stand at the right.
RIGHT: Final = frozenset({0, 3, 4, 6})


def record(row: Row, revenue_12m: int) -> dict[str, Any]:
    """Return one customer as the JSON contract of `list` has it."""
    stored, case = row.record, row.case
    return {
        "customer": stored.number,
        "name": stored.name,
        "score": stored.score,
        "horizon_days": stored.horizon_days,
        "p_left": stored.p_left,
        "lifecycle": stored.lifecycle.value,
        "stage": case.stage.value if case.stage else None,
        "silence_days": row.silence_days,
        "usual_gap_days": stored.usual_gap,
        "last_purchase": (EPOCH + timedelta(days=stored.last_day)).isoformat(),
        "purchases": stored.purchases,
        "revenue_12m": revenue_12m,
        "currency": stored.currency,
        "value_at_risk": stored.value_at_risk,
        "reasons": [
            {"code": each.code, "text": each.text, "points": each.points}
            for each in reasons.reasons(stored, row.silence_days)
        ],
        "consent": {channel.value: row.contactable[channel].standing.value for channel in Channel},
        "next_action": iso(case.next_action_on),
    }


def cells(entry: Entry, formats: Formats) -> list[str]:
    """Return one customer as the cells of the printed table."""
    row = entry.row
    stored, case = row.record, row.case
    return [
        str(round(stored.score)),
        printable(stored.number),
        printable(customer_name(stored.number, stored.name)),
        formats.days(row.silence_days, short=True),
        formats.days(max(1, stored.usual_gap), short=True) if stored.usual_gap is not None else "-",
        formats.date(EPOCH + timedelta(days=stored.last_day)),
        formats.money(stored.value_at_risk, stored.currency, short=True),
        *(
            _MARKS[row.contactable[c].standing]
            for c in (Channel.EMAIL, Channel.PHONE, Channel.POST)
        ),
        case.stage.value.replace("_", " ") if case.stage else "-",
        formats.date(case.next_action_on) if case.next_action_on else "-",
    ]


def print_json(value: object) -> None:
    """Print one JSON document on standard output."""
    write(dumps(value) + "\n")


def dumps(value: object) -> str:
    """Return `value` as JSON that standard output can carry."""
    carries_all = (sys.stdout.encoding or "").lower().replace("-", "") in {"utf8", "utf16"}
    return json.dumps(value, indent=2, ensure_ascii=not carries_all, allow_nan=False)


def print_json_array(values: Iterable[object]) -> None:
    """Print an array without holding all of it."""
    started = False
    for value in values:
        write((",\n" if started else "[\n") + dumps(value))
        started = True
    write("\n]\n" if started else "[]\n")


def print_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV; what a spreadsheet would run as a formula gets a quote before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
        write(buffer.getvalue())
        buffer.seek(0)
        buffer.truncate()
    write(buffer.getvalue())


def defused(cell: object) -> object:
    """Return `cell`; a text that starts like a formula is made harmless."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def flat(values: Mapping[str, Any]) -> list[object]:
    """Return a record of `list` as one CSV row: reasons as points, consent per channel."""
    row = dict(values)
    row |= {f"{each['code']}_points": each["points"] for each in values["reasons"]}
    row |= {f"consent_{channel}": standing for channel, standing in values["consent"].items()}
    return [row[header] for header in CSV_HEADERS]


def print_table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()
) -> None:
    """Print a table: by rich on a terminal, else aligned plain text without a width limit."""
    if sys.stdout.isatty():
        _rich_table(headers, list(rows), right)
    else:
        _plain_table(headers, list(rows), right)


def _rich_table(headers: Sequence[str], rows: list[Sequence[str]], right: frozenset[int]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, header in enumerate(headers):
        table.add_column(
            Text(header),
            justify="right" if index in right else "left",
            overflow="ellipsis",
            no_wrap=True,
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)


def _plain_table(headers: Sequence[str], rows: list[Sequence[str]], right: frozenset[int]) -> None:
    from rich.cells import cell_len

    lines = [list(headers), *rows]
    widths = [max(cell_len(line[index]) for line in lines) for index in range(len(headers))]
    for line in lines:
        padded = []
        for index, cell in enumerate(line):
            space = " " * (widths[index] - cell_len(cell))
            padded.append(space + cell if index in right else cell + space)
        write("  ".join(padded).rstrip() + "\n")


def printable(text: str) -> str:
    """Return `text` on one line, without what a terminal would act upon."""
    return "".join(c if c.isprintable() or c in _JOINERS else "" for c in " ".join(text.split()))


def write(text: str) -> None:
    """Write to standard output; a character that it cannot carry becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def iso(day: date | None) -> str | None:
    """Return a date as JSON has it."""
    return day.isoformat() if day else None
