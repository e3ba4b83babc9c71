"""More shops, whose order lists are known by their headers: Amazon, Magento, PrestaShop, Etsy."""

from collections.abc import Sequence
from typing import Final

from winback_tui.intake.fields import Field
from winback_tui.intake.presets.record import Cells, Preset, chosen, first_of
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


#: Etsy names a buyer as “Eva Nord (evanord)”, a guest without the name of an account.
_ACCOUNT: Final = r"\(([^()]+)\)\s*$"
_NOUGHT: Final = r"^0+(?:[.,]0+)?$"


def _etsy(cells: Cells, _above: Sequence[str]) -> Cells:
    buyer = first_of(cells, "buyer").str.strip_chars()
    known = {**cells, "in_brackets": buyer.str.extract(_ACCOUNT, 1).fill_null(""), "guest": buyer}
    named = {**cells, "bare": buyer.str.replace(_ACCOUNT, "").str.strip_chars()}
    made = {
        **cells,
        Field.CUSTOMER: first_of(known, "account", "in_brackets", "guest"),
        Field.NAME: first_of(named, "full_name", "bare"),
    }
    if Field.PRODUCT_NAME in cells:
        made[Field.PRODUCT] = first_of(cells, "sku", "listing")
    else:
        # What is left of the order once something went back; nothing is left of one called off.
        # Where no cell is blank, a nought says that nothing was adjusted.
        left = first_of(cells, "adjusted").str.strip_chars()
        nought = left.str.contains(_NOUGHT)
        gone = nought & (left == "").any()
        told = {**cells, "adjusted": left.set(nought, "")} if "adjusted" in cells else cells
        amount = first_of(told, "adjusted", Field.AMOUNT)
        made[Field.AMOUNT] = amount.alias(cells[Field.AMOUNT].name)
        made["skip"] = chosen(gone, RejectCode.CANCELLED)
    return made


#: One program in two files: orders, and their items, of which either takes the other's place.
ETSY: Final = Preset(
    name="etsy",
    title="Etsy orders and order items",
    editions=(
        ("sale_date", "order_id", "full_name", "order_value", "order_total", "order_net"),
        ("sale_date", "item_name", "buyer", "item_total", "order_id", "listing_id"),
    ),
    columns={
        Field.DOCUMENT: "order_id",
        Field.DATE: "sale_date",
        Field.AMOUNT: "item_total|order_total",
        Field.QUANTITY: "quantity",
        Field.CURRENCY: "currency",
        Field.PRODUCT_NAME: "item_name",
        Field.STATUS: "status",
        Field.STREET: "street_1|ship_address1",
        Field.ZIP: "ship_zipcode",
        Field.CITY: "ship_city",
        Field.COUNTRY: "ship_country",
        "account": "buyer_user_id",
        "buyer": "buyer|full_name",
        "full_name": "full_name",
        "sku": "sku",
        "listing": "listing_id",
        "adjusted": "adjusted_order_total",
    },
    source="etsy",
    own_ids=True,
    statuses=dict.fromkeys(("canceled", "cancelled", "refunded"), RejectCode.CANCELLED),
    shape=_etsy,
)


def _shopware5(cells: Cells, _above: Sequence[str]) -> Cells:
    state, paid = (first_of(cells, each).str.strip_chars() for each in ("state", "paid"))
    # An order of number 0 is a basket that somebody left.
    basket = (cells[Field.DOCUMENT].str.strip_chars() == "0") | (state == "-1")
    never = chosen(paid.is_in(["35"]), RejectCode.NOT_PAID)
    gone = chosen((state == "4") | (paid == "20"), RejectCode.CANCELLED, never)
    return {
        **cells,
        Field.CUSTOMER: first_of(cells, "number", "user"),
        "skip": chosen(basket, RejectCode.DRAFT, gone),
    }


SHOPWARE_5: Final = Preset(
    name="shopware_5",
    title="Shopware 5 orders (table s_order)",
    editions=(("ordernumber", "invoice_amount", "ordertime", "status", "cleared", "userid"),),
    columns={
        Field.DOCUMENT: "ordernumber",
        Field.DATE: "ordertime",
        Field.AMOUNT: "invoice_amount_net|invoice_amount",
        Field.CURRENCY: "currency",
        "number": "customernumber",
        "user": "userid",
        "state": "status",
        "paid": "cleared",
    },
    source="shopware",
    own_ids=True,
    shape=_shopware5,
)
