"""What the cells of files say in words: yes and no, consent, channels, renewals, party kinds."""

import re
from collections.abc import Iterable
from typing import Final

from winback_tui.intake.fields import normal

#: A cell that says nothing about consent: nobody asked, or nobody has answered yet.
SILENT: Final = ""


def _table(**words: str) -> dict[str, str]:
    return {word: meaning for meaning, listed in words.items() for word in listed.split()}


_EVENTS: Final = _table(
    granted="yes y true 1 t x ja j wahr granted given opted_in opt_in optin subscribed active "
    "aktiv consented erteilt eingewilligt zugestimmt angemeldet allowed accepted einwilligung "
    "zustimmung consent opt_in_erteilt einwilligung_erteilt erlaubt anmeldung subscribe "
    "single_opt_in",
    confirmed="confirmed bestaetigt bestaetigung double_opt_in doi doi_confirmed",
    withdrawn="no n false f 0 nein falsch withdrawn opted_out opt_out optout unsubscribed inactive "
    "revoked widerrufen abgemeldet ausgetragen declined abgelehnt refused verweigert not_allowed "
    "widerruf abmeldung austragung ablehnung unsubscribe withdrawal revocation refusal "
    "keine_einwilligung einwilligung_widerrufen nicht_erlaubt verboten denied rejected "
    "deleted geloescht inaktiv blacklisted blocklisted suppressed removed entfernt do_not_allow "
    "do_not_mail do_not_email",
    objected="objected objection opposed werbeverbot sperre widerspruch widersprochen "
    "do_not_contact dnc gesperrt "
    "werbesperre werbewiderspruch complained spam_complaint spam junk marked_as_spam",
    bounced="bounced bounce hard_bounce cleaned invalid unzustellbar hardbounce",
    used="used contacted benutzt genutzt",
    renewed="renewed erneuert",
    basis_claimed="basis_claimed presumed mutmasslich legitimate_interest berechtigtes_interesse",
    basis_lost="basis_lost",
)
_SILENT: Final = frozenset(
    ("pending", "never_subscribed", "not_subscribed", "non_subscribed", "transactional", "notset",
     "unknown", "unbekannt", "none", "null", "na", "n_a", "not_specified", "not_set",
     "valid", "verified", "deliverable", "unconfirmed", "unbestaetigt", "gueltig", "neu", "new",
     "ausstehend", "nicht_bestaetigt", "soft_bounce", "softbounce")
)  # fmt: skip
_CHANNELS: Final = _table(
    email="email e_mail mail e_mail_marketing email_marketing newsletter elektronische_post",
    phone="phone telephone call telefon anruf tel",
    sms="sms text mobile_message textnachricht whatsapp",
    post="post postal letter brief direct_mail postalisch print mailing",
)
_PURPOSES: Final = _table(
    winback="winback win_back advertising werbung marketing rueckgewinnung kundenrueckgewinnung "
    "direktwerbung",
    newsletter="newsletter mailing_list email_marketing",
    similar_goods="similar_goods aehnliche_waren bestandskunde existing_customer",
    service="service support kundendienst",
)
_PARTIES: Final = _table(
    business="business b2b company firma geschaeftskunde gewerbe gewerblich unternehmen "
    "organisation organization gk",
    consumer="consumer b2c private privat privatkunde person individual verbraucher pk",
    unknown="unknown unbekannt",
)
_RENEWALS: Final = _table(
    automatic="automatic auto yes y true 1 ja j automatisch automatische_verlaengerung renews "
    "verlaengert_sich stillschweigend",
    manual="manual manuell on_request auf_anfrage by_hand",
    none="none no n false 0 nein keine ends endet befristet fixed fixed_term",
)


_OVER: Final = frozenset(
    ("beendet", "abgelaufen", "ausgelaufen", "erloschen", "inaktiv", "archiviert", "storniert",
     "widerrufen", "abgeschlossen_beendet", "entwurf", "angebot", "expired", "ended", "inactive",
     "archived", "draft", "void", "voided", "offer", "quote")
)  # fmt: skip
_GIVEN_UP: Final = frozenset(
    ("gekuendigt", "kuendigung", "kuendigung_eingegangen", "kuendigung_liegt_vor", "in_kuendigung",
     "gekuendigt_zum_ende", "cancelled", "canceled", "terminated", "notice_given", "opgezegd",
     "resilie", "cancelado", "disdetto", "not_renewing")
)  # fmt: skip
#: A time by which a contract renews itself, as `normal` writes it.
_PERIOD: Final = re.compile(
    r"(?:(?:auto|automatic|automatisch)_)?(?:(?:by|for|um|every|alle)_)?0*[1-9]\d{0,3}_?"
    r"(?:d|days?|tage?n?|w|weeks?|wochen?|m|mo|months?|monate?n?|mon|y|years?|jahre?n?|j|"
    r"quarters?|quartale?n?)"
    r"|(?:jaehrlich|monatlich|quartalsweise|vierteljaehrlich|halbjaehrlich"
    r"|yearly|annual|annually|monthly|quarterly)"
)


