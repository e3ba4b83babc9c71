"""What a person or the config says about a file."""

from collections.abc import Mapping
from typing import NamedTuple

from winback_tui.intake.fields import Answers


class KindHints(NamedTuple):
    """What a person or the config says about a file, which no evidence overrules.

    `decimal` is ".", "," or "each"; `day_first` says how 03/04 is read; `currency` is an ISO code;
    `mapping` holds pairs of column and field as they were typed. `region` is the country of phone
    numbers without one, `zone` the zone of clock times without one.
    """

    preset: str = "auto"
    mapping: tuple[tuple[str, str], ...] = ()
    decimal: str | None = None
    day_first: bool | None = None
    currency: str | None = None
    default_currency: str = "EUR"
    region: str = "DE"
    zone: str = "Europe/Berlin"
    sheet: str | None = None
    #: What was said about files with the same header before, by `fingerprint`.
    saved: Mapping[str, Answers] = {}
