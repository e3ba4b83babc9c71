"""Shops and payment services: Shopify, WooCommerce, Stripe, PayPal.

Their customers are known by e-mail address where a file has no number of theirs. A refund stands
in the row of its order and becomes a line of its own on the order's day.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from winback_tui.intake.fields import Field
from winback_tui.intake.presets.record import Cells, Preset, chosen, first_of
from winback_tui.model import RejectCode

_TEST: Final = r"(?i)bogus|for testing|^test$|\btest[- ]?order\b"


def _shopify(cells: Cells, _above: Sequence[str]) -> Cells:
    who = first_of(cells, "email_of_order", "phone", "billing_name")
    name = first_of(cells, "company", "billing_name")
    product = first_of(cells, "sku", Field.PRODUCT_NAME)
    cancelled = first_of(cells, "cancelled_at").str.strip_chars() != ""
    test = first_of(cells, "paid_with", "tags").str.contains(_TEST)
    skip = chosen(test, RejectCode.TEST_ORDER, chosen(cancelled, RejectCode.CANCELLED))
    return {
        **cells,
        Field.CUSTOMER: who,
        Field.NAME: name,
        Field.PRODUCT: product,
        Field.EMAIL: first_of(cells, "email_of_order"),
        "skip": skip,
    }


SHOPIFY: Final = Preset(
    name="shopify_orders",
    title="Shopify orders",
    editions=(("name", "financial_status", "lineitem_quantity", "lineitem_price", "created_at"),),
    columns={
        Field.DOCUMENT: "name",
        Field.DATE: "created_at",
        Field.CURRENCY: "currency",
        Field.QUANTITY: "lineitem_quantity",
        Field.PRICE: "lineitem_price",
        Field.PRODUCT_NAME: "lineitem_name",
        Field.CATEGORY: "vendor",
        Field.GOODS_TOTAL: "subtotal",
        Field.REFUND: "refunded_amount",
        Field.STATUS: "financial_status",
        Field.STREET: "billing_street|billing_address1",
        Field.ZIP: "billing_zip",
        Field.CITY: "billing_city",
        Field.COUNTRY: "billing_country",
        "email_of_order": "email",
        "phone": "phone|billing_phone",
        "billing_name": "billing_name|shipping_name",
        "company": "billing_company",
        "sku": "lineitem_sku",
        "cancelled_at": "cancelled_at",
        "paid_with": "payment_method",
        "tags": "tags",
    },
    source="shopify",
    own_ids=True,
    follow_up=Field.STATUS,
    handed_down=(
        *(Field.DATE, Field.CURRENCY, Field.GOODS_TOTAL, Field.STATUS, Field.STREET, Field.ZIP),
        *(Field.CITY, Field.COUNTRY, "email_of_order", "phone", "billing_name", "company"),
        *("cancelled_at", "paid_with", "tags"),
    ),
    statuses={
        "pending": RejectCode.NOT_PAID,
        "authorized": RejectCode.NOT_PAID,
        "expired": RejectCode.NOT_PAID,
        "voided": RejectCode.CANCELLED,
    },
    shape=_shopify,
)


#: A status that says that all went back, as WooCommerce writes it in some languages.
_REFUNDED: Final = ("refunded", "rückerstattet", "zurückerstattet", "erstattet", "remboursée",
                    "remboursé", "terugbetaald", "reembolsado", "rimborsato")  # fmt: skip


def _woocommerce(cells: Cells, _above: Sequence[str]) -> Cells:
    both = (first_of(cells, "first_name") + " " + first_of(cells, "last_name")).str.strip_chars()
    named = {**cells, "both": both}
    number = first_of(cells, "customer_user", "customer_id")
    guest = number.str.strip_chars().is_in(["", "0"])
    email = first_of(cells, Field.EMAIL)
    who = pl.select(pl.when(guest).then(email).otherwise(number)).to_series()
    status = first_of(cells, Field.STATUS).str.strip_prefix("wc-")
    # Where the status says refunded and no amount is told, everything went back.
    told = first_of(cells, Field.REFUND)
    bare = told.str.strip_chars().str.contains(r"^[-0.,\s]*$")
    gone = status.str.strip_chars().str.to_lowercase().is_in(_REFUNDED) & bare
    total = cells[Field.AMOUNT]
    return {
        **cells,
        Field.CUSTOMER: who,
        Field.NAME: first_of(named, "company", "both"),
        Field.STATUS: status,
        Field.REFUND: pl.select(pl.when(gone).then(total).otherwise(told)).to_series(),
    }


WOOCOMMERCE: Final = Preset(
    name="woocommerce",
    title="WooCommerce orders",
    editions=(("order_id", "order_date", "status", "order_total", "billing_first_name"),),
    columns={
        Field.DOCUMENT: "order_number|order_id",
        Field.DATE: "order_date",
        Field.AMOUNT: "order_total",
        Field.CURRENCY: "order_currency",
        Field.STATUS: "status",
        Field.REFUND: "refunded_total|total_refunded|refund_total|order_refund"
        "|order_refund_amount|order_refund_total|refund_amount|refunded_amount|refund|refunded",
        Field.EMAIL: "customer_email|billing_email",
        Field.STREET: "billing_address_1",
        Field.ZIP: "billing_postcode",
        Field.CITY: "billing_city",
        Field.COUNTRY: "billing_country",
        "customer_user": "customer_user",
        "customer_id": "customer_id",
        "company": "billing_company",
        "first_name": "billing_first_name",
        "last_name": "billing_last_name",
    },
    source="woocommerce",
    own_ids=True,
    statuses={
        "pending": RejectCode.NOT_PAID,
        "on_hold": RejectCode.NOT_PAID,
        "failed": RejectCode.NOT_PAID,
        "cancelled": RejectCode.CANCELLED,
        "canceled": RejectCode.CANCELLED,
        "trash": RejectCode.CANCELLED,
        "draft": RejectCode.DRAFT,
        "auto_draft": RejectCode.DRAFT,
        "checkout_draft": RejectCode.DRAFT,
        **dict.fromkeys(
            ("pending_payment", "zahlung_ausstehend", "ausstehende_zahlung", "in_wartestellung",
             "wartend", "fehlgeschlagen", "attente_paiement", "en_attente", "echouee",
             "wachtend_op_betaling", "in_de_wacht", "mislukt", "pendiente_de_pago", "en_espera",
             "fallido", "in_attesa_di_pagamento", "in_sospeso", "fallito"),
            RejectCode.NOT_PAID,
        ),
        **dict.fromkeys(
            ("storniert", "abgebrochen", "papierkorb", "annulee", "geannuleerd", "cancelado",
             "annullato"),
            RejectCode.CANCELLED,
        ),
        **dict.fromkeys(("entwurf", "brouillon", "concept", "borrador", "bozza"), RejectCode.DRAFT),
    },
    shape=_woocommerce,
)  # fmt: skip


def _stripe(cells: Cells, _above: Sequence[str]) -> Cells:
    kept = first_of(cells, "captured").str.strip_chars().str.to_lowercase() == "false"
    test = first_of(cells, "mode").str.strip_chars().str.to_lowercase() == "test"
    return {
        **cells,
        Field.CUSTOMER: first_of(cells, "customer_id", Field.EMAIL),
        Field.NAME: first_of(cells, "customer_name", "described"),
        "skip": chosen(test, RejectCode.TEST_ORDER, chosen(kept, RejectCode.NOT_PAID)),
    }


STRIPE: Final = Preset(
    name="stripe_payments",
    title="Stripe payments",
    editions=(
        ("id", "created_utc|created_date_utc", "amount", "amount_refunded", "currency", "status"),
    ),
    columns={
        Field.DOCUMENT: "id",
        Field.DATE: "created_utc|created_date_utc",
        Field.AMOUNT: "amount",
        Field.REFUND: "amount_refunded",
        Field.CURRENCY: "currency",
        Field.STATUS: "status",
        Field.EMAIL: "customer_email",
        "customer_id": "customer_id",
        "customer_name": "customer_name|card_name",
        "described": "customer_description",
        "captured": "captured",
        "mode": "mode",
    },
    source="stripe",
    own_ids=True,
    statuses={
        "failed": RejectCode.NOT_PAID,
        "pending": RejectCode.NOT_PAID,
        "blocked": RejectCode.NOT_PAID,
        "incomplete": RejectCode.NOT_PAID,
        "uncaptured": RejectCode.NOT_PAID,
        "requires_payment_method": RejectCode.NOT_PAID,
        "requires_confirmation": RejectCode.NOT_PAID,
        "requires_action": RejectCode.NOT_PAID,
        "requires_capture": RejectCode.NOT_PAID,
        "canceled": RejectCode.CANCELLED,
        "cancelled": RejectCode.CANCELLED,
    },
    shape=_stripe,
)


_BACK: Final = r"(?i)rückzahlung|rueckzahlung|erstattung|rückbuchung|refund|reversal|chargeback"
#: Rows that move the account's own money.
_OWN: Final = r"(?i)währungsumrechnung|currency conversion|einbehalt|\bhold\b|reserve"


def _paid_by(ids: pl.Series, sender: pl.Series, refers: pl.Series) -> pl.Series:
    """Return who paid what a row refers to, "" where that stands elsewhere."""
    paid = pl.DataFrame({"id": ids.str.strip_chars(), "sender": sender}).unique("id", keep="first")
    asked = pl.DataFrame({"id": refers.str.strip_chars()})
    found = asked.join(paid.filter(pl.col("id") != ""), on="id", how="left", maintain_order="left")
    return found["sender"].fill_null("")


def _paypal(cells: Cells, _above: Sequence[str]) -> Cells:
    amount = cells[Field.AMOUNT]
    out = amount.str.strip_chars().str.contains(r"^[-−–(]")
    back = cells["type"].str.contains(_BACK)
    # What goes back goes to whom the money had come from.
    sender, receiver = first_of(cells, "from"), first_of(cells, "to")
    if "to" not in cells and "refers" in cells:
        receiver = _paid_by(cells[Field.DOCUMENT], sender, cells["refers"])
    who = pl.select(pl.when(out).then(receiver).otherwise(sender)).to_series()
    nobody = (who.str.strip_chars() == "") & ~(out & back)
    # An authorisation moves no money: the payment that follows does.
    memo = first_of(cells, "impact").str.strip_chars().str.to_lowercase() == "memo"
    own = chosen(cells["type"].str.contains(_OWN) | nobody | memo, RejectCode.NO_SALE)
    return {
        **cells,
        Field.CUSTOMER: who,
        Field.EMAIL: who,
        "skip": chosen(out & ~back, RejectCode.OUTGOING, own),
    }


PAYPAL: Final = Preset(
    name="paypal",
    title="PayPal activity",
    editions=(
        ("date", "type", "status", "gross", "fee", "from_email_address", "transaction_id"),
        ("datum", "typ", "status", "brutto", "gebuehr", "absender_e_mail_adresse",
         "transaktionscode"),
        # The statement, which names neither kind nor receiver.
        ("date", "description", "gross", "balance", "transaction_id", "from_email_address"),
        ("datum", "beschreibung", "brutto", "guthaben", "transaktionscode",
         "absender_e_mail_adresse"),
    ),
    columns={
        Field.DOCUMENT: "transaction_id|transaktionscode",
        Field.DATE: "date|datum",
        Field.AMOUNT: "gross|brutto",
        Field.CURRENCY: "currency|waehrung",
        Field.STATUS: "status",
        Field.NAME: "name",
        "type": "type|typ|description|beschreibung",
        "impact": "balance_impact|auswirkung_auf_guthaben|auswirkung_auf_das_guthaben",
        "refers": "reference_txn_id|zugehoeriger_transaktionscode",
        "from": "from_email_address|absender_e_mail_adresse",
        "to": "to_email_address|empfaenger_e_mail_adresse",
    },
    source="paypal",
    own_ids=True,
    statuses={
        **dict.fromkeys(
            ("pending", "ausstehend", "denied", "abgelehnt", "failed", "fehlgeschlagen", "held",
             "unclaimed", "nicht_angenommen", "processing", "in_bearbeitung"),
            RejectCode.NOT_PAID,
        ),
        **dict.fromkeys(
            ("canceled", "cancelled", "storniert", "voided", "expired", "abgelaufen"),
            RejectCode.CANCELLED,
        ),
    },
    shape=_paypal,
)  # fmt: skip
