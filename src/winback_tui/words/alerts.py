"""Alerts in words: what each sign is called, and the sentence of what it stands on."""

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from winback_tui.errors import shown_day
from winback_tui.words.customers import CHANNELS, customer_name
from winback_tui.words.format import Formats

#: What each sign is called.
TITLES: Final = {
    "silence": "silent",
    "spend_drop": "spends less",
    "smaller_orders": "smaller orders",
    "category_lost": "category lost",
    "complaint": "complaint",
    "unpaid": "unpaid",
    "engagement": "reads no e-mail",
    "contact_left": "contact left",
    "notice_given": "notice given",
    "contract_end": "contract ends",
    "consent_ends": "consent ends",
    "bounce": "mail bounces",
    "nps": "unhappy answer",
    "score_jump": "score jumped",
}
PRIORITIES: Final = {1: "urgent", 2: "high", 3: "normal"}
#: On a book that was looked at on one day only.
FIRST: Final = (
    "No alerts. This book has been scored for one day only: from the next day on, what has"
    " changed since is warned of as well; complaints, notices, contracts and consents warn at once,"
    " as soon as they are imported."
)
EMPTY: Final = "No alerts. “winback watch” looks for what is new, and so does “!” in the app."


class Sign(Protocol):
    """One sign, as the rules make it."""

    @property
    def rule(self) -> str:
        """Which sign."""

    @property
    def day(self) -> date:
        """When it came about."""

    @property
    def value(self) -> float | None:
        """What was found."""

    @property
    def usual(self) -> float | None:
        """What is usual."""

    @property
    def what(self) -> str | None:
        """A word beside them."""

    @property
    def until(self) -> date | None:
        """By when it is to come."""


def title(rule: str) -> str:
    """Return what a sign is called; a newer version's is shown as it is."""
    return TITLES.get(rule, rule)


def sentence(sign: Sign, formats: Formats) -> str:
    """Return what a sign stands on, without a full stop: "silent since 29 Aug; usual gap 21 days".

    The texts of names and categories are as they are in the book.
    """
    on = formats.date(sign.day)
    usual, value = sign.usual or 0.0, sign.value or 0.0
    gap, until = formats.days(usual), formats.date(sign.until) if sign.until else "soon"
    sentences = {
        "silence": f"overdue since {on}; the usual gap is {gap}",
        "spend_drop": "has returned more than was bought of late"
        f" ({_money(value, sign, formats)}; {_money(usual, sign, formats)} would be usual)"
        if value < 0
        else f"spends {_share(value, usual, formats)} less than usual"
        f" ({_money(value, sign, formats)} instead of {_money(usual, sign, formats)})",
        "smaller_orders": f"orders {_share(value, usual, formats)} smaller than usual"
        f" ({_money(value, sign, formats)} instead of {_money(usual, sign, formats)})",
        "category_lost": f"buys no {sign.what or 'category'} any more, overdue since {on};"
        f" the usual gap is {gap}",
        "complaint": f"complained on {on}",
        "unpaid": f"an invoice is overdue since {on}",
        "engagement": f"unsubscribed on {on}"
        if sign.what == "unsubscribed"
        else f"opens no e-mail any more, overdue since {on}; the usual gap is {gap}",
        "contact_left": f"a contact left on {on}",
        "notice_given": f"gave notice on {on}",
        "contract_end": f"{sign.what or 'a contract'}: notice by {until}",
        "consent_ends": f"consent ends {until}" if sign.until is None else _consent(sign, until),
        "bounce": f"an address bounced on {on}",
        "nps": f"answered {formats.number(value)} of 10 on {on}",
        "score_jump": f"score {formats.number(value)}, was {formats.number(usual)} on {on}",
    }
    return sentences.get(sign.rule, f"{title(sign.rule)} on {on}")


def line(signs: Sequence[Sign], formats: Formats) -> str:
    """Return all signs of an alert as one line, the leading one first."""
    return "; ".join(sentence(each, formats) for each in signs)


def heading(number: str, name: str, priority: int) -> str:
    """Return whom an alert is about, and how urgent it is."""
    shown = customer_name(number, name)
    who = shown if shown == number else f"{shown} ({number})"
    return f"{who}: {PRIORITIES.get(priority, 'normal')}"


def ahead(as_of: date) -> str:
    """Return why alerts as of a day to come are shown only."""
    return f"{shown_day(as_of)} is yet to come: alerts are shown, and neither kept nor delivered."


def shows_them(count: int, formats: Formats, *, new: bool = False) -> str:
    """Return that so many alerts wait in the app, and the key that shows them."""
    kind = "new alert" if new else "alert"
    return f"{formats.number(count)} {kind}{'' if count == 1 else 's'}: ! shows them."


def standing(count: int, formats: Formats) -> str:
    """Return how many alerts stand, for the title, with the key that shows them."""
    return f"{formats.number(count)} alert{'' if count == 1 else 's'} (!)"


def marked(how: str, who: str) -> str:
    """Return that an alert was seen or dismissed, of whom, and how to take it back."""
    return f"Alert {'dismissed' if how == 'dismissed' else 'seen'}: {who} · u undo"


def waiting(count: int, cap: int, formats: Formats) -> str:
    """Return how many more wait for another day, or nothing."""
    if not count:
        return ""
    many = formats.number(count)
    verb = "waits" if count == 1 else "wait"
    return f"{many} more {verb}: at most {formats.number(cap)} a day ([alerts] daily_cap)."


def notice(urgent: int, others: int, rules: Sequence[str]) -> str:
    """Return the text of a desktop notification: how many and of what, and nobody's name."""
    parts = [f"{urgent} urgent" if urgent else "", f"{others} more" if urgent and others else ""]
    if not urgent:
        parts = [f"{others} new alert{'' if others == 1 else 's'}"]
    kinds = ", ".join(dict.fromkeys(title(each) for each in rules))
    return f"{', '.join(part for part in parts if part)}: {kinds}"


def given_up(said: str, attempts: int) -> str:
    """Return what is said of a message that was tried often enough."""
    tries = f"{attempts} attempt{'' if attempts == 1 else 's'}"
    return f"{said}; given up after {tries}: “winback watch --retry” posts it again"


def outbox(waiting: int, given_up: int, said: str) -> str:
    """Return how the queue of the webhook stands, as a sentence."""
    if not waiting and not given_up:
        return "Nothing waits to be posted to the webhook."
    last = f", last “{said}”" if said else ""
    text = f"To be posted to the webhook: {waiting} waiting, {given_up} given up{last}."
    return f"{text} “winback watch --retry” tries them all now." if given_up else text


def _share(value: float, usual: float, formats: Formats) -> str:
    return formats.percent(min(1.0, max(0.0, 1 - value / usual))) if usual > 0 else "much"


def _money(amount: float, sign: Sign, formats: Formats) -> str:
    return formats.money(round(amount), sign.what or "", short=True)


def _consent(sign: Sign, until: str) -> str:
    named = [title for channel, title in CHANNELS.items() if channel.value == sign.what]
    return f"{named[0] if named else 'a channel'} may be used only until {until}"
