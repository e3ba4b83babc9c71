"""Accounts of services that are no bank of old: Wise, Revolut Business, Qonto.

Only what came in is a purchase. Who paid is known by name.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from winback_tui.intake.fields import Field
from winback_tui.intake.presets.record import Cells, Preset, chosen, first_of
from winback_tui.model import RejectCode

_OUT: Final = r"^[-−–(]|-$"
#: What each calls a movement that did not happen, or not yet.
_NEVER: Final = {
    **dict.fromkeys(
        ("pending", "declined", "failed", "processing", "refused", "en_attente", "refuse",
         "in_bearbeitung", "abgelehnt", "ausstehend"),
        RejectCode.NOT_PAID,
    ),
    **dict.fromkeys(
        ("reverted", "cancelled", "canceled", "reversed", "annule", "storniert"),
        RejectCode.CANCELLED,
    ),
}  # fmt: skip


def _came_in(cells: Cells, who: pl.Series) -> Cells:
    """Return the cells with who paid; what went out, or came from nobody, is no sale."""
    out = cells[Field.AMOUNT].str.strip_chars().str.contains(_OUT)
    name = who.str.strip_chars().str.replace_all(r"\s+", " ")
    return {
        **cells,
        Field.CUSTOMER: name,
        Field.NAME: name,
        "skip": chosen(out, RejectCode.OUTGOING, chosen(name == "", RejectCode.NO_SALE)),
    }


def _named(cells: Cells, _above: Sequence[str]) -> Cells:
    return _came_in(cells, first_of(cells, "payer"))


WISE: Final = Preset(
    name="wise",
    title="Wise statement",
    editions=(("transferwise_id|id", "date", "amount", "currency", "payer_name", "payee_name"),),
    columns={
        Field.DOCUMENT: "transferwise_id|id",
        Field.DATE: "date",
        Field.AMOUNT: "amount",
        Field.CURRENCY: "currency",
        "payer": "payer_name",
    },
    source="wise",
    own_ids=True,
    shape=_named,
)


#: Revolut names who paid in the text, or as the payer, who is of the house where money went out.
_FROM: Final = r"(?i)^(?:payment|money|transfer|top[- ]?up|deposit)(?: \w+)? from (.+)$"


def _revolut(cells: Cells, _above: Sequence[str]) -> Cells:
    told = cells["told"].str.strip_chars()
    both = {**cells, "from": told.str.extract(_FROM, 1).fill_null("")}
    return _came_in(cells, first_of(both, "from", "payer"))


REVOLUT: Final = Preset(
    name="revolut_business",
    title="Revolut Business statement",
    editions=(("date_completed_utc", "id", "type", "state", "description", "amount", "account"),),
    columns={
        Field.DOCUMENT: "id",
        Field.DATE: "date_completed_utc",
        Field.AMOUNT: "amount",
        Field.CURRENCY: "payment_currency|orig_currency",
        Field.STATUS: "state",
        "told": "description",
        "payer": "payer",
    },
    source="revolut",
    own_ids=True,
    statuses=_NEVER,
    shape=_revolut,
)


QONTO: Final = Preset(
    name="qonto",
    title="Qonto statement",
    editions=(
        ("operation_date_local|operation_date_utc|settlement_date_local|settlement_date_utc",
         "counterparty_name", "payment_method", "amount|total_amount_incl_vat"),
        ("date_de_l_operation_local|date_de_l_operation_utc|date_de_la_valeur_local"
         "|date_de_la_valeur_utc", "nom_de_la_contrepartie", "montant_total_ttc|montant"),
    ),
    columns={
        Field.DOCUMENT: "transaction_id|identifiant_de_transaction",
        Field.DATE: "operation_date_local|operation_date_utc|date_de_l_operation_local"
        "|date_de_l_operation_utc|settlement_date_local|settlement_date_utc"
        "|date_de_la_valeur_local|date_de_la_valeur_utc",
        Field.AMOUNT: "total_amount_incl_vat|amount|montant_total_ttc|montant",
        Field.CURRENCY: "currency|devise",
        Field.STATUS: "status|statut",
        "payer": "counterparty_name|nom_de_la_contrepartie",
    },
    currency="EUR",
    statuses=_NEVER,
    shape=_named,
)  # fmt: skip
