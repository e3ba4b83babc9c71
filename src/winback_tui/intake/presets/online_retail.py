"""UCI Online Retail and Online Retail II: invoice lines of a British gift wholesaler, in pounds."""

from typing import Final

from winback_tui.intake.fields import Field
from winback_tui.intake.presets.record import Preset

_FIRST: Final = {
    Field.DOCUMENT: "InvoiceNo",
    Field.PRODUCT: "StockCode",
    Field.PRODUCT_NAME: "Description",
    Field.QUANTITY: "Quantity",
    Field.DATE: "InvoiceDate",
    Field.PRICE: "UnitPrice",
    Field.CUSTOMER: "CustomerID",
    Field.COUNTRY: "Country",
}
_SECOND: Final = {
    **_FIRST,
    Field.DOCUMENT: "Invoice",
    Field.PRICE: "Price",
    Field.CUSTOMER: "Customer ID",
}

PRESET: Final = Preset(
    name="online_retail",
    title="UCI Online Retail",
    headers=(_FIRST, _SECOND),
    currency="GBP",
    credit_prefix="C",
)
