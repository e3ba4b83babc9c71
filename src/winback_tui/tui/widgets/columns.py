"""The columns of the list: which fit, and how one row is written into them."""

from __future__ import annotations

from typing import Final, NamedTuple

from rich.style import Style

from winback_tui.desk.listing import Row
from winback_tui.model import Channel, Stage, Standing
from winback_tui.rules.consent import UNSAID, Contactability
from winback_tui.tui.glyphs import Glyphs
from winback_tui.tui.text import fit
from winback_tui.tui.theme import Pens
from winback_tui.tui.widgets.drawn import Line
from winback_tui.words.cases import ADRIFT
from winback_tui.words.customers import customer_name
from winback_tui.words.deeds import STAGES
from winback_tui.words.format import Formats
from winback_tui.words.offers import RESULTS
from winback_tui.words.suggestions import suggestion_mark, woken_mark

#: From these scores on a score is written hot, or warm.
HOT: Final = 80.0
WARM: Final = 60.0
#: The channels whose marks stand in the list, in their order.
MARKED: Final = (Channel.EMAIL, Channel.PHONE, Channel.POST)


class Words(NamedTuple):
    """How this user reads numbers, and which signs the terminal can show."""

    formats: Formats
    glyphs: Glyphs


class Look(NamedTuple):
    """How a row stands in the list apart from its content."""

    selected: bool = False
    marked: bool = False
    struck: str | None = None


#: Width of each fixed column, and the order in which they give way on a narrow screen.
_WIDTHS: Final = {
    "score": 4,
    "bar": 6,
    "change": 5,
    "silence": 8,
    "usual": 9,
    "months": 14,
    "risk": 11,
    "consent": 7,
    "case": 22,
}
_GIVE_WAY: Final = ("months", "bar", "usual", "change", "risk", "consent", "silence")
_NAME_WANTED: Final = 22
_CASE_SHORT: Final = 13
#: In so many cells “▸ notice given” and “woken: contract” are whole.
_CASE_WHOLE: Final = 15


class Layout(NamedTuple):
    """Which columns a width has room for, and how wide name and case are."""

    width: int
    shown: frozenset[str]
    name: int
    case: int

    @classmethod
    def of(cls, width: int) -> Layout:
        """Return the layout for a list of `width` cells."""
        shown = dict(_WIDTHS)
        room = width - 2
        case = _WIDTHS["case"]
        if room - sum(shown.values()) < _NAME_WANTED:
            case = shown["case"] = _CASE_SHORT
        for column in _GIVE_WAY:
            if room - sum(shown.values()) >= _NAME_WANTED:
                break
            del shown[column]
        name = room - sum(shown.values())
        if case < _CASE_WHOLE:
            more = max(0, min(_CASE_WHOLE - case, name - _NAME_WANTED))
            case, name = case + more, name - more
        if name < 12:
            del shown["case"]
            name = room - sum(shown.values())
        if name > 46 and "case" in shown:
            spare = min(name - 46, 18)
            case, name = case + spare, name - spare
        return cls(width, frozenset(shown), max(name, 1), case)


class Sorted(NamedTuple):
    """By which column a list is sorted ("score", "risk" or "case"), and which way."""

    by: str = "score"
    rising: bool = False


def header(layout: Layout, pens: Pens, words: Words, order: Sorted) -> Line:
    """Return the line of column titles; the one that sorts is strong, and an arrow says which way.

    Some of them give way to the arrow where there is no room for both.
    """
    glyphs = words.glyphs
    parts: Line = [("  ", pens.dim)]

    def title(text: str, column: str, short: str) -> tuple[str, Style]:
        if order.by != column:
            return text, pens.dim
        return f"{short}{glyphs.rising if order.rising else glyphs.falling}", pens.strong

    width = sum(_WIDTHS[c] for c in ("score", "bar", "change") if c in layout.shown)
    wide = width >= 8
    score, pen = title("score" if wide else "sc.", "score", "score " if wide else "sc")
    parts.append((fit(score, width), pen))
    parts.append((fit("customer", layout.name), pens.dim))
    if "silence" in layout.shown:
        parts.append((fit("silent", 7, right=True) + " ", pens.dim))
    if "usual" in layout.shown:
        parts.append((fit(f"{glyphs.dot} usual", 9), pens.dim))
    if "months" in layout.shown:
        parts.append((fit("12 months", 14), pens.dim))
    if "risk" in layout.shown:
        risk, pen = title("at risk", "risk", "risk ")
        parts.append((fit(risk, 9, right=True) + "  ", pen))
    if "consent" in layout.shown:
        marks = " ".join(getattr(glyphs, channel.value) for channel in MARKED)
        parts.append((fit(marks, 7), pens.dim))
    if "case" in layout.shown:
        case, pen = title("case", "case", "case ")
        parts.append((fit(case, layout.case), pen))
    return parts


