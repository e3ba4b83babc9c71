"""Handing warm leads to sales: a packet per customer written to a folder, and the case moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from winback_tui.desk.action import Action, decide, record
from winback_tui.desk.session import Desk
from winback_tui.model import EventKind
from winback_tui.rules import cases as rules


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-over that was done: its action, and the packets that were written."""

    action: Action
    files: tuple[Path, ...]


def hand_over(
    desk: Desk,
    customers: Sequence[int],
    to: str,
    *,
    note: str = "",
    out: Path | None = None,
    formats: Sequence[str] = ("md", "json"),
) -> HandedOver:
    """Hand these customers over to the salesperson `to` and return the packets' paths.

    `out` is the folder for the packets (default: the user's hand-over folder).
    """
    name = " ".join(to.split())
    with desk.book.write() as connection:
        plan = decide(
            connection, customers, lambda state: rules.after_handover(state, name, desk.as_of)
        )
        facts = {customer: {"to": name, "note": note} for customer in plan.after}
        return HandedOver(record(desk, connection, EventKind.HANDOVER, plan, facts), ())
