"""A first word to whoever comes after a contact who has left, drafted from the history."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from winback_tui.words.format import Formats


class Facts(NamedTuple):
    """What the letter can say; whatever is not known is left out.

    `orders` are the last orders as day and money, `products` names of what is bought most, `talks`
    the last talks as day and what was said, `open_step` what comes next with its day; `agreed` says
    that it was agreed with them, and is not a reminder of our own.
    """

    customer: str
    left: str
    successor: str
    since: int | None
    orders: tuple[tuple[date, str], ...] = ()
    products: tuple[str, ...] = ()
    talks: tuple[tuple[date, str], ...] = ()
    open_step: tuple[date, str] | None = None
    agreed: bool = False
    sender: str = ""


def letter(facts: Facts, formats: Formats) -> str:
    """Return the draft as text: a letter to be read over and changed, never sent as it is."""
    hello = facts.successor or "…"
    after = f" from {facts.left}" if facts.left else ""
    lines = [f"Dear {hello},", "", f"you have taken over{after} at {facts.customer}, I hear."]
    if facts.since:
        lines[-1] += f" You have been our customer since {facts.since}."
    lines.append("May I introduce myself as the one who looks after you here?")
    if facts.products or facts.orders:
        lines += ["", "So that you need not look it up:"]
        if facts.products:
            lines.append(f"- what you order from us most: {_listed(facts.products)}")
        lines += [f"- order of {formats.date(day)}: {money}" for day, money in facts.orders]
    alone = [f"  {formats.date(day)}: {said}" for day, said in facts.talks]
    if facts.open_step is not None:
        day, step = facts.open_step
        if facts.agreed:
            end = "" if step.endswith((".", "!", "?", "…")) else "."
            lines += ["", f"Agreed for {formats.date(day)}: {step}{end}"]
        else:
            alone.insert(0, f"  planned for {formats.date(day)}: {step}")
    if alone:
        lines += ["", "[For you alone, from the log, to be taken out before this is sent:"]
        lines += alone
        lines[-1] += "]"
    lines += ["", "When would a short call suit you?", "", "With kind regards", facts.sender]
    return "\n".join(lines).rstrip() + "\n"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
