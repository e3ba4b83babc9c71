"""The gate before every key that contacts somebody, and the key that shows the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from winback_tui.model import Channel, Purpose
from winback_tui.tui.screens.giving import Giving
from winback_tui.tui.widgets.drawn import Part


class Shown(NamedTuple):
    """What the gate says of those whom a deed concerns.

    `lines` say it at the head of a sheet; `warned` that a reason lets some of them through, `must`
    that nobody comes through without one; `blocked` is why nobody may be contacted at all;
    `through` are those who are not, first who needs no reason.
    """

    lines: Sequence[Part]
    warned: bool
    must: bool
    blocked: str
    through: Sequence[int]


class Gated(Giving):
    """A screen whose keys go through the gate."""

    def gates(
        self,
        customers: Sequence[int],
        channels: Sequence[Channel],
        purpose: Purpose = Purpose.WINBACK,
    ) -> Shown:
        """Return what the gate says, by the channel that stands best for each customer."""
        from winback_tui.desk.gate import best, sort_out
        from winback_tui.tui.widgets.gates import all_blocked, gate_lines
        from winback_tui.words.consent import refusal

        found = list(best(self.desk, customers, channels, purpose).values())
        parts = sort_out(found)
        blocked = ""
        if found and all_blocked(found):
            first = found[0]
            blocked = refusal(first.channel, first.state, self.winback.formats)
            if len(found) > 1:
                blocked = f"None of these {len(found)} may be contacted. {first.name}: {blocked}"
        return Shown(
            [lambda width: gate_lines(found, width, self.pens, self.winback.cell_words)],
            warned=bool(parts.warned),
            must=bool(parts.warned) and not parts.allowed,
            blocked=blocked,
            through=[each.customer for each in (*parts.allowed, *parts.warned)],
        )
