"""Fresh scores behind the list: renewing them, taking them over, and what other programs write."""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from textual import events, on
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from winback_tui.book.listing import Run
from winback_tui.desk import listing, renewal, worked
from winback_tui.model import Tab
from winback_tui.tui.screens.finding import Finding
from winback_tui.tui.widgets.lines import TitleLine
from winback_tui.tui.work import work
from winback_tui.words import saying
from winback_tui.words.scores import AFTERWARDS, fitted

if TYPE_CHECKING:
    from winback_tui.desk.apart import Apart

#: Rows move only when no key came for so many seconds.
IDLE: Final = 1.5
#: How often the book is glanced at for what another program wrote, in seconds.
GLANCE: Final = 1.0
#: So many seconds after the first paint it is seen whether the scores are fresh. A key comes first.
SETTLING: Final = 0.1
#: So many seconds after the first paint, and after the last key, it is seen what the facts suggest.
SUGGESTING: Final = 0.4
#: While the scores are renewed that waits, for it is to be seen again then; but not longer than so.
PATIENT: Final = 2.0


class Renewing(Finding):
    """Renews the scores in a worker, and never moves a row under a hand at work."""

    class Progress(Message):
        """The renewal of the scores has come a step further."""

        def __init__(self, step: str, share: float) -> None:
            super().__init__()
            self.step, self.share = step, share

    #: The run whose scores are on show, and how many customers stand in each tab.
    scored: Run | None
    counts: listing.Counts
    #: What the title says of a renewal that goes on; empty: none does.
    renewing = ""
    #: Newer scores are there, but the rows have not moved yet.
    pending = False
    #: When the list was first read.
    moment: worked.Moment | None = None
    _last_key = 0.0
    _version = 0
    #: Whether it has been seen since the start if the scores are fresh.
    looked = False
    #: Whether a renewal goes on, since when, and whether another is to follow, with a fit or not.
    _at_work = False
    _since = 0.0
    _again = False
    _fit_again = False
    #: How long the queue was before scores that a key asked for; None: no key did.
    _queue_before: int | None = None
    #: Waits to look for what the facts suggest.
    _waiting: Timer | None = None

    def say_nothing(self) -> None:
        """Where the list is empty, say why."""
        raise AssertionError("the screen with the list knows what is in it")

    def has_customers(self) -> bool:
        """Return whether the book holds any customer, scored or not."""
        raise AssertionError("the screen with the list knows what is in it")

    def refresh_preview(self) -> None:
        """Show the dossier of the customer under the cursor anew."""
        raise AssertionError("the screen with the list shows a dossier beside it")

    def present_order(self) -> array[int]:
        """Return the list as it should stand now."""
        raise AssertionError("the screen with the list knows what is in it")

    def of_later(self) -> bool:
        """Return whether what is kept is of a later day, and the day's own scores are on their way.

        Who was late on that day need not be so on this one: such a list is not to be shown.
        """
        later = self.scored is not None and self.scored.as_of > self.desk.as_of
        return later and (bool(self.renewing) or not self.looked)

    def watch_the_book(self) -> None:
        """Begin to notice what others write, and renew the scores once the list is painted."""
        self._version = self.desk.book.data_version()
        self.set_interval(GLANCE, self.glance)
        if self.winback.renewal is not None:
            self.call_after_refresh(self.renew)
        else:
            self.set_timer(SETTLING, self.renew)
        self._suggest_in(SUGGESTING)

    def _suggest_in(self, seconds: float) -> None:
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(seconds, self._suggest)

    def _suggest(self) -> None:
        """Look behind the screen for what the facts suggest, which the first paint leaves out.

        It takes the interpreter for a tenth of a second, so it waits until no key comes.
        """
        now = monotonic()
        if now - self._last_key < SUGGESTING:
            self._suggest_in(SUGGESTING - (now - self._last_key))
        elif self._at_work and now - self._since < PATIENT:
            self._suggest_in(SUGGESTING)
        else:
            self.run_worker(work(self._suggested), group="suggest", exclusive=True)

    async def _suggested(self) -> None:
        if self.moment is None:
            return
        with self.said():
            since = self.moment
            known = await asyncio.to_thread(self._look_for_suggestions)
            if not worked.learn(self.desk, known, since):
                return
            self.table.forget()
            self.counts = listing.counts(self.desk)
            # Who is suggested stands among the follow-ups, which may be on show already.
            if self.present_order() != self.table.ids:
                self.pending = True
                self.take_over()
            self.update_lines()
            self.refresh_preview()

    def _look_for_suggestions(self) -> worked.Known:
        with self.desk.twin() as own:
            return worked.suggestions(own)

    def on_key(self, event: events.Key) -> None:
        """Note that the user is at work."""
        self._last_key = monotonic()

    def renew(self, *, refit: bool = False) -> None:
        """Score the book behind the screen, unless its scores are fresh.

        While that goes on, it is done once more afterwards: what is being scored may be of before.
        """
        from winback_tui.desk import scoring

        self.looked = True
        if self._at_work:
            self._again, self._fit_again = True, self._fit_again or refit
            return
        with self.said():
            begun, self.winback.renewal = self.winback.renewal, None
            asked = refit or begun is not None
            if not asked and (not self.has_customers() or scoring.is_fresh(self.desk)):
                return
            first = self.scored is None
            self._at_work, self._since = True, monotonic()
            self._queue_before = self.counts.tabs[Tab.QUEUE] if refit else None
            self.renewing = saying.SCORING if first else saying.RENEWING
            self.update_lines()
            self.say_nothing()
            self.run_worker(
                partial(self._renewed, begun, refit=refit),
                name="renew",
                group="renew",
                thread=True,
                exit_on_error=True,
            )

    def _renewed(self, begun: Apart | None, *, refit: bool) -> renewal.Outcome:
        """Renew the scores in the calling thread, or wait there for the process that does."""
        if not self.winback.apart:
            return renewal.renew(self.desk, self._progress, refit=refit)
        if begun is None:
            from winback_tui.desk.apart import Apart

            begun = Apart(self.desk, refit=refit)
        self.winback.renewal_runs = begun
        return begun.hear(self._progress)

    def give_rescore(self) -> None:
        """Renew the scores now, with newly fitted parameters, or as soon as they are renewed."""
        if self._at_work:
            self.winback.say(AFTERWARDS)
        self.renew(refit=True)

    def _progress(self, step: str, share: float) -> None:
        self.post_message(self.Progress(step, share))

    @on(Progress)
    def _progressed(self, event: Progress) -> None:
        """Show how far the renewal is; after the first scores, show the list."""
        if event.step == renewal.FIRST:
            self.reload(top=True)
        if event.step == renewal.STORED:
            # What is left to do, nobody waits for.
            self.renewing = ""
            with self.said():
                self.desk.book.lay_over(None)
                self._stored()
        if self.renewing:
            words = {"read": "reading", "fit": "fitting the score", "store": "storing scores"}
            share = self.winback.formats.percent(event.share)
            self.renewing = f"{words.get(event.step, 'scoring')}… {share}"
            self.query_one(TitleLine).say(busy=self.renewing)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take the new scores over once the worker has finished."""
        outcome = event.worker.result
        if event.state is not WorkerState.SUCCESS or not isinstance(outcome, renewal.Outcome):
            return
        self.renewing, self._at_work = "", False
        if outcome.complaint:
            self.winback.say(outcome.complaint, wrong=True)
        if outcome.aside:
            self._look_back(Path(outcome.aside))
        self.update_lines()
        self.say_nothing()
        if not self.table.ids:
            # Without scores of its own day, a list of a later one is better than none.
            self.reload(top=True)
        if not outcome.complaint:
            self._say_fitted()
        if self._again:
            refit, self._again, self._fit_again = self._fit_again, False, False
            self.renew(refit=refit)

    def _say_fitted(self) -> None:
        """Say what came of a fit that a key asked for."""
        before, self._queue_before = self._queue_before, None
        if before is None:
            return
        with self.said():
            run = listing.run(self.desk)
            queue = listing.counts(self.desk).tabs[Tab.QUEUE]
            customers = run.customers if run else 0
            self.winback.say(fitted(customers, before, queue, self.winback.formats))

    def _look_back(self, aside: Path) -> None:
        """Show the scores of a day before the book's own run; the book keeps those."""
        self.winback.closing.enter_context(renewal.holding(aside))
        with self.said():
            self.desk.book.lay_over(aside)
            self._stored()

    def _stored(self) -> None:
        """Show the new scores, which the worker has stored; what they suggest, a moment later."""
        self.moment = worked.begin(self.desk)
        self._suggest_in(SUGGESTING)
        self.table.forget()
        self.pending = True
        self.take_over()
        if self.pending:
            self.update_lines()

    def take_over(self) -> None:
        """Let the rows move to their new places, but only when the user is idle."""
        if not self.pending:
            return
        busy = self.app.screen is not self or self.has_class("-searching")
        if self.table.ids and (busy or monotonic() - self._last_key < IDLE):
            return
        untouched = not self._last_key
        self.reload(top=untouched)

    def glance(self) -> None:
        """Notice what another program wrote, and midnight."""
        with self.said():
            self.take_over()
            self._follow_the_clock()
            version = self.desk.book.data_version()
            if version == self._version:
                return
            self._version = version
            run, before = listing.run(self.desk), self.scored
            if run is not None and self._looks_back(run) and run != before:
                # Another program went on to a later day: the rows stay until this day is scored
                # again, beside the book, so that neither disturbs the other.
                self.renew()
                return
            self.counts = listing.counts(self.desk)
            self._spare_the_undone()
            self.table.forget()
            self.refresh_preview()
            if run != before or self.present_order() != self.table.ids:
                self.pending = True
            self.update_lines()
            # Scores of another date were made for another program: two that renew each other's
            # would never rest.
            if run is None or run == before or run.as_of == self.desk.as_of:
                self.renew()

    def _spare_the_undone(self) -> None:
        """Strike nobody through any more for a deed that was taken back elsewhere."""
        if not self.table.struck:
            return
        from winback_tui.desk import undoing

        actions = {each.action for each in self.table.struck.values()}
        for action in undoing.taken_back(self.desk, actions):
            self.table.spare(action)

    def _looks_back(self, run: Run) -> bool:
        """Return whether the run is of a day after this one, and of none that is yet to come."""
        return self.desk.as_of < run.as_of <= self.desk.clock()

    def _follow_the_clock(self) -> None:
        """Go on to the new day after midnight, unless a date was asked for."""
        today = date.today()  # noqa: DTZ011 - plain dates are in the user's zone
        if self.winback.follows_clock and today != self.desk.as_of and not self._at_work:
            self.desk = self.winback.desk = replace(self.desk, as_of=today)
            self.reload()
            self.renew()
