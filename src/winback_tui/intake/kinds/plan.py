"""From a file of customers, people, consents, signals or contracts to entries for the book."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from winback_tui.entries import ConsentEntry, Entry
from winback_tui.errors import BadInputError
from winback_tui.intake import clean, reports, table
from winback_tui.intake.cells import TYPED
from winback_tui.intake.fields import Answers, fingerprint, normal, shell
from winback_tui.intake.kinds import facts, fields, guessing, parts, presets, rows, vocabulary
from winback_tui.intake.kinds.cells import Cells, Problem
from winback_tui.intake.kinds.fields import Column, Kind, What
from winback_tui.intake.kinds.hints import KindHints
from winback_tui.intake.kinds.presets import PeoplePreset
from winback_tui.intake.sniff import Source
from winback_tui.model import RejectCode
from winback_tui.words import imports as words

__all__ = ["Guess", "KindHints", "Plan", "look", "plan", "rejects"]


#: So many rows are shown before and after.
_SAMPLES: Final = 3


class Guess(NamedTuple):
    """What the file was taken for; `mapping` holds pairs of column and field."""

    preset: str
    mapping: tuple[Column, ...]
    encoding: str
    delimiter: str
    homeless: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    layout: str = "CSV"
    #: What was said about an earlier file with this header, if that served.
    answers: Answers | None = None
    fingerprint: str = ""
    columns: tuple[str, ...] = ()


class Plan(NamedTuple):
    """A file ready for the book; nothing in it depends on what the book holds.

    `entries` are in the order of the file, one per row that is not `rejected`. `flawed` rows are
    taken but for some cells.
    """

    kind: Kind
    name: str
    sha256: str
    guess: Guess
    read: int
    entries: tuple[Entry, ...]
    rejected: Mapping[int, Problem]
    flawed: Mapping[int, Sequence[Problem]]
    table: table.Table
    #: What else is wrong with the rejected rows.
    beside: Mapping[int, Sequence[Problem]] = {}
    #: How many cells were longer than is kept of them.
    shortened: int = 0


def look(kind: Kind, source: str | Path | Source, hints: KindHints) -> Guess:
    """Return what a file would be taken for; nothing is refused for want of a column."""
    opened = _open(kind, source, hints)
    answers = _answers(opened.columns, hints)
    preset, mapped = _mapping(kind, opened.name, opened.columns, hints, answers)
    return _guess(opened, preset, mapped, hints, answers)


def plan(kind: Kind, source: str | Path | Source, hints: KindHints) -> Plan:
    """Return what is to be imported from `source`, a file's path or "-".

    Raises BadInputError for a file that cannot be understood or needs a word from its user.
    """
    opened = _open(kind, source, hints)
    answers = _answers(opened.columns, hints)
    preset, mapped = _mapping(kind, opened.name, opened.columns, hints, answers)
    if fields.lacking(kind, mapped):
        reports.refuse_fixed_width(opened.raw)
    fields.require(kind, mapped, opened.columns, opened.name)
    read = opened.whole()
    mapped = _with_subscription(kind, read, mapped, answers.mapping if answers else hints.mapping)
    mapped = fields.without_ledger(kind, _with_notice(read, mapped))
    _refuse_other_header(read, mapped)
    cells = Cells(read, mapped, answers)
    if answers is not None:
        currency = hints.currency or answers.currency
        hints = hints._replace(currency=currency, mapping=answers.mapping)
    entries, rejected = rows.build(kind, cells, preset, hints, opened.name)
    return Plan(
        kind=kind,
        name=opened.name,
        sha256=opened.sha256,
        guess=_guess(opened, preset, mapped, hints, answers),
        read=read.frame.height,
        entries=tuple(entries),
        rejected=rejected,
        flawed={row: told for row, told in cells.flawed.items() if row not in rejected},
        table=read,
        beside={row: told for row, told in cells.flawed.items() if row in rejected},
        shortened=sum(cells.shortened.values()),
    )


def samples(plan: Plan) -> list[tuple[int, dict[str, str], dict[str, str]]]:
    """Return the first rows that can be taken: line, cells by column, what is made of them."""
    columns = list(dict.fromkeys(each.column for each in plan.guess.mapping))
    found = []
    for entry in plan.entries[:_SAMPLES]:
        row = plan.table.frame.row(entry.row, named=True)
        before = {column: str(row[column] or "").removesuffix(TYPED) for column in columns}
        found.append((int(row[table.LINE]), before, _after(entry)))
    return found


def _after(entry: Entry) -> dict[str, str]:
    """Return what a row would be in the book, by field."""
    made = {
        "number": entry.number or entry.own_id,
        "name": entry.name,
        "person": entry.person,
        "role": entry.role,
        "street": entry.street,
        "zip": entry.zip,
        "city": entry.city,
        "country": entry.country,
        "emails": ", ".join(entry.emails),
        "phones": ", ".join(entry.phones),
        "consents": ", ".join(dict.fromkeys(map(_allowed, _plainly(entry.consents)))),
        "attributes": ", ".join(f"{name}: {value}" for name, value in entry.attributes),
    }
    if entry.signal is not None:
        made |= {"signal": entry.signal.kind, "day": facts.iso(entry.signal.day)}
    if entry.contract is not None:
        made |= {"contract": entry.contract.number, "ends": entry.contract.ends_on}
    return {field: value for field, value in made.items() if value}


def _plainly(consents: Sequence[ConsentEntry]) -> list[ConsentEntry]:
    """Return the consents of a row without those that only end what another ends as well."""
    said = {(each.channel, each.event) for each in consents if not each.plain_no}
    return [
        each for each in consents if not each.plain_no or (each.channel, each.event) not in said
    ]


def _allowed(told: ConsentEntry) -> str:
    """Return what a consent says; a program's plain no counts only where something was allowed."""
    event = "not given" if told.plain_no else told.event
    return f"{told.channel} {event} {told.at[:10]}".strip()


