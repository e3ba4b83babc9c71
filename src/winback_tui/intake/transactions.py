"""From a table of strings to transactions that the book understands, and the rows it cannot."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake import clean, dates, numbers, presets, table
from winback_tui.intake.fields import (
    Field,
    Hints,
    Mapped,
    complete,
    guess,
    homes,
    overrule,
    require,
    shell,
)
from winback_tui.intake.presets.record import Preset
from winback_tui.model import RejectCode, exponent
from winback_tui.words import imports as words

#: What tells one transaction from another, beside its ordinal among equals.
KEY: Final = ("number", "day", "document", "product", "amount", "currency")
#: Columns of a customer that a transaction file may bring.
_OF_CUSTOMER: Final = (Field.NAME, Field.STREET, Field.ZIP, Field.CITY, Field.COUNTRY)

#: Called with what is done, what there is to do, and the name of the phase; may raise to cancel.
Progress = Callable[[int, int, str], None]


class Guess(NamedTuple):
    """What the file was taken for."""

    preset: str
    mapping: dict[str, str]
    encoding: str
    delimiter: str
    currency: str
    homeless: tuple[str, ...]
    #: Pairs of column and field that --map could say of homeless columns.
    mappable: tuple[str, ...] = ()


class Plan(NamedTuple):
    """A file ready for the book; nothing in it depends on what the book holds.

    `rows` has the columns of KEY (`day` whole days since 1970-01-01, `amount` in minor units)
    and `quantity`, in the order of the file; `customers` number, name, street, zip, city, country;
    `products` code, name, category; `rejects` the file's own columns as they stand there plus
    `_line`, `_column`, `_code`, `_message`.
    """

    name: str
    sha256: str
    guess: Guess
    read: int
    rows: pl.DataFrame
    customers: pl.DataFrame
    products: pl.DataFrame
    rejects: pl.DataFrame


def plan(source: str | Path, hints: Hints, progress: Progress) -> Plan:
    """Return what is to be imported from `source`, a file's path or "-".

    Raises BadInputError for a file that cannot be understood or needs a word from its user.
    """
    progress(0, 3, "read")
    read = _table(source, hints)
    progress(1, 3, "read")
    preset, mapped = _mapping(read, hints)
    require(mapped, read.columns, read.name)
    progress(2, 3, "read")
    made = _plan(read, preset, mapped, hints)
    progress(3, 3, "read")
    return made


def _table(source: str | Path, hints: Hints) -> table.Table:
    """Return the rows of a file; its text is gone from memory afterwards."""
    return table.open_table(source, lambda columns: _known(columns, hints)).whole()


def _known(columns: Sequence[str], hints: Hints) -> bool:
    try:
        mapped = overrule(guess(columns), columns, hints.mapping)
    except BadInputError:
        return False
    return complete(mapped) or presets.recognise(columns) is not None


def _mapping(read: table.Table, hints: Hints) -> tuple[Preset | None, dict[Field, str]]:
    if hints.preset == "auto":
        preset, mapped = presets.recognise(read.columns) or (None, guess(read.columns))
    else:
        preset = presets.named(hints.preset)
        found = presets.match(preset, read.columns)
        if found is None:
            wanted = ", ".join(preset.headers[0].values())
            raise BadInputError(
                f"{read.name} is not a file of {preset.title}, whose columns are {wanted}."
            )
        mapped = found
    return preset, overrule(mapped, read.columns, hints.mapping)


def _plan(read: table.Table, preset: Preset | None, mapped: Mapped, hints: Hints) -> Plan:
    default = _default_currency(preset, hints)
    facts = _facts(read, preset, mapped, hints, default)
    wrong = pl.any_horizontal(check for _, check, _ in _checks(mapped))
    bad = facts.select(wrong.fill_null(value=True)).to_series()
    named = "map" if hints.mapping else "auto"
    used = {str(field): mapped[field] for field in Field if field in mapped}
    homeless = tuple(c for c in read.columns if c not in used.values())
    # Only for fields that nothing holds: what stands is not to be thrown out by a suggestion.
    free = {field: column for field, column in homes(homeless).items() if field not in mapped}
    return Plan(
        name=read.name,
        sha256=read.sha256,
        guess=Guess(
            preset=preset.name if preset else named,
            mapping=used,
            encoding=read.encoding,
            delimiter=read.delimiter,
            currency=default,
            homeless=homeless,
            mappable=tuple(shell(column, field) for field, column in free.items()),
        ),
        read=read.frame.height,
        rows=facts.filter(~bad).select(*KEY, "quantity"),
        customers=_customers(read, mapped, facts, ~bad),
        products=_products(read, mapped, facts, ~bad),
        rejects=_rejects(read, facts.filter(bad), mapped),
    )


def _default_currency(preset: Preset | None, hints: Hints) -> str:
    if hints.currency is None:
        return (preset.currency if preset else None) or hints.default_currency
    code = hints.currency.strip().upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise BadInputError(f"--currency needs a code such as EUR, not “{hints.currency}”.")
    return code


def _facts(
    read: table.Table, preset: Preset | None, mapped: Mapped, hints: Hints, default: str
) -> pl.DataFrame:
    """Return what each row says.

    Columns: number, day, document, product, amount, currency, quantity, null where a cell cannot
    be read; row (its place in the table) and line, and what `_checks` looks at.
    """
    cells = {field: read.frame[column] for field, column in mapped.items()}
    full = clean.numbers(cells[Field.CUSTOMER])
    number = full.str.head(clean.LONGEST).str.strip_chars_end()
    blank = pl.Series([""]).new_from_index(0, read.frame.height)
    product = cells.get(Field.PRODUCT, cells.get(Field.PRODUCT_NAME, blank))
    facts = pl.DataFrame(
        {
            "line": read.frame[table.LINE],
            "extra": read.frame[table.EXTRA],
            "full": full,
            "number": number,
            "shared": _shared(full, number),
            "day": dates.days(cells[Field.DATE], mapped[Field.DATE], hints.day_first),
            "no_date": cells[Field.DATE].str.strip_chars() == "",
            "document": clean.text(cells.get(Field.DOCUMENT, blank)),
            "product": clean.text(product),
            "row": pl.Series(range(read.frame.height), dtype=pl.Int64),
        }
    ).with_columns(_currencies(cells, default))
    return _amounts(facts, cells, mapped, hints, preset)


def _shared(full: pl.Series, number: pl.Series) -> pl.Series:
    """Return where a number was cut to what another number was cut to as well."""
    pairs = pl.DataFrame({"full": full, "number": number})
    longer = pairs.filter(pl.col("full") != pl.col("number"))
    alike = longer.group_by("number").agg(pl.col("full").n_unique()).filter(pl.col("full") > 1)
    return (full != number) & number.is_in(alike["number"].implode())


def _currencies(cells: dict[Field, pl.Series], default: str) -> pl.Series:
    """Return each row's currency: its own, else the one beside its amount, else the default."""
    if Field.CURRENCY in cells:
        written = cells[Field.CURRENCY]
        code = numbers.currency_code(written)
        blank = written.str.strip_chars() == ""
        frame = pl.DataFrame({"code": code, "blank": blank})
        own = pl.when("blank").then(pl.lit(default)).otherwise("code")
        return frame.select(own.alias("currency")).to_series()
    beside = numbers.currency_in(cells.get(Field.AMOUNT, cells.get(Field.PRICE, pl.Series([""]))))
    return beside.fill_null(default).alias("currency")


