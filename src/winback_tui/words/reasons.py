"""Why a customer has this score, as sentences: one headline, and reasons with their points."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple, Protocol

from winback_tui.words.format import Formats
from winback_tui.words.printable import printable


class Scored(Protocol):
    """The stored facts behind one score; gaps in days, points on the scale of the score."""

    @property
    def score(self) -> float:
        """0 to 100."""

    @property
    def p_left(self) -> float:
        """The chance that the customer has gone already, 0 to 1."""

    @property
    def horizon_days(self) -> int:
        """The days within which the next purchase is expected."""

    @property
    def purchases(self) -> int:
        """Distinct days of purchase."""

    @property
    def usual_gap(self) -> float | None:
        """Days that usually lie between two purchases."""

    @property
    def long_gap(self) -> float | None:
        """Days under which nine in ten of the gaps stay."""

    @property
    def still_there(self) -> float:
        """The share of customers who are still there and silent for at least this long."""

    @property
    def base_points(self) -> float:
        """What every customer of the book starts with."""

    @property
    def history_points(self) -> float:
        """What the purchases up to the last one add or take."""

    @property
    def silence_points(self) -> float:
        """What the silence since then adds or takes."""

    @property
    def rhythm_points(self) -> float:
        """What regularity and season make of that silence."""

    @property
    def signal_points(self) -> float:
        """What signals add or take."""

    @property
    def signal(self) -> str | None:
        """The kind of signal that counts most."""

    @property
    def signal_day(self) -> int | None:
        """Its latest day, as whole days since 1970-01-01."""


class Reason(NamedTuple):
    """One part of a score; the points of all reasons add up to it."""

    code: str
    text: str
    points: float


class Pointed(Protocol):
    """A part of a score, by its points."""

    @property
    def points(self) -> float:
        """What it adds or takes."""


_WORDS: Final = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)
#: Points smaller than this are shown as nothing, so the sentence takes no side.
_NOTHING: Final = 0.5
#: From here on there is hardly room for a signal to add anything.
_FULL: Final = 98.0
_EPOCH: Final = date(1970, 1, 1)
_BASE: Final = "The average customer of this book, on the day of a purchase."
#: Beyond one in so many the share is a property of the formula, not of customers.
_RAREST: Final = 10_000


def headline(scored: Scored, silence_days: int, formats: Formats | None = None) -> str:
    """Return one to three sentences: those of `silence`, and how rare the silence is."""
    return f"{silence(scored, silence_days, formats)} {rarity(scored.still_there, formats)}"


def silence(scored: Scored, silence_days: int, formats: Formats | None = None) -> str:
    """Return the sentence that sets the silence against what is usual for this customer.

    Where a signal makes up more than half of the score, it is told first.
    """
    shown = formats or Formats()
    first = f"{_named(scored, shown)}. " if 2 * scored.signal_points > scored.score else ""
    return f"{first}{_silent(scored, silence_days, shown)}"


def _silent(scored: Scored, silence_days: int, shown: Formats) -> str:
    since = "Bought today" if silence_days <= 0 else f"Silent {shown.days(silence_days)}"
    if scored.purchases <= 1:
        return f"{since}{' since the only purchase' * (silence_days > 0)}; no usual gap yet."
    if scored.usual_gap is None:
        return f"{since}; no usual gap yet."
    usual = max(1, round(scored.usual_gap))
    parts = [f"usual gap {shown.number(usual)}"]
    if scored.long_gap is not None and (long := round(scored.long_gap)) > usual:
        parts.append(f"nine in ten under {shown.number(long)}")
    return f"{since}; {', '.join(parts)}."


def rarity(still_there: float, formats: Formats | None = None) -> str:
    """Return the sentence how many of those who are still there are this silent (a share 0–1)."""
    if still_there >= 0.95:
        return "Nearly all who are still there are this silent at times."
    if still_there > 0.55:
        tenths = _WORDS[round(still_there * 10)].capitalize()
        return f"{tenths} in ten who are still there are this silent."
    if still_there < 1 / _RAREST:
        number = (formats or Formats()).number(_RAREST)
        return f"Fewer than one in {number} who are still there are this silent."
    return f"{one_in(still_there, formats).capitalize()} who are still there is this silent."


def one_in(share: float, formats: Formats | None = None) -> str:
    """Return a share of at most a half as "one in three" or "one in 1,200" (two digits count)."""
    count = max(2, round(1 / share))
    if count < len(_WORDS):
        return f"one in {_WORDS[count]}"
    digits = len(str(count)) - 2
    return f"one in {(formats or Formats()).number(round(count, -digits))}"


def reasons(scored: Scored, silence_days: int, formats: Formats | None = None) -> list[Reason]:
    """Return the parts of the score; their points add up to it.

    Base, history and silence always; rhythm and signal where they move anything.
    """
    shown = formats or Formats()
    parts = [
        Reason("base", _BASE, scored.base_points),
        Reason("history", _history(scored, shown), scored.history_points),
        Reason("silence", _silence(scored, silence_days, shown), scored.silence_points),
    ]
    if scored.rhythm_points:
        parts.append(Reason("rhythm", _rhythm(scored), scored.rhythm_points))
    if scored.signal_points:
        parts.append(Reason("signal", _signal(scored, shown), scored.signal_points))
    return parts


def signal_name(kind: str) -> str:
    """Return the kind of a signal in words: "payment overdue"."""
    return _SIGNALS.get(kind, kind.replace("_", " "))


def signal_line(kind: str, value: float | None, note: str) -> str:
    """Return a signal of the timeline as one line: "complaint, “two pallets broken”"."""
    parts = [signal_name(kind)]
    if value is not None:
        parts.append(f"{value:g} of 10" if kind == "nps" else f"{value:g}")
    return ", ".join([*parts, *([f"“{note}”"] if note.strip() else [])])


_SIGNALS: Final = {
    "nps": "recommendation score",
    "email_opened": "e-mail opened",
    "email_clicked": "link in an e-mail followed",
}


def whole_points(parts: Sequence[Pointed], score: float) -> list[int]:
    """Return the points as whole numbers that add up to the rounded `score`.

    The remainder goes to the parts that rounding wronged most.
    """
    whole = [round(part.points) for part in parts]
    missing = round(score) - sum(whole)
    step = 1 if missing > 0 else -1
    worst = sorted(range(len(parts)), key=lambda i: (whole[i] - parts[i].points) * step)
    for turn in range(abs(missing)):
        whole[worst[turn % len(worst)]] += step
    return whole


def chance(scored: Scored, formats: Formats | None = None) -> str:
    """Return what the score says: a probability over the customer's own horizon."""
    shown = formats or Formats()
    ahead = "day" if scored.horizon_days == 1 else shown.days(scored.horizon_days)
    said = (
        f"{shown.chance(scored.score / 100)} chance of no order in the next {ahead}; "
        f"{shown.chance(scored.p_left)} that they have left."
    )
    return said[:1].upper() + said[1:]


