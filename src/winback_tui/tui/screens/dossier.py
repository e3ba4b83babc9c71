"""One customer in full: reasons, revenue, timeline, case, consent, people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll

from winback_tui.desk.action import Action
from winback_tui.desk.commands import Context
from winback_tui.desk.dossier import Dossier, dossier
from winback_tui.desk.session import Desk
from winback_tui.errors import WinbackError
from winback_tui.tui.screens.doing import Doing
from winback_tui.tui.screens.giving import bindings
from winback_tui.tui.text import wrap
from winback_tui.tui.widgets import sections
from winback_tui.tui.widgets.columns import Words
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.tui.widgets.lines import Hint, KeyLine
from winback_tui.tui.work import work
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.tui.screens.triage import TriageScreen

#: From this width on the panes stand in two columns.
SIDE_BY_SIDE: Final = 100


class Pane(VerticalScroll):
    """One part of the dossier, in a frame; tab moves from one to the next."""

    DEFAULT_CSS = """
    Pane {
        border: round $panel; padding: 0 1; height: auto; scrollbar-size-vertical: 1;
        border-title-color: $foreground 70%;
    }
    Pane:focus { border: round $primary; border-title-color: $primary; }
    """

    def __init__(self, title: str, draw: Callable[[int], list[Line]], *, id: str) -> None:  # noqa: A002
        super().__init__(Body(draw), id=id)
        self.border_title = title


class Body(Drawn):
    """The lines inside a pane."""

    DEFAULT_CSS = "Body { height: auto; }"

    def __init__(self, draw: Callable[[int], list[Line]]) -> None:
        super().__init__()
        self._draw = draw

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the pane's lines."""
        return self._draw(width)


