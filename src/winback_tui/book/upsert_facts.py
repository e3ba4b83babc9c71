"""Attributes, consents, signals and contracts of customers, as the rows of a file bring them."""

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from winback_tui.book import ledger, rows, upsert_contracts
from winback_tui.book.consents import taken_back
from winback_tui.book.imports import Origin
from winback_tui.book.upsert_find import Plain
from winback_tui.book.upsert_people import Log, Place
from winback_tui.entries import ConsentEntry, ContractEntry, Entry, SignalEntry

#: What stands on a channel after an event, where nothing else is said later.
_STATE: Final = {
    "granted": "given", "confirmed": "given", "renewed": "given",
    "withdrawn": "withdrawn", "objected": "objected", "bounced": "bounced",
}  # fmt: skip
#: Customer, channel, purpose, and the address it is about (0: all).
_Where = tuple[int, str, str, int]
_SIGNAL: Final = ("day", "value", "note")
_CONTRACT: Final = (
    *("title", "starts_on", "ends_on", "notice_days", "renewal", "amount", "currency"),
)


class Facts:
    """What the book knows of some customers beside who they are, and what a file adds."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        origin: Origin,
        batch: int,
        log: Log,
        plain: Plain,
    ) -> None:
        self._connection = connection
        self._origin = origin
        self._batch = batch
        self._log = log
        self._plain = plain
        self._attributes: dict[tuple[int, str], str] = {}
        self._new_attributes: dict[tuple[int, str], str] = {}
        #: What the last row of the file says; the others of one customer change nothing.
        self._said: dict[tuple[int, str], str] = {}
        self._moments: set[tuple[_Where, str, str]] = set()
        self._states: dict[_Where, set[str]] = defaultdict(set)
        #: Customers and channels on which something was allowed.
        self._given: set[tuple[int, str]] = set()
        self._points: dict[tuple[int, str], int] = {}
        self._last_point = 0
        self._new_points: list[tuple[int, int, str, str]] = []
        self._consents: list[ledger.Entry] = []
        self._signals: dict[tuple[int, str, int, str, str], int] = {}
        self._had: Counter[tuple[int, str, int, str, str]] = Counter()
        self._new_signals: list[tuple[Any, ...]] = []
        #: Signals by customer, program, kind and their own id there; new ones lack an "id".
        self._own: dict[tuple[int, str, str, str], dict[str, Any]] = {}
        #: Kinds under which the book has a signal of an id, and the signals that the file names.
        self._kinds: dict[tuple[int, str, str], list[str]] = defaultdict(list)
        self._spoken: set[tuple[int, str, str, str]] = set()
        self._contracts: dict[tuple[int, str], dict[str, Any]] = {}
        self._new_contracts: dict[tuple[int, str], dict[str, Any]] = {}
        #: Customer and key of the contract of each row that has one.
        self._contract_keys: dict[int, tuple[int, str]] = {}
        #: What all rows of the file say of each contract.
        self._contracted: dict[tuple[int, str], dict[str, Any]] = {}

    def load(
        self,
        ids: set[int],
        matched: Sequence[tuple[Entry, int]],
        points: Mapping[tuple[int, str], int],
    ) -> None:
        """Read what is there already of what the rows speak of.

        `ids` are the customers of whom there may be anything, `points` the ids of addresses that
        this file added.
        """
        asked = json.dumps(list(ids))
        run = self._connection.execute
        if any(entry.attributes for entry, _ in matched):
            for customer, name, value in run(
                "SELECT customer_id, name, value FROM customer_attributes"
                " WHERE customer_id IN (SELECT value FROM json_each(?))",
                (asked,),
            ):
                self._attributes[customer, name] = value
            for entry, customer in matched:
                self._said |= {(customer, name): value for name, value in entry.attributes}
        if any(entry.consents for entry, _ in matched):
            self._load_consents(asked)
            self._points.update(points)
        if any(entry.signal for entry, _ in matched):
            for customer, kind, source, own, *rest in run(
                "SELECT customer_id, kind, source, source_id, id, day, value, note, event_id"
                " FROM signals WHERE customer_id IN (SELECT value FROM json_each(?))",
                (asked,),
            ):
                self._had[customer, kind, rest[1], source, own] += 1
                self._own[customer, source, kind, own] = dict(
                    zip(("id", *_SIGNAL, "event_id"), rest, strict=True)
                )
            self._spoken = {
                (customer, entry.source, entry.signal.kind, entry.signal.source_id)
                for entry, customer in matched
                if entry.signal is not None and entry.signal.source_id
            }
            for each in self._own:
                self._kinds[each[0], each[1], each[3]].append(each[2])
        if any(entry.contract for entry, _ in matched):
            columns = ("id", "event_id", *_CONTRACT)
            for customer, number, *rest in run(
                f"SELECT customer_id, number, {', '.join(columns)} FROM contracts"  # noqa: S608
                " WHERE customer_id IN (SELECT value FROM json_each(?))",
                (asked,),
            ):
                self._contracts[customer, number] = dict(zip(columns, rest, strict=True))
            self._contract_keys = upsert_contracts.keys(matched, self._contracts)
            for entry, _ in matched:
                if entry.contract is not None:
                    key = self._contract_keys[entry.row]
                    said = self._contracted.setdefault(key, {})
                    said |= _contract_said(entry.contract)

    def take(self, entry: Entry, customer: int, told: Counter[str]) -> tuple[bool, bool]:
        """Take in what a row says; return whether that made or changed anything.

        `told` counts the consents that are added, by channel and event; what a row
        says of several purposes at once is told once.
        """
        made = changed = False
        told_of: Counter[str] = Counter()
        for name, _ in entry.attributes:
            changed = self._attribute(customer, name, self._said[customer, name]) or changed
        for consent in entry.consents:
            new = self._consent(customer, consent, told_of)
            # What a signal says of consent belongs to it: the row is new only if the signal is.
            made, changed = (
                (made or new, changed) if entry.signal is None else (made, changed or new)
            )
        told.update(dict.fromkeys(told_of, 1))
        if entry.signal is not None:
            new, renewed = self._signal(customer, entry.signal, entry.source)
            made, changed = made or new, changed or renewed
        if entry.contract is not None:
            new, renewed = self._contract(self._contract_keys[entry.row], entry.contract)
            made, changed = made or new, changed or renewed
        return made, changed

    def flush(self) -> None:
        """Write what was taken in; consents go into the ledger, in the order of the file."""
        rows.insert(
            self._connection,
            "customer_attributes (customer_id, name, value, batch_id)",
            ((*key, value) for key, value in self._new_attributes.items()),
            self._batch,
            rows.RENEW,
        )
        rows.insert(
            self._connection,
            "contact_points (id, customer_id, channel, value, batch_id)",
            self._new_points,
            self._batch,
        )
        if self._consents:
            with rows.bulk(self._connection, "consent_events", len(self._consents)):
                ledger.append_many(self._connection, self._consents)
        rows.insert(
            self._connection,
            "signals (customer_id, kind, day, source, source_id, ordinal, value, note, batch_id)",
            [*self._with_ids(), *self._new_signals],
            self._batch,
        )
        rows.insert(
            self._connection,
            f"contracts (customer_id, number, {', '.join(_CONTRACT)}, batch_id)",
            (
                (*key, *(values[each] for each in _CONTRACT))
                for key, values in self._new_contracts.items()
            ),
            self._batch,
        )

    def _with_ids(self) -> list[tuple[Any, ...]]:
        """Return the new signals that have an id in their program."""
        return [
            (customer, kind, said["day"], source, own, 0, said["value"], said["note"])
            for (customer, source, kind, own), said in self._own.items()
            if "id" not in said
        ]

    def _attribute(self, customer: int, name: str, value: str) -> bool:
        key = (customer, name)
        before = self._attributes.get(key)
        if before == value:
            return False
        if before is not None and key not in self._new_attributes:
            self._log(Place(customer, "attributes", customer, name), before, value)
        self._attributes[key] = self._new_attributes[key] = value
        return True

    def _load_consents(self, asked: str) -> None:
        found = self._connection.execute(
            "SELECT customer_id, channel, purpose, event, at, precision, contact_point_id, event_id"
            " FROM consent_events e LEFT JOIN import_batches b ON b.id = e.batch_id"
            " WHERE customer_id IN (SELECT value FROM json_each(?)) AND b.undone_at IS NULL"
            " AND e.erased_on IS NULL ORDER BY e.id",
            (asked,),
        ).fetchall()
        # What a deed brought that was taken back is not known.
        undone = taken_back(self._connection, {each[-1] for each in found}, ()).causes
        for customer, channel, purpose, event, at, precision, point, cause in found:
            if cause not in undone:
                place = (customer, channel, purpose, point or 0)
                self._stands(place, event, "" if precision == "unknown" else at)
        for customer, value, key in self._connection.execute(
            "SELECT customer_id, value, id FROM contact_points"
            " WHERE customer_id IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
            (asked,),
        ):
            self._points[customer, self._plain[value]] = key

    def _point(self, customer: int, consent: ConsentEntry) -> int | None:
        """Return the address that a consent is about, None where it names none.

        One that the book lacks is added: what is said of it must not hold for all others.
        """
        if not consent.address:
            return None
        key = (customer, self._plain[consent.address])
        if key not in self._points:
            if not self._last_point:
                (self._last_point,) = self._connection.execute(
                    "SELECT COALESCE(max(id), 0) FROM contact_points"
                ).fetchone()
            self._last_point += 1
            self._points[key] = self._last_point
            channel = "email" if consent.channel == "email" else "phone"
            self._new_points.append((self._last_point, customer, channel, consent.address))
        return self._points[key]

    def _stands(self, place: _Where, event: str, at: str) -> None:
        """Note that the ledger holds an event; without a time, `at` is ""."""
        self._moments.add((place, event, at))
        if event in _STATE:
            # An address may bounce whatever was allowed, so that both stand.
            kept = {"bounced"} if event != "bounced" else self._states[place]
            self._states[place] = (self._states[place] & kept) | {_STATE[event]}
        if _STATE.get(event) == "given" or event == "basis_claimed":
            self._given.add(place[:2])

    def _consent(self, customer: int, consent: ConsentEntry, told: Counter[str]) -> bool:
        """Append a consent unless the ledger holds it; return whether it was appended.

        One without a time is appended where it says something else than what stands: the ledger
        marks it, so that it can lower where a channel stands, and never raise it.
        """
        point = self._point(customer, consent)
        place = (customer, consent.channel, consent.purpose, point or 0)
        if consent.at or consent.event not in _STATE:
            known = (place, consent.event, consent.at) in self._moments
        else:
            known = _STATE[consent.event] in self._states[place]
        # A program's bare no on somebody who never said yes is none.
        if known or (consent.plain_no and (customer, consent.channel) not in self._given):
            return False
        self._stands(place, consent.event, consent.at)
        timeless = "" if consent.at else " without a time"
        told[f"{consent.channel} {consent.event}{timeless}"] += 1
        wording = None
        if consent.wording:
            wording = ledger.keep_wording(self._connection, consent.wording)
        self._consents.append(
            ledger.Entry(
                customer=customer,
                channel=consent.channel,
                event=consent.event,
                at=consent.at or self._origin.imported_at,
                source=consent.source,
                actor=self._origin.actor,
                purpose=consent.purpose,
                basis=consent.basis or None,
                point=point,
                precision=consent.precision,
                zone=consent.zone,
                reference=consent.reference or None,
                wording=wording,
                batch=self._batch,
            )
        )
        return True

    def _signal(self, customer: int, signal: SignalEntry, source: str) -> tuple[bool, bool]:
        """Add a signal unless it is there; return whether it was added, or brought up to date.

        One with an id of its own is told by it; equal ones of a day without are counted, as
        transactions are.
        """
        if signal.source_id:
            return self._own_signal(customer, signal, source)
        key = (customer, signal.kind, signal.day, source, _fingerprint(signal))
        ordinal = self._signals.get(key, 0)
        self._signals[key] = ordinal + 1
        if ordinal < self._had[key]:
            return False, False
        self._had[key] += 1
        self._new_signals.append((*key, ordinal, signal.value, signal.note or None))
        return True, False

    def _own_signal(self, customer: int, signal: SignalEntry, source: str) -> tuple[bool, bool]:
        key = (customer, source, signal.kind, signal.source_id)
        standing = self._own.get(key) or self._of_other_kind(key, signal.day)
        if standing is None:
            self._own[key] = {"day": signal.day, "value": signal.value, "note": signal.note or None}
            return True, False
        dated = (customer, signal.kind, signal.day, source, signal.source_id)
        if standing["day"] != signal.day and self._had[dated]:
            # There is one of this id on either day: both stay.
            return False, False
        said = {"kind": signal.kind, "day": signal.day, "value": signal.value,
                "note": signal.note or None}  # fmt: skip
        said = said if "kind" in standing else {k: v for k, v in said.items() if k != "kind"}
        changes = {k: v for k, v in said.items() if v is not None and standing[k] != v}
        if not changes or standing.get("event_id") is not None:
            return False, False
        for name, value in changes.items() if "id" in standing else ():
            self._log(Place(customer, "signals", standing["id"], name), standing[name], value)
            self._connection.execute(
                f"UPDATE signals SET {name} = ? WHERE id = ?",  # noqa: S608 - a constant
                (value, standing["id"]),
            )
        standing.update(changes)
        return False, True

    def _of_other_kind(self, key: tuple[int, str, str, str], day: int) -> dict[str, Any] | None:
        """Return the one signal of this id and day that had another kind until this file, or None.

        Where the file tells of the id under that kind as well, they are two; and on another day it
        may be that of another program, which numbers its own.
        """
        customer, source, kind, own = key
        others = self._kinds.get((customer, source, own), [])
        if len(others) != 1 or (customer, source, others[0], own) in self._spoken:
            return None
        old = (customer, source, others[0], own)
        found = self._own.get(old)
        if found is None or found["day"] != day or found.get("event_id") is not None:
            return None
        self._own[key] = self._own.pop(old)
        self._kinds[customer, source, own] = [kind]
        found["kind"] = others[0]
        return found

    def _contract(self, key: tuple[int, str], contract: ContractEntry) -> tuple[bool, bool]:
        """Add a contract or bring it up to date; one that a person entered stays as it is."""
        said = _contract_said(contract)
        standing = self._contracts.get(key)
        if standing is None:
            defaults = {"title": "", "notice_days": 0, "renewal": "automatic"}
            made = dict.fromkeys(_CONTRACT) | defaults | said
            self._contracts[key] = self._new_contracts[key] = made
            return True, False
        said = self._contracted[key] if "id" in standing else said
        changes = {name: value for name, value in said.items() if standing[name] != value}
        if not changes or standing.get("event_id") is not None:
            return False, False
        if key not in self._new_contracts:
            for name, value in changes.items():
                place = Place(key[0], "contracts", standing["id"], name)
                self._log(place, standing[name], value)
                self._connection.execute(
                    f"UPDATE contracts SET {name} = ? WHERE id = ?",  # noqa: S608 - a constant
                    (value, standing["id"]),
                )
        standing.update(changes)
        return False, True


def _contract_said(contract: ContractEntry) -> dict[str, Any]:
    """Return the fields that a row fills."""
    return {
        name: value for name in _CONTRACT if (value := getattr(contract, name)) not in ("", None)
    }


def _fingerprint(signal: SignalEntry) -> str:
    """Return what tells a signal without an id of its own from others of its kind and day."""
    said = json.dumps([signal.value, signal.note], ensure_ascii=False)
    return "#" + hashlib.sha256(said.encode()).hexdigest()[:16]
