"""Presets: programs and data sets whose files are known by their distinctive columns.

A preset is a record in a module of its kind here; `PRESETS` lists them in the order of trial.
"""

from collections.abc import Sequence
from typing import Final

from winback_tui.errors import BadInputError
from winback_tui.intake.fields import normal
from winback_tui.intake.presets import books, crm, online_retail, purses, shops, stores
from winback_tui.intake.presets.record import Preset, match

PRESETS: Final[tuple[Preset, ...]] = (
    shops.SHOPIFY,
    shops.WOOCOMMERCE,
    shops.STRIPE,
    shops.PAYPAL,
    stores.AMAZON,
    stores.MAGENTO,
    stores.PRESTASHOP,
    stores.ETSY,
    stores.SHOPWARE_5,
    crm.HUBSPOT,
    crm.PIPEDRIVE,
    crm.ODOO,
    books.DATEV,
    purses.WISE,
    purses.REVOLUT,
    purses.QONTO,
    books.BANK,
    books.SAGE,
    online_retail.PRESET,
)

__all__ = ["PRESETS", "Preset", "match", "named", "recognise"]


def recognise(columns: Sequence[str]) -> tuple[Preset, dict[str, str]] | None:
    """Return the first preset whose columns are all among `columns`, with its mapping, or None."""
    for preset in PRESETS:
        mapped = match(preset, columns)
        if mapped is not None:
            return preset, mapped
    return None


def named(name: str) -> Preset:
    """Return the preset called `name`. Raises BadInputError listing those there are."""
    for preset in PRESETS:
        if preset.name == normal(name):
            return preset
    known = ", ".join(preset.name for preset in PRESETS)
    raise BadInputError(f"There is no preset “{name}”; there are auto, {known}.")