def _amounts(
    facts: pl.DataFrame,
    cells: dict[Field, pl.Series],
    mapped: Mapped,
    hints: Hints,
    preset: Preset | None,
) -> pl.DataFrame:
    """Return the facts with amount and quantity, the cells they came from, and where none is."""
    wanted = _amount_fields(mapped)
    extra = [Field.QUANTITY] if Field.QUANTITY in cells and Field.QUANTITY not in wanted else []
    columns = [cells[field].alias(mapped[field]) for field in [*wanted, *extra]]
    sign = numbers.decimal_sign(columns, hints.decimal)
    value = {field: numbers.parse(cells[field], sign) for field in [*wanted, *extra]}
    facts = facts.with_columns(
        *(series.alias(f"read_{field}") for field, series in value.items()),
        *((cells[field].str.strip_chars() == "").alias(f"no_{field}") for field in wanted),
    )
    places = numbers.PLACES * len(wanted)
    parts = [pl.col(f"read_{field}") for field in wanted]
    total = parts[0] if len(parts) == 1 else parts[0] * parts[1]
    amount = _in_minor_units(facts["currency"], total, places)
    if preset is not None and preset.credit_prefix is not None:
        credit = pl.col("document").str.starts_with(preset.credit_prefix)
        amount = pl.when(credit).then(-amount.abs()).otherwise(amount)
    quantity = pl.col(f"read_{Field.QUANTITY}").cast(pl.Float64) / 10**numbers.PLACES
    return facts.with_columns(
        amount.alias("amount"),
        (quantity if Field.QUANTITY in value else pl.lit(None, pl.Float64)).alias("quantity"),
    )


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


