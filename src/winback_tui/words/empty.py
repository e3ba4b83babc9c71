"""What to say where there is nothing to show, and what to do next."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from winback_tui.model import Tab
from winback_tui.words.format import Formats

#: A book without a single customer.
EMPTY_BOOK: Final = (
    "This book holds no customers yet: import a file with “winback import transactions FILE”, "
    "or look at a sample with “winback demo”."
)
#: The same where a key imports a file.
EMPTY_HERE: Final = (
    "This book holds no customers yet: press I to import a file. “winback demo” shows what it "
    "looks like with customers in it."
)
#: A book with customers of whom none has bought anything by the day it is looked at.
NO_PURCHASES: Final = (
    "No customer of this book has bought anything by {day}: import transactions, "
    "or look at a later day with --as-of."
)
_TABS: Final = {
    Tab.QUEUE: "The queue is empty: everyone at risk has been dealt with, or nobody is at risk.",
    Tab.FOLLOWUPS: "No follow-ups: a date set with a call or a snooze brings a customer here.",
    Tab.WATCH: "Nobody to watch: no customer is a little late.",
    Tab.GONE: "Nobody is gone for good.",
    Tab.ALL: EMPTY_BOOK,
}


#: By tab, how to look at it, as a part of one sentence.
_OTHERS: Final = {
    Tab.WATCH: "3 for those to watch",
    Tab.GONE: "4 for those who are gone",
    Tab.ALL: "5 for all",
}


def other_lists(tab: Tab, sizes: Mapping[Tab, int] | None = None) -> str:
    """Return the keys of the other lists, for one who looks at `tab`; "" where there is none.

    With `sizes` those that hold nobody are left out.
    """
    others = [
        said
        for other, said in _OTHERS.items()
        if other is not tab and (sizes is None or sizes.get(other, 0))
    ]
    return f"Press {', '.join(others)}." if others else ""


def nothing_in(tab: Tab) -> str:
    """Return the sentence for an empty tab of a book that has customers."""
    return _TABS[tab]


def nothing_found(text: str, everywhere: str = "") -> str:
    """Return the sentence for a search or filter that fits nobody.

    `everywhere` says how to look in all customers, such as "--tab all".
    """
    more = f", or look in all customers with {everywhere}" if everywhere else ""
    return f"Nobody here fits “{text}”; try fewer words{more}."


def old_data(day: date, formats: Formats | None = None) -> str:
    """Return the sentence for a book whose newest purchase, on `day`, is long ago."""
    shown = (formats or Formats()).date(day)
    return f"The newest purchase is of {shown}: look with --as-of {day.isoformat()}."


def no_purchases(day: str) -> str:
    """Return the sentence for a book in which nobody has bought anything by `day` (as shown)."""
    return NO_PURCHASES.format(day=day)
