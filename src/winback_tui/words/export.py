"""What exports say."""

from collections.abc import Callable
from typing import Final

from winback_tui.words.customers import count

#: What the log of exports says when there is none.
EMPTY_LOG: Final = "Nothing has been exported from this book yet; “winback export list” does it."


def exported(rows: int, left_out: int, file: str, number: Callable[[float], str]) -> str:
    """Return the sentence after an export: how much of what went where, and who was left out."""
    text = f"Exported {count(number(rows), rows, 'row')} to {file}"
    if not left_out:
        return f"{text}."
    customers = count(number(left_out), left_out, "customer")
    verb = "is" if left_out == 1 else "are"
    return f"{text}; {customers} {verb} left out, suppressed or to be erased."


def so_far(rows: int, number: Callable[[float], str]) -> str:
    """Return how far an export is."""
    return f"Exporting… {count(number(rows), rows, 'row')}"
