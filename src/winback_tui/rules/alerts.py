"""When signs become an alert, how urgent it is, and by when somebody should act.

`scoring.alerts` asks the same of all customers of a book at once; what it chooses is decided here
once more, with what the book says at the moment of writing.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import Final, NamedTuple

from winback_tui.config.alerts import Alerts, Rule

#: Sums of weights are compared to so many digits, so that 0.7 + 0.3 is 1.
DIGITS: Final = 6


class Priority(IntEnum):
    """How urgent an alert is, the most urgent first."""

    URGENT = 1
    HIGH = 2
    NORMAL = 3


class Sign(NamedTuple):
    """One thing that speaks for a warning.

    `day` is when it came about, `until` by when it is to come (of what lies ahead). `period` is a
    number that changes when it comes about anew. `value` and `usual` are what was found and what is
    usual, `what` a word beside them (a category, a currency); what they mean differs by rule.
    """

    rule: str
    day: date
    period: int
    weight: float
    critical: bool
    value: float | None = None
    usual: float | None = None
    what: str | None = None
    until: date | None = None


class Verdict(NamedTuple):
    """What a customer's signs come to: how urgent, their sum, and by when to act."""

    priority: Priority
    weight: float
    due_on: date


def is_fresh(sign: Sign, raised: Mapping[tuple[str, int], date], today: date, rule: Rule) -> bool:
    """Return whether a sign may raise an alert: not warned of yet, and not of its kind lately.

    `raised` says when the customer was warned, by rule and period.
    """
    if (sign.rule, sign.period) in raised:
        return False
    days = [day for (name, _), day in raised.items() if name == sign.rule]
    return not days or (today - max(days)).days >= (rule.cooldown or 0)


def verdict(signs: Sequence[Sign], today: date, settings: Alerts) -> Verdict | None:
    """Return what a customer's fresh signs come to; None where they are no alert.

    One critical sign is enough, or several whose weights add up to the threshold.
    """
    weight = round(sum(each.weight for each in signs), DIGITS)
    if any(each.critical for each in signs):
        priority = Priority.URGENT
    elif not signs or weight < settings.threshold:
        return None
    else:
        priority = Priority.HIGH if weight >= settings.high else Priority.NORMAL
    return Verdict(priority, weight, due_on(priority, signs, today, settings))


def due_on(priority: Priority, signs: Sequence[Sign], today: date, settings: Alerts) -> date:
    """Return by when to act: so many days by how urgent it is, or before something ends."""
    days = {
        Priority.URGENT: settings.due_urgent,
        Priority.HIGH: settings.due_high,
        Priority.NORMAL: settings.due_normal,
    }[priority]
    ends = [each.until for each in signs if each.until is not None]
    return min([today + timedelta(days=days), *ends])


def leading(signs: Sequence[Sign]) -> Sign:
    """Return the sign that an alert is called by: a critical one first, then the weightiest."""
    return min(signs, key=lambda each: (not each.critical, -each.weight, each.rule))


def room(cap: int, raised_today: int) -> int:
    """Return how many more alerts may be raised today."""
    return max(0, cap - raised_today)
