"""From a file to transactions that the book understands, and the rows it cannot."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from winback_tui.intake import clean, presets, table
from winback_tui.intake import facts as told
from winback_tui.intake.cancelling import Batches, Cancelling, Verdict
from winback_tui.intake.choices import Choice, two_names
from winback_tui.intake.fields import Field, Hints
from winback_tui.intake.gather import Codes, Usual
from winback_tui.intake.guessing import Guess, Sample, guessed, samples
from winback_tui.intake.reading import (
    Evidence,
    Looking,
    Progress,
    Seen,
    Take,
    ahead,
    glance,
    look,
    rows_of,
)
from winback_tui.intake.recognising import recognised
from winback_tui.intake.repeats import Repeats, Settled
from winback_tui.intake.reports import may_be_header, refuse_other_header
from winback_tui.intake.sniff import Source
from winback_tui.intake.spill import Spill
from winback_tui.model import RejectCode
from winback_tui.rules.names import of_others
from winback_tui.words import imports as words

#: Columns of `Plan.rows`; `code` numbers the customers of `Plan.customers`.
ROWS: Final = pl.Schema({
    "code": pl.Int64, "day": pl.Int64, "document": pl.String, "product": pl.String,
    "amount": pl.Int64, "currency": pl.String, "quantity": pl.Float64,
})  # fmt: skip
_RECALLED: Final = pl.Schema({
    "number": pl.String, "day": pl.Int64, "document": pl.String, "amount": pl.Int64,
    "names": pl.Boolean,
})  # fmt: skip
#: What an order that is no purchase any more takes with it, of a program with its own ids.
_WITHDRAWN: Final = (RejectCode.CANCELLED, RejectCode.DRAFT, RejectCode.NOT_PAID, RejectCode.LOST)


#: Fields of text that is cut where it is too long.
_CUT: Final = (
    *(Field.NAME, Field.PRODUCT, Field.PRODUCT_NAME, Field.CATEGORY, Field.DOCUMENT),
    *(Field.STREET, Field.ZIP, Field.CITY, Field.COUNTRY),
)


class Plan(NamedTuple):
    """A file ready for the book; nothing in it depends on what the book holds.

    `rows` has the columns of ROWS (`day` whole days since 1970-01-01, `amount` in minor units),
    parts of it in the order of `code`; `customers` code, number, name, street, zip, city, country,
    email; `products` code, name, category; `rejects` the file's own columns as they stand there
    plus `_line`, `_column`, `_code`, `_message`, where they were wanted. `withdrawn` are documents
    that are no purchase any more, `recalled` their number, customer, day and sum where no program
    is known, and documents of other files that rows of this one cancel, naming them (`names`). A
    `part` of a file (a reject file) says nothing of the rows that it lacks.
    """

    name: str
    sha256: str
    guess: Guess
    read: int
    rows: Spill
    customers: pl.DataFrame
    products: pl.DataFrame
    rejected: Counter[str]
    rejects: Spill
    future: int = 0
    withdrawn: tuple[str, ...] = ()
    recalled: pl.DataFrame = pl.DataFrame(schema=_RECALLED)
    part: bool = False
    #: Cells that were longer than is kept.
    shortened: int = 0
    samples: tuple[Sample, ...] = ()
    own_ids: bool = False
    source: str = ""
    #: Lines above the header without which its rows cannot be read (DATEV's first).
    above: tuple[str, ...] = ()
    #: Rows that were left out, as they told an order again.
    twice: int = 0


def plan(
    source: str | Path | Source,
    hints: Hints,
    progress: Progress,
    *,
    today: int | None = None,
    rejects: bool = True,
) -> Plan:
    """Return what is to be imported from `source`: a path, "-", or what `sniff.source` returned.

    Rows after `today` (days since 1970-01-01) are counted as future. Raises BadInputError for a
    file that cannot be understood or needs a word from its user.
    """
    progress(0, 1, "look")
    take = recognised(source, hints)
    evidence = glance(take)
    if evidence is not None:
        seen = Looking(take)
        made = _made(take, evidence, today, progress, seen, keep=rejects)
        if seen.confirms(evidence):
            return made
        del made
        evidence = seen.decide()
    else:
        evidence = look(take, progress)
    return _made(take, evidence, today, progress, keep=rejects)


def _made(
    take: Take,
    evidence: Evidence,
    today: int | None,
    progress: Progress,
    seen: Looking | None = None,
    *,
    keep: bool,
) -> Plan:
    """Return the plan; what all of a file tells of cancelled rows, a second pass heeds."""
    making = _Making(take, evidence, today, keep=keep)
    making.read(progress, seen)
    verdict = making.overruled()
    if verdict is not None:
        del making
        making = _Making(take, evidence, today, keep=keep, verdict=verdict)
        making.read(progress)
    return making.plan(progress)


class _Making:
    """A pass over a file, of which is known how it writes: its rows to purchases and rejects."""

    def __init__(
        self,
        take: Take,
        evidence: Evidence,
        today: int | None,
        *,
        keep: bool,
        verdict: Verdict | None = None,
    ) -> None:
        self._batches = Batches()
        self._cancelling: Cancelling = verdict or self._batches
        self._take = take
        self._evidence = evidence
        self._today = today
        self._keep = keep
        self._codes = Codes()
        self._people = Usual(told.OF_CUSTOMER)
        self._goods = Codes()
        self._products = Usual(("product_name", "category"))
        self._repeats = Repeats(take) if take.once else None
        schema = ROWS if self._repeats is None else self._repeats.schema(ROWS)
        self._rows = Spill(schema, order="code", then="day")
        self._rejects = Spill(
            pl.Schema({
                **dict.fromkeys((*take.opened.columns, table.EXTRA), pl.String),
                table.LINE: pl.Int64,
                **dict.fromkeys(("_column", "_code", "_message"), pl.String),
            })
        )  # fmt: skip
        self._rejected: Counter[str] = Counter()
        self._withdrawn: dict[str, None] = {}
        self._recalled: list[pl.DataFrame] = []
        self._shortened = 0
        self._samples: tuple[Sample, ...] = ()
        self._first: pl.DataFrame | None = None
        self._read = self._future = 0

    def read(self, progress: Progress, seen: Looking | None = None) -> None:
        """Read the file; `seen` is shown all rows on the way."""
        total = max(self._evidence.rows, 1)
        progress(0, total, "read")
        for frame, found in ahead(self._told(seen)):
            self._see(frame, found)
            # Not to be held while the next ones are waited for.
            del frame, found
            progress(min(self._read, total), total, "read")

    def overruled(self) -> Verdict | None:
        """Return which rows others cancel where their batches told otherwise, None elsewhere."""
        return self._batches.overruled(self._rows, lambda: self._codes.frame("number"))

    def plan(self, progress: Progress) -> Plan:
        """Return the plan of what was read."""
        take, total = self._take, max(self._evidence.rows, 1)
        names = self._of_two_names()
        numbers = self._codes.frame("number")
        settled = Settled(self._rows)
        if self._repeats is not None:
            settled = self._repeats.settled(self._rows, numbers, ROWS)
        customers = self._people.join(numbers)
        if settled.kept is not None:
            customers = customers[settled.kept].with_columns(
                code=pl.int_range(pl.len(), dtype=pl.Int64)
            )
        products = self._products.join(self._goods.frame("product")).sort("product")
        progress(total, total, "read")
        guess = guessed(take, self._evidence, self._first)
        return Plan(
            name=take.opened.name,
            sha256=take.opened.sha256,
            guess=guess._replace(choices=(*guess.choices, *settled.choices, *names)),
            read=self._read,
            rows=settled.rows,
            customers=customers.select("code", "number", *told.OF_CUSTOMER),
            products=products.select(
                pl.col("product").alias("code"), pl.col("product_name").alias("name"), "category"
            ),
            rejected=self._rejected,
            rejects=self._rejects,
            future=self._future,
            withdrawn=tuple(self._withdrawn),
            recalled=pl.concat([_RECALLED.to_frame(), *self._recalled, self._naming()]),
            part={"_code", "_message"} <= set(take.opened.shape.columns),
            shortened=self._shortened,
            samples=self._samples,
            own_ids=take.preset is not None and take.preset.own_ids,
            source=take.preset.source if take.preset is not None else "",
            above=_needed_above(take),
            twice=settled.twice,
        )

    def _naming(self) -> pl.DataFrame:
        """Return the documents that this file lacks and that rows of it cancel, naming them."""
        named = self._cancelling.naming().with_columns(names=pl.lit(value=True))
        return named.select(_RECALLED.names())

    def _of_two_names(self) -> tuple[Choice, ...]:
        """Return which numbers bear names that have nothing in common, where numbers tell who."""
        take = self._take
        column, name = take.column(Field.CUSTOMER), take.column(Field.NAME)
        if take.preset is not None or column == name or not name:
            return ()
        found = [
            (code, names[0], other)
            for code, names in self._people.several(Field.NAME)
            if (other := next((each for each in names if of_others(names[0], each)), None))
        ]
        if not found:
            return ()
        code, one, other = found[0]
        number = self._codes.frame("number").row(code)[0]
        return (two_names(column, number, (one, other), len(found)),)

    def _told(self, seen: Looking | None) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Yield the rows in batches, and what they say."""
        for frame, batch in ahead(self._looked_at(seen)):
            found = told.facts(self._take, self._evidence, frame, batch, self._cancelling)
            del batch
            yield frame, found
            del frame, found

    def _looked_at(self, seen: Looking | None) -> Iterator[tuple[pl.DataFrame, Seen]]:
        """Yield the rows in batches, and what one look at each told."""
        for frame in rows_of(self._take):
            batch = Seen.of(self._take, frame)
            if seen is not None:
                seen.see(batch)
            yield frame, batch
            del frame, batch

    def _see(self, frame: pl.DataFrame, found: pl.DataFrame) -> None:
        self._read += frame.height
        self._shortened += _too_long(self._take, frame)
        if self._first is None:
            self._first = found.head(1_000)
            self._samples = samples(self._take, frame, found)
        if self._repeats is not None:
            found = self._repeats.marked(frame, found)
        wrong = found["_code"] != ""
        good = found.filter(~wrong) if wrong.any() else found
        if wrong.any():
            self._set_aside(frame, found.filter(wrong))
        good = self._with_refunds(good)
        if good.is_empty():
            return
        good = good.hstack([self._codes.of(good["number"]).alias("code")])
        if self._today is not None:
            self._future += int((good["day"] > self._today).sum())
        self._people.see(good["code"], good)
        sold = good
        if (good["product"] == "").any():
            sold = good.filter(pl.col("product") != "")
        if sold.height:
            self._products.see(self._goods.of(sold["product"]), sold)
        # In one piece: those that the reader made have room for more, which is kept with them.
        self._rows.add(pl.DataFrame([good[name] for name in self._rows.columns()]).rechunk())

    def _with_refunds(self, good: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with a negative one for each refund that stands in a row."""
        if good["refund"].null_count() == good.height:
            return good
        back = good.filter(pl.col("refund").is_not_null() & (pl.col("refund") != 0))
        if back.is_empty():
            return good
        limit = pl.coalesce("goods", "amount").abs()
        refunds = back.with_columns(
            amount=-pl.min_horizontal(pl.col("refund").abs(), limit),
            product=pl.lit(""), product_name=pl.lit(""), category=pl.lit(""),
            quantity=pl.lit(None, pl.Float64),
        ).filter(pl.col("amount") != 0)  # fmt: skip
        self._read += refunds.height
        return pl.concat([good, refunds])

    def _set_aside(self, frame: pl.DataFrame, bad: pl.DataFrame) -> None:
        """Count rejected rows, and keep them as they stand in the file where they are wanted."""
        opened = self._take.opened
        held = {self._take.column(each) for each in (Field.CUSTOMER, Field.DATE)} - {""}
        named = pl.any_horizontal(
            pl.lit(value=False), *(may_be_header(pl.col(c), opened.columns) for c in held)
        )
        refuse_other_header(opened.name, opened.columns, frame[bad["row"]].filter(named))
        self._rejected.update(
            {str(code): count for code, count in bad["_code"].value_counts().iter_rows()}
        )
        if self._repeats is not None:
            self._repeats.called_off(bad)
        gone = bad.filter(pl.col("_code").is_in([str(each) for each in _WITHDRAWN]))
        self._withdrawn.update(dict.fromkeys(d for d in gone["document"].to_list() if d))
        if self._take.preset is None:
            kept = [(name, kind) for name, kind in _RECALLED.items() if name != "names"]
            told = gone.select(pl.col(name).cast(kind) for name, kind in kept)
            told = told.filter((pl.col("document") != "") & (pl.col("number") != ""))
            by = ["number", "day", "document"]
            sums = told.filter(pl.col("day").is_not_null()).group_by(by)
            told = sums.agg(pl.col("amount").sum(), names=pl.lit(value=False))
            self._recalled.append(told.select(_RECALLED.names()))
        if not self._keep:
            return
        told_of = bad.select(
            pl.col("line").alias("_line"),
            _where(self._take).alias("_column"),
            pl.col("_code"),
            _messages(self._take).alias("_message"),
        )
        rows = frame[bad["row"]].select(*self._take.opened.columns, table.EXTRA)
        self._rejects.add(rows.select(*rows.columns, *told_of.iter_columns()))


def _where(take: Take) -> pl.Expr:
    """Return the column in which the first thing wrong with a row stands."""
    same = pl.col("_code") == str(RejectCode.SAME_ORDER)
    return (
        pl.when(same)
        .then(pl.lit(""))
        .otherwise(
            pl.coalesce(
                *(pl.when(wrong).then(pl.lit(where)) for _, wrong, where in told.checks(take)),
                pl.lit(""),
            )
        )
    )


def _messages(take: Take) -> pl.Expr:
    """Return what is wrong with a row: its one fault, or each with the column where it stands."""
    first = pl.col("_code").replace_strict(dict(words.REJECTED), return_dtype=pl.String)
    found: list[tuple[pl.Expr, pl.Expr]] = []
    told_of: dict[str, pl.Expr] = {}
    for code, wrong, where in told.faults(take):
        # Of one column the first fault is told: a cell that is blank is no date either.
        before = told_of.get(where, pl.lit(value=False))
        mine = wrong.fill_null(value=False) & ~before
        told_of[where] = before | mine
        place = f"{where}: " if where else ""
        found.append((mine, pl.when(mine).then(pl.lit(f"{place}{words.REJECTED[code]}"))))
    whole = pl.sum_horizontal(pl.lit(0), *(mine.cast(pl.Int64) for mine, _ in found)) < 2
    every = pl.concat_str(*(text for _, text in found), separator=" ", ignore_nulls=True)
    alone = [str(each) for each in told.ALONE]
    return pl.when(whole | pl.col("_code").is_in(alone)).then(first).otherwise(every)


def _too_long(take: Take, frame: pl.DataFrame) -> int:
    """Return how many cells are longer than is kept of them."""
    columns = {
        column for field in _CUT if (column := take.column(field)) and column in frame.columns
    }
    return sum(
        int((frame[column].str.strip_chars().str.len_chars() > clean.LONGEST).sum())
        for column in columns
        if clean.longest(frame[column]) > clean.LONGEST
    )


def _needed_above(take: Take) -> tuple[str, ...]:
    if take.preset is None or take.preset.name != presets.books.DATEV.name:
        return ()
    return tuple(line for line in take.opened.above if "EXTF" in line[:8] or "DTVF" in line[:8])
