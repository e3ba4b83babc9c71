"""What a user may set: the config file, TOML in, frozen records out."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from winback_tui.config.alerts import Alerts, Webhook
from winback_tui.config.cases import Cases
from winback_tui.config.consent import Consent
from winback_tui.config.erase import Erase
from winback_tui.config.offers import Handover, Mails, Offers
from winback_tui.config.sections import Bands, Horizon, Import, User
from winback_tui.config.segments import Segment
from winback_tui.config.signals import Signal

__all__ = [
    "Alerts",
    "Bands",
    "Cases",
    "Config",
    "Consent",
    "Erase",
    "Horizon",
    "Import",
    "User",
    "Webhook",
    "load",
]


class Config(NamedTuple):
    """Everything a user may set; the defaults are the ones documented in the README."""

    user: User = User()
    bands: Bands = Bands()
    horizon: Horizon = Horizon()
    consent: Consent = Consent()
    imports: Import = Import()
    offers: Offers = Offers()
    handover: Handover = Handover()
    mails: Mails = Mails()
    cases: Cases = Cases()
    erase: Erase = Erase()
    alerts: Alerts = Alerts()
    webhook: Webhook = Webhook()
    segments: dict[str, Segment] = {}  # noqa: RUF012 - never changed: a record's default
    #: What each kind of signal does to a score, beside what is shipped.
    signals: dict[str, Signal] = {}  # noqa: RUF012 - never changed: a record's default
    #: Keys of commands: `{"call": "c,t"}`.
    keys: dict[str, str] = {}  # noqa: RUF012 - never changed: a record's default

    def broken(self) -> Iterator[str]:
        """Yield the rules between sections that these values break."""
        for name in self.alerts.segments:
            if name not in self.segments:
                yield f"“{name}” of alerts.segments is a segment of [segments]"


def load(path: Path | None) -> Config:
    """Return the config in `path`, or the defaults where `path` is None.

    Raises BadInputError naming file, line and key for what is not understood.
    """
    if path is None:
        return Config()
    from winback_tui.config.reading import read

    return read(Config, path)
