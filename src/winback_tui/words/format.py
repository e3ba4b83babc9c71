"""Numbers, dates and money as the user's locale writes them; standard library only."""

import os
from collections.abc import Mapping
from datetime import date as Date  # noqa: N812 - `date` is what a method is called here
from typing import Final, NamedTuple, Self, TypeVar

from winback_tui.model import exponent

_T = TypeVar("_T")

_NBSP: Final = "\u00a0"
_MINUS: Final = "\u2212"

#: Decimal sign, thousands sign, digits before grouping starts, space before a percent sign.
_Numbers = tuple[str, str, int, bool]
_NUMBERS: Final[dict[str, _Numbers]] = {
    "en": (".", ",", 4, False),
    "de": (",", ".", 4, True),
    "de_AT": (",", _NBSP, 4, True),
    "de_CH": (".", "\u2019", 4, False),
    "de_LI": (".", "\u2019", 4, False),
    "fr_CH": (",", _NBSP, 4, True),
    "it_CH": (".", "\u2019", 4, False),
    "fr": (",", _NBSP, 4, True),
    "nl": (",", ".", 4, False),
    "es": (",", ".", 5, True),
    "es_MX": (".", ",", 4, False),
    "it": (",", ".", 4, False),
    "pt": (",", ".", 4, False),
    "pt_PT": (",", _NBSP, 5, False),
    "da": (",", ".", 4, True),
    "nb": (",", _NBSP, 4, True),
    "nn": (",", _NBSP, 4, True),
    "no": (",", _NBSP, 4, True),
    "sv": (",", _NBSP, 4, True),
    "fi": (",", _NBSP, 4, True),
    "pl": (",", _NBSP, 5, False),
    "cs": (",", _NBSP, 4, True),
    "sk": (",", _NBSP, 4, True),
    "hu": (",", _NBSP, 5, False),
    "ro": (",", ".", 4, True),
    "tr": (",", ".", 4, False),
    "ja": (".", ",", 4, False),
    "zh": (".", ",", 4, False),
}

#: A whole date and a date within the year; d, m are unpadded, D, M have two digits, b is a name.
_DATES: Final[dict[str, tuple[str, str]]] = {
    "en": ("{d} {b} {y}", "{d} {b}"),
    "en_US": ("{b} {d}, {y}", "{b} {d}"),
    "en_CA": ("{y}-{M}-{D}", "{b} {d}"),
    "de": ("{D}.{M}.{y}", "{D}.{M}."),
    "fr": ("{D}/{M}/{y}", "{D}/{M}"),
    "fr_CA": ("{y}-{M}-{D}", "{M}-{D}"),
    "fr_CH": ("{D}.{M}.{y}", "{D}.{M}."),
    "nl": ("{D}-{M}-{y}", "{D}-{M}"),
    "nl_BE": ("{D}/{M}/{y}", "{D}/{M}"),
    "es": ("{D}/{M}/{y}", "{D}/{M}"),
    "it": ("{D}/{M}/{y}", "{D}/{M}"),
    "it_CH": ("{D}.{M}.{y}", "{D}.{M}."),
    "pt": ("{D}/{M}/{y}", "{D}/{M}"),
    "da": ("{D}.{M}.{y}", "{D}.{M}."),
    "nb": ("{D}.{M}.{y}", "{D}.{M}."),
    "nn": ("{D}.{M}.{y}", "{D}.{M}."),
    "no": ("{D}.{M}.{y}", "{D}.{M}."),
    "sv": ("{y}-{M}-{D}", "{d}/{m}"),
    "fi": ("{d}.{m}.{y}", "{d}.{m}."),
    "pl": ("{D}.{M}.{y}", "{D}.{M}"),
    "cs": ("{d}. {m}. {y}", "{d}. {m}."),
    "sk": ("{d}. {m}. {y}", "{d}. {m}."),
    "hu": ("{y}. {M}. {D}.", "{M}. {D}."),
    "ro": ("{D}.{M}.{y}", "{D}.{M}"),
    "tr": ("{D}.{M}.{y}", "{D}.{M}"),
    "ja": ("{y}/{M}/{D}", "{M}/{D}"),
    "zh": ("{y}/{M}/{D}", "{M}/{D}"),
}
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_SYMBOLS: Final = {
    "EUR": "€",
    "GBP": "£",
    "USD": "$",
    "JPY": "¥",
    "CNY": "CN¥",
    "INR": "₹",
    "KRW": "₩",
    "ILS": "₪",
    "UAH": "₴",
    "TRY": "₺",
    "PLN": "zł",
    "CZK": "Kč",
    "HUF": "Ft",
}
#: Units of shortened amounts, from the largest; the last one is the amount itself.
_UNITS: Final = ((10**9, "bn"), (10**6, "M"), (10**3, "k"))