def _checks(mapped: Mapped) -> tuple[tuple[RejectCode, pl.Expr, str], ...]:
    """Return what can be wrong with a row, in the order in which it is told, and where."""
    date, customer = mapped[Field.DATE], mapped[Field.CUSTOMER]
    amounts = _amount_fields(mapped)
    return (
        (RejectCode.RAGGED, pl.col("extra").is_not_null(), ""),
        (RejectCode.NO_CUSTOMER, pl.col("number") == "", customer),
        (RejectCode.LONG_CUSTOMER, pl.col("shared"), customer),
        (RejectCode.NO_DATE, pl.col("no_date"), date),
        (RejectCode.BAD_DATE, pl.col("day").is_null(), date),
        *((RejectCode.NO_AMOUNT, pl.col(f"no_{each}"), mapped[each]) for each in amounts),
        *(
            (RejectCode.BAD_AMOUNT, pl.col(f"read_{each}").is_null(), mapped[each])
            for each in amounts
        ),
        (RejectCode.BAD_CURRENCY, pl.col("currency").is_null(), mapped.get(Field.CURRENCY, "")),
        (RejectCode.BAD_AMOUNT, pl.col("amount").is_null(), mapped[amounts[-1]]),
    )


def _amount_fields(mapped: Mapped) -> list[Field]:
    """Return the fields that an amount is made of: itself, or quantity and price."""
    return [Field.AMOUNT] if Field.AMOUNT in mapped else [Field.QUANTITY, Field.PRICE]


def _customers(
    read: table.Table, mapped: Mapped, facts: pl.DataFrame, good: pl.Series
) -> pl.DataFrame:
    """Return one row per customer number, with the most frequent value of each other column."""
    frame = facts.select("number").with_columns(
        *(
            clean.text(read.frame[mapped[field]]).alias(field)
            if field in mapped
            else pl.lit("").alias(field)
            for field in _OF_CUSTOMER
        )
    )
    return _usual(frame.filter(good), "number", _OF_CUSTOMER)


def _products(
    read: table.Table, mapped: Mapped, facts: pl.DataFrame, good: pl.Series
) -> pl.DataFrame:
    """Return one row per product code, with its most frequent name and category."""
    found = {"name": Field.PRODUCT_NAME, "category": Field.CATEGORY}
    frame = facts.select(pl.col("product").alias("code")).with_columns(
        *(
            clean.text(read.frame[mapped[field]]).alias(name)
            if field in mapped
            else pl.lit("").alias(name)
            for name, field in found.items()
        )
    )
    return _usual(frame.filter(good & (frame["code"] != "")), "code", tuple(found))


def _usual(frame: pl.DataFrame, key: str, columns: tuple[str, ...]) -> pl.DataFrame:
    result = frame.select(key).unique().sort(key)
    for column in columns:
        # Of equally frequent values the first by the alphabet: the order of lines means nothing.
        usual = (
            frame.filter(pl.col(column) != "")
            .group_by(key, column)
            .len()
            .sort("len", column, descending=[True, False])
            .unique(key, keep="first", maintain_order=True)
            .select(key, column)
        )
        result = result.join(usual, on=key, how="left", maintain_order="left")
    return result


def _rejects(read: table.Table, bad: pl.DataFrame, mapped: Mapped) -> pl.DataFrame:
    """Return the rows as they stand in the file, each with the first thing that is wrong."""
    checks = _checks(mapped)
    code = pl.coalesce(*(pl.when(wrong).then(pl.lit(str(what))) for what, wrong, _ in checks))
    column = pl.coalesce(*(pl.when(wrong).then(pl.lit(where)) for _, wrong, where in checks))
    told = bad.select(
        pl.col("line").alias("_line"), column.alias("_column"), code.alias("_code")
    ).with_columns(
        pl.col("_code")
        .replace_strict(dict(words.REJECTED), return_dtype=pl.String)
        .alias("_message")
    )
    return read.frame[bad["row"]].select(*read.columns, *told.iter_columns())
