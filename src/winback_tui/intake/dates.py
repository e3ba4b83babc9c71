"""Dates by the evidence of the whole column; what stays open is asked, never guessed."""

from datetime import date
from typing import Any, Final, NamedTuple

import polars as pl

from winback_tui.intake.clean import FORMULA
from winback_tui.intake.unclear import UnclearError

#: Days outside these years are taken for typing errors.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
#: The same, as days since 1970-01-01.
_FIRST_DAY: Final = (date(_FIRST_YEAR, 1, 1) - date(1970, 1, 1)).days
_LAST_DAY: Final = (date(_LAST_YEAR, 12, 31) - date(1970, 1, 1)).days

_TIME: Final = r"(?:[T ,].*)?$"
#: A date as most programs write it, which needs no closer look.
_PLAIN: Final = r"^\d{4}-\d\d-\d\d$"
_YEAR_FIRST: Final = r"^(?<y>\d{4})[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})" + _TIME
_COMPACT: Final = r"^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$"
_YEAR_LAST: Final = r"^(?<a>\d{1,2})(?<s>[-/.])(?<b>\d{1,2})[-/.](?<y>\d{4}|\d{2})" + _TIME
#: 5. Januar 2026, 05-Jan-26, 1er mars 2026, 3 de junio de 2026: a name leaves no question.
_DAY_NAME: Final = (
    r"^(?<d>\d{1,2})(?:st|nd|rd|th|er|[ºª°])?[-. /]+(?:de +)?(?<m>\pL{3,})\.?[-,. /]+(?:del? +)?"
    r"(?<y>\d{4}|\d{2})"
)
_NAME_DAY: Final = r"^(?<m>\pL{3,})\.? +(?<d>\d{1,2})(?:st|nd|rd|th)?,? +(?<y>\d{4})"
#: Jan-05-26, as an American market place writes it.
_NAME_DASH: Final = r"^(?<m>\pL{3,})-(?<d>\d{1,2})-(?<y>\d{4}|\d{2})(?:\D|$)"
#: How the months begin in English, German, French, Spanish, Italian, Dutch, Polish, Czech, the
#: languages of Scandinavia and Portuguese.
_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        ("jan ene gen sty led", "feb fév fev lut úno", "mar mär mrz maa mrt bře",
         "apr avr abr kwi dub", "may mai mag mei maj kvě", "jun giu cze", "jul lug lip",
         "aug aoû aou ago sie srp", "sep set wrz zář", "oct okt ott paź paz říj out", "nov lis",
         "dec dez déc dic gru pro des"), 1)
    for name in names.split()
}  # fmt: skip
#: Months that begin alike, in French and Czech.
_ALIKE: Final = {
    **dict.fromkeys(("juin", "červen", "června", "červnu"), 6),
    **dict.fromkeys(("juil", "juillet", "červenec", "července", "červenci"), 7),
}
#: 2026-W21-3, the third day of a week.
_WEEK: Final = r"^\d{4}-?W\d\d-?[1-7]$"
#: A day as a spreadsheet counts it from 1899-12-30, with the time as a fraction: 1954 to 2119.
_SERIAL: Final = r"^[2-7]\d{4}(?:[.,]\d+)?$"
_SERIAL_START: Final = -25_569
#: 26-05-21 is a day of 2021 or of 2026: with dashes the year may stand on either side.
_TWO_YEARS: Final = r"^(?:[0-2]\d|3[01])-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])(?:[T ,].*)?$"
#: So many numbers are days rather than years, where the others are a third as many.
_DAYS: Final = 6
#: Such a date at all.
_SHORT_DASHED: Final = r"^\d\d?-\d\d?-\d\d(?:[T ,].*)?$"
#: The day of the week before a date, in several languages.
_WEEKDAY: Final = (
    r"(?i)^(?:mon(?:day|tag)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs)?(?:day)?|fri(?:day)?|"
    r"sat(?:urday)?|sun(?:day)?|mo|di|mi|do|fr|sa|so|(?:diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"sonnabend|lun(?:di)?|mardi|mer(?:credi)?|jeu(?:di)?|ven(?:dredi)?|sam(?:edi)?|"
    r"dim(?:anche)?|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|"
    r"(?:lune|marte|mercole|giove|vener)d[iì]|sabato|domenica|lunes|martes|mi[eé]rcoles|jueves|"
    r"viernes|s[aá]bado|domingo|poniedzia[lł]ek|wtorek|[sś]roda|czwartek|pi[aą]tek|sobota|niedziela)"
    r"\.?,?\s+"
    r"([\d\pL])"
)
#: What nobody sees in a cell: zero-width and direction marks, and the mark of a text.
_UNSEEN: Final = r"[\x{feff}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}]|^'"


