"""Early warning: which signs raise an alert, how many a day, and where alerts are delivered."""

from collections.abc import Iterator
from typing import Final, NamedTuple

#: How a mail server is spoken to: encrypted from the start, from STARTTLS on, or (on this machine
#: alone) in the clear.
SECURITY: Final = ("tls", "starttls", "none")
#: Hosts that are this machine.
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Rule(NamedTuple):
    """One sign; a key that is left out is the shipped one, or that of the whole book."""

    #: False: the sign is not looked for.
    use: bool | None = None
    #: Whether it raises an alert by itself.
    critical: bool | None = None
    #: What it counts, where several add up to an alert.
    weight: float | None = None
    #: From where on it is one; what that counts differs by sign, see the README.
    at: float | None = None
    #: So many days it is news; of what is to come, so many days ahead.
    within: int | None = None
    #: It is not raised again for the same customer for so many days.
    cooldown: int | None = None

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            "weight": (0, 100),
            "at": (0, 100_000),
            "within": (1, 3_650),
            "cooldown": (0, 3_650),
        }


class Rules(NamedTuple):
    """Every sign that can raise an alert."""

    silence: Rule = Rule()
    spend_drop: Rule = Rule()
    smaller_orders: Rule = Rule()
    category_lost: Rule = Rule()
    complaint: Rule = Rule()
    unpaid: Rule = Rule()
    engagement: Rule = Rule()
    contact_left: Rule = Rule()
    notice_given: Rule = Rule()
    contract_end: Rule = Rule()
    consent_ends: Rule = Rule()
    bounce: Rule = Rule()
    nps: Rule = Rule()
    score_jump: Rule = Rule()


#: What is shipped: judgements, not measurements. What by its nature cannot wait is critical.
SHIPPED: Final[dict[str, Rule]] = {
    # `at` usual gaps of silence, and more than nine in ten of the customer's own gaps.
    "silence": Rule(True, False, 0.6, 2.0, 30, 30),
    # The spend has fallen by the share `at` against the customer's own year before.
    "spend_drop": Rule(True, False, 0.5, 0.5, 45, 90),
    # So have the last three orders against those before.
    "smaller_orders": Rule(True, False, 0.4, 0.4, 45, 90),
    # `at` usual gaps without a category that was bought regularly, while others still are.
    "category_lost": Rule(True, False, 0.5, 3.0, 45, 90),
    "complaint": Rule(True, True, 1.0, None, 30, 14),
    "unpaid": Rule(True, False, 0.5, None, 30, 30),
    # `at` usual gaps since the last e-mail opened or clicked, or an unsubscription.
    "engagement": Rule(True, False, 0.3, 3.0, 45, 90),
    "contact_left": Rule(True, False, 0.7, None, 30, 30),
    "notice_given": Rule(True, True, 1.0, None, 60, 30),
    # The last day to give notice lies `within` days ahead.
    "contract_end": Rule(True, True, 1.0, None, 45, 90),
    # E-mail, phone or SMS may be used for [consent] expiring_days more.
    "consent_ends": Rule(True, False, 0.4, None, 30, 90),
    "bounce": Rule(True, False, 0.3, None, 30, 90),
    # An answer of at most `at`.
    "nps": Rule(True, False, 0.7, 6.0, 30, 30),
    # The score has risen by `at` points within `within` days.
    "score_jump": Rule(True, False, 0.6, 20.0, 7, 14),
}


class Mail(NamedTuple):
    """Alerts as a mail to whoever works with the book: a draft, or sent through a server."""

    #: Empty: no mail.
    to: str = ""
    #: `draft` writes an .eml file; `smtp` sends.
    way: str = "draft"
    sender: str = ""
    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    #: The file that holds the password, readable by its owner alone.
    password_file: str = ""
    #: Seconds.
    timeout: int = 20

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {"port": (1, 65_535), "timeout": (1, 120)}

    def broken(self) -> Iterator[str]:
        """Yield the rules that these values break."""
        if self.way not in ("draft", "smtp"):
            yield "way one of draft, smtp"
        if self.security not in SECURITY:
            yield f"security one of {', '.join(SECURITY)}"
        if self.way == "smtp" and self.to and not (self.host and self.sender):
            yield "way = “smtp” needs host and sender"
        if self.security == "none" and self.way == "smtp" and self.host not in LOCAL:
            yield "security = “none” only where host is this machine"
        if self.user and not self.password_file:
            yield "user needs password_file"


class Webhook(NamedTuple):
    """Where alerts and hand-overs are posted to as JSON, each signed."""

    #: Empty: nowhere. https, or http to this machine alone.
    url: str = ""
    #: The file that holds the secret of the signature, readable by its owner alone.
    secret_file: str = ""
    alerts: bool = True
    handovers: bool = True
    #: Seconds.
    timeout: int = 10
    #: After so many tries in vain a message is given up.
    attempts: int = 10

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {"timeout": (1, 120), "attempts": (1, 100)}

    def broken(self) -> Iterator[str]:
        """Yield the rules that these values break."""
        if not self.url:
            return
        from urllib.parse import urlsplit

        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            host, parts = "", urlsplit("")
        plain = self.url.isascii() and self.url.isprintable() and " " not in self.url
        local = parts.scheme == "http" and host in LOCAL
        if not plain or not host or (parts.scheme != "https" and not local):
            yield "url begins with https:// (http:// to this machine alone)"
        elif parts.username is not None or parts.password is not None:
            yield "url holds no name or password"
        if not self.secret_file:
            yield "url needs secret_file"


class Alerts(NamedTuple):
    """When a customer is worth a warning, and how many of them a day one person can work."""

    #: So many alerts a day at most, the most urgent first; the others wait for the next day.
    daily_cap: int = 25
    #: Signs whose weights add up to this are an alert.
    threshold: float = 1.0
    #: From this sum on an alert is due sooner.
    high: float = 2.0
    #: An alert that nobody has answered leaves the inbox after so many days.
    keep_days: int = 30
    #: After a call that found it to be only the season, silence and spend are no sign until the
    #: next purchase, at most so many days.
    season_days: int = 180
    #: Days until an alert is due, by how urgent it is.
    due_urgent: int = 1
    due_high: int = 3
    due_normal: int = 7
    #: Whether `winback watch` shows a notification on the desktop.
    notify: bool = False
    rules: Rules = Rules()
    #: By the name of a segment of `[segments]`: what is otherwise there.
    segments: dict[str, Rules] = {}  # noqa: RUF012 - never changed: a record's default
    mail: Mail = Mail()

    @staticmethod
    def ranges() -> dict[str, tuple[float, float]]:
        """Return the lowest and highest value of each key."""
        return {
            "daily_cap": (1, 10_000),
            "threshold": (0.01, 100),
            "high": (0.01, 1_000),
            "keep_days": (1, 3_650),
            "season_days": (0, 3_650),
            **dict.fromkeys(("due_urgent", "due_high", "due_normal"), (0, 365)),
        }

    def broken(self) -> Iterator[str]:
        """Yield the rules between keys that these values break."""
        if not self.threshold <= self.high:
            yield "threshold ≤ high"


def effective(given: Alerts, segment: str | None = None) -> dict[str, Rule]:
    """Return every sign with all its keys, as it holds in a segment (None: in no segment)."""
    own = given.segments.get(segment, Rules()) if segment is not None else Rules()
    return {
        name: _over(_over(shipped, getattr(given.rules, name)), getattr(own, name))
        for name, shipped in SHIPPED.items()
    }


def _over(base: Rule, given: Rule) -> Rule:
    return base._replace(**{k: v for k, v in given._asdict().items() if v is not None})
