"""What the lines around the list say, and what stands in its place where it is empty."""

from __future__ import annotations

from typing import Final

from winback_tui.desk import listing
from winback_tui.desk.commands import Context
from winback_tui.model import Sort, Tab
from winback_tui.tui.screens.renewing import Renewing
from winback_tui.tui.widgets.columns import Sorted
from winback_tui.tui.widgets.lines import ColumnLine, Hint, KeyLine, TabLine, TitleLine
from winback_tui.tui.widgets.preview import Preview
from winback_tui.words import alerts as alert_words
from winback_tui.words import empty, saying
from winback_tui.words.scores import arrived

#: Data whose newest purchase is older than so many days is looked at as of its own time.
LONG_AGO: Final = 365


class Telling(Renewing):
    """Title, tabs, column titles and keys, and why nobody is there."""

    preview: Preview
    #: How many alerts stand; None until they are counted, after the first paint.
    alerts: int | None = None

    def _sorted(self) -> Sorted:
        """Return by which column the list is sorted now, and which way; follow-ups are by day."""
        if self.tab is Tab.FOLLOWUPS:
            return Sorted("case", rising=not self.reversed)
        return Sorted("risk" if self.sort is Sort.VALUE else "score", rising=self.reversed)

    def update_lines(self) -> None:
        """Write title, tabs and column titles anew."""
        # What was looked for behind the screen may be found when the screen is being left.
        if not self.table.is_attached:
            return
        formats = self.winback.formats
        name = self.winback.note or self.desk.book.meta("name") or self.desk.book.path.stem
        customers = self.scored.customers if self.scored else 0
        size = f"{formats.number(customers)} customer{'' if customers == 1 else 's'}"
        right = [formats.date(self.desk.as_of), size]
        if self.alerts:
            right.append(alert_words.standing(self.alerts, formats))
        if self.scored and self.scored.as_of != self.desk.as_of:
            right.append(f"scores of {formats.date(self.scored.as_of)}")
        elif self.scored and (new := arrived(self.scored, formats)):
            right.append(new)
        busy = self.renewing or (saying.SCORES_READY if self.pending else "")
        self.query_one(TitleLine).say(left=name, right=right, busy=busy)
        sizes = self.counts.tabs
        narrowed = self.found is not None or bool(self.where)
        by_value = self.sort is Sort.VALUE and self.tab is not Tab.FOLLOWUPS
        hint = " ".join(
            part
            for part in (
                f"/{self.search}" if self.search else "",
                str(self.where),
                f"({formats.number(len(self.table.ids))})" if narrowed else "",
                f"{formats.number(len(self.table.marked))} marked" if self.table.marked else "",
                "by value" if by_value else "",
                "reversed" if self.reversed else "",
            )
            if part
        )
        self.query_one(TabLine).say(active=self.tab, sizes=sizes, hint=hint)
        titles = self.query_one(ColumnLine)
        titles.order = self._sorted()
        titles.redraw()
        self.query_one(KeyLine).redraw()

    def hints(self) -> list[Hint]:
        """Return the footer's keys, dim where they would do nothing now."""
        shown = [
            c
            for c in self.winback.commands.values()
            if c.footer is not None and Context.LIST in c.contexts
        ]
        shown.sort(key=lambda c: c.footer or 0)
        hints = [Hint(c, self.why_not(c) is None) for c in shown]
        return [*hints[1:], hints[0]]

    def say_nothing(self) -> None:
        """Where the list is empty, say why, and what to do next."""
        if not self.table.ids:
            self.table.nothing = self._nothing()
            self.table.refresh()
            self.preview.show(None)

    def _nothing(self) -> str:
        """Return why the list is empty, and what to do next."""
        if self.search or self.where:
            text = " ".join(part for part in (self.search, str(self.where)) if part)
            elsewhere = "" if self.tab is Tab.ALL else "the key 5"
            return f"{empty.nothing_found(text, elsewhere)} Press esc to see all again."
        if self.of_later():
            return saying.scoring_of(self.winback.formats.date(self.desk.as_of))
        if self.renewing:
            return saying.FIRST_SCORING
        if self.scored is None or not self.scored.customers:
            if self.has_customers():
                return empty.no_purchases(self.winback.formats.date(self.desk.as_of))
            return empty.EMPTY_HERE
        from winback_tui.desk.today import newest_purchase

        more = empty.other_lists(self.tab, self.counts.tabs)
        newest = newest_purchase(self.desk) if self.tab is Tab.QUEUE else None
        if newest is not None and (self.desk.as_of - newest).days > LONG_AGO:
            more += f" {empty.old_data(newest, self.winback.formats)}"
        return f"{empty.nothing_in(self.tab)} {more}".strip()

    def has_customers(self) -> bool:
        """Return whether the book holds any customer, scored or not."""
        return listing.has_customers(self.desk)
