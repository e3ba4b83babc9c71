"""May these customers be contacted today? The ledger's facts under the rules."""

from collections.abc import Sequence

from winback_tui.book import consents
from winback_tui.book.connection import plain_errors
from winback_tui.desk import listing
from winback_tui.desk.session import Desk
from winback_tui.model import Channel
from winback_tui.rules.consent import Contactability


def standings(desk: Desk, customers: Sequence[int]) -> dict[int, dict[Channel, Contactability]]:
    """Return, for each customer, where every channel stands as of the desk's date."""
    with plain_errors(desk.book.path):
        facts = consents.facts(desk.book.connection, customers)
        kinds = consents.party_kinds(desk.book.connection, customers)
    return {
        customer: listing.contactability(desk, kind, facts[customer])
        for customer, kind in kinds.items()
    }