def rejects(plan: Plan, later: Mapping[int, Problem]) -> pl.DataFrame:
    """Return the rows as they stand in the file that need mending, with all that is wrong.

    Column and code are those of the first fault. `later` are those that the book refused. Rows that
    were taken but for a cell are among them: mended and fed again, they bring what was missing.
    """
    first = {row: told[0] for row, told in plan.flawed.items()}
    wrong = {**first, **plan.rejected, **later}
    refused = {**plan.rejected, **later}
    places = sorted(wrong)
    frame = plan.table.frame[places] if places else plan.table.frame.clear()
    return frame.select(
        *plan.table.columns,
        table.EXTRA,
        table.LINE,
        pl.Series("_column", [wrong[row].column for row in places], dtype=pl.String),
        pl.Series("_code", [str(wrong[row].code) for row in places], dtype=pl.String),
        pl.Series("_message", [_message(plan, row, wrong, refused) for row in places], pl.String),
    )


def _message(
    plan: Plan, row: int, wrong: Mapping[int, Problem], refused: Mapping[int, Problem]
) -> str:
    """Return what is wrong with a row, each fault with its column where there are several."""
    others = (*plan.flawed.get(row, ()), *plan.beside.get(row, ()))
    found = list(dict.fromkeys((wrong[row], *others)))
    if len(found) == 1 or wrong[row].code in (RejectCode.RAGGED, RejectCode.CUT_OFF):
        told = words.REJECTED[found[0].code]
    else:
        told = " ".join(
            f"{each.column}: " * bool(each.column) + words.REJECTED[each.code] for each in found
        )
    return told if row in refused else f"{told} {words.REST_TAKEN}"


def _open(kind: Kind, source: str | Path | Source, hints: KindHints) -> table.Opened:
    return table.open_table(source, lambda columns: _known(kind, columns, hints), sheet=hints.sheet)


def _known(kind: Kind, columns: Sequence[str], hints: KindHints) -> bool:
    """Return whether these cells are a header: of a known program, or with all that is needed."""
    if presets.recognise(columns) is not None or fingerprint(columns) in hints.saved:
        return True
    try:
        mapped = fields.overrule(kind, guessing.guess(kind, columns), columns, hints.mapping)
    except BadInputError:
        return False
    # “Opt-out” may be a cell as well.
    either = {each.column for each in parts.refusals(kind, columns, [])}
    certain = [each for each in mapped if each.column not in either]
    return len(certain) > 1 and not fields.lacking(kind, mapped)


#: Files that may tell of addresses in a column of states.
_OF_ADDRESSES: Final = (Kind.CUSTOMERS, Kind.CONTACTS, Kind.CONSENTS)
#: More words than this are no states.
_STATES: Final = 20
#: Headers of what is said of customers, members and contracts, and of what is said in passing.
_OF_OTHERS: Final = re.compile(
    r"kunde|customer|client|mitglied|^member|verein|vertrag|contract|notiz|note|bemerk|komment|"
    r"comment|grund|reason"
)


