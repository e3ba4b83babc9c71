"""Numbers by the evidence of the whole file, exact to the last digit: no float is involved."""

from collections.abc import Sequence

import polars as pl

from winback_tui.errors import BadInputError

#: Numbers are kept as whole millionths.
PLACES = 6
_POWER = 10**PLACES

_CURRENCY = r"(?:[A-Z]{3}|\p{Sc})"
_SIGN = r"^[-+]?"
#: Cells that can only have this decimal sign: `1.234,5` and `1.234.567` prove the comma.
_PROOF = {
    ",": rf"{_SIGN}(?:\d{{1,3}}(?:\.\d{{3}})+,\d+|\d{{1,3}}(?:\.\d{{3}}){{2,}}|(?:0+|\d{{4,}})?,\d+"
    r"|\d+,(?:\d{1,2}|\d{4,}))$",
    ".": rf"{_SIGN}(?:\d{{1,3}}(?:,\d{{3}})+\.\d+|\d{{1,3}}(?:,\d{{3}}){{2,}}|(?:0+|\d{{4,}})?\.\d+"
    r"|\d+\.(?:\d{1,2}|\d{4,}))$",
}
_OPEN = rf"{_SIGN}[1-9]\d{{0,2}}[.,]\d{{3}}$"


def decimal_sign(columns: Sequence[pl.Series], given: str | None) -> str:
    """Return the decimal sign, "." or ",", of columns of numbers from one file.

    `given` is what a person said. Raises BadInputError where the cells prove both signs, or none
    although one of them, such as 173,900, needs to be told.
    """
    if given is not None:
        return given
    cells = pl.concat([_tidied(column) for column in columns]).drop_nulls()
    proofs = {sign: cells.filter(cells.str.contains(proof)) for sign, proof in _PROOF.items()}
    names = " and ".join(f"“{column.name}”" for column in columns)
    if all(len(proof) for proof in proofs.values()):
        comma, point = (proofs[each].sort().to_list()[0] for each in ",.")
        raise BadInputError(
            f"{names} hold numbers of both kinds, such as {comma} and {point}; say --decimal "
            "comma or --decimal point, and the others are rejected."
        )
    for sign, proof in proofs.items():
        if len(proof):
            return sign
    unclear = cells.filter(cells.str.contains(_OPEN))
    if len(unclear):
        example = unclear.sort().to_list()[0]
        raise BadInputError(
            f"{names} do not tell whether {example} has decimals or thousands; say --decimal "
            "comma or --decimal point."
        )
    return "."


def parse(column: pl.Series, sign: str) -> pl.Series:
    """Return the numbers in millionths (Int128), null where a cell holds no number.

    A leading or trailing minus, brackets for negatives, spaces and apostrophes between thousands
    and a currency's sign or code are understood. Digits beyond the sixth decimal are dropped.
    """
    old = column.alias("old").to_frame()
    group = "," if sign == "." else "."
    mark, gap = (r"\.", ",") if sign == "." else (",", r"\.")
    form = rf"^[-+]?(?:\d{{1,3}}(?:{gap}\d{{3}})+|\d*)(?:{mark}\d*)?$"
    found = old.unique().with_columns(tidy(pl.col("old")).alias("cell"))
    cell = pl.col("cell")
    found = found.filter(cell.str.contains(form) & cell.str.contains(r"\d")).with_columns(
        cell.str.strip_chars_start("+-")
        .str.replace_all(group, "", literal=True)
        .str.splitn(sign, 2)
        .alias("parts")
    )
    whole = pl.col("parts").struct[0]
    rest = pl.col("parts").struct[1].fill_null("").str.head(PLACES).str.pad_end(PLACES, "0")
    # Twelve digits: the product of two such numbers still fits 128 bits.
    fits = whole.str.len_chars() <= 12
    minus = pl.when(cell.str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
    digits = pl.when(fits).then(pl.concat_str(minus, whole, rest))
    found = found.select("old", digits.str.to_integer(dtype=pl.Int128, strict=False).alias("value"))
    joined = old.join(found, on="old", how="left", nulls_equal=True, maintain_order="left")
    return joined["value"].alias(column.name)


def currency_in(column: pl.Series) -> pl.Series:
    """Return the currency code that stands in each cell beside its number, or null."""
    if not column.unique().str.contains(_CURRENCY).any():
        return pl.Series(column.name, [None], dtype=pl.String).new_from_index(0, len(column))
    cells = column.str.strip_chars()
    before = cells.str.extract(rf"^[-+(]?\s*({_CURRENCY})", 1)
    behind = cells.str.extract(rf"({_CURRENCY})\s*[-)]?$", 1)
    found = pl.select(pl.coalesce(before, behind)).to_series()
    return currency_code(found).alias(column.name)


def currency_code(column: pl.Series) -> pl.Series:
    """Return ISO codes for codes in any case and for signs of one currency ("$" has many)."""
    signs = {"€": "EUR", "£": "GBP", "₹": "INR", "₺": "TRY", "₩": "KRW", "₪": "ILS"}
    upper = column.str.strip_chars().str.to_uppercase().replace(signs)
    return pl.select(pl.when(upper.str.contains(r"^[A-Z]{3}$")).then(upper)).to_series()


def minor_units(value: pl.Expr, places: int, exponent: int) -> pl.Expr:
    """Return an amount kept with `places` decimals (Int128) in minor units (Int64).

    `exponent` is how many decimals the currency has. Halves are rounded away from zero, as in
    bookkeeping. Null where the amount is beyond 10^15 minor units.
    """
    divisor = 10 ** (places - exponent)
    size = (value.abs() + pl.lit(divisor // 2, dtype=pl.Int128)) // pl.lit(divisor, dtype=pl.Int128)
    fits = size <= 10**15
    whole = pl.when(fits).then(size).cast(pl.Int64)
    return pl.when(value < 0).then(-whole).otherwise(whole)


def tidy(cells: pl.Expr) -> pl.Expr:
    """Return number cells bare: sign in front, no spaces, apostrophes, currency or brackets."""
    bare = (
        cells.str.replace_all(r"[\s\x{a0}\x{202f}\x{2009}'\x{2019}]", "")
        .str.replace_all(r"[\x{2212}\x{2013}]", "-")
        .str.replace(rf"^([-+(]?){_CURRENCY}", "$1")
        .str.replace(rf"{_CURRENCY}([-)]?)$", "$1")
    )
    return bare.str.replace(r"^\((.+)\)$", "-$1").str.replace(r"^([^-+].*)-$", "-$1")


def _tidied(column: pl.Series) -> pl.Series:
    return column.unique().to_frame().select(tidy(pl.first()).alias("cell")).to_series()