class Head(Drawn):
    """The title of the dossier."""

    DEFAULT_CSS = "Head { height: 1; background: $surface; }"

    def __init__(self, draw: Callable[[int], list[Line]]) -> None:
        super().__init__()
        self._draw = draw

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the title."""
        return self._draw(width)


class DossierScreen(Doing):
    """The dossier over the whole screen; the deeds' keys are those of the list."""

    context = Context.DOSSIER
    BINDINGS: ClassVar[list[BindingType]] = bindings(Context.DOSSIER)
    DEFAULT_CSS = """
    DossierScreen #panes { layout: horizontal; height: 1fr; }
    DossierScreen #one { width: 3fr; height: 1fr; }
    DossierScreen #two { width: 2fr; height: 1fr; overflow-y: auto; scrollbar-size-vertical: 1; }
    DossierScreen #timeline { height: 1fr; min-height: 6; }
    DossierScreen.-small #panes { layout: vertical; overflow-y: auto; scrollbar-size-vertical: 1; }
    DossierScreen.-small #one { width: 1fr; height: auto; }
    DossierScreen.-small #two { width: 1fr; height: auto; overflow-y: hidden; }
    DossierScreen.-small #timeline { height: auto; max-height: 12; }
    """

    def __init__(self, triage: TriageScreen) -> None:
        super().__init__()
        self.hands = {}
        self.triage = triage
        self.customer = triage.table.current
        self.found: Dossier | None = None
        self._found_hints: tuple[str, ...] = ()
        self._hinted: int | None = None

    @property
    def desk(self) -> Desk:  # type: ignore[override]
        """The list's desk, which goes on to the next day after midnight."""
        return self.triage.desk

    def compose(self) -> ComposeResult:
        """Put reasons, revenue and timeline at the left; case, consent and people at the right."""
        self._read()
        yield Head(
            lambda width: self._drawn(lambda d: [sections.title(d, width, self.pens, self._words)])
        )
        with Container(id="panes"):
            with Container(id="one"):
                yield Pane("Why", self._why, id="why")
                yield Pane("Revenue, 24 months", self._plot, id="plot")
                yield Pane("Timeline", self._timeline, id="timeline")
            with Container(id="two"):
                yield Pane("Case", self._case, id="case")
                yield Pane("May I contact?", self._consent, id="consent")
                yield Pane("People", self._people, id="people")
                yield Pane("What else they might buy", self._hints, id="hints")
                yield Pane("Customer", self._facts, id="facts")
        yield KeyLine(self.hints)

    @property
    def _words(self) -> Words:
        return self.winback.cell_words

    def on_mount(self) -> None:
        """Let the keys scroll the timeline; where panes are stacked, begin at the top."""
        self.query_one("#hints", Pane).display = False
        self._look_for_hints()
        first = "#why" if self.app.size.width < SIDE_BY_SIDE else "#timeline"
        self.query_one(first, Pane).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Put the panes side by side, or under each other."""
        self.set_class(event.size.width < SIDE_BY_SIDE, "-small")

    def _read(self) -> None:
        self.found = None if self.customer is None else dossier(self.desk, self.customer)

    def show(self, customer: int | None) -> None:
        """Show a customer; None leaves the dossier."""
        self.customer = customer
        self._read()
        if self.found is None:
            self.dismiss(None)
            return
        self._look_for_hints()
        for widget in self.query(Drawn):
            widget.redraw(layout=True)
        for pane in self.query(Pane):
            pane.scroll_home(animate=False)

    # Panes

    def _drawn(self, draw: Callable[[Dossier], list[Line]]) -> list[Line]:
        return [] if self.found is None else draw(self.found)

    def _why(self, width: int) -> list[Line]:
        return self._drawn(
            lambda d: [
                *sections.why(d, width, self.pens, self._words),
                *sections.outlook(d, width, self.pens, self._words),
                *self._allowed_at_once(d, width),
            ]
        )

    def _allowed_at_once(self, d: Dossier, width: int) -> list[Line]:
        """Return the channels in a line where their own pane stands far below."""
        if self.app.size.width >= SIDE_BY_SIDE:
            return []
        return sections.may_contact(d, width, self.pens, self._words)

    def _plot(self, width: int) -> list[Line]:
        return self._drawn(lambda d: sections.plot(d, width, 6, self.pens, self._words))

    def _timeline(self, width: int) -> list[Line]:
        return self._drawn(
            lambda d: (
                sections.timeline(d.timeline, width, self.pens, self._words, whole=True)
                or [[(saying.NO_TIMELINE, self.pens.dim)]]
            )
        )

    def _case(self, width: int) -> list[Line]:
        return self._drawn(lambda d: sections.case_lines(d, width, self.pens, self._words))

    def _look_for_hints(self) -> None:
        """Look for hints behind the screen, so that the dossier is painted at once."""
        self._found_hints, self._hinted = (), None
        self.run_worker(work(self._read_hints, self.customer), group="hints", exclusive=True)

    async def _read_hints(self, customer: int | None) -> None:
        if customer is None:
            return
        found = await asyncio.to_thread(self._hints_of, customer)
        if customer == self.customer:
            self._found_hints, self._hinted = found, customer
            pane = self.query_one("#hints", Pane)
            pane.display = bool(found)
            pane.query_one(Body).redraw(layout=True)

    def _hints_of(self, customer: int) -> tuple[str, ...]:
        from winback_tui.desk.hints import freshen, hints_of

        with suppress(WinbackError), self.desk.twin() as own:
            freshen(own)
            return hints_of(own, customer)
        return ()

    def _hints(self, width: int) -> list[Line]:
        return [
            [(("· " if not number else "  "), self.pens.dim), (piece, self.pens.text)]
            for hint in self._found_hints
            for number, piece in enumerate(wrap(hint, max(12, width - 2)))
        ]

    def _consent(self, width: int) -> list[Line]:
        return self._drawn(lambda d: sections.consent_lines(d, width, self.pens, self._words))

    def _people(self, width: int) -> list[Line]:
        return self._drawn(
            lambda d: (
                sections.people(
                    d.contacts,
                    self.desk.as_of,
                    width,
                    self.pens,
                    self._words,
                    months=self.desk.config.cases.checked_months,
                )
                or [[(saying.NO_CONTACTS, self.pens.dim)]]
            )
        )

    def _facts(self, width: int) -> list[Line]:
        return self._drawn(lambda d: sections.facts(d, width, self.pens, self._words))

    def hints(self) -> list[Hint]:
        """Return the footer's keys."""
        shown = [
            c
            for c in self.winback.commands.values()
            if c.footer is not None and Context.DOSSIER in c.contexts
        ]
        shown.sort(key=lambda c: c.footer or 0)
        hints = [
            Hint(c._replace(label=c.named(self.context)), self.why_not(c) is None) for c in shown
        ]
        return [*hints[1:], hints[0]]

    @on(KeyLine.Pressed)
    def _key_pressed(self, event: KeyLine.Pressed) -> None:
        self.action_give(event.command)

    # Where the user stands

    def standing_on(self) -> int | None:
        """Return the customer on show."""
        return self.customer

    def targets(self) -> list[int]:
        """Return the customer on show; marks of the list do not count here."""
        return [] if self.customer is None else [self.customer]

    def deed_done(self, action: Action, label: str, *, stay: bool = False) -> None:
        """Show what the deed changed; the dossier stays, and `]` goes on."""
        self.triage.table.go_to(action.customers[0])
        self.triage.deed_done(action, label, stay=stay)
        self.show(self.customer if stay else self.triage.table.current)

    def deed_undone(self, customers: Sequence[int], action: int) -> None:
        """Show the customer as they are now."""
        self.triage.deed_undone(customers, action)
        self.show(customers[0] if customers else self.customer)

    def deed_redone(self, customers: Sequence[int], action: int, label: str) -> None:
        """Show the customer as they are now."""
        self.triage.deed_redone(customers, action, label)
        self.show(customers[0] if customers else self.customer)

    def book_changed(self) -> None:
        """Go back to the list, for the customer may be gone."""
        self.dismiss(None)
        self.triage.book_changed()

    def parted_or_joined(self) -> None:
        """Have the list renew the scores."""
        self.triage.parted_or_joined()

    def go_to_customer(self, customer: int) -> None:
        """Show another customer."""
        self.triage.go_to_customer(customer)
        self.show(customer)

    def give_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)

    def give_quit(self) -> None:
        """Go back to the list."""
        self.dismiss(None)

    def give_next_customer(self) -> None:
        """Show the next customer of the list."""
        self._step(1)

    def give_previous_customer(self) -> None:
        """Show the previous customer of the list."""
        self._step(-1)

    def _step(self, by: int) -> None:
        before = self.triage.table.cursor
        self.triage.table.step(by)
        if self.triage.table.cursor == before:
            self.winback.say(saying.LAST_OF_LIST if by > 0 else saying.FIRST_OF_LIST)
        else:
            self.show(self.triage.table.current)

    def give_next_pane(self) -> None:
        """Move to the next pane."""
        self.focus_next()
