"""The dossier of the cursor's customer, as much of it as the space beside the list allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.style import Style

from winback_tui.tui.widgets.drawn import Drawn, Line

if TYPE_CHECKING:
    from winback_tui.desk.dossier import Dossier

#: Years and amounts begin where the score above them does.
_INDENT: Final = (" ", Style())


class Preview(Drawn):
    """Why this customer is here, whether one may call, and what happened lately."""

    DEFAULT_CSS = "Preview { height: 1fr; }"

    dossier: Dossier | None = None

    def show(self, dossier: Dossier | None) -> None:
        """Show a customer, or nothing."""
        self.dossier = dossier
        self.redraw()

    def lines(self, width: int, height: int) -> list[Line]:
        """Return as much as `height` lines hold; the reasons come first."""
        pens, words = self.pens, self.winback.cell_words
        d = self.dossier
        if d is None:
            return []
        # Not before there is something to show: the list is painted first.
        from winback_tui.tui.widgets import sections

        head = sections.title(d, width, pens, words)
        if height <= 3:
            return [head, *sections.why(d, width, pens, words, rows=max(1, height - 1))]
        # The last cell stays free, as on the other side.
        within = width - 1
        why = sections.why(d, within, pens, words)
        allowed = sections.may_contact(d, within, pens, words)
        if height <= 5:
            return [head, *why[: height - 2], *allowed[:1]]
        lines = [head, *why, *sections.outlook(d, within, pens, words), *allowed]
        if height >= len(lines) + 12:
            plot = sections.plot(d, width - 7, 4, pens, words)
            lines += [[], *([_INDENT, *each] for each in plot), []]
        elif height >= len(lines) + 2:
            lines.append(sections.months(d, width, pens, words))
        room = height - len(lines)
        if room > 0:
            told = sections.timeline(d.timeline, within - 1, pens, words, limit=room)
            lines += [[_INDENT, *each] for each in told]
        return lines