class Changed(Protocol):
    """A part of the score that moved, and by how many points."""

    @property
    def code(self) -> str:
        """Which part."""

    @property
    def points(self) -> float:
        """By how much."""


_CHANGED: Final = {
    "history": ("what was bought since", "what was bought since"),
    "silence": ("longer silence", "shorter silence"),
    "rhythm": ("more by rhythm and season", "less by rhythm and season"),
    "signal": ("signals", "signals"),
    "model": ("the model, fitted anew", "the model, fitted anew"),
}


def changed(
    before: date, changes: Sequence[Changed], now: float, formats: Formats | None = None
) -> str:
    """Return the sentence on what moved the score since a day, the largest part first.

    `now` is the change as a whole; the parts in brackets add up to it before rounding.
    """
    shown = formats or Formats()
    day = shown.date(before)
    parts = [
        f"{_CHANGED[each.code][each.points < 0]} ({shown.signed(round(each.points))})"
        for each in sorted(changes, key=lambda each: -abs(each.points))
        if round(each.points)
    ]
    if not parts:
        return f"Since {day} nothing moved the score."
    return f"Since {day} the score moved by {shown.signed(round(now))}: {', '.join(parts)}."


def _history(scored: Scored, shown: Formats) -> str:
    count = scored.purchases
    bought = f"{shown.number(count)} {'purchase' if count == 1 else 'purchases'} so far"
    return _side(
        scored.history_points,
        f"{bought}: {'that' if count == 1 else 'their pattern'} makes staying away likelier.",
        f"{bought}: {'that' if count == 1 else 'their pattern'} makes a next one likelier.",
        f"{bought}: that hardly moves the score.",
    )


def _silence(scored: Scored, silence_days: int, shown: Formats) -> str:
    usual = scored.usual_gap
    for_days = "Bought today" if silence_days <= 0 else f"Silent {shown.days(silence_days)}"
    against = f", against a usual gap of {shown.number(max(1, round(usual)))}" if usual else ""
    return _side(
        scored.silence_points,
        f"{for_days}{against}: the silence makes staying away likelier.",
        f"{for_days}{against}: that makes a next one likelier.",
        f"{for_days}{against}: that says nothing yet.",
    )


def _rhythm(scored: Scored) -> str:
    return _side(
        scored.rhythm_points,
        "A customer this regular, or this much bound to a season, would have bought by now.",
        "Bound to a season: this is not the time in which they buy.",
        "Regularity and season say nothing yet.",
    )


def _signal(scored: Scored, shown: Formats) -> str:
    """Return the sentence on the signals; the one that is named counts most, not alone."""
    told = _named(scored, shown)
    return _side(
        scored.signal_points,
        f"{told}: signals make staying away likelier.",
        f"{told}: signals make a next one likelier.",
        f"{told}: the score is this high already, so signals hardly move it."
        if scored.score >= _FULL
        else f"{told}: signals hardly say anything by now.",
    )


def _named(scored: Scored, shown: Formats) -> str:
    """Return the signal that counts most with its day: "Notice given on 24 Nov 2026"."""
    name = printable(signal_name(scored.signal or "signals"))
    when = ""
    if scored.signal_day is not None:
        when = f" on {shown.date(_EPOCH + timedelta(days=scored.signal_day))}"
    return f"{name[:1].upper()}{name[1:]}{when}"


def _side(points: float, up: str, down: str, neither: str) -> str:
    if abs(points) < _NOTHING:
        return neither
    return up if points > 0 else down
