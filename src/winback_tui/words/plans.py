"""What is to be done next in a case, as deeds note it."""

from typing import Final

HAS_THE_ORDER_COME: Final = "has the order come?"
LADDER_USED_UP: Final = "the ladder is used up: let go?"
MAIL_ANSWERED: Final = "answer to the mail?"


def ask_sales(who: str) -> str:
    """Return that sales is to be asked about a lead."""
    return f"ask {who or 'sales'} what became of it"


def call_at(time: str) -> str:
    """Return that a call is to be made at this time of day."""
    return f"call at {time}"


def offer(title: str) -> str:
    """Return that the rung of this title is to be offered."""
    return f"offer: {title}"


def answer_to(title: str) -> str:
    """Return that an answer to the offer of this title is waited for."""
    return f"answer to: {title}"
