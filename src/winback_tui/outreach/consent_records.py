"""Consent as records in the structure of ISO/IEC TS 27560:2023, to be shown or handed over.

A record is all that the ledger holds on one person, channel and purpose: a header, what the data
are used for, who the parties are, and the events in their order. Field names follow the standard;
what it has no field for stands under `winback`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

#: The schema that a record names, and our own addition to it.
SCHEMA: Final = "ISO/IEC TS 27560:2023"
_EXTENSION: Final = "winback.consent/1"
#: The ledger's events as states of a consent record.
_STATES: Final = {
    "granted": "given",
    "confirmed": "reaffirmed",
    "renewed": "reaffirmed",
    "used": "used",
    "withdrawn": "withdrawn",
    "objected": "objected",
    "bounced": "invalidated",
    "basis_claimed": "asserted",
    "basis_lost": "terminated",
}
#: The legal basis by the ledger's word, in the vocabulary that the standard's annex uses (GDPR).
_BASES: Final = {
    "consent": "GDPR Art. 6(1)(a)",
    "contract": "GDPR Art. 6(1)(b)",
    "legitimate_interest": "GDPR Art. 6(1)(f)",
    "presumed": "GDPR Art. 6(1)(f); UWG §7(2) no. 1",
    "existing_customer": "GDPR Art. 6(1)(f); UWG §7(3)",
    "similar_goods": "GDPR Art. 6(1)(f); UWG §7(3)",
}


class Party(NamedTuple):
    """Whom the records are about: the customer's number and name, and the book they stand in."""

    number: str
    name: str
    book: str


class Said(NamedTuple):
    """One row of the ledger, as a record needs it."""

    id: int
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
    address: str | None
    person: str | None
    hash: str
    counts: bool
    seal: str


def records(
    party: Party,
    rows: Iterable[Said],
    standings: Mapping[tuple[str, str], Mapping[str, Any]],
    controller: str,
    made_at: str,
) -> list[dict[str, Any]]:
    """Return one record per channel and purpose that the ledger has rows of, in their order.

    `standings` say by channel and purpose where it stands now; `controller` is who keeps the book;
    `made_at` is a UTC instant.
    """
    grouped: dict[tuple[str, str], list[Said]] = {}
    for row in rows:
        grouped.setdefault((row.channel, row.purpose), []).append(row)
    return [
        {
            "schema_version": SCHEMA,
            "record_id": f"{party.book}-{party.number}-{channel}-{purpose}",
            "pii_principal_id": party.number,
            "record_created_at": made_at,
            "pii_processing": _processing(own, channel, purpose),
            "party_identification": [
                {"party_id": party.number, "party_name": party.name, "party_role": "pii principal"},
                {"party_id": party.book, "party_name": controller, "party_role": "pii controller"},
            ],
            "event_schema": {"schema": SCHEMA, "extension": _EXTENSION},
            "events": [_event(each) for each in own],
            "winback": {
                "extension": _EXTENSION,
                "standing": standings.get((channel, purpose)),
                "chain_holds": all(each.seal == "sealed" for each in own),
            },
        }
        for (channel, purpose), own in grouped.items()
    ]


def _processing(rows: list[Said], channel: str, purpose: str) -> dict[str, Any]:
    shown = [each for each in rows if each.wording]
    bases = list(dict.fromkeys(each.basis for each in rows if each.basis))
    return {
        "privacy_notice": {
            "hash_algorithm": "SHA-256",
            "hash": shown[-1].wording if shown else None,
            "text": shown[-1].text if shown else None,
        },
        "purposes": [
            {
                "purpose": purpose,
                "purpose_type": "service" if purpose == "service" else "direct marketing",
                "lawful_basis": [_BASES.get(each, each) for each in bases],
                "pii_information": [{"pii_type": "contact address", "channel": channel}],
                "collection_method": list(dict.fromkeys(each.source for each in rows)),
            }
        ],
    }


def _event(row: Said) -> dict[str, Any]:
    return {
        "event_id": row.id,
        "event_time": row.at,
        "event_time_precision": row.precision,
        "event_time_zone": row.zone,
        "event_type": row.event,
        "event_state": _STATES.get(row.event, row.event),
        "entity_id": row.actor,
        "lawful_basis": _BASES.get(row.basis, row.basis) if row.basis else None,
        "conditions_met": row.conditions.split(",") if row.conditions else [],
        "evidence": {
            "source": row.source,
            "reference": row.reference,
            "notice_hash": row.wording,
            "contact_address": row.address,
            "contact_person": row.person,
            "note": row.note,
        },
        "recorded_at": row.recorded_at,
        "effective": row.counts,
        "integrity": {"chain_hash": row.hash, "check": row.seal},
    }
