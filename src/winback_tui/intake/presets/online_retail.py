"""UCI Online Retail and Online Retail II: invoice lines of a British gift wholesaler, in pounds."""

from typing import Final

from winback_tui.intake.fields import Field
from winback_tui.intake.presets.record import Preset

PRESET: Final = Preset(
    name="online_retail",
    title="UCI Online Retail",
    editions=(
        ("invoiceno", "stockcode", "description", "quantity", "invoicedate", "unitprice",
         "customerid", "country"),
        ("invoice", "stockcode", "description", "quantity", "invoicedate", "price", "customer_id",
         "country"),
    ),
    columns={
        Field.DOCUMENT: "invoiceno|invoice",
        Field.PRODUCT: "stockcode",
        Field.PRODUCT_NAME: "description",
        Field.QUANTITY: "quantity",
        Field.DATE: "invoicedate",
        Field.PRICE: "unitprice|price",
        Field.CUSTOMER: "customerid|customer_id",
        Field.COUNTRY: "country",
    },
    currency="GBP",
    credit_prefix="C",
)  # fmt: skip
