"""Sentences about offers, margins and mails."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, Protocol

from winback_tui.model import EventKind, LeavingReason
from winback_tui.words.format import Formats

RESULTS: Final = {"accepted": "accepted", "declined": "declined", "no-answer": "no answer"}
Dates = Callable[[date], str]


class Weighed(Protocol):
    """An offer weighed (`rules.offers.Quote`): money in minor units, shares from 0 to 1."""

    @property
    def uplift(self) -> float:
        """How much likelier it makes a return."""

    @property
    def accept(self) -> float:
        """How likely it is to be accepted."""

    @property
    def margin_rate(self) -> float:
        """What is left of a sale."""

    @property
    def revenue(self) -> int:
        """What the customer would bring within the horizon."""

    @property
    def cost(self) -> int:
        """What the offer costs where it is accepted."""

    @property
    def contact(self) -> int:
        """What the contact costs."""

    @property
    def currency(self) -> str:
        """The currency of all of these."""

    @property
    def net(self) -> int:
        """What is left on average."""


def net_line(quote: Weighed, days: int, formats: Formats) -> str:
    """Return the offer's costs and benefits in one line, with the figures they come from."""
    money = formats.money
    return (
        f"net {money(quote.net, quote.currency)} = {formats.percent(quote.uplift)} uplift"
        f" × {formats.percent(quote.margin_rate)} margin"
        f" × {money(quote.revenue, quote.currency)} in {formats.days(days)}"
        f" − {money(quote.cost, quote.currency)} × {formats.percent(quote.accept)} accepting"
        f" − {money(quote.contact, quote.currency)} contact"
    )


def refused_line(block: str, quote: Weighed, cap: int, formats: Formats) -> str:
    """Return why an offer is not made: above the cap, or at a loss."""
    if block == "cap":
        return (
            f"the offer costs {formats.money(quote.cost, quote.currency)}, and the cap is"
            f" {formats.money(cap, quote.currency)}; offer less."
        )
    return (
        f"the offer would lose {formats.money(-quote.net, quote.currency)} on average;"
        " offer less, or let the customer go."
    )


def belief_line(mean: float, low: float, high: float, n: int, formats: Formats) -> str:
    """Return a learned share: "12 % (6–19 %, 8 outcomes)"; without outcomes it is a guess."""
    outcomes = f"{formats.number(n)} outcome{'' if n == 1 else 's'}" if n else "a guess"
    return (
        f"{formats.percent(mean)} ({formats.percent(low)} to {formats.percent(high)}, {outcomes})"
    )


def state_line(
    title: str, result: str | None, made_on: date, dates: Dates, *, short: bool = False
) -> str:
    """Return where an offer stands: "price, open since 12 Nov"."""
    if result is not None:
        return f"{title}: {RESULTS.get(result, result)}"
    return f"{title}: open" if short else f"{title}: open since {dates(made_on)}"


def margin_title(scope: str, key: str, name: str = "") -> str:
    """Return whose margin it is."""
    if scope == "customer":
        return name or f"customer {key}"
    return f"the group “{key}”" if scope == "group" else "everyone else"


def details(kind: EventKind, payload: Mapping[str, Any]) -> list[str]:
    """Return what the timeline says of an offer, its answer, a margin or a mail."""
    say = payload.get
    formats = Formats.from_environment()
    parts: list[str] = []
    if kind in (EventKind.OFFER, EventKind.OFFER_ANSWER):
        parts.append(str(say("title") or say("rung") or ""))
    if kind is EventKind.OFFER:
        if (cost := say("cost")) and (currency := say("currency")):
            parts.append(f"costs {formats.money(cost, currency)}")
        if channel := say("channel"):
            parts.append(f"by {_channel(channel)}")
        if skipped := say("skip_why"):
            parts.append(f"sooner because “{_one_line(skipped)}”")
    if kind is EventKind.OFFER_ANSWER:
        parts.append(RESULTS.get(say("result", ""), say("result", "")))
        if amount := say("amount"):
            parts.append(formats.money(amount, say("currency", "EUR")))
    if kind is EventKind.MARGIN:
        parts.append(f"{formats.percent(say('rate', 0.0), 1)} for {_whose(payload)}")
    if kind is EventKind.MAIL:
        if template := say("template"):
            parts.append(f"“{template}”")
        if subject := say("subject"):
            parts.append(str(subject))
        if say("list"):
            parts.append("in a list for the newsletter tool")
    return [part for part in parts if part]


def confirmation(kind: EventKind, payload: Mapping[str, Any], who: str) -> str:
    """Return the sentence after an offer, its answer, a margin or a mail, without a full stop."""
    say = payload.get
    title = say("title") or say("rung") or ""
    if kind is EventKind.OFFER:
        return f"Offered {who}: {title}"
    if kind is EventKind.OFFER_ANSWER:
        result = RESULTS.get(say("result", ""), say("result", ""))
        return f"Recorded what {who} said to “{title}”: {result}"
    if kind is EventKind.MARGIN:
        return f"Set the margin of {_whose(payload)} to {say('rate', 0.0):.1%}"
    if say("list"):
        return f"Put {who} on a list for the newsletter tool"
    return f"Drafted a mail to {who}"


def reason_title(reason: LeavingReason | None) -> str:
    """Return a reason in one or two words, for a table."""
    if reason is None:
        return "all reasons"
    return reason.value.replace("_", " ")


def _whose(payload: Mapping[str, Any]) -> str:
    return margin_title(payload.get("scope", ""), payload.get("key", ""), payload.get("name", ""))


def _channel(code: str) -> str:
    return {"email": "e-mail", "sms": "SMS"}.get(code, code)


def _one_line(text: str) -> str:
    return " ".join(text.split())
