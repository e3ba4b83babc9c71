"""What a file tells again: documents of earlier files with its header, and purchases of others.

For files of no known program. Their documents are told by number, customer and day together, as
numbers begin anew each year, or at each till.
"""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from winback_tui.book import frames
from winback_tui.book.lines import KEY
from winback_tui.rules.numbering import LASTING, LATER

if TYPE_CHECKING:
    import polars as pl

    from winback_tui.book.purchases import Lines

_TEXTS: Final = ("document", "product", "currency")
#: What tells one document from another.
_DOCUMENT: Final = ("customer_id", "day", "document")
_NUMBERED: Final = ("customer_id", "document")
#: So many of the orders that have changed are told with their sums.
_SHOWN: Final = 3
_THEIRS: Final = "customer_id IN (SELECT value FROM json_each(?1))"
#: Of so many new lines it is asked whether another file has brought the same purchases.
_ASKED: Final = 20_000
#: So many orders that lack articles make an export of some articles only.
_FEW: Final = 2
#: From so many documents on, it is odd that all that were there have changed.
_ODD: Final = 3


@dataclass
class Retold:
    """What became of purchases that an earlier file had brought; counts are of documents.

    `renewed` say something else now, and `all_changed` whether none stayed as it was; `recalled`
    are no purchases any more; `beside` bear the number of another one of the same customer, and
    both count. `alike` new lines, of `asked`, equal purchases of other files by customer, day and
    amount; most of those came with `batch`, which is `file`. `shown` are some of the renewed:
    number, currency, sum before, sum now; `ended` are some of the recalled: number, currency, sum.
    """

    renewed: int = 0
    all_changed: bool = False
    recalled: int = 0
    beside: int = 0
    alike: int = 0
    asked: int = 0
    batch: int = 0
    file: str = ""
    shown: list[tuple[str, str, int, int]] = field(default_factory=list)
    ended: list[tuple[str, str, int]] = field(default_factory=list)
    #: Orders that the file tells without some of their articles, and the batch that has those.
    parted: int = 0
    parted_from: int = 0
    #: Lines that stand under a number with a branch or a till now, and stood there without.
    renumbered: int = 0
    #: Called-off documents under the number of a sale of another day, which stays; one of them.
    left: int = 0
    left_one: str = ""
    #: Purchases that rows of this file name and cancel, which stand beside them; one of them.
    named: int = 0
    named_one: str = ""
    #: Documents that a file with another header told on that day, and told otherwise.
    otherwise: int = 0
    otherwise_one: str = ""
    otherwise_by: int = 0
    #: New lines in the place of others, and the customers whose lines went.
    lines: int = 0
    changed: list[int] = field(default_factory=list)

    @property
    def twice(self) -> bool:
        """Whether so many lines are in the book already that it is no accident."""
        return self.alike > 0 and (
            self.alike == self.asked or (self.alike >= 3 and self.alike * 5 >= self.asked)
        )


