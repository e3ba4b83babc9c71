"""Customer systems: deals of HubSpot and Pipedrive, sales orders of Odoo."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from winback_tui.intake.fields import Field, normal
from winback_tui.intake.presets.record import Cells, Preset, chosen, first_of
from winback_tui.model import RejectCode

_FIRST: Final = r"^\s*([^;,]+)"


def _stage(cells: pl.Series, words: dict[str, str], otherwise: str) -> pl.Series:
    """Return what each stage means; a word counts wherever it stands in the stage's name."""
    stages = {cell: normal(cell) for cell in cells.unique().to_list()}
    meant = {
        cell: next((code for word, code in words.items() if word in name), otherwise)
        for cell, name in stages.items()
    }
    return cells.replace_strict(meant, return_dtype=pl.String)


_WON: Final = {
    "lost": str(RejectCode.LOST),
    "verloren": str(RejectCode.LOST),
    "nicht_gewonnen": str(RejectCode.LOST),
    "closedwon": "",
    "won": "",
    "gewonnen": "",
}


def _hubspot(cells: Cells, _above: Sequence[str]) -> Cells:
    # Several ids stand in one cell; the first is the one the deal is filed under. Companies and
    # people are numbered each for themselves: the numbers are those that their own files give.
    company = _numbered(first_of(cells, "company_ids"), "hubspot-")
    contact = _numbered(first_of(cells, "contact_ids"), "hubspot:person-")
    who = {**cells, "company_ids": company, "contact_ids": contact}
    return {
        **cells,
        Field.CUSTOMER: first_of(who, "company_ids", "company", "contact_ids", "contact"),
        Field.NAME: first_of(cells, "company", "contact").str.extract(r"^\s*([^;]+)").fill_null(""),
        "skip": _stage(cells["stage"], _WON, str(RejectCode.OPEN)),
    }


def _numbered(ids: pl.Series, prefix: str) -> pl.Series:
    """Return the first id of each cell behind `prefix`, "" where there is none."""
    first = ids.str.extract(_FIRST).str.strip_chars().str.replace(r"^(\d+)\.0$", "$1").fill_null("")
    frame = first.alias("id").to_frame()
    return frame.select(
        pl.when(pl.col("id") == "").then(pl.lit("")).otherwise(pl.lit(prefix) + pl.col("id"))
    ).to_series()


HUBSPOT: Final = Preset(
    name="hubspot_deals",
    title="HubSpot deals",
    editions=(("record_id", "deal_name", "deal_stage"),),
    columns={
        Field.DOCUMENT: "record_id",
        Field.DATE: "close_date|create_date",
        Field.AMOUNT: "amount|amount_in_company_currency",
        Field.CURRENCY: "currency|deal_currency_code",
        "stage": "deal_stage",
        "company_ids": "associated_company_ids|associated_company_ids_primary"
        "|associated_company_id|associated_company_id_primary|primary_associated_company_id",
        "contact_ids": "associated_contact_ids|associated_contact_id",
        "company": "associated_company|associated_company_primary|associated_company_names",
        "contact": "associated_contact|associated_contacts",
    },
    source="hubspot",
    own_ids=True,
    shape=_hubspot,
)


def _pipedrive(cells: Cells, _above: Sequence[str]) -> Cells:
    won = first_of(cells, "won")
    lost = first_of(cells, "lost") + first_of(cells, "lost_reason")
    if "status" in cells:
        skip = _stage(cells["status"], _WON, str(RejectCode.OPEN))
    else:
        still = chosen(won.str.strip_chars() == "", RejectCode.OPEN)
        skip = chosen((lost.str.strip_chars() != ""), RejectCode.LOST, still)
    # Several addresses stand in one cell; the first is the main one.
    email = first_of(cells, Field.EMAIL).str.extract(_FIRST).fill_null("")
    return {
        **cells,
        Field.CUSTOMER: first_of(cells, "organization", "person"),
        Field.NAME: first_of(cells, "organization", "person"),
        Field.DATE: first_of(cells, "won", "closed"),
        Field.EMAIL: email,
        Field.DOCUMENT: first_of(cells, "deal_id", "title"),
        "skip": skip,
    }


