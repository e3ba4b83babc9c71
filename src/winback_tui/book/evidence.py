"""What the consent ledger holds on a customer, row by row, as it would be shown to a court."""

import sqlite3
from typing import Final, NamedTuple

from winback_tui.book import consents, ledger


class Evidence(NamedTuple):
    """One row of the ledger.

    `at` is a UTC instant or a date, as exact as `precision` says and told in `zone`; `wording` is
    the key (SHA-256) of `text`, which the person was shown. `counts` is False for what was taken
    back. `seal` is `sealed`, or what `ledger.verify` found: changed, unlinked, unsealed.
    """

    id: int
    customer: int
    channel: str
    purpose: str
    event: str
    basis: str | None
    conditions: str | None
    at: str
    precision: str
    zone: str
    source: str
    reference: str | None
    wording: str | None
    text: str | None
    actor: str
    note: str | None
    recorded_at: str
    file: str | None
    address: str | None
    person: str | None
    erased_on: str | None
    digest: str
    hash: str
    counts: bool
    seal: str


_SELECT: Final = (
    "SELECT e.id, e.customer_id, e.channel, e.purpose, e.event, e.basis, e.conditions, e.at,"
    " e.precision, e.zone, e.source, e.source_reference, e.wording, w.text, e.actor, e.note,"
    " e.recorded_at, b.file_name, p.value, c.name, e.erased_on, lower(hex(e.digest)),"
    " lower(hex(e.hash)), e.event_id, e.batch_id FROM consent_events e"
    " LEFT JOIN consent_wordings w ON w.sha256 = e.wording"
    " LEFT JOIN import_batches b ON b.id = e.batch_id"
    " LEFT JOIN contact_points p ON p.id = e.contact_point_id"
    " LEFT JOIN contacts c ON c.id = p.contact_id WHERE e.customer_id = ? ORDER BY e.id"
)


def of_customer(connection: sqlite3.Connection, customer: int) -> list[Evidence]:
    """Return all rows of a customer, oldest first, with what checking them against the chain gave.

    What was taken back is there too: nothing is ever left out of the evidence.
    """
    rows = connection.execute(_SELECT, (customer,)).fetchall()
    gone = consents.taken_back(connection, {row[-2] for row in rows}, {row[-1] for row in rows})
    broken = {each.id: each.what for each in ledger.verify(connection, customer)}
    return [
        Evidence._make(
            (
                *own,
                cause not in gone.causes and batch not in gone.batches,
                broken.get(own[0], "sealed"),
            )
        )
        for *own, cause, batch in rows
    ]
