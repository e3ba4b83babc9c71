"""The inbox of early warning: alerts in the order of their urgency, with a key for each answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from winback_tui.book.alerts import Alert
from winback_tui.tui.sheets.sheet import Lines, Sheet, inner_width
from winback_tui.tui.text import cut, printable, wrap
from winback_tui.tui.widgets.drawn import Line
from winback_tui.tui.widgets.options import Options
from winback_tui.words import alerts as words
from winback_tui.words import saying
from winback_tui.words.customers import customer_name

#: What each key does to the alert under the cursor.
_KEYS: Final = {"x": "dismissed", "s": "seen", "u": "undo"}
#: So many lines of reasons are shown; the dossier tells the rest.
_LINES: Final = 2


class Chosen(NamedTuple):
    """What to do (open, dismissed, seen, undo), to which alert, and the place of the cursor."""

    what: str
    alert: Alert | None
    place: int


class Inbox(Sheet[Chosen | None]):
    """Lists the alerts; a key says what is to be done."""

    heading = "Alerts"
    hint = "enter open · x dismiss · s seen · u undo · esc back"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
        Binding("g", "edge('first')", show=False),
        Binding("G", "edge('last')", show=False),
    ]
    DEFAULT_CSS = """
    Inbox OptionList {
        height: auto; max-height: 24; border: none; background: $surface; padding: 0;
        scrollbar-size-vertical: 1;
    }
    Inbox OptionList:focus { border: none; background-tint: transparent; }
    Inbox OptionList > .option-list--option-highlighted {
        background: $primary 25%; color: $foreground; text-style: none;
    }
    Inbox OptionList:focus > .option-list--option-highlighted {
        background: $primary 25%; color: $foreground; text-style: none;
    }
    """

    def __init__(
        self,
        alerts: Sequence[Alert],
        place: int = 0,
        *,
        looking: bool = False,
        empty: str = words.EMPTY,
    ) -> None:
        super().__init__()
        self._empty = empty
        self._alerts, self._place, self._looking = list(alerts), place, looking

    def body(self) -> ComposeResult:
        """Yield the alerts, and what is said where there are none."""
        yield Lines(self._about())
        yield Options()

    def on_mount(self) -> None:
        """Stand where the cursor stood before."""
        self._fill(self._place)
        self.query_one(OptionList).focus()

    def on_resize(self) -> None:
        """Wrap the reasons anew."""
        self._fill(self._chosen("open").place)

    def show_alerts(self, alerts: Sequence[Alert], *, looking: bool = False) -> None:
        """Show other alerts; the cursor stays on its own."""
        stood = self._chosen("open")
        self._alerts, self._looking = list(alerts), looking
        ids = [each.id for each in self._alerts]
        known = stood.alert is not None and stood.alert.id in ids
        self.query_one(Lines).say(self._about())
        self._fill(ids.index(stood.alert.id) if known and stood.alert else stood.place)

    def _about(self) -> list[Line]:
        pens = self.winback.pens
        if self._looking:
            return [[(saying.LOOKING_FOR_NEWS, pens.dim)]]
        if not self._alerts:
            return [[(self._empty, pens.dim)]]
        return []

    def _width(self) -> int:
        """Return how many cells a row has, one before the scroll bar left free."""
        return inner_width(self.app.size.width) - 1

    def _fill(self, at: int) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(self._row(each)) for each in self._alerts)
        options.display = bool(self._alerts)
        if self._alerts:
            options.highlighted = min(at, len(self._alerts) - 1)

    def _row(self, alert: Alert) -> Text:
        pens, signs, formats = self.winback.pens, self.winback.glyphs, self.winback.formats
        width = self._width()
        seen = alert.mark == "seen"
        sign = {1: signs.warn, 2: signs.up}.get(alert.priority, signs.dot)
        ink = {1: pens.bad, 2: pens.warn}.get(alert.priority, pens.dim)
        due = f"due {formats.short_date(alert.due_on)}"
        late = alert.due_on < self.winback.as_of
        name = cut(customer_name(alert.number, alert.name), width - len(due) - 4, signs.dots)
        gap = " " * max(1, width - 2 - Text(name).cell_len - len(due))
        row = Text(no_wrap=True)
        row.append(f"{sign} ", pens.dim if seen else ink)
        row.append(printable(name), pens.dim if seen else pens.strong)
        row.append(gap)
        row.append(due, pens.bad if late and not seen else pens.dim)
        reasons = wrap(words.line(alert.signs, formats), width - 2)
        if len(reasons) > _LINES:
            last = " ".join(reasons[_LINES - 1 :])
            reasons = [*reasons[: _LINES - 1], cut(last, width - 2, signs.dots)]
        for each in reasons:
            row.append(f"\n  {each}", pens.dim if seen else pens.text)
        return row

    def _chosen(self, what: str) -> Chosen:
        at = self.query_one(OptionList).highlighted
        alert = self._alerts[at] if at is not None and at < len(self._alerts) else None
        return Chosen(what, alert, at or 0)

    def on_key(self, event: Key) -> None:
        """Answer with what the key does to the alert under the cursor."""
        what = _KEYS.get(event.character or "")
        if what is None:
            return
        event.stop()
        chosen = self._chosen(what)
        if chosen.alert is None and what != "undo":
            self.complain(saying.NO_ALERT)
            return
        self.dismiss(chosen)

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.dismiss(self._chosen("open"))

    def action_cursor(self, by: int) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if by > 0 else options.action_cursor_up)()

    def action_edge(self, where: str) -> None:
        """Move the cursor to the first or the last alert."""
        options = self.query_one(OptionList)
        (options.action_first if where == "first" else options.action_last)()