class Documents:
    """A look at each part of a file's lines once they are written; `settle` draws the sum.

    `earlier` are the standing batches whose files had the same header, `batch` is the file's own.
    """

    def __init__(self, connection: sqlite3.Connection, lines: "Lines", batch: int) -> None:
        self._connection = connection
        self._lines = lines
        self.batch = batch
        self.earlier = _of_header(connection, lines.mark, batch) if lines.mark else []
        self._some = _others(connection, batch)
        self._stale: list[pl.DataFrame] = []
        self._beside: list[pl.DataFrame] = []
        self._new: list[pl.DataFrame] = []
        self._sums: list[pl.DataFrame] = []
        self._kept = 0
        #: Lines whose receipts an earlier file told by their number alone.
        self.renumbered = 0
        self._asked = self._alike = 0
        self._brought: Counter[int] = Counter()
        self._recalled: pl.DataFrame | None = None
        #: Called-off documents that may be sales of another day, which stay; and one of them.
        self._left = self._named = 0
        self._left_one = self._named_one = ""
        #: Documents that other files told under another header, and one of them.
        self._otherwise = 0
        self._otherwise_one: tuple[str, int] | None = None
        #: Lines of recalled documents that are purchases all the same.
        self._spared: list[pl.DataFrame] = []

    def recall(self, customers: "pl.DataFrame") -> None:
        """Take the documents that are no purchases any more; `customers` has number and id."""
        import polars as pl

        told = self._lines.recalled
        if told is None or told.is_empty() or not self._lines.mark:
            return
        if not self.earlier and not self._some:
            return
        told = told.join(customers, on="number")
        found = told.filter(~pl.col("names")).group_by(_DOCUMENT).agg(pl.col("amount").sum())
        recalled = [found.select(*_DOCUMENT)]
        for part in found.iter_slices(frames.SLICE):
            here = part.clear()
            if self.earlier:
                old = self._read(part, self.earlier, part["day"])
                here = old.join(part, on=_DOCUMENT, how="semi")
                self._stale.append(here)
            elsewhere = part.join(here, on=_DOCUMENT, how="anti")
            if elsewhere.height:
                recalled.append(self._elsewhere(elsewhere))
        self._recalled = pl.concat(recalled).unique()
        for part in told.filter("names").iter_slices(frames.SLICE):
            self._name(part)

    def _elsewhere(self, told: "pl.DataFrame") -> "pl.DataFrame":
        """Return the sales that are called off on a later day, or by another kind of file.

        They are taken where it is no other document beyond doubt: it is told with its whole sum, or
        with none, which beside several articles may be that of one; and is of the same day, or has
        a number that does not begin anew. Others stay, and are told.
        """
        import polars as pl

        old, sales = self._sales(told)
        met = told.join(sales, on=_NUMBERED)
        after = pl.col("day") - pl.col("sold")
        met = met.filter(after.is_between(-LATER, LATER))
        lasting = pl.col("ours") & (after > 0) & pl.col("document").str.contains(LASTING)
        free = (pl.col("amount") == 0) & ((pl.col("lines") == 1) | ~pl.col("articles"))
        whole = free | (pl.col("amount") == pl.col("total"))
        sure = met.filter(pl.col("days") == 1, whole, lasting | (after == 0))
        ended = sure.select("customer_id", pl.col("sold").alias("day"), "document").unique()
        self._stale.append(old.join(ended, on=_DOCUMENT, how="semi"))
        left = met.join(sure, on=_NUMBERED, how="anti").select(_NUMBERED).unique().sort(_NUMBERED)
        self._left += left.height
        self._left_one = self._left_one or next(iter(left["document"].to_list()), "")
        return ended

    def _name(self, told: "pl.DataFrame") -> None:
        """Note the sales of earlier files that rows of this one name, and cancel as a whole."""
        import polars as pl

        met = told.join(self._sales(told)[1], on=_NUMBERED)
        met = met.filter(pl.col("amount") == -pl.col("total")).select(_NUMBERED).unique()
        self._named += met.height
        one = met.sort(_NUMBERED)["document"].to_list()
        self._named_one = self._named_one or next(iter(one), "")

    def _sales(self, told: "pl.DataFrame") -> "tuple[pl.DataFrame, pl.DataFrame]":
        """Return the lines of some customers, and the sum of each of their numbers.

        With it come the days on which it was sold, one of them, and whether files with the same
        header told it.
        """
        import polars as pl

        old = self._read(told, None, None)
        old = old.filter(pl.col("document") != "", pl.col("batch_id") != self.batch)
        sales = old.group_by(_NUMBERED).agg(
            total=pl.col("amount").sum(), days=pl.col("day").n_unique(), sold=pl.col("day").first(),
            ours=pl.col("batch_id").is_in(self.earlier).all(),
            lines=pl.len(), articles=(pl.col("product") != "").any(),
        )  # fmt: skip
        return old, sales.filter(pl.col("total") > 0)

    def see(self, lines: "pl.DataFrame", created: int) -> None:
        """Compare a part of the file's lines with what was there; `created` of them are new."""
        import polars as pl

        if lines.is_empty():
            return
        old = self._read(lines, self.earlier, None) if self.earlier else None
        if created and self._some and self._asked < _ASKED:
            standing = self._read(lines, None, lines["day"])
            mine = pl.col("batch_id") == self.batch
            fresh, there = standing.filter(mine), standing.filter(~mine)
            if old is not None:
                # What takes the place of other lines is no purchase that is there twice, and
                # what this file tells under another number is no other order of it.
                numbered = old.filter(pl.col("document") != "")
                fresh = fresh.join(numbered, on=_DOCUMENT, how="anti")
                spoken = lines.select(*_DOCUMENT).unique()
                again = numbered.join(spoken, on=_DOCUMENT, how="semi")
                there = there.join(again, on=(*KEY, "batch_id"), how="anti")
            self._compare(fresh, there)
            self._told_otherwise(fresh, there)
        if old is not None:
            self._retold(lines, old)

    def settle(self) -> "tuple[Retold, pl.DataFrame | None]":
        """Return what was found, and the lines that hold no more."""
        import polars as pl

        found = Retold(alike=self._alike, asked=self._asked, renumbered=self.renumbered)
        found.left, found.left_one = self._left, self._left_one
        found.named, found.named_one = self._named, self._named_one
        found.otherwise = self._otherwise
        if self._otherwise_one is not None:
            found.otherwise_one, found.otherwise_by = self._otherwise_one
        if self._brought:
            found.batch = self._brought.most_common(1)[0][0]
            (found.file,) = self._connection.execute(
                "SELECT file_name FROM import_batches WHERE id = ?", (found.batch,)
            ).fetchone()
        if not self._stale and not self._beside:
            return found, None
        stale = pl.concat(self._stale).unique() if self._stale else None
        beside = pl.concat(self._beside).unique() if self._beside else None
        shared = self._shared({
            *(stale["document"].to_list() if stale is not None else ()),
            *(beside["document"].to_list() if beside is not None else ()),
        })  # fmt: skip
        if beside is not None:
            found.beside = beside.filter(~pl.col("document").is_in(shared)).height
        if stale is None:
            return found, None
        gone = pl.lit(value=False)
        if self._recalled is not None:
            marked = stale.join(self._recalled.with_columns(off=True), on=_DOCUMENT, how="left")[
                "off"
            ].fill_null(value=False)
            gone = pl.lit(marked)
        stale = stale.with_columns(off=gone).filter(
            ~pl.col("document").is_in(shared) | pl.col("off")
        )
        spared = pl.concat([stale.select(KEY).clear(), *self._spared])
        stale = stale.join(spared, on=KEY, how="anti")
        new = pl.concat(self._new) if self._new else stale.select(*_DOCUMENT).clear()
        stale = self._but_other_articles(found, stale, new)
        documents = stale.select(*_DOCUMENT).unique()
        found.lines = new.join(documents, on=_DOCUMENT, how="semi").height
        off = stale.filter("off").select(*_DOCUMENT).unique()
        off = off.join(spared, on=_DOCUMENT, how="anti")
        found.recalled = off.height
        of = ("day", "document", "customer_id", "currency")
        ended = stale.join(off, on=_DOCUMENT, how="semi").group_by(of).agg(pl.col("amount").sum())
        ended = ended.sort(of).head(_SHOWN).select("document", "currency", "amount")
        found.ended = ended.rows()
        found.renewed = documents.height - found.recalled
        found.all_changed = found.renewed >= _ODD and found.renewed > self._kept
        found.changed = stale["customer_id"].unique().sort().to_list()
        if self._sums:
            sums = pl.concat(self._sums).join(documents, on=_DOCUMENT, how="semi")
            if self._recalled is not None:
                sums = sums.join(self._recalled, on=_DOCUMENT, how="anti")
            shown = sums.sort("day", "document", "customer_id").head(_SHOWN)
            found.shown = shown.select("document", "currency", "before", "now").rows()
        return found, stale.drop("off")

    def _but_other_articles(
        self, found: Retold, stale: "pl.DataFrame", new: "pl.DataFrame"
    ) -> "pl.DataFrame":
        """Return the lines that hold no more, without those that the file says nothing of.

        An export of some articles only tells of an order without its others. That is what it is
        where several orders lack nothing but articles that the file names nowhere.
        """
        import polars as pl

        if stale.is_empty():
            return stale
        named = pl.col("product").is_in(self._lines.products["code"].implode())
        unsaid = (~named & (pl.col("product") != "") & ~pl.col("off")).all().over(*_DOCUMENT)
        cut = stale.filter(unsaid).join(new, on=_DOCUMENT, how="anti")
        orders = cut.select(*_DOCUMENT).unique()
        one_article = self._lines.products.height == 1
        if orders.height < (1 if one_article and self._several_documents() else _FEW):
            return stale
        found.parted = orders.height
        found.parted_from = int(cut["batch_id"].mode().min())  # type: ignore[arg-type]
        return stale.join(orders, on=_DOCUMENT, how="anti")

    def _several_documents(self) -> bool:
        seen: set[str] = set()
        for part in self._lines.parts():
            seen.update(part["document"].unique().to_list())
            if len(seen) > 1:
                return True
        return False

    def _retold(self, lines: "pl.DataFrame", old: "pl.DataFrame") -> None:
        """Note which of the documents that were there are told otherwise, or are others."""
        import polars as pl

        old = old.filter(pl.col("document") != "")
        told = lines.filter(pl.col("document") != "")
        if self._recalled is not None:
            self._spared.append(told.join(self._recalled, on=_DOCUMENT, how="semi").select(KEY))
        if old.is_empty() or told.is_empty():
            return
        spoken = told.select(*_DOCUMENT).unique()
        again = _comparable(old, told)
        crossed = old.join(spoken, on=_DOCUMENT, how="semi").join(again, on=KEY, how="anti")
        stale = again.join(told, on=KEY, how="anti")
        new = told.join(old, on=KEY, how="anti").select(*_DOCUMENT)
        # Nothing in common: it may be the other part of it, in a file of its own. So what each
        # earlier file said is asked by itself, with what others have put in its place since.
        of_file = (*_DOCUMENT, "batch_id")
        told_then = [again, self._gone(stale)] if stale.height else [again]
        held = pl.concat([each.select(*of_file, "product") for each in told_then])
        common = held.join(told, on=(*_DOCUMENT, "product"), how="semi").select(of_file).unique()
        if self._recalled is not None:
            off = again.join(self._recalled, on=_DOCUMENT, how="semi").select(of_file)
            common = pl.concat([common, off])
        whole = stale.join(common, on=of_file, how="semi")
        parted = stale.join(common, on=of_file, how="anti").select(*_DOCUMENT).unique()
        others = (
            new.unique()
            .join(old, on=_DOCUMENT, how="anti")
            .join(old, on=("customer_id", "document"), how="semi")
        )
        self._stale.append(whole)
        noted = new.unique().join(crossed, on=_DOCUMENT, how="semi")
        self._beside.append(pl.concat([parted, others, noted]))
        self._sums.append(_sums(whole, again, told))
        # No more than is asked for: a file may have many millions of new lines.
        self._new.append(new.join(again, on=_DOCUMENT, how="semi"))
        kept = spoken.join(again, on=_DOCUMENT, how="semi")
        self._kept += kept.height - stale.select(*_DOCUMENT).unique().height

    def _compare(self, mine: "pl.DataFrame", old: "pl.DataFrame") -> None:
        """Count the new lines that equal others by customer, day and amount, alone or in sum."""
        import polars as pl

        of_day = ("customer_id", "day", "currency")
        numbered = [
            each.with_columns(place=pl.int_range(pl.len()).over(*of_day, "amount"))
            for each in (mine, old)
        ]
        alone = numbered[0].join(numbered[1], on=(*of_day, "amount", "place"), how="semi")
        sums = [each.group_by(of_day).agg(pl.col("amount").sum()) for each in (mine, old)]
        summed = sums[0].join(sums[1], on=(*of_day, "amount"), how="semi")
        both = pl.concat([
            mine.join(summed, on=of_day, how="semi").select(KEY), alone.select(KEY)
        ]).unique()  # fmt: skip
        self._asked += mine.height
        self._alike += both.height
        if both.height:
            met = old.join(both, on=of_day, how="semi")["batch_id"].value_counts()
            self._brought.update({int(each): int(count) for each, count in met.iter_rows()})

    def _told_otherwise(self, mine: "pl.DataFrame", old: "pl.DataFrame") -> None:
        """Count the new documents that a file of another header told under their number and day."""
        import polars as pl

        numbered = pl.col("document") != ""
        there = old.filter(numbered, ~pl.col("batch_id").is_in(self.earlier))
        of = (*_DOCUMENT, "currency")
        sums = [
            each.group_by(of).agg(pl.col("amount").sum(), pl.col("batch_id").min())
            for each in (mine.filter(numbered), there)
        ]
        met = sums[0].join(sums[1], on=of, suffix="_then").sort(of)
        met = met.filter((pl.col("amount") > 0) == (pl.col("amount_then") > 0))
        self._otherwise += met.height
        if met.height and self._otherwise_one is None:
            self._otherwise_one = (met["document"][0], met["batch_id_then"][0])

    def _shared(self, documents: set[str]) -> list[str]:
        """Return those of the numbers that the file gives to several customers: they tell none."""
        import polars as pl

        wanted = list(documents)
        seen = [
            part.filter(pl.col("document").is_in(wanted)).select("code", "document").unique()
            for part in self._lines.parts()
        ]
        if not seen:
            return []
        counted = pl.concat(seen).group_by("document").agg(pl.col("code").n_unique())
        return counted.filter(pl.col("code") > 1)["document"].to_list()

    def _read(
        self, of: "pl.DataFrame", batches: list[int] | None, days: "pl.Series | None"
    ) -> "pl.DataFrame":
        """Return the lines of some customers: of `batches` alone, within `days` alone."""
        import polars as pl

        source = f"transactions WHERE {_THEIRS}"
        asked: list[object] = [json.dumps(of["customer_id"].unique().to_list())]
        if batches is not None:
            source += " AND batch_id IN (SELECT value FROM json_each(?2))"
            asked.append(json.dumps(batches))
        elif days is not None:
            source += " AND day BETWEEN ?2 AND ?3"
            asked += [days.min(), days.max()]
        schema = {
            **dict.fromkeys((*KEY, "batch_id"), pl.Int64()),
            **dict.fromkeys(_TEXTS, pl.String()),
            "quantity": pl.Float64(),
        }
        return frames.read(self._connection, schema, source, tuple(asked))

    def _gone(self, of: "pl.DataFrame") -> "pl.DataFrame":
        """Return the lines of earlier files, of some customers, in whose place others stand."""
        import polars as pl

        schema = {
            **dict.fromkeys(("customer_id", "day", "old_batch_id"), pl.Int64()),
            **dict.fromkeys(("document", "product"), pl.String()),
        }
        source = (
            f"import_replaced WHERE {_THEIRS}"  # noqa: S608 - a constant
            " AND old_batch_id IN (SELECT value FROM json_each(?2))"
        )
        asked = (json.dumps(of["customer_id"].unique().to_list()), json.dumps(self.earlier))
        return frames.read(self._connection, schema, source, asked).rename(
            {"old_batch_id": "batch_id"}
        )


