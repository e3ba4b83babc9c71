"""The sheet that shows every key with its sentence, in two columns where there is room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from winback_tui.desk.commands import Command
from winback_tui.desk.keymap import key_sign
from winback_tui.tui.sheets.reading import Reading
from winback_tui.tui.text import fit, wrap
from winback_tui.tui.widgets.drawn import Drawn, Line

#: From so many cells on there are two columns.
_WIDE: Final = 100
_GUTTER: Final = 3


class Keys(Drawn):
    """All keys of a place in their groups, and notes below them."""

    DEFAULT_CSS = "Keys { height: auto; }"

    def __init__(self, commands: Sequence[Command], notes: Sequence[str]) -> None:
        super().__init__()
        self._notes = notes
        self._groups: dict[str, list[tuple[str, str]]] = {}
        for each in commands:
            signs = " ".join(key_sign(key) for key in each.keys)
            self._groups.setdefault(each.group, []).append((signs, each.sentence))
        entries = [entry for group in self._groups.values() for entry in group]
        self._signs = min(20, 2 + max((len(signs) for signs, _ in entries), default=0))

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the keys in one column, or in two of about the same height."""
        notes: list[Line] = [
            [(piece, self.pens.dim)] for note in self._notes for piece in wrap(note, width)
        ]
        if width < _WIDE:
            return [*_run(self._blocks(width)), [], *notes]
        room = (width - _GUTTER) // 2
        blocks = self._blocks(room)
        left = _halfway(blocks)
        return [*_beside(_run(blocks[:left]), _run(blocks[left:]), room), [], *notes]

    def _blocks(self, room: int) -> list[list[Line]]:
        """Return what may not be torn apart: each key with its sentence, the first with a title."""
        blocks: list[list[Line]] = []
        for group, entries in self._groups.items():
            for number, (signs, sentence) in enumerate(entries):
                block: list[Line] = [] if number else [[], [(group, self.pens.title)]]
                for part, piece in enumerate(wrap(sentence, room - self._signs)):
                    first = fit("" if part else signs, self._signs)
                    block.append([(first, self.pens.key), (piece, self.pens.text)])
                blocks.append(block)
        return blocks


def _run(blocks: Iterable[list[Line]]) -> list[Line]:
    """Return the lines of some blocks, without an empty one at their head."""
    lines = [line for block in blocks for line in block]
    return lines[1:] if lines and not lines[0] else lines


def _halfway(blocks: list[list[Line]]) -> int:
    """Return how many blocks stand in the left column: whole groups, where that is about half."""
    whole = len(_run(blocks))
    sizes = [len(_run(blocks[:left])) for left in range(len(blocks) + 1)]
    groups = [left for left, block in enumerate(blocks) if not block[0]]
    best = min(groups, key=lambda left: abs(sizes[left] - whole / 2), default=0)
    if abs(sizes[best] - whole / 2) <= whole / 8:
        return best
    return min(range(len(sizes)), key=lambda left: abs(sizes[left] - whole / 2))


def _beside(left: list[Line], right: list[Line], room: int) -> list[Line]:
    """Return two columns as one, the left one `room` cells wide."""
    whole: list[Line] = []
    for at in range(max(len(left), len(right))):
        one = left[at] if at < len(left) else []
        gap = room + _GUTTER - sum(cell_len(text) for text, _ in one)
        whole.append([*one, (" " * gap, Style()), *(right[at] if at < len(right) else [])])
    return whole


class Help(Reading):
    """Shows the keys of a place; it is read like any other sheet."""

    DEFAULT_CSS = "Help Frame { max-width: 150; }"

    def __init__(self, commands: Sequence[Command], notes: Sequence[str]) -> None:
        super().__init__("Keys", [])
        self._keys = Keys(commands, notes)

    def body(self) -> ComposeResult:
        """Yield the keys in a scroll."""
        with VerticalScroll(can_focus=False):
            yield self._keys
