"""What a person is told with the data that the book holds on them (GDPR Art. 15)."""

from collections.abc import Mapping, Sequence
from typing import Final

#: The tables' titles, in the order of the document; what is not named comes last, by its name.
TITLES: Final[Mapping[str, str]] = {
    "customers": "Who you are to us",
    "customer_aliases": "Other numbers of yours",
    "contacts": "People",
    "contact_points": "Addresses",
    "customer_attributes": "Attributes",
    "consent_events": "What you allowed, refused or withdrew",
    "transactions": "Purchases and refunds",
    "contracts": "Contracts",
    "signals": "Signals",
    "events": "What we did, and noted",
    "cases": "Where our effort stands",
    "drafts": "Drafts",
    "scores": "The score",
}
#: What a person has a right to be told besides the data.
ABOUT: Final[Mapping[str, str]] = {
    "purpose": "The data serve to keep, or win back, customers: to see who buys no longer, and to "
    "ask why. The legal grounds are consent, contract and legitimate interest (GDPR Art. 6 (1)).",
    "score": "The score is the probability, times 100, that nothing is bought within a time that "
    "fits earlier purchases. It is computed from the days and amounts of purchases and from "
    "signals such as a complaint or a notice, decides nothing by itself, and leads to no automated "
    "decision (GDPR Art. 22).",
    "rights": "You may have the data corrected or erased, have their use restricted, object to it, "
    "and take them with you; you may complain to a data protection authority (GDPR 15–21, 77).",
}


#: What the files are, for whoever writes them.
WHAT_IT_IS: Final = (
    "All that the book holds on them, notes too, as JSON and as Markdown to be read (GDPR Art. 15,"
    " 20). Read it before you hand it over: notes may speak of others."
)


def written(name: str, files: Sequence[str], folder: str) -> str:
    """Return where the files with a person's data are."""
    return f"What we hold on {name}: {' and '.join(files)}, in {folder}."


def title(table: str) -> str:
    """Return the heading of a table."""
    return TITLES.get(table, table.replace("_", " ").capitalize())


def kept(booking_years: int, proof_years: int) -> str:
    """Return how long data are kept."""
    return (
        f"Lines of invoices are kept {booking_years} years (§ 147 AO), proof of consent "
        f"{proof_years} years from its giving and each use (§ 7a UWG), all else until it is erased."
    )
