"""What each row of a batch says, and what is wrong with it."""

from typing import Final

import polars as pl

from winback_tui.intake import clean, dates, numbers, saying, summing, table
from winback_tui.intake.cancelling import Batches, Cancelling
from winback_tui.intake.fields import Field
from winback_tui.intake.presets.record import Cells, first_of
from winback_tui.intake.reading import Evidence, Seen, Take, number_fields
from winback_tui.model import RejectCode, exponent

#: Columns of a customer that a transaction file may bring.
OF_CUSTOMER: Final = (
    *(Field.NAME, Field.STREET, Field.ZIP, Field.CITY, Field.COUNTRY, Field.EMAIL),
)
#: What spreadsheets and databases write where there is no customer.
_NOBODY: Final = (
    r"(?i)^(?:#(?:REF!|N/A|NV|N/V|NAME\?|WERT!|VALUE!|BEZUG!|NULL!|NUM!|ZAHL!|DIV/0!)|null|nan|none|"
    r"n/a|nat|\(null\)|\(blank\)|\(leer\)|[-–—_.?*]+)$|^(?-i:NA)$"
)
#: A number that a spreadsheet has rounded: what it stood for is lost.
_ROUNDED: Final = r"^\d(?:[.,]\d+)?[Ee]\+\d{2,}$"
#: Any of these; and with what such a number begins, where that is ASCII.
_ODD: Final = "|".join(f"(?:{each})" for each in (_NOBODY, *summing.MARKS, _ROUNDED))
_BEGINNINGS: Final = frozenset("#(*-.?_0123456789abcdegijklmnopqrstuwzABCDEGIJKLMNOPQRSTUWZ")


def facts(
    take: Take,
    evidence: Evidence,
    frame: pl.DataFrame,
    batch: Seen | None = None,
    cancelling: Cancelling | None = None,
) -> pl.DataFrame:
    """Return what each row says; `batch` is what a look at the rows has told before.

    `cancelling` settles which of them others cancel; without it these rows are all there are.

    Columns: number, day, document, product, amount, currency, quantity, null where a cell cannot
    be read; refund in minor units; name, street, zip, city, country, email, product_name,
    category; row (its place in the batch), line, order; what `checks` looks at; and `_code`, the
    first thing wrong with the row, "" where it is a purchase.
    """
    batch = batch or Seen.of(take, frame)
    cells = batch.cells
    if Field.DISCOUNT in cells:
        less = cells[Field.DISCOUNT].str.replace(r"\s*%\s*$", "")
        cells = {**cells, Field.DISCOUNT: less}
    found = pl.DataFrame({
        "line": frame[table.LINE],
        "extra": frame[table.EXTRA],
        "row": pl.Series(range(frame.height), dtype=pl.Int64),
        "order": frame["_order"] if "_order" in frame.columns else pl.Series(
            [0], dtype=pl.Int64).new_from_index(0, frame.height),
        "number": clean.numbers(_buyers(take, cells), tails=evidence.tails),
        **_days(cells[Field.DATE], batch, evidence),
        "currency": _currencies(cells, batch, take.currency),
        "skip": saying.skips(take, cells),
        "back": saying.signs(take, cells),
        **{name: _text(cells, field, frame.height) for name, field in _TEXTS.items()},
    })  # fmt: skip
    ordinary = _ordinary(evidence, found["number"])
    if ordinary:
        # Series put beside the others; asking for them as expressions takes as long as most work.
        never = pl.Series([False]).new_from_index(0, found.height)
        found = found.hstack([never.alias("shared"), never.alias("sums")])
    else:
        found = found.with_columns(_shortened(evidence, found["number"])).with_columns(_named())
        found = found.with_columns(summing.by_customer().alias("sums"))
    for told in ("document", "product", "product_name"):
        said = summing.says(found[told]) if take.preset is None else None
        if said is not None and told != "document":
            said = summing.of_articles(said, found)
        if said is not None:
            found = found.with_columns(sums=pl.col("sums") | said)
            ordinary = False
    if Field.BRANCH in cells or Field.TILL in cells:
        found = found.with_columns(_receipts(cells, found["document"]))
    if Field.PRODUCT not in cells:
        found = found.with_columns(product=pl.col("product_name"))
    found = _with_amounts(take, evidence, batch._replace(cells=cells), found)
    found = (cancelling or Batches()).settle(take, frame, cells, _with_goods_total(cells, found))
    return _one_for_all(take, found.hstack([_codes(take, found, ordinary=ordinary)]))


