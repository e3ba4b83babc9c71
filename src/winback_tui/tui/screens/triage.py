"""The triage screen: whom first, why, and may I."""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.geometry import Size

from winback_tui.book.listing import Run
from winback_tui.desk import listing, worked
from winback_tui.desk.commands import Command, Context
from winback_tui.desk.filters import Filter
from winback_tui.desk.session import Desk
from winback_tui.model import Sort, Tab
from winback_tui.tui.screens.giving import bindings
from winback_tui.tui.screens.moving import Moving
from winback_tui.tui.screens.striking import Striking
from winback_tui.tui.screens.writing import AT_THE_KEY
from winback_tui.tui.widgets.lines import ColumnLine, KeyLine, TabLine, TitleLine
from winback_tui.tui.widgets.preview import Preview
from winback_tui.tui.widgets.triage_list import TriageList
from winback_tui.words import saying
from winback_tui.words.deeds import still_to_write

#: The sizes of the lists before anybody is scored.
NOBODY: Final = listing.Counts(dict.fromkeys(Tab, 0), 0)
#: So many seconds after the start the screen is settled enough to speak of other things.
SETTLED: Final = 1.5


class TriageScreen(Striking, Moving):
    """The list above, the dossier of the cursor's customer below it or beside it."""

    context = Context.LIST
    BINDINGS: ClassVar[list[BindingType]] = bindings(Context.LIST)
    DEFAULT_CSS = """
    TriageScreen #body { layout: vertical; height: 1fr; }
    TriageScreen #left { height: 1fr; }
    TriageScreen #right { height: 42%; max-height: 22; }
    TriageScreen.-wide #body { layout: horizontal; }
    TriageScreen.-wide #left { width: 3fr; }
    TriageScreen.-wide #right {
        width: 2fr; height: 1fr; max-height: 100%; border-left: solid $panel; padding-left: 1;
    }
    TriageScreen.-small #right { height: 3; }
    TriageScreen.-tiny #right { display: none; }
    TriageScreen #search {
        display: none; height: 1; border: none; background: $panel; padding: 0 1;
    }
    TriageScreen.-searching #search { display: block; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.hands = {}
        self.desk = desk
        self.tab = Tab.QUEUE
        self.sort = Sort.SCORE
        self.reversed = False
        self.where = Filter()
        self.search = ""
        self.found: Set[int] | None = None
        self.counts = NOBODY
        self.scored: Run | None = None

    # Building

    def compose(self) -> ComposeResult:
        """Put title, tabs, list, dossier and keys under each other."""
        yield TitleLine()
        yield TabLine()
        with Container(id="body"):
            with Vertical(id="left"):
                yield ColumnLine()
                yield TriageList(self.fetch, self.describe)
            with Container(id="right"):
                yield Preview()
        yield KeyLine(self.hints)

    def on_mount(self) -> None:
        """Show what is stored at once, then renew it behind the screen."""
        self.table = self.query_one(TriageList)
        self.preview = self.query_one(Preview)
        self.table.focus()
        self.desk.book.wait_at_most(AT_THE_KEY)
        with self.said():
            self.moment = worked.begin(self.desk)
        self.reload()
        self.watch_the_book()
        self.set_timer(SETTLED, self.say_what_is_due)

    def on_resize(self, event: events.Resize) -> None:
        """Lay list and dossier out for the size."""
        self.lay_out(event.size)
        self._share_out()

    def lay_out(self, size: Size) -> None:
        """Put the dossier beside the list, below it, or leave little of it, as the size allows."""
        width, height = size
        self.set_class(width >= 160, "-wide")
        self.set_class(width < 160 and (height < 30 or width < 100), "-small")
        self.set_class(width < 50 or height < 12, "-tiny")

    def _share_out(self) -> None:
        """Give the dossier below the list the lines that a short list leaves empty."""
        height = self.app.size.height
        right = self.query_one("#right")
        beside = self.has_class("-wide") or self.has_class("-tiny") or not self.table.ids
        usual = 3 if self.has_class("-small") else min(22, (height - 3) * 42 // 100)
        # Title, tabs, columns and keys; and a line below the last customer.
        left = height - 5 - len(self.table.ids)
        taller = None if beside or left <= usual else left
        if self._taller != taller:
            self._taller = taller
            right.styles.height = right.styles.max_height = taller

    _taller: int | None = None

    # What is on show

    def shown_customers(self) -> list[int]:
        """Return the marked customers, or all of the list, in its order."""
        return self.targets() if self.table.marked else list(self.table.ids)

    def book_changed(self) -> None:
        """Read the list anew, and renew the scores."""
        self.table.forget()
        self.reload()
        self.renew()

    def parted_or_joined(self) -> None:
        """Renew the scores, for the list shows nobody without one."""
        self.renew()

    def say_what_is_due(self) -> None:
        """Say how many alerts are new, and which erasures have waited long enough."""
        from winback_tui.tui.hands.alerts import Alerts
        from winback_tui.tui.hands.outgoing import Outgoing

        self.show_alerts()
        Alerts(self).say_what_is_new()
        Outgoing(self).say_what_is_due()

    def show_alerts(self) -> None:
        """Say in the title how many alerts stand."""
        with self.said():
            self._count_alerts()
            self.update_lines()

    def _count_alerts(self) -> None:
        from winback_tui.desk import alerts

        self.alerts = len(alerts.standing(self.desk))

    def fetch(self, ids: Sequence[int]) -> dict[int, listing.Row]:
        """Return the rows of a window of the list."""
        return listing.rows(self.desk, ids)

    def standing_on(self) -> int | None:
        """Return the customer under the cursor."""
        return self.table.current

    def targets(self) -> list[int]:
        """Return the marked customers in the list's order, or the one under the cursor."""
        if self.table.marked:
            return [each for each in self.table.ids if each in self.table.marked]
        current = self.table.current
        return [] if current is None else [current]

    def reload(self, *, keep: int | None = None, top: bool = False, other: bool = False) -> None:
        """Read the list's order and sizes anew; the cursor stays on its customer.

        Who is gone leaves it where it was; in an `other` list, at the top.
        """
        with self.said():
            current = keep if keep is not None else self.table.current
            self.scored = listing.run(self.desk)
            self.counts = NOBODY if self.of_later() else listing.counts(self.desk)
            ids = self._order()
            self.pending = False
            if self.alerts is not None:
                self._count_alerts()
            if not top:
                ids = self._with_struck(ids)
            self.table.forget()
            self.table.show(
                ids, keep=None if top else current, near=0 if top or other else self.table.cursor
            )
            self._share_out()
            self.update_lines()
            self.say_nothing()

    def narrow(self, *, further: bool) -> None:
        """Show whom the search leaves, from the top; nothing else is read anew.

        `further`: they are among those whom the list shows already.
        """
        with self.said():
            if further and self.found is not None:
                self.table.show(listing.among(self.table.ids, self.found))
            else:
                self.table.show(self._order())
            self.update_lines()
            self.say_nothing()

    def _order(self) -> array[int]:
        if self.of_later():
            return array("I")
        ids = listing.order(self.desk, self.tab, self.sort, self.where or None)
        if self.found is not None:
            ids = listing.among(ids, self.found)
        return ids[::-1] if self.reversed else ids

    def _with_struck(self, ids: array[int]) -> array[int]:
        """Return `ids` with the struck customers still where they stood, until the list is left."""
        if not self.table.struck:
            return ids
        missing = set(self.table.struck).difference(ids)
        places = [(at, each) for at, each in enumerate(self.table.ids) if each in missing]
        for at, each in places:
            ids.insert(min(at, len(ids)), each)
        return ids

    def present_order(self) -> array[int]:
        """Return the list as it should stand now, the struck customers in their places."""
        return self._with_struck(self._order())

    @on(TriageList.Moved)
    def _cursor_moved(self, event: TriageList.Moved) -> None:
        self.describe(event.customer)

    @on(TriageList.Opened)
    def _opened(self) -> None:
        self.action_give("open")

    @on(TabLine.Chosen)
    def _tab_chosen(self, event: TabLine.Chosen) -> None:
        self.action_give(f"tab_{event.tab.value}")

    @on(KeyLine.Pressed)
    def _key_pressed(self, event: KeyLine.Pressed) -> None:
        self.action_give(event.command)

    # The dossier beside it

    def refresh_preview(self) -> None:
        """Show the dossier of the customer under the cursor anew."""
        current = self.table.current
        if current is not None:
            self.describe(current)

    def describe(self, customer: int | None) -> None:
        """Show the dossier of a customer, or, where there is none, what to do next."""
        if customer is None:
            self.say_nothing()
            return
        # Imported once the list is painted.
        from winback_tui.desk.dossier import dossier

        with self.said():
            self.preview.show(dossier(self.desk, customer))

    # Going elsewhere

    async def give_open(self) -> None:
        """Open the dossier; the cursor follows when it is left on another customer."""
        from winback_tui.tui.screens.dossier import DossierScreen

        await self.app.push_screen_wait(DossierScreen(self))
        self.refresh_preview()

    def go_to_customer(self, customer: int) -> None:
        """Stand on a customer: in this list, or else in the list of all."""
        if not self.table.go_to(customer):
            self.where, self.search, self.found, self._found_for = Filter(), "", None, ""
            self.leave_list()
            self.tab = Tab.ALL
            self.reload(keep=customer)

    def give_quit(self) -> None:
        """Leave; everything is saved, or is before the program ends."""
        if self.winback.line:
            self.winback.leaving = True
            self.winback.say(still_to_write(len(self.winback.line)))
        else:
            self.app.exit(0)

    # The rest of the registry

    def why_not(self, command: Command) -> str | None:
        """Return why a command can do nothing now, or None where it can."""
        if command.id in ("next_match", "previous_match") and not self.search:
            return saying.NOTHING_SEARCHED
        return super().why_not(command)
