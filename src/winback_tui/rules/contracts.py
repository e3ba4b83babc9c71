"""Contract rounds: by when notice must be given, and when to begin to talk."""

import math
import re
import unicodedata
from datetime import date
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError, shown_day
from winback_tui.rules.months import add_months

#: A contract that renews itself for a time that nobody has entered renews for so many months.
USUAL_TERM: Final = 12


#: The end of a contract without one: it runs until somebody gives notice, and has no round.
WITHOUT_END: Final = date.max
#: A contract that ends before or after these years was mistyped.
_YEARS: Final = (1900, 2200)
#: The longest notice, in days: what is longer was mistyped.
LONGEST_NOTICE: Final = 3_650
#: How people, and programs, write that a contract has no end.
_ENDLESS: Final = frozenset({
    "unbefristet", "unbegrenzt", "unbestimmt", "unbestimmte zeit", "auf unbestimmte zeit",
    "bis auf weiteres", "ohne ende", "kein ende", "endlos", "unlimited", "open end", "open ended",
    "openended", "indefinite", "indefinitely", "perpetual", "evergreen", "no end", "without end",
    "without an end", "onbepaalde tijd", "onbepaald", "indetermine", "duree indeterminee",
    "indeterminee",
    "indefinido", "indeterminato", "bezterminowo", "neurcito",
})  # fmt: skip
#: A day that stands for no end, in the order of any country, with or without a time.
_NEVER: Final = re.compile(
    r"(?:(?:2999|3000|3999|4712|9998|9999)(?: \d\d? \d\d?|\d{4})|"
    r"\d\d? \d\d? (?:2999|3000|3999|4712|9998|9999))(?:t| \d\d?\b)?[\d zt]*"
)
_NOTICE: Final = re.compile(
    r"(?:(?:frist|k[uü]e?ndigungsfrist|mind(?:estens|\.)?|minimum|min\.?|mit|bis(?: zu)?|with|"
    r"at least)"
    r":?\s+)?p?([0-9]{1,5})\s*(?:[-–]\s*)?([^\W\d_]*)(.*)",
    re.DOTALL,
)
#: A number that goes on: “1.5”, “3-6”, “3/6”.
_GOES_ON: Final = re.compile(r"\s*[.,/–-]?\s*\d|\s*(?:bis|to|or|oder)\s+\d")
#: Numbers that people write out.
_WRITTEN: Final = {
    word: str(number)
    for number, words in {
        1: "ein eine einen einem one un une een", 2: "zwei two deux twee",
        3: "drei three trois drie", 4: "vier four quatre", 6: "sechs six zes", 8: "acht eight",
        9: "neun nine", 12: "zwölf zwoelf twelve douze twaalf", 14: "vierzehn fourteen",
        30: "dreißig dreissig thirty trente",
    }.items()
    for word in words.split()
}  # fmt: skip
#: Days per unit of a notice period by how the unit begins, the longest first.
_DAYS: Final = {
    "werktag": 7 / 6, "arbeitstag": 7 / 5, "business": 7 / 5, "working": 7 / 5, "jour": 1,
    "giorn": 1, "dzie": 1, "dni": 1, "semaine": 7, "settiman": 7, "semana": 7, "week": 7,
    "woche": 7, "weken": 7, "wo": 7, "tag": 1, "day": 1, "dag": 1, "dia": 1, "día": 1, "kt": 1,
}  # fmt: skip
#: And months per unit of those that the calendar counts.
_MONTHS: Final = {
    "halbj": 6, "viertelj": 3, "semest": 6, "trimest": 3, "quart": 3, "kwart": 3, "quarter": 3,
    "mon": 1, "mois": 1,
    "mes": 1, "maand": 1, "måned": 1, "månad": 1, "mth": 1, "jahr": 12, "jaar": 12, "year": 12,
    "yr": 12, "ann": 12, "ans": 12, "año": 12,
}  # fmt: skip
#: The same of a single letter.
_LETTERS: Final = {"": (1, 0), "d": (1, 0), "t": (1, 0), "w": (7, 0), "m": (0, 1), "q": (0, 3),
                   "j": (0, 12), "y": (0, 12), "a": (0, 12)}  # fmt: skip
#: How people say that no notice is needed.
_AT_ANY_TIME: Final = frozenset({
    "keine", "kein", "none", "no notice", "jederzeit", "täglich", "taeglich", "fristlos",
    "sofort", "any time", "anytime", "immediate", "immediately", "ohne frist", "ohne", "aucun",
    "sans", "geen", "jederzeit kündbar", "täglich kündbar", "jederzeit kuendbar",
    "taeglich kuendbar",
})  # fmt: skip


