"""More shops, whose order lists are known by their headers: Amazon, Magento, PrestaShop."""

from collections.abc import Sequence
from typing import Final

from winback_tui.intake.fields import Field
from winback_tui.intake.presets.record import Cells, Preset, first_of
from winback_tui.model import RejectCode

_NOT_PAID: Final = ("pending", "pending_payment", "payment_review", "holded", "on_hold")


def _amazon(cells: Cells, _above: Sequence[str]) -> Cells:
    # Without an address Amazon names nobody; a buyer's name is the next best.
    return {**cells, Field.CUSTOMER: first_of(cells, "email", "buyer", "recipient")}


AMAZON: Final = Preset(
    name="amazon_orders",
    title="Amazon orders",
    editions=(
        ("amazon_order_id", "purchase_date", "item_price", "buyer_email|buyer_name"),
        ("order_id", "order_item_id", "purchase_date", "item_price", "buyer_email|buyer_name"),
    ),
    columns={
        Field.DOCUMENT: "amazon_order_id|order_id",
        Field.DATE: "purchase_date",
        # What all pieces of the row cost together.
        Field.AMOUNT: "item_price",
        Field.QUANTITY: "quantity|quantity_purchased",
        Field.CURRENCY: "currency",
        Field.PRODUCT: "sku",
        Field.PRODUCT_NAME: "product_name",
        Field.STATUS: "order_status|item_status",
        Field.EMAIL: "buyer_email",
        Field.NAME: "buyer_company_name|buyer_name",
        "email": "buyer_email",
        "buyer": "buyer_name",
    },
    source="amazon",
    own_ids=True,
    statuses={
        **dict.fromkeys(("cancelled", "canceled"), RejectCode.CANCELLED),
        **dict.fromkeys(_NOT_PAID, RejectCode.NOT_PAID),
    },
    shape=_amazon,
)


MAGENTO: Final = Preset(
    name="magento_orders",
    title="Magento orders",
    editions=(
        ("id", "purchase_point", "purchase_date", "grand_total_base", "status", "customer_email"),
        ("id", "purchase_point", "purchase_date", "grand_total_base", "status", "customer_name"),
    ),
    columns={
        Field.DOCUMENT: "id",
        Field.DATE: "purchase_date",
        Field.AMOUNT: "grand_total_base",
        Field.STATUS: "status",
        Field.REFUND: "total_refunded",
        Field.EMAIL: "customer_email",
        Field.NAME: "customer_name|bill_to_name",
        Field.CUSTOMER: "customer_email|customer_name",
    },
    source="magento",
    own_ids=True,
    statuses={
        **dict.fromkeys(("canceled", "cancelled", "fraud"), RejectCode.CANCELLED),
        **dict.fromkeys(_NOT_PAID, RejectCode.NOT_PAID),
    },
)

_CALLED_OFF: Final = (
    *("annule", "annulee", "canceled", "cancelled", "storniert", "annullato", "cancelado"),
    *("rembourse", "refunded", "erstattet", "rimborsato", "reembolsado"),
)
_UNPAID: Final = (
    *("erreur_de_paiement", "payment_error", "zahlungsfehler", "fehler_bei_der_bezahlung"),
    *("en_attente_de_paiement_par_cheque", "awaiting_check_payment"),
    *("en_attente_de_virement_bancaire", "awaiting_bank_wire_payment"),
    *("warten_auf_zahlungseingang_scheck", "warten_auf_zahlungseingang_ueberweisung"),
)

PRESTASHOP: Final = Preset(
    name="prestashop_orders",
    title="PrestaShop orders",
    editions=(
        ("id", "reference|referenz|referencia|riferimento",
         "new_client|nouveau_client|neukunde|neuer_kunde|nuevo_cliente|nuovo_cliente",
         "customer|client|kunde|cliente", "total|gesamt|gesamtpreis|totale",
         "status|etat|estado|stato", "date|datum|fecha|data"),
    ),
    columns={
        Field.DOCUMENT: "reference|referenz|referencia|riferimento",
        Field.CUSTOMER: "customer|client|kunde|cliente",
        Field.NAME: "company|societe|firma|customer|client|kunde|cliente",
        Field.DATE: "date|datum|fecha|data",
        Field.AMOUNT: "total|gesamt|gesamtpreis|totale",
        Field.STATUS: "status|etat|estado|stato",
    },
    source="prestashop",
    own_ids=True,
    statuses={
        **dict.fromkeys(_CALLED_OFF, RejectCode.CANCELLED),
        **dict.fromkeys(_UNPAID, RejectCode.NOT_PAID),
    },
)  # fmt: skip
