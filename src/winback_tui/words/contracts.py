"""A contract in one line."""

from datetime import date
from typing import Protocol

from winback_tui.words.format import Formats


class Named(Protocol):
    """A contract."""

    @property
    def number(self) -> str:
        """Its number."""

    @property
    def title(self) -> str:
        """What it is about."""

    @property
    def ends_on(self) -> date:
        """Its last day; of one without an end, the last of all days."""

    @property
    def notice_days(self) -> int:
        """How many days before one must give notice."""


class Turn(Protocol):
    """The next round of a contract."""

    @property
    def talk_from(self) -> date:
        """When to begin to talk."""

    @property
    def decide_by(self) -> date:
        """The last day to give notice."""

    @property
    def ends_on(self) -> date:
        """The end that is decided about."""


class Known(Protocol):
    """A contract with its next round, if there is one."""

    @property
    def contract(self) -> Named:
        """The contract."""

    @property
    def round(self) -> Turn | None:
        """Its next round."""


def past_end(ends_on: date | None, formats: Formats) -> str:
    """Return what is assumed of a contract whose end that was entered has passed."""
    end = f"; its next end is {formats.date(ends_on)}" if ends_on else ""
    return (
        f"That end has passed, so automatic renewal is assumed{end}. If it has ended, enter it "
        "with “--renewal none”."
    )


def contract_line(known: Known, formats: Formats) -> str:
    """Return such as "Frame order (F-77): ends 30 Jun, notice by 1 Apr, talk from 2 Mar"."""
    contract = known.contract
    # One without a number of its own was told from others by its title.
    own = contract.title and contract.number not in ("", contract.title)
    number = f" ({contract.number})" if own else ""
    name = f"{contract.title or contract.number or 'contract'}{number}"
    if contract.ends_on == date.max:
        notice = f", notice {formats.days(contract.notice_days)}" if contract.notice_days else ""
        return f"{name}: runs without an end{notice}"
    if known.round is None:
        return f"{name}: ends {formats.date(contract.ends_on)}, nothing to decide any more"
    turn = known.round
    if turn.ends_on != contract.ends_on:
        name += f": was to end {formats.date(contract.ends_on)}, taken to renew itself"
        return f"{name}; {_turn(turn, formats)}"
    return f"{name}: {_turn(turn, formats)}"


def _turn(turn: Turn, formats: Formats) -> str:
    return (
        f"ends {formats.date(turn.ends_on)}, notice by {formats.date(turn.decide_by)}, "
        f"talk from {formats.date(turn.talk_from)}"
    )
