"""Cross- and upsell hints in sentences, each with the n that it stands on."""

from datetime import date

from winback_tui.words.format import Formats


def partner_line(product: str, other: str, together: int, buyers: int, *, formats: Formats) -> str:
    """Return such as "Teapots: 12 of 30 who buy Oolong buy them too"."""
    share = f"{formats.number(together)} of {formats.number(buyers)}"
    return f"{other}: {share} customers who buy {product} buy it too"


def lapsed_line(category: str, times: int, last: date, formats: Formats) -> str:
    """Return such as "Tea lapsed: bought on 8 days, last 3 May, other things since"."""
    return (
        f"{category} lapsed: bought on {formats.number(times)} days, last "
        f"{formats.date(last)}, other things since"
    )
