"""Suggestions and wake-ups in sentences."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from winback_tui.model import LetGoReason, Money, WakeCause
from winback_tui.words.cases import SUGGESTIONS
from winback_tui.words.format import Formats

_STOP: Final = {
    LetGoReason.ATTEMPTS: "{attempts} attempts in a row without an answer: let go?",
    LetGoReason.LADDER: "Every rung of the ladder was offered, and nothing accepted: let go?",
    LetGoReason.NOT_WORTH_IT: "Every offer that is left would cost more than it brings: let go?",
    LetGoReason.NO_REACTION: "No reaction since {since}: let go?",
}
_DONE: Final = {
    "paid": "reactivated",
    "stop": "let go",
    "objected": "let go",
    "competitor": "lost",
    "notice": "lost",
    "bought_again": "a new case",
    "wrote_again": "a new case",
    "sales_silent": "asking sales today",
}
_WOKEN: Final = {
    WakeCause.PURCHASE: "bought on {on}",
    WakeCause.INBOUND: "turned to us on {on}",
    WakeCause.CONTACT: "a contact left on {on}",
    WakeCause.CONTRACT: "talk about the contract from {on}",
    WakeCause.CONSENT: "consent ends on {on}",
}


class Suggested(Protocol):
    """A suggestion, as the rules make it."""

    @property
    def hint(self) -> str:
        """Which suggestion."""

    @property
    def until(self) -> date | None:
        """Until when to let the case sleep."""

    @property
    def since(self) -> date | None:
        """The day of the fact."""

    @property
    def amounts(self) -> Sequence[Money]:
        """What came in."""

    @property
    def attempts(self) -> int:
        """Attempts without an answer."""

    @property
    def let_go(self) -> LetGoReason | None:
        """Why to let go."""


def suggestion_mark(hint: str) -> str:
    """Return a suggestion in a word or two."""
    return SUGGESTIONS.get(hint, hint)


def suggestion_line(found: Suggested, formats: Formats) -> str:
    """Return a suggestion as a sentence that asks."""
    since = formats.date(found.since) if found.since else ""
    money = " + ".join(formats.money(each.amount, each.currency) for each in found.amounts)
    until = f"sleep until {formats.date(found.until)}" if found.until else "lost"
    if found.hint == "stop" and found.let_go in _STOP:
        return _STOP[found.let_go].format(attempts=formats.number(found.attempts), since=since)
    return {
        "objected": f"They objected to contact on {since}: let go?",
        "paid": f"Bought for {money} since {since}, after a contact: reactivated?",
        "bought_again": f"Bought again for {money} since {since}: a new case?",
        "wrote_again": f"Turned to us on {since}, and the case is closed: a new case?",
        "sales_silent": f"With sales since {since}, and no answer: ask them today?",
        "competitor": f"Signed with somebody else by {since}: {until}?",
        "notice": f"Gave notice on {since}: {until}?",
    }.get(found.hint, found.hint)


def suggestion_done(found: Suggested, formats: Formats) -> str:
    """Return what doing a suggestion has made of the case: "lost", "asleep until 3 May"."""
    if found.until is not None:
        return f"asleep until {formats.short_date(found.until)}"
    return _DONE.get(found.hint, found.hint)


def woken_mark(cause: WakeCause) -> str:
    """Return why a snoozed customer is back, in a word or two: "woken: purchase"."""
    return f"woken: {cause.value}"


def woken_line(cause: WakeCause, on: date, formats: Formats) -> str:
    """Return why a snoozed customer is back: "bought on 12 Nov"."""
    return _WOKEN[cause].format(on=formats.date(on))