def _ordinary(evidence: Evidence, numbers: pl.Series) -> bool:
    """Return whether all rows have customer numbers with which nothing can be wrong."""
    first, last = numbers.min(), numbers.max()
    if evidence.tails or clean.longest(numbers) > clean.LONGEST:
        return False
    if not isinstance(first, str) or not isinstance(last, str) or not first:
        return False
    begin, end = first[0], last[0]
    if end.isascii() and not any(begin <= each <= end for each in _BEGINNINGS):
        return True
    return not numbers.unique().str.contains(_ODD).any()


def _codes(take: Take, found: pl.DataFrame, *, ordinary: bool) -> pl.Series:
    """Return the first thing wrong with each row; most often none has any."""
    never = {*_OF_NUMBERS} if ordinary else set()
    if (found["skip"] == "").all():
        never |= {*_SKIPS} - {RejectCode.NO_SALE}
    checked = [each for each in checks(take) if each[0] not in never]
    any_of = pl.any_horizontal(wrong for _, wrong, _ in checked).fill_null(value=False)
    wrong = found.select(any_of).to_series()
    codes = pl.Series("_code", [""]).new_from_index(0, found.height)
    if not wrong.any():
        return codes
    first = pl.coalesce(*(pl.when(each).then(pl.lit(str(what))) for what, each, _ in checked))
    return codes.scatter(wrong.arg_true(), found.filter(wrong).select(first).to_series())


_TEXTS: Final = {
    "document": Field.DOCUMENT,
    "product": Field.PRODUCT,
    "product_name": Field.PRODUCT_NAME,
    "category": Field.CATEGORY,
    **{str(field): field for field in OF_CUSTOMER},
}


def checks(take: Take) -> tuple[tuple[RejectCode, pl.Expr, str], ...]:
    """Return what can be wrong with a row, in the order in which it is told, and where."""
    date, customer = take.column(Field.DATE), take.column(Field.CUSTOMER)
    amounts = take.amounts
    stands = {field: take.column(field) for field in amounts}
    # Of two statuses none is named, as either may have said it.
    status = "" if take.column(Field.OTHER_STATUS) else take.column(Field.STATUS)
    return (
        (RejectCode.CUT_OFF, pl.col("extra") == table.CUT, ""),
        (RejectCode.RAGGED, pl.col("extra").is_not_null(), ""),
        *((code, pl.col("skip") == str(code), status) for code in _SKIPS),
        (RejectCode.NO_SALE, pl.col("sums"), customer),
        (RejectCode.NO_CUSTOMER, pl.col("number") == "", customer),
        (RejectCode.ROUNDED_CUSTOMER, pl.col("number").str.contains(_ROUNDED), customer),
        (RejectCode.LONG_CUSTOMER, pl.col("shared"), customer),
        (RejectCode.NO_DATE, pl.col("no_date"), date),
        (RejectCode.BAD_DATE, pl.col("day").is_null(), date),
        *((RejectCode.NO_AMOUNT, pl.col(f"no_{each}"), stands[each]) for each in amounts),
        *(
            (RejectCode.BAD_AMOUNT, pl.col(f"read_{each}").is_null(), stands[each])
            for each in amounts
        ),
        (
            RejectCode.BAD_CURRENCY,
            pl.col("currency").is_null(),
            take.column(Field.CURRENCY) or stands[amounts[-1]],
        ),
        (RejectCode.BAD_AMOUNT, pl.col("amount").is_null(), stands[amounts[-1]]),
        (RejectCode.BAD_AMOUNT, pl.col("bad_number"), ""),
        (RejectCode.SAME_ORDER, pl.lit(value=False), ""),
    )


def faults(take: Take) -> list[tuple[RejectCode, pl.Expr, str]]:
    """Return `checks` for all that is wrong with a row: what follows from another is left out."""
    whole = pl.all_horizontal(
        pl.col("currency").is_not_null(),
        *(pl.col(f"read_{each}").is_not_null() for each in take.amounts),
    )
    last = take.column(take.amounts[-1])
    found: list[tuple[RejectCode, pl.Expr, str]] = []
    for code, wrong, where in checks(take):
        if code in ALONE:
            continue
        follows = code is RejectCode.BAD_AMOUNT and where == last
        unread = [pl.col(f"read_{each}").is_null() for each in take.amounts[-1:]]
        found.append((code, wrong & (whole | unread[0]) if follows else wrong, where))
    return found


_SKIPS: Final = (
    *(RejectCode.TEST_ORDER, RejectCode.CANCELLED, RejectCode.DRAFT, RejectCode.NOT_PAID),
    *(RejectCode.OPEN, RejectCode.LOST, RejectCode.NO_SALE, RejectCode.OUTGOING),
)