class Order(NamedTuple):
    """How a column writes its dates: whether the day comes first; whether days are serial."""

    day_first: bool
    serial: bool = False


class Evidence:
    """What a column proves about the order of day and month; fed with the column in parts."""

    def __init__(self, name: str, given: bool | None, fallback: bool | None = None) -> None:
        """`given` is what a person said; `fallback` serves where the column proves nothing."""
        self._name = name
        self._given = given
        self._fallback = fallback
        self._first = self._second = self._open = self._years = ""
        self._serial = self._settled = False
        #: What stands first and last in dates of two-digit years with dashes.
        self._ends: tuple[set[str], set[str]] = (set(), set())

    def see(self, column: pl.Series) -> None:
        """Take a part of the column into account."""
        if column.str.contains(_PLAIN).all():
            return
        found = pl.DataFrame({"cell": _bare(column.unique())})
        self._serial = self._serial or bool(found["cell"].str.contains(_SERIAL).any())
        if not self._settled:
            either = found["cell"].str.contains(_TWO_YEARS)
            dashed = found["cell"].str.contains(_SHORT_DASHED)
            # One that can be read in one way only speaks for the others.
            self._settled = bool((dashed & ~either).any())
            self._years = self._least(self._years, found.filter(either))
            for place, seen in ((0, self._ends[0]), (6, self._ends[1])):
                seen.update(found.filter(either)["cell"].str.slice(place, 2).unique())
            # Days are many and years are few: 21-05-26 and 03-06-26 end with the year.
            first, last = map(len, self._ends)
            self._settled = self._settled or (first >= _DAYS and first >= 3 * last)
        numeric = (
            found.filter(pl.col("cell").str.contains(_YEAR_LAST))
            .with_columns(pl.col("cell").str.extract_groups(_YEAR_LAST).alias("last"))
            .with_columns(
                pl.col("last").struct.field("a").cast(pl.Int32).alias("a"),
                pl.col("last").struct.field("b").cast(pl.Int32).alias("b"),
                pl.col("last").struct.field("s").alias("s"),
            )
            .filter(pl.col("a") != pl.col("b"))
        )
        a, b = pl.col("a"), pl.col("b")
        self._first = self._least(self._first, numeric.filter((a > 12) & (b <= 12)))
        self._second = self._least(self._second, numeric.filter((b > 12) & (a <= 12)))
        self._open = self._least(
            self._open, numeric.filter((a <= 12) & (b <= 12) & (pl.col("s") != "."))
        )

    @staticmethod
    def _least(known: str, found: pl.DataFrame) -> str:
        least = found["cell"].min()
        return min(filter(None, (known, least if isinstance(least, str) else "")), default="")

    def decide(self) -> Order:
        """Return how the dates are read. Raises UnclearError where the order stays open."""
        if self._given is not None:
            return Order(self._given, self._serial)
        if self._years and not self._settled:
            raise UnclearError(
                f"Column “{self._name}” does not tell whether {self._years} begins with the year "
                "or ends with it; write its years with four digits, or say --dayfirst if they "
                "stand at the end.",
                "order",
            )
        if self._first and self._second:
            raise UnclearError(
                f"Column “{self._name}” holds dates of both orders, such as {self._first} and "
                f"{self._second}; say --dayfirst or --monthfirst, and the others are rejected.",
                "order",
            )
        if self._first or self._second:
            return Order(bool(self._first), self._serial)
        if not self._open:
            return Order(True, self._serial)
        if self._fallback is not None:
            return Order(self._fallback, self._serial)
        raise UnclearError(
            f"Column “{self._name}” does not tell day from month, as in {self._open}; say "
            "--dayfirst or --monthfirst.",
            "order",
        )


def days(
    column: pl.Series, name: str, day_first: bool | None, fallback: bool | None = None
) -> pl.Series:
    """Return a whole column as days since 1970-01-01, null where a cell holds no date.

    `fallback` serves where the column proves nothing. Raises UnclearError where the order of day
    and month stays open; `name` is the column's.
    """
    evidence = Evidence(name, day_first, fallback)
    evidence.see(column)
    return parse(column, evidence.decide())


