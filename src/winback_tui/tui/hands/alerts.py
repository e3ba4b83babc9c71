"""The key for early warning: the inbox, and what is done about an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback_tui.tui.hands.hand import Hand
from winback_tui.words import alerts as words

if TYPE_CHECKING:
    from winback_tui.book.alerts import Alert
    from winback_tui.desk.action import Action
    from winback_tui.desk.alerts import Look
    from winback_tui.tui.sheets.inbox import Chosen, Inbox


class Alerts(Hand):
    """Looks for what is new, shows the inbox, and does what is asked about an alert."""

    #: The sheet that is open; None while none is.
    _sheet: Inbox | None = None
    _looking = False
    #: What is only shown, as of a day to come.
    _ahead: tuple[Alert, ...] = ()

    async def give_alerts(self) -> None:
        """Show the inbox until it is left; what is new is looked for behind it."""
        from winback_tui.tui.sheets.inbox import Inbox

        self._look()
        place = 0
        while True:
            with self.screen.said():
                self._sheet = Inbox(
                    self._standing(), place, looking=self._looking, empty=self._empty()
                )
            chosen = await self.app.push_screen_wait(self._sheet)
            self._sheet = None
            if chosen is None:
                return
            if chosen.what == "open":
                self._open(chosen)
                return
            place = chosen.place
            with self.screen.said():
                self._act(chosen)

    def _look(self) -> None:
        from winback_tui.desk import alerts

        if self._looking or self.desk.book.read_only:
            return
        self._looking = True
        self.screen.write(alerts.look, self._looked, behind=True, refused=self._stopped)

    def _looked(self, look: Look) -> None:
        from winback_tui.desk import alerts

        self._stopped()
        self._ahead = look.raised if alerts.is_ahead(self.desk) else ()
        self._count()
        if not self._refreshed() and look.raised:
            said = words.shows_them(len(look.raised), self.winback.formats, new=True)
            self.winback.say(said)

    def _refreshed(self) -> bool:
        """Show the inbox as it stands now, if it is open; return whether it is."""
        if self._sheet is None or not self._sheet.is_mounted:
            return False
        self._sheet.show_alerts(self._standing(), looking=self._looking)
        return True

    def _standing(self) -> list[Alert]:
        from winback_tui.desk import alerts

        return [*alerts.standing(self.desk), *self._ahead]

    def _count(self) -> None:
        """Let the list's title say how many alerts stand."""
        from winback_tui.tui.screens.triage import TriageScreen

        for screen in self.app.screen_stack:
            if isinstance(screen, TriageScreen):
                screen.show_alerts()

    def _empty(self) -> str:
        from winback_tui.desk import alerts

        return alerts.why_none(self.desk) or words.EMPTY

    def _stopped(self) -> None:
        self._looking = False

    def _open(self, chosen: Chosen) -> None:
        if chosen.alert is not None:
            self.screen.go_to_customer(chosen.alert.customer)

    def _act(self, chosen: Chosen) -> None:
        from winback_tui.desk import alerts

        if chosen.what == "undo":
            self.screen.action_give("undo")
            return
        if chosen.alert is None:
            return
        number, how = chosen.alert.id, chosen.what

        def done(action: Action) -> None:
            self.winback.say(words.marked(how, self.screen.named(action.customers)))
            self._count()
            self._refreshed()

        self.screen.write(lambda desk: alerts.mark(desk, number, how), done)

    def say_what_is_new(self) -> None:
        """Say how many alerts nobody has seen yet, where some are."""
        from winback_tui.desk import alerts

        count = sum(each.mark is None for each in alerts.standing(self.desk))
        if count:
            self.winback.say(words.shows_them(count, self.winback.formats))
