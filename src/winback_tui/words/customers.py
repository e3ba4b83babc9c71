"""What a customer, a lifecycle, a channel and a standing are called."""

from typing import Final

from winback_tui.model import Channel, Lifecycle, PartyKind, Standing, Tab

LIFECYCLES: Final = {
    Lifecycle.ACTIVE: "active",
    Lifecycle.WATCH: "watch",
    Lifecycle.AT_RISK: "at risk",
    Lifecycle.LAPSED: "lapsed",
    Lifecycle.GONE: "gone",
    Lifecycle.RETURNED: "returned",
}
TABS: Final = {
    Tab.QUEUE: "Queue",
    Tab.FOLLOWUPS: "Follow-ups",
    Tab.WATCH: "Watch",
    Tab.GONE: "Gone",
    Tab.ALL: "All",
}
CHANNELS: Final = {
    Channel.EMAIL: "e-mail",
    Channel.PHONE: "phone",
    Channel.SMS: "SMS",
    Channel.POST: "post",
}
STANDINGS: Final = {
    Standing.ALLOWED: "allowed",
    Standing.WARN: "ask first",
    Standing.BLOCKED: "blocked",
}
PARTY_KINDS: Final = {
    PartyKind.BUSINESS: "business",
    PartyKind.CONSUMER: "consumer",
    PartyKind.UNKNOWN: "business or consumer unknown",
}


def customer_name(number: str, name: str) -> str:
    """Return the name, or "Customer 17850" for one without a name."""
    return name.strip() or f"Customer {number}"


def count(number: str, whole: int, one: str, many: str = "") -> str:
    """Return `number` (as formatted) with the noun that fits `whole`: "1 customer"."""
    return f"{number} {one if whole == 1 else many or one + 's'}"