PIPEDRIVE: Final = Preset(
    name="pipedrive_deals",
    title="Pipedrive deals",
    editions=(
        ("deal_title|deal_titel", "deal_value|deal_wert",
         "deal_won_time|deal_gewonnen_am|deal_gewonnen_um|deal_zeitpunkt_gewonnen|deal_gewinnzeit"
         "|deal_status"),
    ),
    columns={
        Field.AMOUNT: "deal_value|deal_wert",
        Field.CURRENCY: "deal_currency|deal_currency_of_value|deal_waehrung|deal_waehrung_von_wert"
        "|deal_waehrung_des_werts",
        Field.EMAIL: "person_email_work|person_email|person_e_mail_arbeit|person_e_mail"
        "|person_email_arbeit|person_e_mail_work",
        "title": "deal_title|deal_titel",
        "deal_id": "deal_id",
        "won": "deal_won_time|deal_gewonnen_am|deal_gewonnen_um|deal_zeitpunkt_gewonnen"
        "|deal_gewinnzeit",
        "closed": "deal_deal_closed_on|deal_closed_on|deal_geschlossen_am|deal_close_time",
        "lost": "deal_lost_time|deal_verloren_am|deal_verloren_um|deal_zeitpunkt_verloren",
        "lost_reason": "deal_lost_reason|deal_verlustgrund|deal_grund_fuer_verlust",
        "status": "deal_status",
        "organization": "organization_name|deal_organization|organisation_name|deal_organisation"
        "|organisation_name_der_organisation",
        "person": "person_name|deal_contact_person|deal_kontaktperson|kontaktperson_name",
    },
    source="pipedrive",
    own_ids=True,
    shape=_pipedrive,
)  # fmt: skip


_ODOO_STATES: Final = {
    **dict.fromkeys(("draft", "quotation", "sent", "quotation_sent", "angebot", "entwurf",
                     "angebot_gesendet", "angebot_versendet"), RejectCode.DRAFT),
    **dict.fromkeys(("cancel", "cancelled", "canceled", "storniert", "abgebrochen", "abgesagt"),
                    RejectCode.CANCELLED),
}  # fmt: skip

ODOO: Final = Preset(
    name="odoo_sales",
    title="Odoo sales orders",
    editions=(
        ("partner_id", "date_order", "order_line_product_uom_qty", "order_line_price_unit"),
        (
            "customer|kunde",
            "order_date|auftragsdatum|bestelldatum",
            "order_lines_quantity|order_lines_ordered_quantity|auftragszeilen_menge"
            "|auftragspositionen_menge|auftragszeilen_bestellte_menge",
            "order_lines_unit_price|auftragszeilen_einzelpreis|auftragspositionen_einzelpreis",
        ),
    ),
    columns={
        Field.DOCUMENT: "name|order_reference|auftragsreferenz|auftragsnummer|id",
        Field.CUSTOMER: "partner_id|customer|kunde",
        Field.DATE: "date_order|order_date|auftragsdatum|bestelldatum",
        Field.STATUS: "state|status",
        Field.CURRENCY: "currency_id|currency|waehrung",
        Field.PRODUCT: "order_line_product_id|order_lines_product|auftragszeilen_produkt"
        "|auftragspositionen_produkt",
        Field.PRODUCT_NAME: "order_line_name|order_lines_description|auftragszeilen_beschreibung"
        "|auftragspositionen_beschreibung",
        Field.QUANTITY: "order_line_product_uom_qty|order_lines_quantity"
        "|order_lines_ordered_quantity|auftragszeilen_menge|auftragspositionen_menge"
        "|auftragszeilen_bestellte_menge",
        Field.PRICE: "order_line_price_unit|order_lines_unit_price|auftragszeilen_einzelpreis"
        "|auftragspositionen_einzelpreis",
        Field.DISCOUNT: "order_line_discount|order_lines_discount|order_lines_discount_in"
        "|auftragszeilen_rabatt|auftragspositionen_rabatt",
    },
    source="odoo",
    own_ids=True,
    follow_up=Field.DATE,
    handed_down=(Field.DOCUMENT, Field.CUSTOMER, Field.DATE, Field.STATUS, Field.CURRENCY),
    statuses=_ODOO_STATES,
)