def _with_subscription(
    kind: Kind, read: table.Table, mapped: list[Column], said: Sequence[tuple[str, str]]
) -> list[Column]:
    """Return `mapped` with a column, whatever its header, that says who has unsubscribed.

    What nobody may be written to must not be lost because a newsletter tool calls it “Status”.
    """
    held = {each.field for each in mapped}
    taken = {each.column for each in mapped if each.field != What.EVENT}
    taken |= {column for column, _ in said}
    told = {What.EMAIL_CONSENT, What.EMAIL_OPT_OUT, What.EMAIL_SUPPRESSION}
    if kind not in _OF_ADDRESSES or What.EMAIL not in held or told & held:
        return mapped
    if kind is Kind.CONSENTS and What.CHANNEL in held:
        # Each row names what was said itself.
        return mapped
    of_customers = not held.isdisjoint({What.NUMBER, What.ID}) or guessing.of_sales(read.columns)
    for column in read.columns:
        if column in taken or _OF_OTHERS.search(normal(column)):
            continue
        words = read.frame[column].unique()
        if 1 < len(words) <= _STATES and vocabulary.of_subscription(
            words.to_list(), of_customers=of_customers
        ):
            others = [each for each in mapped if each.column != column]
            return [*others, Column(column, What.EMAIL_CONSENT)]
    return mapped


def _with_notice(read: table.Table, mapped: list[Column]) -> list[Column]:
    """Return `mapped` with a bare “Kündigung” as the notice period where its cells are such."""
    there = {each.field: each for each in mapped}
    given = there.get(What.NOTICE_GIVEN)
    if given is None or What.NOTICE_DAYS in there or normal(given.column) != "kuendigung":
        return mapped
    words = [each for each in clean.text(read.frame[given.column].unique()).to_list() if each]
    if not words or not all(map(vocabulary.is_notice_period, words)):
        return mapped
    return [
        each._replace(field=str(What.NOTICE_DAYS)) if each == given else each for each in mapped
    ]


def _refuse_other_header(read: table.Table, mapped: Sequence[Column]) -> None:
    """Raise BadInputError where files with other columns were joined."""
    held = list(dict.fromkeys(each.column for each in mapped))
    named = pl.sum_horizontal(
        reports.may_be_header(pl.col(column), read.columns).cast(pl.Int64) for column in held
    )
    reports.refuse_other_header(read.name, read.columns, read.frame.filter(named > 0))


def _answers(columns: Sequence[str], hints: KindHints) -> Answers | None:
    """Return what was said about an earlier file with this header, unless more is said now."""
    if hints.mapping or hints.preset != "auto":
        return None
    return hints.saved.get(fingerprint(columns))


def _mapping(
    kind: Kind, name: str, columns: Sequence[str], hints: KindHints, answers: Answers | None
) -> tuple[PeoplePreset | None, list[Column]]:
    if hints.preset == "auto":
        preset = presets.recognise(columns)
    else:
        preset = presets.named(hints.preset)
        if not presets.known(preset, columns):
            wanted = ", ".join(mark.split("|")[0] for mark in preset.editions[0])
            raise BadInputError(
                f"{name} is not a file of {preset.title}, whose columns are {wanted} and others."
            )
    if preset is None:
        mapped = guessing.guess(kind, columns)
    else:
        homes = {*fields.HOMES[kind], What.REFERENCE}
        mapped = [each for each in presets.mapped(preset, columns) if each.field in homes]
    if preset is not None:
        mapped += parts.refusals(kind, columns, mapped)
    if preset is not None and kind in (Kind.SIGNALS, Kind.CONTRACTS):
        # What a program's export of people says of them is no signal; its own columns may be.
        used = {each.column for each in mapped}
        mapped += [
            each
            for each in guessing.guess(kind, columns)
            if each.column not in used and each.field not in {one.field for one in mapped}
        ]
    pairs = hints.mapping if answers is None else answers.mapping
    return preset, fields.overrule(kind, mapped, columns, pairs)


def _guess(
    opened: table.Opened,
    preset: PeoplePreset | None,
    mapped: Sequence[Column],
    hints: KindHints,
    answers: Answers | None,
) -> Guess:
    used = {each.column for each in mapped}
    said = hints.mapping or (answers.mapping if answers is not None else ())
    return Guess(
        preset=preset.name if preset else ("map" if said else "auto"),
        mapping=tuple(mapped),
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        homeless=tuple(column for column in opened.columns if column not in used),
        left_out=opened.left_out,
        layout=opened.layout,
        answers=answers,
        fingerprint=fingerprint(opened.columns),
        columns=opened.columns,
    )


def field_names(mapped: Sequence[Column]) -> dict[str, str]:
    """Return column by field; a field that several columns hold is numbered from its second."""
    found: dict[str, str] = {}
    for each in mapped:
        name, again = each.field, 2
        while name in found:
            name, again = f"{each.field} {again}", again + 1
        found[str(name)] = each.column
    return found


def mappable(homeless: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """Return pairs for --map that would keep columns without a home as attributes."""
    if kind is not Kind.CUSTOMERS:
        return ()
    return tuple(shell(column, f"attribute:{column}") for column in homeless[:20])
