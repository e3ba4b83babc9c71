"""A line to type into, which shows nothing that a terminal would act on."""

from __future__ import annotations

from textual.widgets import Input

from winback_tui.tui.text import printable


class Entry(Input):
    """An `Input` whose value is printable, wherever it came from: the book, a draft, a paste."""

    def validate_value(self, value: str) -> str:
        """Return the value without control characters (see `printable`)."""
        return printable(value)
