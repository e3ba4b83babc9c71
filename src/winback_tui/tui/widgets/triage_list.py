"""The list of customers: virtual, drawn line by line, a window of rows read at a time."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from winback_tui.desk.listing import Row
from winback_tui.tui.text import wrap
from winback_tui.tui.theme import pens
from winback_tui.tui.widgets import columns
from winback_tui.tui.widgets.drawn import strip

#: So many rows beyond the visible ones are read along, and so many are kept.
_AHEAD: Final = 10
_KEPT: Final = 2_000


class Struck(NamedTuple):
    """What was done with a customer of the list, in a word or two, and as which action."""

    label: str
    action: int


class TriageList(ScrollView, can_focus=True, inherit_bindings=False):
    """Customers in an order, one line each, with a cursor that stays on its customer.

    The rows come from `fetch`, which is asked for a window of ids at a time; the whole order is an
    array of ids, so a million customers cost four megabytes.
    """

    DEFAULT_CSS = """
    TriageList {
        height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1;
        scrollbar-gutter: stable; background: $background;
    }
    """

    class Moved(Message):
        """In a new order the cursor stands on this customer, or on none."""

        def __init__(self, customer: int | None) -> None:
            super().__init__()
            self.customer = customer

    class Opened(Message):
        """The user clicked the customer under the cursor once more."""

    def __init__(
        self,
        fetch: Callable[[Sequence[int]], dict[int, Row]],
        describe: Callable[[int | None], None],
    ) -> None:
        super().__init__()
        self.fetch, self.describe = fetch, describe
        self.ids: array[int] = array("I")
        self.cursor = 0
        self.marked: set[int] = set()
        self.struck: dict[int, Struck] = {}
        #: What an empty list says.
        self.nothing = ""
        self.layout_for: columns.Layout | None = None
        self._rows: dict[int, Row] = {}
        self._strips: dict[tuple[object, ...], Strip] = {}

    # What is shown

    @property
    def current(self) -> int | None:
        """The customer under the cursor, or None in an empty list."""
        return self.ids[self.cursor] if self.cursor < len(self.ids) else None

    def show(self, ids: array[int], *, keep: int | None = None, near: int = 0) -> None:
        """Show customers in a new order.

        The cursor goes to the customer `keep` and stays on its line of the screen; if that one is
        not there, it goes to position `near`.
        """
        above = self.cursor - round(self.scroll_y)
        self.ids = ids
        position = ids.index(keep) if keep is not None and keep in ids else near
        self.cursor = max(0, min(position, len(ids) - 1))
        self._resize()
        top = max(0, min(self.cursor - above, len(ids) - self.size.height))
        if self.is_mounted:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
            self._reveal()
        self._strips.clear()
        self.refresh()
        self.post_message(self.Moved(self.current))

    def forget(self) -> None:
        """Read the visible rows again: something in the book has changed."""
        self._rows.clear()
        self._strips.clear()
        self.refresh()

    def row(self, customer: int) -> Row | None:
        """Return the row of a customer; it is read together with its neighbours."""
        if customer not in self._rows:
            # At first, and after a jump, only what is seen: it is waited for.
            top = round(self.scroll_y)
            near = any(each in self._rows for each in self.ids[top : top + self.size.height])
            ahead = _AHEAD if near else 0
            first = max(0, top - ahead)
            window = list(self.ids[first : first + self.size.height + 2 * ahead])
            wanted = [each for each in {*window, customer} if each not in self._rows]
            if len(self._rows) > _KEPT:
                self._rows = {each: self._rows[each] for each in window if each in self._rows}
            self._rows.update(self.fetch(wanted))
        return self._rows.get(customer)

    # Moving

    def move(self, to: int) -> None:
        """Put the cursor on position `to`, or as near as there is."""
        target = max(0, min(to, len(self.ids) - 1))
        if target == self.cursor:
            return
        before, self.cursor = self.cursor, target
        self._reveal()
        for position in (before, target):
            line = position - round(self.scroll_y)
            if 0 <= line < self.size.height:
                self.refresh(Region(0, line, self.size.width, 1))
        # At once, and not by a message: so list and dossier are drawn in one go.
        self.describe(self.current)

    def step(self, by: int) -> None:
        """Move the cursor by so many lines."""
        self.move(self.cursor + by)

    def go_to(self, customer: int) -> bool:
        """Put the cursor on a customer; False if the list does not hold it."""
        if customer not in self.ids:
            return False
        self.move(self.ids.index(customer))
        return True

    def mark(self, customers: Sequence[int], *, on: bool) -> None:
        """Mark customers, or take their marks away."""
        (self.marked.update if on else self.marked.difference_update)(customers)
        self.refresh()

    def strike(self, customers: Sequence[int], label: str, action: int) -> None:
        """Strike customers through: they have been dealt with, and leave when the list is left."""
        self.struck.update(dict.fromkeys(customers, Struck(label, action)))
        self._strips.clear()
        self.refresh()

    def spare(self, action: int) -> bool:
        """Strike nobody through for a deed that is taken back; return whether anybody was."""
        spared = [each for each, struck in self.struck.items() if struck.action == action]
        for customer in spared:
            del self.struck[customer]
        return bool(spared)

    def _reveal(self) -> None:
        top, height = round(self.scroll_y), max(1, self.size.height)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True, immediate=True)

    # Drawing

    def _resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.ids))

    def on_resize(self, _: events.Resize) -> None:
        """Lay the columns out for the new width."""
        self._resize()
        self._strips.clear()
        self._reveal()

    def on_mount(self) -> None:
        """Take the size that the order needs."""
        self._resize()

    def notify_style_update(self) -> None:
        """Draw with the new theme."""
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Return the line of the customer at `y` lines below the top of the view."""
        position = round(self.scroll_y) + y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if position >= len(self.ids):
            if not self.ids and 0 < y <= len(said := wrap(self.nothing, min(width - 4, 76))):
                return strip([("  ", base), (said[y - 1], base)], width, base)
            return Strip.blank(width, base)
        customer = self.ids[position]
        selected = position == self.cursor
        key = (customer, width, selected, customer in self.marked, self.app.theme)
        if key not in self._strips:
            if len(self._strips) > _KEPT:
                self._strips.clear()
            self._strips[key] = self._draw(customer, width, selected, base)
        return self._strips[key]

    def _draw(self, customer: int, width: int, selected: bool, base: Style) -> Strip:
        theme = pens(self.app.current_theme)
        row = self.row(customer)
        if self.layout_for is None or self.layout_for.width != width:
            self.layout_for = columns.Layout.of(width)
        line = (
            []
            if row is None
            else columns.draw(
                row,
                self.layout_for,
                theme,
                columns.Look(
                    selected=selected,
                    marked=customer in self.marked,
                    struck=done.label if (done := self.struck.get(customer)) else None,
                ),
                self.columns_context(),
            )
        )
        return strip(line, width, base + theme.cursor if selected else base)

    def columns_context(self) -> columns.Words:
        """Return the formats and signs that the cells are written with."""
        return self.app.cell_words  # type: ignore[attr-defined, no-any-return]

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked line; a double click opens the customer."""
        position = round(self.scroll_y) + event.y
        if position < len(self.ids):
            self.move(position)
            if event.chain > 1:
                self.post_message(self.Opened())

    BINDINGS: ClassVar = []
