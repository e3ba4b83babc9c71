"""The lines around the import screen's list: its steps, its keys, and what is known of the file."""

from __future__ import annotations

from typing import Final

from winback_tui.tui.text import wrap
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.words import importing as words

FILE, COLUMNS, TRY, DONE, WORKING = range(5)
_KEYS: Final = {
    FILE: (("↑ ↓", "move"), ("enter", "choose"), ("esc", "leave")),
    COLUMNS: (
        ("enter", "what it holds"), ("t", "try"), ("k", "kind"), ("d", "dates"), (".", "decimals"),
        ("c", "currency"), ("esc", "back"), ("s", "sheet"), ("f", "forget"),
    ),
    TRY: (("enter", "import"), ("esc", "back")),
    WORKING: (("esc", "cancel"),),
    DONE: (("enter", "to the list"), ("u", "take it back"), ("n", "next file")),
}  # fmt: skip


class Steps(Drawn):
    """The second line: the steps, the one being taken set off."""

    DEFAULT_CSS = "Steps { height: 1; background: $surface; }"
    step = FILE

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        line: Line = []
        for place, name in enumerate(words.STEPS):
            here = place == self.step
            sign = self.winback.glyphs.pointer if here else " "
            line.append(
                (f" {sign}{place + 1} {name} ", self.pens.strong if here else self.pens.dim)
            )
        return [line]


class Keys(Drawn):
    """The last line: the keys of the step; a complaint goes before them."""

    DEFAULT_CSS = "Keys { height: 1; background: $surface; }"
    step = FILE
    #: Keys that do nothing with this file.
    idle: frozenset[str] = frozenset()

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the line."""
        line: Line = []
        for key, label in _KEYS[self.step]:
            if key in self.idle and self.step == COLUMNS:
                continue
            line += [(f" {key}", self.pens.key), (f" {label} ", self.pens.dim)]
        return [line]


class About(Drawn):
    """What is known of the file, and what is wrong."""

    DEFAULT_CSS = "About { height: auto; padding: 0 1; }"
    told: tuple[str, ...] = ()
    wrong = ""

    def say(self, *told: str, wrong: str = "") -> None:
        """Show these sentences."""
        self.told, self.wrong = told, wrong
        self.redraw(layout=True)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the sentences, the complaint last."""
        found: list[Line] = [
            [(text, self.pens.dim)] for one in self.told for text in wrap(one, width)
        ]
        found += [[(text, self.pens.bad)] for text in wrap(self.wrong, width)]
        return found
