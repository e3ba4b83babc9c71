"""What a hand-over says of its packets."""

from collections.abc import Sequence
from typing import Final

#: What a packet may lack, by the word of the config.
LACKING: Final = {
    "reach": "a way to reach the customer that may be used",
    "person": "a person to speak to",
    "reason": "the reason why they left",
    "need": "the need",
    "budget": "the budget",
    "authority": "who decides",
    "timing": "the timing",
    "next_step": "a next step",
}
#: Stands where an address stood that sales may not use.
BLOCKED: Final = "(blocked)"


def lacks(who: str, lacking: Sequence[str]) -> str:
    """Return why a customer is not handed over whose packet lacks this."""
    return (
        f"{who}: the packet lacks {' and '.join(lacking)}; sales could do nothing with it. "
        "Add that first."
    )


def answer(who: str, by: str, number: str) -> str:
    """Return how sales say whether they take the lead: to whom, by which day, naming what."""
    return f"Please answer {who} by {by}: taken, or given back and why. Name {number}."


def with_reason(consent: str, reason: str) -> str:
    """Return what consent says of a channel, and the reason that was typed for using it."""
    return f"{consent}; reason given: “{reason}”"
