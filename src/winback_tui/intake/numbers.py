"""Numbers by the evidence of the whole file, exact to the last digit: no float is involved."""

from collections.abc import Sequence

import polars as pl

from winback_tui.intake import clean
from winback_tui.intake.cells import TYPED
from winback_tui.intake.currencies import CODES
from winback_tui.intake.unclear import UnclearError

#: Numbers are kept as whole millionths.
PLACES = 6

#: Signs of one currency, and words for it, beside the ISO codes.
_SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₺": "TRY", "₩": "KRW", "₪": "ILS", "₴": "UAH",
    "₽": "RUB", "₫": "VND", "₱": "PHP", "฿": "THB", "US$": "USD", "CA$": "CAD", "C$": "CAD",
    "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD", "R$": "BRL",
    "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF", "LEI": "RON", "DM": "DEM",
    "EURO": "EUR", "EUROS": "EUR", "SFR": "CHF", "SFR.": "CHF", "FR.": "CHF", "FRANKEN": "CHF",
    "US-DOLLAR": "USD", "US DOLLAR": "USD", "PFUND": "GBP",
}  # fmt: skip
#: Signs that several currencies use; they mean the file's own where that is one of them.
_SHARED = {
    "$": ("USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "CLP", "COP", "ARS", "TWD"),
    "¥": ("JPY", "CNY"),
    "KR": ("SEK", "NOK", "DKK", "ISK"),
    "KR.": ("SEK", "NOK", "DKK", "ISK"),
}
#: Currencies that a sign beside an amount does not gainsay, though it means another by itself.
_ALSO = {
    "$": ("BBD", "BMD", "BND", "BSD", "BZD", "FJD", "GYD", "JMD", "KYD", "LRD", "NAD", "SBD", "SRD",
          "TTD", "UYU", "XCD", "DOP", "BRL"),
    "£": ("GIP", "FKP", "SHP", "EGP", "LBP", "SYP", "IEP"),
    "FR.": ("FRF", "BEF", "LUF"), "LEI": ("MDL",), "₩": ("KPW",),
}  # fmt: skip
#: What stands beside a number and names its currency, known or not.
_CURRENCY = r"(?i:(?:US|CA|AU|NZ|HK|[ACR])\$|[A-Z]{3}|\p{Sc}|zł|Kč|Ft|Kr\.?|SFr\.?|Fr\.|DM|Euros?)"
_SIGN = r"^[-+]?"
#: Minus signs and the dashes that are written for them.
_DASH = r"\x{2212}\x{2013}\x{2014}\-"
#: What stands between thousands or cannot be seen.
_UNSEEN = r"[\x{feff}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}]"
_FILLING = (
    r"[\s\x{a0}\x{202f}\x{2009}'\x{2019}\x{2bc}\x{b4}\x{2032}`\x{feff}\x{200b}-\x{200f}\x{202a}-\x{202e}"
    r"\x{2060}-\x{2069}]"
)
#: Cells that can only have this decimal sign: `1.234,5` and `1.234.567` prove the comma.
_PROOF = {
    ",": rf"{_SIGN}(?:\d{{1,3}}(?:\.\d{{3}})+,\d+|\d{{1,3}}(?:\.\d{{3}}){{2,}}|(?:0+|\d{{4,}})?,\d+"
    r"|\d+,(?:\d{1,2}|\d{4,}))$",
    ".": rf"{_SIGN}(?:\d{{1,3}}(?:,\d{{3}})+\.\d+|\d{{1,3}}(?:,\d{{3}}){{2,}}|(?:0+|\d{{4,}})?\.\d+"
    r"|\d+\.(?:\d{1,2}|\d{4,}))$",
}
#: Said instead of a sign: each cell has the one that it proves.
EACH = "each"
#: Cells that prove the point, or nothing, at one look.
_POINT = r"^-?\d+(?:\.\d{1,2})?$"
#: Cells that need no tidying.
_PLAIN = {".": r"^-?\d{1,12}(?:\.\d{1,6})?$", ",": r"^-?\d{1,12}(?:,\d{1,6})?$"}
_OPEN = rf"{_SIGN}[1-9]\d{{0,2}}[.,]\d{{3}}$"


class Evidence:
    """What columns of numbers from one file prove about their decimal sign; fed in parts."""

    def __init__(self, given: str | None, fallback: str | None = None) -> None:
        """`given` is what a person said; `fallback` serves where the cells prove nothing."""
        self._given = given
        self._fallback = fallback
        self._names: dict[str, None] = {}
        self._proofs = dict.fromkeys(_PROOF, "")
        self._open = ""

    def see(self, column: pl.Series, *, simple: bool = False) -> None:
        """Take a part of one of the columns into account.

        `simple` says that `plain.amounts` holds for it, and spares looking.
        """
        self._names[column.name] = None
        if self._given is not None:
            return
        some = None if simple else column.str.contains(_POINT).fill_null(value=False)
        if not self._proofs["."]:
            points = column if some is None else column.filter(some)
            points = points.filter(points.str.contains(".", literal=True))
            self._proofs["."] = _least(self._proofs["."], points)
        if some is None or some.all():
            return
        distinct = column.filter(~some).unique()
        # What was a number in its file proves nothing about the texts beside it.
        cells = _tidied(distinct.filter(~distinct.str.ends_with(TYPED).fill_null(value=False)))
        if cells.is_empty():
            return
        for sign, proof in _PROOF.items():
            self._proofs[sign] = _least(self._proofs[sign], cells.filter(cells.str.contains(proof)))
        if not any(self._proofs.values()):
            self._open = _least(self._open, cells.filter(cells.str.contains(_OPEN)))

    def decide(self) -> str:
        """Return the decimal sign, "." or ",", or EACH where that was said.

        Raises UnclearError where the cells prove both signs, or none although one of them, such
        as 173,900, needs to be told.
        """
        if self._given is not None:
            return self._given
        names = " and ".join(f"“{name}”" for name in self._names)
        one = len(self._names) == 1
        if all(self._proofs.values()):
            raise UnclearError(
                f"{names} {'holds' if one else 'hold'} numbers of both kinds, such as "
                f"{self._proofs[',']} and {self._proofs['.']}; say --decimal comma or "
                "--decimal point, and the others are rejected, or --decimal each, and each "
                "is read by itself.",
                "decimal",
            )
        found = next((sign for sign, proof in self._proofs.items() if proof), None)
        if found is not None:
            return found
        if not self._open:
            return "."
        if self._fallback is not None:
            return self._fallback
        raise UnclearError(
            f"{names} {'does' if one else 'do'} not tell whether {self._open} has decimals or "
            "thousands; say --decimal comma or --decimal point.",
            "decimal",
        )


def _least(known: str, cells: pl.Series) -> str:
    least = cells.min()
    return min(filter(None, (known, least if isinstance(least, str) else "")), default="")


def decimal_sign(
    columns: Sequence[pl.Series], given: str | None, fallback: str | None = None
) -> str:
    """Return the decimal sign of whole columns of numbers from one file (see Evidence)."""
    evidence = Evidence(given, fallback)
    for column in columns:
        evidence.see(column)
    return evidence.decide()


def parse(column: pl.Series, sign: str, *, simple: bool = False) -> pl.Series:
    """Return the numbers in millionths (Int128), null where a cell holds no number.

    A leading or trailing minus, brackets for negatives, spaces and apostrophes between thousands
    and a currency's sign or code are understood. Digits beyond the sixth decimal are dropped.
    Of a cell that could be read with either sign, such as 1,234, EACH makes no number. `simple`
    says that `plain.amounts` holds for the column, and spares looking.
    """
    if simple and sign != ",":
        return column.cast(pl.Decimal(38, PLACES)).to_physical().alias(column.name)
    typed = column.str.ends_with(TYPED).fill_null(value=False)
    if typed.any():
        exactly = parse(column.filter(typed).str.strip_suffix(TYPED), ".")
        blank = pl.select(pl.when(~typed).then(column)).to_series().alias(column.name)
        return parse(blank, sign).clone().scatter(typed.arg_true(), exactly).alias(column.name)
    if sign == EACH:
        return _by_themselves(column)
    plain = column.str.contains(_PLAIN[sign])
    exact = column.str.replace(",", ".", literal=True) if sign == "," else column
    read = exact.cast(pl.Decimal(38, PLACES), strict=False).to_physical()
    if plain.all():
        return read.alias(column.name)
    rest = _parse(column.filter(~plain.fill_null(value=False)), sign)
    return read.clone().scatter((~plain.fill_null(value=False)).arg_true(), rest).alias(column.name)


def _by_themselves(column: pl.Series) -> pl.Series:
    """Return the numbers of cells of which each proves its own sign, null where one does not."""
    cell = column.to_frame().select(tidy(pl.first())).to_series()
    commas = cell.str.contains(_PROOF[","]).fill_null(value=False)
    sure = ~cell.str.contains(_OPEN).fill_null(value=False)
    points = parse(column, ".")
    chosen = pl.when(commas).then(parse(column, ",")).when(sure).then(points)
    return pl.select(chosen).to_series().alias(column.name)


def _parse(column: pl.Series, sign: str) -> pl.Series:
    """Return the numbers of cells that have more to them than digits and a decimal sign."""
    old = column.alias("old").to_frame()
    group = "," if sign == "." else "."
    mark, gap = (r"\.", ",") if sign == "." else (",", r"\.")
    # 1,23,456.00 groups by hundreds, as India does.
    lakhs = rf"|\d{{1,2}}(?:{gap}\d{{2}})+{gap}\d{{3}}" if sign == "." else ""
    form = rf"^[-+]?(?:\d{{1,3}}(?:{gap}\d{{3}})+{lakhs}|\d*)(?:{mark}\d*)?$"
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


def currency_in(column: pl.Series, default: str) -> pl.Series:
    """Return the currency that stands in each cell beside its number.

    That is `default` where nothing stands there, and null where what stands there is no currency
    that is known, or could be several.
    """
    mark = _mark(column)
    if mark is None:
        return pl.Series(column.name, [default]).new_from_index(0, len(column))
    known = (
        pl.when(pl.first().is_null()).then(pl.lit(default)).otherwise(_code(pl.first(), default))
    )
    return mark.to_frame().select(known).to_series().alias(column.name)


def currency_of(own: pl.Series, amounts: pl.Series | None, default: str) -> pl.Series:
    """Return the currency of each row that has a cell for it: that one, else the amount's.

    `amounts` is None where nothing stands beside the numbers.

    `default` where both are blank; null where a cell holds none that is known, and where the sign
    or code beside the amount is that of another currency.
    """
    said = clean.each(own, code_or(default))
    mark = None if amounts is None else _mark(amounts)
    if amounts is None or mark is None:
        return said
    fits = {each: (*codes, *_ALSO.get(each, ())) for each, codes in _SHARED.items()}
    beside = currency_in(amounts, default)
    frame = pl.DataFrame({"own": own, "said": said, "beside": beside, "mark": mark}).with_columns(
        pl.col("mark").str.to_uppercase()
    )
    said_too = pl.any_horizontal(
        pl.lit(value=False),
        *(
            (pl.col("mark") == each) & pl.col("said").is_in(codes)
            for each, codes in {**_ALSO, **fits}.items()
        ),
    ).fill_null(value=False)
    shared = pl.col("mark").is_in(list(_SHARED))
    # What is no currency at all, such as a unit, speaks against none.
    other = (pl.col("beside") != pl.col("said")).fill_null(value=False) | shared
    chosen = (
        pl.when(pl.col("mark").is_null())
        .then("said")
        .when(pl.col("own").str.strip_chars() == "")
        .then("beside")
        .when(~other | said_too)
        .then("said")
    )
    return frame.select(chosen.alias(own.name)).to_series()


def shared_sign(column: pl.Series, default: str, *, alone: bool = False) -> tuple[str, str] | None:
    """Return a sign of several currencies in the cells that `default` does not settle.

    It comes with the code of a currency that uses it; None: there is no such sign. `alone`: the
    cells hold currencies and no numbers.
    """
    mark = column.str.strip_chars() if alone else _mark(column)
    if mark is None:
        return None
    for sign in mark.drop_nulls().unique().sort().to_list():
        codes = _SHARED.get(sign.upper(), ())
        if codes and default not in codes:
            return sign, codes[0]
    return None


def _mark(column: pl.Series) -> pl.Series | None:
    """Return what stands beside the number in each cell, null where nothing does; None: nowhere."""
    beside = column.filter(~column.str.contains(r"^[-0-9.,]*$").fill_null(value=True)).unique()
    if not beside.str.contains(_CURRENCY).any():
        return None
    cells = column.str.replace_all(_UNSEEN, "").str.strip_chars()
    before = cells.str.extract(rf"^[{_DASH}+(]?\s*({_CURRENCY})[{_DASH}+\s]*[\d.,(]", 1)
    behind = cells.str.extract(rf"[\d.,{_DASH}]\s*({_CURRENCY})\s*[{_DASH})]?$", 1)
    return pl.select(pl.coalesce(before, behind)).to_series().alias(column.name)


def currency_code(column: pl.Series, default: str = "") -> pl.Series:
    """Return ISO codes for codes in any case, words and signs; null for what is none.

    A sign of several currencies, such as $, means `default` where that is one of them.
    """
    return column.to_frame().select(_code(pl.first(), default)).to_series()


def code_or(default: str) -> pl.Expr:
    """Return the code of a frame's one column as `currency_code` does, `default` for blank ones."""
    blank = pl.first().str.strip_chars() == ""
    return pl.when(blank).then(pl.lit(default)).otherwise(_code(pl.first(), default))


def _code(cell: pl.Expr, default: str = "") -> pl.Expr:
    own = {sign: default for sign, codes in _SHARED.items() if default in codes}
    upper = cell.str.strip_chars().str.to_uppercase().replace(_SIGNS | own)
    return pl.when(upper.is_in(CODES)).then(upper)


def minor_units(value: pl.Expr, places: int, exponent: int) -> pl.Expr:
    """Return an amount kept with `places` decimals (Int128) in minor units (Int64).

    `exponent` is how many decimals the currency has. Halves are rounded away from zero, as in
    bookkeeping. Null where the amount is beyond 10^15 minor units.
    """
    divisor = 10 ** (places - exponent)
    # As many bits as the amounts have: with half as many, all this is faster.
    size = (value.abs() + pl.lit(divisor // 2, pl.Int64)) // pl.lit(divisor, pl.Int64)
    fits = size <= 10**15
    whole = pl.when(fits).then(size).cast(pl.Int64)
    return pl.when(value < 0).then(-whole).otherwise(whole)


def tidy(cells: pl.Expr) -> pl.Expr:
    """Return number cells bare: sign in front, no spaces, apostrophes, currency or brackets."""
    bare = (
        cells.str.replace_all(_FILLING, "")
        .str.replace(clean.FORMULA, "$1")
        .str.replace_all(rf"[{_DASH}]", "-")
        .str.replace(rf"^([-+(]?){_CURRENCY}", "$1")
        .str.replace(rf"{_CURRENCY}([-)]?)$", "$1")
        # Whole amounts as Swiss and Austrian invoices write them: 50.– is no negative number.
        .str.replace(r"(\d[.,])-{1,2}$", "${1}00")
    )
    return bare.str.replace(r"^\((.+)\)$", "-$1").str.replace(r"^([^-+].*)-$", "-$1")


def _tidied(column: pl.Series) -> pl.Series:
    return column.unique().to_frame().select(tidy(pl.first()).alias("cell")).to_series()