def event(cell: str) -> str | None:
    """Return the ledger's event for a cell, SILENT where it says nothing, None where unknown."""
    word = normal(cell)
    if not word or word in _SILENT:
        return SILENT
    return _EVENTS.get(word)


def of_subscription(cells: Iterable[str], *, of_customers: bool) -> bool:
    """Return whether some of these words speak of a subscription, and of nothing else.

    In a list `of_customers` who is “abgemeldet” may have left a club, or given notice.
    """
    words = {normal(cell) for cell in cells}
    return not words.isdisjoint(_OF_SUBSCRIPTION - (_OF_MEMBERS if of_customers else set()))


#: Of a customer nobody says so, only of an address.
_OF_SUBSCRIPTION: Final = frozenset(
    ("unsubscribed", "abgemeldet", "ausgetragen", "opted_out", "bounced", "hard_bounce",
     "hardbounce", "cleaned", "unconfirmed", "unbestaetigt", "non_subscribed", "never_subscribed",
     "desabonne", "uitgeschreven")
)  # fmt: skip


_OF_MEMBERS: Final = frozenset(("abgemeldet", "ausgetragen", "uitgeschreven", "cleaned"))


def plain_no(cell: str) -> bool:
    """Return whether a cell only says no, which people who were never asked have too."""
    return normal(cell) in _PLAIN_NO


_PLAIN_NO: Final = frozenset(("no", "n", "false", "f", "0", "nein", "falsch", "not_allowed"))


def channel(cell: str) -> str | None:
    """Return the channel that a cell names, or None."""
    return _CHANNELS.get(normal(cell))


def purpose(cell: str) -> str | None:
    """Return the purpose that a cell names, or None."""
    return _PURPOSES.get(normal(cell))


def party(cell: str) -> str | None:
    """Return the party kind that a cell names, or None."""
    return _PARTIES.get(normal(cell))


def renewal(cell: str) -> str | None:
    """Return the renewal kind that a cell names, or None.

    A time, such as `12 Monate`, is that by which a contract renews itself.
    """
    word = normal(cell)
    return _RENEWALS.get(word, "automatic" if is_period(cell) else None)


def is_over(cell: str) -> bool:
    """Return whether a contract's status says that it is over, or was never made."""
    return normal(cell) in _OVER


def is_given_up(cell: str) -> bool:
    """Return whether a contract's status says that notice was given: it does not renew itself."""
    return normal(cell) in _GIVEN_UP


def is_period(cell: str) -> bool:
    """Return whether a cell names the time by which a contract renews itself."""
    return _PERIOD.fullmatch(normal(cell)) is not None


def vat_id(cell: str) -> str:
    """Return a VAT id without spaces, dots and dashes, in capitals."""
    return "".join(char for char in cell.upper() if char.isalnum())


def signal_kind(cell: str) -> str:
    """Return a signal's kind as the book keeps it: `Complaint (open)` is `complaint_open`."""
    word = normal(cell)
    return _SIGNALS.get(word, word)


_SIGNALS: Final = _table(
    complaint="complaint complaints beschwerde reklamation",
    ticket="ticket support_ticket supportanfrage",
    notice_given="notice_given notice cancellation kuendigung gekuendigt",
    contact_left="contact_left ansprechpartner_weg",
    payment_overdue="payment_overdue overdue unpaid zahlungsverzug mahnung ueberfaellig",
    email_opened="email_opened opened open geoeffnet",
    unsubscribed="unsubscribed unsubscribe abgemeldet abmeldung newsletter_abgemeldet "
    "newsletter_abmeldung newsletterabmeldung vom_newsletter_abgemeldet",
    bounce="bounce bounced hard_bounce",
    nps="nps nps_answer nps_score",
)