class Formats(NamedTuple):
    """How one user reads numbers, dates and money.

    An amount always stands before its currency, as in a table; `plain` keeps to ASCII.
    """

    decimal: str = "."
    group: str = ","
    group_from: int = 4
    percent_space: bool = False
    date_pattern: str = "{d} {b} {y}"
    short_pattern: str = "{d} {b}"
    plain: bool = False

    @classmethod
    def from_environment(cls, locale: str = "", environ: Mapping[str, str] = os.environ) -> Self:
        """Return the formats for `locale` (such as "de_DE"), or else for the environment's.

        Of the environment LC_ALL, then LC_NUMERIC or LC_TIME, then LANG counts, as in POSIX.
        What is unknown reads as English. Months have English names, like the rest of the program.
        """
        numeric = locale or _from(environ, "LC_NUMERIC")
        time = locale or _from(environ, "LC_TIME")
        charset = _from(environ, "LC_CTYPE").partition(".")[2].partition("@")[0]
        plain = charset.lower().replace("-", "") not in {"", "utf8"}
        decimal, group, group_from, percent_space = _pick(_NUMBERS, numeric)
        pattern, short_pattern = _pick(_DATES, time)
        if plain:
            group = {_NBSP: " ", "\u2019": "'"}.get(group, group)
        return cls(decimal, group, group_from, percent_space, pattern, short_pattern, plain)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return `value` with grouped thousands and `decimals` decimals."""
        digits = f"{abs(value):.{decimals}f}"
        negative = value < 0 and any(digit in "123456789" for digit in digits)
        return self._sign(negative) + self._dress(digits)

    def signed(self, value: float, decimals: int = 0) -> str:
        """Return `value` with its sign, "+12" or "−4"; what rounds to nothing is "0"."""
        text = self.number(value, decimals)
        return f"+{text}" if value > 0 and any(digit in "123456789" for digit in text) else text

    def percent(self, share: float, decimals: int = 0) -> str:
        """Return `share` (1.0 is all) in percent."""
        return (
            self.number(share * 100, decimals) + (self._space if self.percent_space else "") + "%"
        )

    def chance(self, share: float) -> str:
        """Return a probability in percent; what may happen, or fail to, never reads as 0 or all."""
        text = self.percent(share)
        if share > 0 and text == self.percent(0):
            return f"under {self.percent(0.01)}"
        if share < 1 and text == self.percent(1):
            return f"over {self.percent(0.99)}"
        return text

    def days(self, count: float, *, short: bool = False) -> str:
        """Return "1 day", "84 days", or with `short` "84 d"."""
        whole = round(count)
        if short:
            return f"{self.number(whole)}{self._space}d"
        return f"{self.number(whole)} {'day' if abs(whole) == 1 else 'days'}"

    def date(self, day: Date) -> str:
        """Return `day` with its year."""
        return _dated(self.date_pattern, day)

    def short_date(self, day: Date) -> str:
        """Return `day` without its year."""
        return _dated(self.short_pattern, day)

    def money(self, amount: int, currency: str, *, short: bool = False) -> str:
        """Return `amount` (minor units of `currency`); with `short` two or three digits of it."""
        places = exponent(currency)
        digits = self._short(abs(amount), 10**places) if short else self._whole(abs(amount), places)
        negative = amount < 0 and any(digit in "123456789" for digit in digits)
        sign = currency if self.plain else _SYMBOLS.get(currency, currency)
        return f"{self._sign(negative)}{digits}{self._space}{sign}"

    def _whole(self, amount: int, places: int) -> str:
        text = str(amount).rjust(places + 1, "0")
        return self._dress(f"{text[:-places]}.{text[-places:]}" if places else text)

    def _short(self, amount: int, minor: int) -> str:
        for unit, name in _UNITS:
            whole = unit * minor
            # From what rounds to one unit in the form below, so 999,600 is 1.0 M and not 1,000 k.
            if 2000 * amount < 1999 * whole:
                continue
            tenths = _rounded(10 * amount, whole)
            text = f"{tenths // 10}.{tenths % 10}" if tenths < 100 else str(_rounded(amount, whole))
            return f"{self._dress(text)}{self._space}{name}"
        return self._dress(str(_rounded(amount, minor)))

    def _dress(self, digits: str) -> str:
        whole, _, fraction = digits.partition(".")
        if len(whole) >= self.group_from:
            whole = f"{int(whole):,}".replace(",", self.group)
        return whole + (self.decimal + fraction if fraction else "")

    def _sign(self, negative: bool) -> str:
        return ("-" if self.plain else _MINUS) if negative else ""

    @property
    def _space(self) -> str:
        return " " if self.plain else _NBSP


def _rounded(part: int, whole: int) -> int:
    """Return part / whole, rounded half up, without floats."""
    return (2 * part + whole) // (2 * whole)


def _from(environ: Mapping[str, str], category: str) -> str:
    names = ("LC_ALL", category, "LANG")
    return next((environ[name] for name in names if environ.get(name)), "")


def _pick(table: Mapping[str, _T], locale: str) -> _T:
    tag = locale.partition(".")[0].partition("@")[0].replace("-", "_")
    language = tag.partition("_")[0].lower()
    region = tag.partition("_")[2].upper()
    return table.get(f"{language}_{region}") or table.get(language) or table["en"]


def _dated(pattern: str, day: Date) -> str:
    return pattern.format(
        d=day.day,
        m=day.month,
        y=f"{day.year:04}",
        D=f"{day.day:02}",
        M=f"{day.month:02}",
        b=_MONTHS[day.month - 1],
    )