def _comparable(old: "pl.DataFrame", told: "pl.DataFrame") -> "pl.DataFrame":
    """Return the old lines of documents that are told again, but for what only goes back.

    A credit note may bear its order's number. What one file said of a number with nothing but money
    going one way is not what another says with nothing but money going the other way.
    """
    import polars as pl

    amount = pl.col("amount")
    ways = told.group_by(_DOCUMENT).agg(low=amount.min(), high=amount.max())
    return (
        old.with_columns(
            least=amount.min().over(*_DOCUMENT, "batch_id"),
            most=amount.max().over(*_DOCUMENT, "batch_id"),
        )
        .join(ways, on=_DOCUMENT, how="inner")
        .filter(
            ~(((pl.col("most") < 0) & (pl.col("low") > 0))
              | ((pl.col("least") > 0) & (pl.col("high") < 0)))
        )
        .select(old.columns)
    )  # fmt: skip


def _sums(stale: "pl.DataFrame", again: "pl.DataFrame", told: "pl.DataFrame") -> "pl.DataFrame":
    """Return what the documents with stale lines came to, and what they come to now."""
    import polars as pl

    by = (*_DOCUMENT, "currency")
    few = stale.select(*_DOCUMENT).unique().sort("day", "document", "customer_id").head(_SHOWN * 3)
    before = again.join(few, on=_DOCUMENT, how="semi").group_by(by)
    now = told.join(few, on=_DOCUMENT, how="semi").group_by(by)
    return before.agg(before=pl.col("amount").sum()).join(
        now.agg(now=pl.col("amount").sum()), on=by, how="inner"
    )


def _of_header(connection: sqlite3.Connection, mark: str, batch: int) -> list[int]:
    """Return the standing batches of transactions whose files had the same header."""
    rows = connection.execute(
        "SELECT id FROM import_batches WHERE kind = 'transactions' AND preset IN ('auto', 'map')"
        " AND undone_at IS NULL AND id <> ? AND json_extract(summary, '$.fingerprint') = ?",
        (batch, mark),
    )
    return [int(row[0]) for row in rows]


def _others(connection: sqlite3.Connection, batch: int) -> bool:
    """Return whether another batch has brought purchases."""
    row = connection.execute(
        "SELECT 1 FROM import_batches WHERE kind = 'transactions' AND undone_at IS NULL"
        " AND id <> ? AND created + updated > 0 LIMIT 1",
        (batch,),
    ).fetchone()
    return row is not None
