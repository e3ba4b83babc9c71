"""Who the sample's customers are: companies, a few consumers, their people and addresses."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from winback_tui.intake.sample import words
from winback_tui.intake.sample.behaviour import behaviours
from winback_tui.intake.sample.chance import below, between, draw, lookup, pick, spread, weighted

_LANGUAGES: Final = tuple(words.LANGUAGE[country] for country in words.COUNTRIES)
#: How many in a thousand are consumers, and bear a name longer than any column.
_CONSUMERS: Final = 45
_LONG: Final = 7
#: Currencies by country: most pay in euros, also abroad.
_CURRENCIES: Final = (
    ("EUR",), ("EUR",), ("CHF", "EUR"), ("EUR", "EUR", "DKK"), ("EUR",), ("GBP",),
)  # fmt: skip


def customers(seed: int, low: int, high: int) -> pl.DataFrame:
    """Return customers `low` to `high` − 1 (counted from 0), a row each, in the order of `id`.

    Besides the book's own columns: `rhythm` (index into `behaviour.MIX`), `trade` (industry's
    index), `tongue` (language's index), `surname` and `size` (of an order, in thousandths).
    """
    key = pl.col("id")
    return (
        pl.select(pl.int_range(low + 1, high + 1, dtype=pl.Int64).alias("id"))
        .with_columns(
            weighted(draw(seed, "country", key), words.COUNTRY_WEIGHTS).alias("land"),
            behaviours(seed).alias("rhythm"),
            weighted(draw(seed, "trade", key), words.INDUSTRY_WEIGHTS).alias("trade"),
            spread(draw(seed, "size", key), 65).alias("size"),
            (below(draw(seed, "party", key), 1000) < _CONSUMERS).alias("person"),
        )
        .with_columns(lookup(pl.col("land"), _LANGUAGES).cast(pl.Int64).alias("tongue"))
        .with_columns(
            _of(pl.col("tongue"), words.SURNAMES, draw(seed, "surname", key)).alias("surname"),
            _of(pl.col("tongue"), words.FIRST_NAMES, draw(seed, "first", key)).alias("first"),
            _of(pl.col("land"), words.CITIES, draw(seed, "city", key)).alias("place"),
        )
        .with_columns(pl.col("place").str.split_exact(":", 1).alias("place"))
        .with_columns(pl.col("place").struct.field("field_0").alias("city"))
        .with_columns(_company(seed).alias("company"))
        .select(
            "id",
            (key + 10_000).cast(pl.String).alias("number"),
            pl.when("person")
            .then(pl.concat_str("first", pl.lit(" "), "surname"))
            .otherwise("company")
            .alias("name"),
            pl.when("person").then(pl.lit("consumer")).otherwise(pl.lit("business")).alias("party_kind"),
            _segment().alias("segment"),
            pl.when("person")
            .then(pl.lit("Private"))
            .otherwise(lookup(pl.col("trade"), words.INDUSTRIES))
            .alias("industry"),
            lookup(
                weighted(draw(seed, "owner", key), (410, 340, 250)), words.OWNERS
            ).alias("owner"),
            _street(seed).alias("street"),
            digits(seed, "zip", pl.col("place").struct.field("field_1"), key)
            .str.replace_all("_", " ")
            .alias("zip"),
            "city",
            lookup(pl.col("land"), words.COUNTRIES).alias("country"),
            _of(pl.col("land"), _CURRENCIES, draw(seed, "currency", key)).alias("currency"),
            "rhythm",
            "trade",
            "tongue",
            "land",
            "first",
            "surname",
            pl.when("person").then(pl.col("size") // 3).otherwise("size").alias("size"),
        )
    )  # fmt: skip


def digits(seed: int, purpose: str, pattern: pl.Expr, *counters: pl.Expr) -> pl.Expr:
    """Return `pattern` with each # replaced by a drawn digit; at most four of them."""
    for place in range(4):
        drawn = between(draw(seed, f"{purpose} {place}", *counters), 0, 9).cast(pl.String)
        pattern = pattern.str.replace("#", drawn, literal=True)
    return pattern


def slug(name: pl.Expr) -> pl.Expr:
    """Return a name as it stands in an address: small ASCII letters, digits and single hyphens."""
    plain = {
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "å": "aa", "é": "e",
        "ë": "e", "ı": "i", "ş": "s", "ý": "y", "â": "a", "'": "", "i̇": "i",
    }  # fmt: skip
    return (
        name.str.to_lowercase()
        .str.replace_many(list(plain), list(plain.values()))
        .str.replace_all(r"[^a-z0-9]+", "-")
        .str.slice(0, 32)
        .str.strip_chars("-")
    )


def ragged(index: pl.Expr, lists: Sequence[Sequence[str]], drawn: pl.Expr) -> pl.Expr:
    """Return one of the words of `lists[index]` for each row."""
    return _of(index, lists, drawn)


def _of(index: pl.Expr, lists: Sequence[Sequence[str]], drawn: pl.Expr) -> pl.Expr:
    flat = [word.replace("_", " ") if ":" not in word else word for each in lists for word in each]
    starts = [sum(len(each) for each in lists[:at]) for at in range(len(lists))]
    counts = [len(each) for each in lists]
    return lookup(lookup(index, starts) + below(drawn, lookup(index, counts)), flat)


def _company(seed: int) -> pl.Expr:
    key, tongue = pl.col("id"), pl.col("tongue")
    forms = [form.split("|") for trade in words.FORMS for form in trade]
    name = _of(pl.col("trade") * 4 + tongue, forms, draw(seed, "form", key))
    parts = {
        "{s}": pl.col("surname"),
        "{t}": _of(tongue, words.SURNAMES, draw(seed, "partner", key)),
        "{f}": pl.col("first"),
        "{n}": _of(tongue, words.NOUNS, draw(seed, "noun", key)),
        "{c}": pl.col("city"),
    }
    for mark, part in parts.items():
        name = name.str.replace(mark, part, literal=True)
    # Two shops of one name in a big book are told apart by their town, as sales people do.
    town = below(draw(seed, "town", key), 9) == 0
    name = pl.when(town).then(pl.concat_str(name, pl.lit(", "), "city")).otherwise(name)
    long = below(draw(seed, "long", key), 1000) < _LONG
    rare = pick(draw(seed, "long name", key), words.LONG_NAMES)
    return pl.when(long & (tongue == 0)).then(rare).otherwise(name)


def _segment() -> pl.Expr:
    size = pl.when("person").then(0).otherwise("size")
    a, b, c = (pl.lit(segment) for segment in words.SEGMENTS)
    return pl.when(size > 1900).then(a).when(size > 750).then(b).otherwise(c)


def _street(seed: int) -> pl.Expr:
    key = pl.col("id")
    # Austria and Switzerland share Germany's list.
    street = _of(pl.col("tongue"), words.STREETS, draw(seed, "street", key))
    house = between(draw(seed, "house", key), 1, 128).cast(pl.String)
    return (
        pl.when(pl.col("tongue") == 3)
        .then(pl.concat_str(house, pl.lit(" "), street))
        .otherwise(pl.concat_str(street, pl.lit(" "), house))
    )