#: What can be wrong with a customer number.
_OF_NUMBERS: Final = (
    *(RejectCode.NO_CUSTOMER, RejectCode.ROUNDED_CUSTOMER, RejectCode.LONG_CUSTOMER),
)
#: What is told alone: the row's cells may stand elsewhere, or nothing in it is to be mended.
ALONE: Final = (RejectCode.CUT_OFF, RejectCode.RAGGED, RejectCode.SAME_ORDER, *_SKIPS)


def _one_for_all(take: Take, found: pl.DataFrame) -> pl.DataFrame:
    """Reject all rows of an order of which one is rejected: half an order would be a wrong one."""
    if take.preset is None or not take.preset.follow_up:
        return found
    bad = (pl.col("_code") != "").any().over("order")
    return found.with_columns(
        pl.when(bad & (pl.col("_code") == ""))
        .then(pl.lit(str(RejectCode.SAME_ORDER)))
        .otherwise("_code")
        .alias("_code")
    )


def _buyers(take: Take, cells: Cells) -> pl.Series:
    """Return the customers' cells; guests have what tells them apart in place of a nought."""
    numbers = cells[Field.CUSTOMER]
    if not take.guests:
        return numbers
    nought = numbers.str.strip_chars().str.contains(r"^0+$")
    if not nought.any():
        return numbers
    told: Cells = {"number": numbers}
    if Field.EMAIL in cells:
        told[Field.EMAIL] = cells[Field.EMAIL].str.strip_chars().str.to_lowercase()
    if Field.NAME in cells:
        told[Field.NAME] = cells[Field.NAME].str.strip_chars().str.replace_all(r"\s+", " ")
    guests = first_of(told, Field.EMAIL, Field.NAME)
    return pl.select(pl.when(nought).then(guests).otherwise(numbers)).to_series()


def _receipts(cells: Cells, numbers: pl.Series) -> pl.Series:
    """Return numbers of receipts behind the branch and the till that gave them."""
    found = numbers
    for field in (Field.TILL, Field.BRANCH):
        if field in cells:
            before = clean.text(cells[field])
            both = pl.when((before != "") & (numbers != "")).then(before + "/" + found)
            found = pl.select(both.otherwise(found)).to_series()
    return found.alias("document")


def _text(cells: Cells, field: Field, height: int) -> pl.Series:
    if field not in cells:
        return pl.Series([""]).new_from_index(0, height)
    return clean.text(cells[field])


def _shortened(evidence: Evidence, numbers: pl.Series) -> tuple[pl.Expr, pl.Expr]:
    """Return customer numbers as they are kept, and where that tells two of them apart no more."""
    if not evidence.tails and clean.longest(numbers) <= clean.LONGEST:
        return pl.col("number"), pl.lit(value=False).alias("shared")
    kept = pl.col("number").str.head(clean.LONGEST).str.strip_chars_end()
    if not evidence.shared:
        return kept.alias("number"), pl.lit(value=False).alias("shared")
    cut = pl.col("number").str.len_chars() > clean.LONGEST
    return kept.alias("number"), (cut & kept.is_in(list(evidence.shared))).alias("shared")


def _named() -> pl.Expr:
    """Return customer numbers without what stands for none."""
    number = pl.col("number")
    return pl.when(number.str.contains(_NOBODY)).then(pl.lit("")).otherwise(number).alias("number")


def _days(column: pl.Series, batch: Seen, evidence: Evidence) -> dict[str, pl.Series]:
    """Return each row's day, and whether it has none."""
    if batch.days is None:
        blank = column.str.strip_chars() == ""
        return {"day": dates.parse(column, evidence.order), "no_date": blank}
    return {"day": batch.days, "no_date": pl.Series([False]).new_from_index(0, len(column))}


def _currencies(cells: Cells, batch: Seen, default: str) -> pl.Series:
    """Return each row's currency: its own, else the one beside its amount, else the default."""
    field = Field.AMOUNT if Field.AMOUNT in cells else Field.PRICE
    amount = cells.get(field)
    if Field.CURRENCY in cells and amount is not None:
        beside = None if field in batch.amounts else amount
        return numbers.currency_of(cells[Field.CURRENCY], beside, default)
    if field in batch.amounts:
        return pl.Series([default]).new_from_index(0, batch.height)
    if amount is None:
        amount = pl.Series([""])
    return numbers.currency_in(amount, default)


