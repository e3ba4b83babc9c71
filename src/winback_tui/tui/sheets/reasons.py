"""Why they leave, in a sheet: a reason with its second level, and what to do first about it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from winback_tui.model import LeavingReason
from winback_tui.rules.leaving import DETAILS, Why, parse_why, ruling
from winback_tui.tui.sheets.fields import Choice
from winback_tui.tui.text import wrap
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.words import deeds, leaving


class ReasonChoice(Choice):
    """A reason for leaving: left and right choose it, up and down its second level."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "detail(1)", show=False),
        Binding("up", "detail(-1)", show=False),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        options = [("", "–"), *((each.value, deeds.REASONS[each]) for each in LeavingReason)]
        super().__init__(options, id=id)
        self._detail = 0

    @property
    def why(self) -> Why | None:
        """The chosen reason with its detail, or None."""
        return parse_why(self.value) if self.value else None

    @property
    def value(self) -> str:
        """The chosen reason as `price` or `price/increase`, empty where none is."""
        word = self.options[self.at][0]
        details = self._details()
        return f"{word}/{details[self._detail]}" if details[self._detail] else word

    @value.setter
    def value(self, value: str) -> None:
        first, _, second = value.partition("/")
        self.at = next((i for i, (each, _) in enumerate(self.options) if each == first), 0)
        details = self._details()
        self._detail = details.index(second) if second in details else 0
        self.redraw()

    def action_step(self, by: int) -> None:
        """Choose the next or the previous reason, without a detail."""
        self._detail = 0
        super().action_step(by)

    def action_detail(self, by: int) -> None:
        """Choose the next or the previous detail of the reason."""
        self._typed = ""
        self._detail = (self._detail + by) % len(self._details())
        self.redraw()
        self.post_message(self.Changed())

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the reason between its arrows, and its detail."""
        pens = self.pens
        arrows = pens.key if self.has_focus else pens.faint
        line: Line = [("‹ ", arrows), (self.options[self.at][1], pens.strong), (" ›", arrows)]
        details = self._details()
        if details[self._detail]:
            line += [("  ", pens.dim), (leaving.detail(details[self._detail]), pens.text)]
        if self.has_focus:
            more = "  ↑↓ what exactly" if len(details) > 1 else ""
            line.append((more if self.value else "  ←→ or a letter chooses", pens.faint))
        return [line]

    def _details(self) -> tuple[str, ...]:
        """Return the details of the chosen reason, after none."""
        word = self.options[self.at][0]
        return ("", *DETAILS[LeavingReason(word)]) if word else ("",)


class Advice(Drawn):
    """How such customers fare, and the first move; empty while no reason is chosen."""

    DEFAULT_CSS = "Advice { height: auto; padding-left: 12; }"

    _text = ""

    def say(self, stated: Why | None, assessed: Why | None) -> None:
        """Speak about what we assess where that says anything, else about what was stated."""
        wanted = ruling(stated and stated.reason, assessed and assessed.reason)
        why = next((each for each in (assessed, stated) if each and each.reason is wanted), None)
        self._text = ""
        if why is not None:
            fate = leaving.RECOVERABILITY[why.recoverability.value]
            self._text = f"{fate}; first: {leaving.FIRST_MOVES[why.reason]}"
        self.redraw(layout=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the advice, wrapped, or nothing."""
        return [[(text, self.pens.good)] for text in wrap(self._text, max(10, width))]