def draw(row: Row, layout: Layout, pens: Pens, look: Look, words: Words) -> Line:
    """Return one row of the list as a line."""
    record, formats, glyphs = row.record, words.formats, words.glyphs
    shown = layout.shown
    struck = look.struck is not None
    base = pens.faint + Style(strike=True) if struck else pens.text
    heat = pens.faint if struck else heat_pen(record.score, pens)
    parts: Line = [
        (glyphs.cursor if look.selected else " ", pens.key),
        (glyphs.mark if look.marked else " ", pens.marked),
        (fit(str(round(record.score)), 3, right=True) + " ", heat + Style(bold=True)),
    ]
    if "bar" in shown:
        parts.append((glyphs.bar(record.score / 100, 5) + " ", heat))
    if "change" in shown:
        parts.append(_change(row, pens, glyphs))
    name = customer_name(record.number, record.name)
    parts.append((fit(name, layout.name - 1, dots=glyphs.dots), base + Style(bold=look.selected)))
    parts.append((" ", pens.text))
    if "silence" in shown:
        text = formats.days(row.silence_days, short=True)
        parts.append((fit(text, 7, right=True) + " ", pens.faint if struck else pens.text))
    if "usual" in shown:
        usual = (
            glyphs.dash if record.usual_gap is None else formats.days(record.usual_gap, short=True)
        )
        parts.append((f"{glyphs.dot}" + fit(usual, 7, right=True) + " ", pens.dim))
    if "months" in shown:
        parts.append((" " + glyphs.spark(row.months) + " ", pens.faint if struck else pens.good))
    if "risk" in shown:
        money = formats.money(record.value_at_risk, record.currency, short=True)
        parts.append((fit(money, 9, right=True) + "  ", pens.faint if struck else pens.text))
    if "consent" in shown:
        for channel in MARKED:
            sign, pen = consent_mark(row.contactable[channel], pens, glyphs)
            parts.append((sign + " ", pens.faint if struck else pen))
        parts.append((" ", pens.text))
    if "case" in shown:
        text = look.struck or case_text(row, words, short=layout.case < _WIDTHS["case"])
        pen = pens.good if struck else pens.warn if row.due else pens.dim
        parts.append((fit(text, layout.case, dots=glyphs.dots), pen))
    return parts


def heat_pen(score: float, pens: Pens) -> Style:
    """Return the style of a score; the number beside it says the same without colour."""
    if score >= HOT:
        return pens.bad
    return pens.warn if score >= WARM else pens.good


def consent_mark(state: Contactability, pens: Pens, glyphs: Glyphs) -> tuple[str, Style]:
    """Return the sign of a channel: allowed, so for a few days, ask first, blocked, unknown."""
    if state.standing is Standing.ALLOWED and state.ends_in is not None:
        return glyphs.expiring, pens.warn
    if state.standing is Standing.ALLOWED:
        return glyphs.allowed, pens.good
    if state.standing is Standing.WARN:
        return glyphs.warn, pens.warn
    if state.why in UNSAID:
        return glyphs.unknown, pens.dim
    return glyphs.blocked, pens.bad


def case_text(row: Row, words: Words, *, short: bool = False) -> str:
    """Return where the case stands, in a few words; `short` leaves the stage out for a date."""
    case, day = row.case, words.formats.short_date
    if row.suggestion is not None:
        return f"{words.glyphs.pointer} {suggestion_mark(row.suggestion.hint)}"
    if row.woken is not None:
        return woken_mark(row.woken.cause)
    if case.snoozed_until is not None:
        return f"{'woken' if row.due else 'until'} {day(case.snoozed_until)}"
    if case.stage is None:
        return words.glyphs.dash
    if case.stage is Stage.HANDED_OVER and case.handed_to:
        return f"with {case.handed_to}"
    stage, more = STAGES[case.stage], ""
    if row.offer is not None:
        stage = f"{row.offer.rung} {RESULTS.get(row.offer.result, 'offered')}"
    if case.next_action_on is not None:
        more = f"{'due ' if row.due else ''}{day(case.next_action_on)}"
        stage = "" if short else stage
    elif row.adrift:
        more = ADRIFT
        stage = "" if short else stage
    elif case.attempts and not case.stage.closed and not short:
        more = f"{case.attempts} {'try' if case.attempts == 1 else 'tries'}"
    return ", ".join(part for part in (stage, more) if part)


def _change(row: Row, pens: Pens, glyphs: Glyphs) -> tuple[str, Style]:
    change = row.change
    if change is None or abs(round(change)) < 1:
        return "     ", pens.dim
    sign, pen = (glyphs.up, pens.bad) if change > 0 else (glyphs.down, pens.good)
    return f"{sign}{abs(round(change)):>2}  "[:5], pen