class Round(NamedTuple):
    """The next round of a contract.

    `decide_by` is the last day to give notice; `talk_from` the day on which one should begin to
    talk; `ends_on` the end of the term that is decided about.
    """

    talk_from: date
    decide_by: date
    ends_on: date


def next_round(
    ends_on: date,
    notice_days: int,
    renewal: str,
    *,
    today: date,
    lead_days: int,
    starts_on: date | None = None,
) -> Round | None:
    """Return the round of a contract that `today` lies before or in, or None where there is none.

    Decision date = end − notice. Whoever lets it pass in a contract that renews itself
    (`renewal` automatic) is bound for another term, as long as the first one, and the next round
    counts; any other contract has no round after its decision date. One without an end has none.
    """
    if ends_on == WITHOUT_END:
        return None
    first = ends_on
    term = _months(starts_on, ends_on) if starts_on and starts_on < ends_on else USUAL_TERM
    turn = 0
    while (decide := _before(ends_on, notice_days)) < today:
        if renewal != "automatic":
            return None
        turn += 1
        ends_on = add_months(first, term * turn)
    return Round(_before(decide, lead_days), decide, ends_on)


def _before(day: date, days: int) -> date:
    """Return the day so many days before; of the very first ones, the first that there is."""
    return date.fromordinal(max(1, day.toordinal() - days))


def is_endless(said: str) -> bool:
    """Return whether a text says that a contract has no end."""
    plain = unicodedata.normalize("NFKD", said.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    words = " ".join(re.findall(r"[^\W_]+", letters))
    return words in _ENDLESS or _NEVER.fullmatch(words) is not None


def notice_days(said: str, ends_on: date | None, unit: str = "") -> int | None:
    """Return a notice period in days before `ends_on`: 90, “6 weeks”, “3 Monate zum Monatsende”.

    Months are the calendar's: three before 31 December are 92 days; without an end they have 31
    days. `unit` is that of bare numbers. None where the text says none, or one that is longer than
    `LONGEST_NOTICE`.
    """
    said = re.sub(r"^\s*[^\W\d_]+\s*\((\d+)\)", r"\1", said)
    text = re.sub(r"[()\[\]]", " ", said.strip().casefold()).strip()
    if text in _AT_ANY_TIME:
        return 0
    first, _, rest = text.partition(" ")
    found = _NOTICE.match(f"{_WRITTEN.get(first, first)} {rest}")
    if found is None or _GOES_ON.match(found[3]) or (not found[2] and found[3].strip(" .")):
        return None
    count = int(found[1])
    each = _unit_of(found[2] or unit)
    if each is None:
        return None
    days, months = math.ceil(count * each[0]), count * each[1]
    if not months:
        pass
    elif months > LONGEST_NOTICE // 30:
        return None
    elif ends_on is None or ends_on == WITHOUT_END:
        days = 31 * months
    else:
        try:
            days = (ends_on - add_months(ends_on, -months)).days
        except (ValueError, OverflowError):
            return None
    return days if days <= LONGEST_NOTICE else None


def _unit_of(word: str) -> tuple[float, int] | None:
    """Return days and months of one unit of a notice, None where the word is none."""
    if word in _LETTERS:
        return _LETTERS[word]
    for begins, length in _DAYS.items():
        if word.startswith(begins):
            return length, 0
    return next(((0, many) for begins, many in _MONTHS.items() if word.startswith(begins)), None)


def check(
    ends_on: date, notice_days: int, starts_on: date | None = None, renewal: str = "automatic"
) -> None:
    """Raise BadInputError with a sentence where these facts make no contract."""
    if renewal not in ("automatic", "manual", "none"):
        raise BadInputError(f"“{renewal}” is no renewal; there are automatic, manual, none.")
    if ends_on != WITHOUT_END and not _YEARS[0] <= ends_on.year <= _YEARS[1]:
        first, last = _YEARS
        raise BadInputError(
            f"The contract must end between {first} and {last}, not on {shown_day(ends_on)}."
        )
    if not 0 <= notice_days <= LONGEST_NOTICE:
        raise BadInputError(f"The notice must be from 0 to 3,650 days, not {notice_days}.")
    if starts_on is not None and starts_on >= ends_on:
        raise BadInputError(
            f"The contract must start before it ends ({shown_day(ends_on)}), "
            f"not {shown_day(starts_on)}."
        )


def _months(start: date, end: date) -> int:
    """Return how many months a term has, at least one; its last day may be the day before."""
    after = date.fromordinal(min(end.toordinal() + 1, date.max.toordinal()))
    months = (after.year - start.year) * 12 + after.month - start.month
    return max(1, months)
