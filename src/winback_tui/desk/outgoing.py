"""The channels on which something is about to leave the desk, each through the gate.

A deed on one customer uses one channel, but a deed on several may use several.
"""

import sqlite3
from collections.abc import Mapping, Sequence

from winback_tui.desk.gate import Passage, leaving
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Standing
from winback_tui.rules.consent import Contactability

#: The order in which a channel is chosen where none is named.
_FIRST = (Channel.EMAIL, Channel.PHONE, Channel.POST, Channel.SMS)


def standings(desk: Desk, customers: Sequence[int]) -> dict[int, dict[Channel, Contactability]]:
    """Return where every channel of these customers stands for what leaves the desk."""
    return leaving(desk, customers)


def best_channel(
    found: Mapping[Channel, Contactability], wanted: Sequence[Channel] = ()
) -> Channel:
    """Return the channel to use: allowed before needing a reason, of equal ones those `wanted`."""
    order = [*wanted, *(each for each in _FIRST if each not in wanted)]
    rank = {Standing.ALLOWED: 0, Standing.WARN: 1, Standing.BLOCKED: 2}
    return min(order, key=lambda channel: rank[found[channel].standing])


class Passages:
    """The ways of one deed through the gate, a passage for each channel that it uses.

    `reason` is what was typed for going on against a warning.
    """

    def __init__(self, desk: Desk, *, source: str, reason: str = "") -> None:
        self._desk, self._source, self._reason = desk, source, reason
        self._ways: dict[Channel, Passage] = {}
        self._channels: dict[int, Channel] = {}

    def refuse(
        self, connection: sqlite3.Connection, channels: Mapping[int, Channel]
    ) -> dict[int, str]:
        """Return who may not be contacted on their channel, each with the sentence why."""
        self._channels = dict(channels)
        refused: dict[int, str] = {}
        for channel in Channel:
            ids = [customer for customer, each in channels.items() if each is channel]
            if ids:
                way = Passage(self._desk, channel, source=self._source, reason=self._reason)
                self._ways[channel] = way
                refused |= way.refuse(connection, ids)
        return refused

    def write(self, connection: sqlite3.Connection, customer: int, event: int) -> None:
        """Write into the ledger that the customer's channel was used, tied to the log's `event`."""
        self._ways[self._channels[customer]].write(connection, customer, event)
