"""What a customer, a lifecycle, and a channel are called."""

from typing import Final

from winback_tui.model import Channel, Lifecycle, PartyKind, Tab

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
PARTY_KINDS: Final = {
    PartyKind.BUSINESS: "business",
    PartyKind.CONSUMER: "consumer",
    PartyKind.UNKNOWN: "business or consumer unknown",
}


def customer_name(number: str, name: str) -> str:
    """Return the name, or "Customer 17850" for one without a name.

    Where the number is itself a name, such as "Alpha Ltd" or "[/]", it stands alone.
    """
    if name.strip():
        return name.strip()
    is_name = any(each.isalpha() for each in number) or not any(each.isdigit() for each in number)
    return number if is_name and number.strip() else f"Customer {number}"


def count(number: str, whole: int, one: str, many: str = "") -> str:
    """Return `number` (as formatted) with the noun that fits `whole`: "1 customer"."""
    return f"{number} {one if whole == 1 else many or one + 's'}"