def _with_amounts(take: Take, evidence: Evidence, batch: Seen, found: pl.DataFrame) -> pl.DataFrame:
    """Add amount, refund, quantity, the numbers they came from, and where none is."""
    cells, simple = batch.cells, batch.amounts
    fields = number_fields(take, cells)
    value = {
        field: numbers.parse(cells[field], evidence.sign, simple=field in simple)
        for field in fields
    }
    never = pl.Series([False]).new_from_index(0, found.height)
    blank = {
        field: never if field in simple else cells[field].str.strip_chars() == ""
        for field in fields
    }
    optional = [f for f in fields if f not in take.amounts and f != Field.QUANTITY]
    bad = never
    for field in optional:
        bad |= (value[field].is_null() & ~blank[field]).fill_null(value=False)
    found = found.hstack(
        [
            *(series.alias(f"read_{field}") for field, series in value.items()),
            *(blank[field].alias(f"no_{field}") for field in take.amounts),
            bad.alias("bad_number"),
        ]
    )
    read = [pl.col(f"read_{field}") for field in take.amounts]
    places = numbers.PLACES * len(read)
    if Field.DISCOUNT in value:
        read[-1] = _discounted(read[-1])
    total = read[0] if len(read) == 1 else read[0] * read[1]
    if len(read) == 1 and Field.DISCOUNT not in value:
        # Twelve digits and six decimals: that fits, and half the bits are divided faster.
        total = total.cast(pl.Int64)
    amount = _in_minor_units(found["currency"], total, places)
    credit = take.preset.credit_prefix if take.preset is not None else None
    if take.preset is None and not (found["back"] == 1).all():
        sign = pl.col("back")
        amount = (
            pl.when(sign == -2).then(-amount.abs()).when(sign == -1).then(-amount).otherwise(amount)
        )
    if credit is not None:
        is_credit = pl.col("document").str.starts_with(credit)
        amount = pl.when(is_credit).then(-amount.abs()).otherwise(amount)
    nothing = pl.lit(None, pl.Int64)
    quantity = pl.col(f"read_{Field.QUANTITY}").cast(pl.Float64) / 10**numbers.PLACES
    extra = {"refund": Field.REFUND, "goods": Field.GOODS_TOTAL}
    return found.with_columns(
        amount.alias("amount"),
        (quantity if Field.QUANTITY in value else pl.lit(None, pl.Float64)).alias("quantity"),
        *(
            (
                _in_minor_units(found["currency"], pl.col(f"read_{field}"), numbers.PLACES)
                if field in value
                else nothing
            ).alias(name)
            for name, field in extra.items()
        ),
    )


def _discounted(price: pl.Expr) -> pl.Expr:
    """Return a price in millionths less the row's discount in per cent."""
    whole = 100 * 10**numbers.PLACES
    rest = pl.lit(whole, pl.Int128) - pl.col(f"read_{Field.DISCOUNT}").fill_null(0)
    return (price * rest + pl.lit(whole // 2, pl.Int128)) // pl.lit(whole, pl.Int128)


def _in_minor_units(currencies: pl.Series, total: pl.Expr, places: int) -> pl.Expr:
    """Return `total` in the minor units of each row's currency; most files have but one."""
    decimals: dict[int, list[str]] = {}
    for code in currencies.unique().drop_nulls().to_list():
        decimals.setdefault(exponent(code), []).append(code)
    return pl.coalesce(
        pl.lit(None, dtype=pl.Int64),
        *(
            pl.when(pl.col("currency").is_in(codes)).then(
                numbers.minor_units(total, places, decimal)
            )
            for decimal, codes in decimals.items()
        ),
    )


def _with_goods_total(cells: Cells, found: pl.DataFrame) -> pl.DataFrame:
    """Spread what an order's goods cost in all over its lines, so that their sum is exact.

    What an order says of itself counts after discounts; its lines stand before them.
    """
    if Field.GOODS_TOTAL not in cells:
        return found
    amount = pl.col("amount").cast(pl.Int128)
    lines = amount.sum().over("order")
    goods = pl.col("goods").first().over("order").cast(pl.Int128)
    running = amount.cum_sum().over("order")

    def share(of: pl.Expr) -> pl.Expr:
        return (2 * goods * of + lines) // (2 * lines)

    spread = (share(running) - share(running - amount)).cast(pl.Int64)
    whole = pl.col("amount").is_not_null().all().over("order")
    fits = whole & goods.is_not_null() & (goods >= 0) & (lines > 0) & (goods != lines)
    return found.with_columns(pl.when(fits).then(spread).otherwise("amount").alias("amount"))
