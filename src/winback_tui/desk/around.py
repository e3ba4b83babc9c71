"""What stands around a case in the dossier: contracts, attempts, and how quickly we were."""

import sqlite3

from winback_tui.book import flags
from winback_tui.desk import consent, gate
from winback_tui.desk.contracts import contracts_of
from winback_tui.desk.session import Desk
from winback_tui.words.consent import leaving_line
from winback_tui.words.contracts import contract_line
from winback_tui.words.format import Formats
from winback_tui.words.report import flagged_on, speed


def around(desk: Desk, connection: sqlite3.Connection, customer: int) -> list[tuple[str, str]]:
    """Return pairs of label and text: the next contract rounds, and the speed clock.

    And, on another day than today, the channels that stand otherwise for what leaves today.
    """
    formats = Formats.from_environment(desk.config.user.locale)
    pairs = [
        ("contract", contract_line(known, formats))
        for known in contracts_of(desk, [customer])[customer]
    ]
    clock = flags.clock(connection, customer)
    if clock is not None and flagged_on(clock.flagged_at) <= desk.as_of:
        said = speed(clock.flagged_at, clock.tried_at, formats, before=clock.before_at)
        pairs.append(("speed", said))
    if desk.as_of != desk.clock():
        shown = consent.standings(desk, [customer])[customer]
        for channel, state in gate.differing(desk, customer, shown).items():
            pairs.append(("consent", leaving_line(channel, state, formats)))
    return pairs