def parse(column: pl.Series, order: Order) -> pl.Series:
    """Return the cells as whole days since 1970-01-01, null where a cell holds no date.

    Read are 2026-11-21 (also with / or . and a time behind), 20261121, a spreadsheet's serial
    days, 2026-W21-3, dates with the month's name in several languages, and dates that begin with
    the day or the month: with dots the day comes first unless a person says otherwise. Two-digit
    years up to 68 are of this century (POSIX).
    """
    if column.str.contains(_PLAIN).all():
        days = column.str.to_date("%Y-%m-%d", strict=False, cache=False)
        days = days.to_physical().cast(pl.Int64)
        inside = days.is_between(_FIRST_DAY, _LAST_DAY)
        return pl.select(pl.when(inside).then(days).alias("day")).to_series()
    old = column.alias("old").to_frame()
    found = old.unique().with_columns(_bare(pl.col("old")).alias("cell"))
    cell = pl.col("cell")
    iso = found.filter(cell.str.contains(_YEAR_FIRST))
    done = [_read(iso, cell.str.extract_groups(_YEAR_FIRST), "y", "m", "d")]
    rest = found.filter(~cell.str.contains(_YEAR_FIRST).fill_null(value=False))
    if not rest.is_empty():
        day, month = ("a", "b") if order.day_first else ("b", "a")
        last = rest.filter(cell.str.contains(_YEAR_LAST))
        compact = rest.filter(cell.str.contains(_COMPACT))
        done.append(_read(last, cell.str.extract_groups(_YEAR_LAST), "y", month, day))
        done.append(_read(compact, cell.str.extract_groups(_COMPACT), "y", "m", "d"))
        for form in (_DAY_NAME, _NAME_DAY, _NAME_DASH):
            named = rest.filter(cell.str.contains(form))
            done.append(_read(named, cell.str.extract_groups(form), "y", "m", "d"))
        weeks = cell.str.replace_all("-", "").str.to_date("%GW%V%u", strict=False)
        done.append(
            rest.filter(cell.str.contains(_WEEK)).select(
                "old", weeks.to_physical().cast(pl.Int64).alias("day")
            )
        )
        done.append(
            rest.filter(cell.str.contains(_SERIAL)).select(
                "old",
                (cell.str.extract(r"^(\d+)").cast(pl.Int64) + _SERIAL_START).alias("day"),
            )
        )
    parsed = pl.concat(done).unique("old", keep="first", maintain_order=True)
    return old.join(parsed, on="old", how="left", nulls_equal=True, maintain_order="left")["day"]


def _bare(cells: Any) -> Any:
    """Return cells (a series or an expression) without what nobody sees in them."""
    bare = cells.str.replace_all(_UNSEEN, "").str.strip_chars().str.replace(FORMULA, "$1")
    return bare.str.replace(_WEEKDAY, "$1")


def _read(frame: pl.DataFrame, groups: pl.Expr, year: str, month: str, day: str) -> pl.DataFrame:
    """Return the cells' days: the groups' fields hold the year, the month or its name, the day."""
    parts = frame.select("old", groups.alias("parts")).unnest("parts")
    if parts.is_empty():
        return pl.DataFrame(schema={"old": pl.String, "day": pl.Int64})
    written = pl.col(year).cast(pl.Int32)
    century = pl.when(written <= 68).then(2000).when(written <= 99).then(1900).otherwise(0)
    full = pl.when(pl.col(year).str.len_chars() == 2).then(century + written).otherwise(written)
    name = pl.col(month).str.to_lowercase()
    number = pl.coalesce(
        name.replace_strict(_ALIKE, default=None, return_dtype=pl.Int32),
        name.str.head(3).replace_strict(_MONTHS, default=None, return_dtype=pl.Int32),
    )
    return parts.select(
        "old",
        _day(
            full, pl.coalesce(pl.col(month).cast(pl.Int32, strict=False), number), pl.col(day)
        ).alias("day"),
    )


def _day(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Return days since 1970-01-01, null for what the calendar does not have."""
    written = pl.concat_str(
        year.cast(pl.String).str.zfill(4),
        month.cast(pl.String).str.zfill(2),
        day.cast(pl.String).str.zfill(2),
        separator="-",
    )
    found = written.str.to_date("%Y-%m-%d", strict=False)
    inside = year.is_between(_FIRST_YEAR, _LAST_YEAR)
    return pl.when(inside).then(found.to_physical().cast(pl.Int64))
