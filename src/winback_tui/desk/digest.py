"""The digest for a morning's mail: alerts, who is new in the queue, what is due, what ends."""

from datetime import timedelta
from typing import Final

from winback_tui.book import digest as book
from winback_tui.book import erase, manifest
from winback_tui.desk import alerts, delivery, listing, worked
from winback_tui.desk.listing import Row
from winback_tui.desk.session import Desk, now
from winback_tui.model import Sort, Standing, Tab
from winback_tui.outreach.digest import Digest, Ending, Line
from winback_tui.words import reasons
from winback_tui.words.cases import adrift
from winback_tui.words.format import Formats

#: Rows that are read together.
_AT_ONCE: Final = 2_000


def make(desk: Desk, *, top: int, since: str | None = None) -> Digest:
    """Return the digest as of the desk's date, with at most `top` customers who are new.

    `since` is the instant after which somebody is new; None: that of the digest before. Who is
    suppressed, or is to be erased, is left out.
    """
    formats = Formats.from_environment(desk.config.user.locale)
    with desk.book.snapshot() as connection:
        without = erase.never_leave(connection)
        after = since or book.last(connection)
        queue = [each for each in listing.order(desk, Tab.QUEUE, Sort.SCORE) if each not in without]
        fresh = queue
        if after is not None:
            flagged = book.flagged_since(connection, after)
            fresh = [each for each in queue if each in flagged]
        followups = [e for e in listing.order(desk, Tab.FOLLOWUPS, Sort.SCORE) if e not in without]
        due = [row for row in _rows(desk, followups) if row.due]
        watched = [e for e in listing.order(desk, Tab.WATCH, Sort.SCORE) if e not in without]
        standing = delivery.as_told(desk, alerts.told(desk, connection))
        ending = _ending(desk, list(dict.fromkeys((*queue, *followups, *watched))))
        return Digest(
            book=desk.book.meta("name") or desk.book.path.stem,
            as_of=desk.as_of,
            since=after,
            new=tuple(_line(row, formats) for row in _rows(desk, fresh[:top])),
            more=max(0, len(fresh) - top),
            due=tuple(_due(desk, row, formats) for row in due),
            ending=ending,
            alerts=tuple(standing),
        )


def note(desk: Desk, digest: Digest, format_: str, file: str, sha256: str, *, peek: bool) -> None:
    """Write the manifest row of a digest, and, unless `peek`, remember it as the last one."""
    lines = [each.number for each in (*digest.new, *digest.due)]
    lines += [each.number for each in digest.ending]
    lines += [each.number for each in digest.alerts]
    at = now()
    with desk.book.write() as connection:
        from winback_tui.book.customers import ids_of

        who = ids_of(connection, lines).values()
        entry = manifest.Export(
            0, at, desk.actor, "digest", format_, file, "", len(lines), 0, sha256
        )
        manifest.add(connection, entry, who)
        if not peek:
            book.remember(connection, at)


def _rows(desk: Desk, ids: list[int]) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += listing.rows(desk, ids[start : start + _AT_ONCE]).values()
    return found


def _line(row: Row, formats: Formats) -> Line:
    record = row.record
    return Line(
        record.number,
        record.name,
        round(record.score, 2),
        record.value_at_risk,
        record.currency,
        reasons.headline(record, row.silence_days, formats),
    )


def _due(desk: Desk, row: Row, formats: Formats) -> Line:
    """Return a follow-up; one that woke before its day has none."""
    on = worked.due_on(row.case)
    day = on if on is not None and on <= desk.as_of else None
    why = row.case.next_action or ""
    if row.adrift and row.case.answered_on:
        why = adrift(formats.date(row.case.answered_on))
    return _line(row, formats)._replace(on=day, why=why)


def _ending(desk: Desk, ids: list[int]) -> tuple[Ending, ...]:
    """Return which channels may be used for a little while only, the soonest end first."""
    last = desk.as_of + timedelta(days=desk.config.cases.consent_ends)
    found = [
        Ending(row.record.number, row.record.name, channel, state.until)
        for row in _rows(desk, ids)
        for channel, state in row.contactable.items()
        if state.standing is not Standing.BLOCKED
        and state.until is not None
        and desk.as_of < state.until <= last
    ]
    return tuple(sorted(found, key=lambda each: (each.until, each.number)))
