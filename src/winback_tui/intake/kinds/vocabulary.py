"""What the cells of files say in words: yes and no, consent, channels, renewals, party kinds."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from winback_tui.intake.fields import normal
from winback_tui.intake.meaning import is_set

#: A cell that says nothing about consent: nobody asked, or nobody has answered yet.
SILENT: Final = ""


def _table(**words: str) -> dict[str, str]:
    return {word: meaning for meaning, listed in words.items() for word in listed.split()}


_EVENTS: Final = _table(
    granted="yes y true 1 t x ja j wahr on oui si sim tak ano soi ja_bitte gewuenscht erwuenscht "
    "zustimmung_erteilt akkoord abonniert abonne ingeschreven agreed permitted granted given "
    "opted_in opt_in optin subscribed active "
    "actief actif aangemeld inscrit aktiv consented erteilt eingewilligt zugestimmt angemeldet "
    "allowed accepted einwilligung "
    "zustimmung consent opt_in_erteilt einwilligung_erteilt erlaubt anmeldung subscribe "
    "single_opt_in",
    confirmed="confirmed bestaetigt bestaetigung double_opt_in doi doi_confirmed doi_bestaetigt "
    "double_opt_in_bestaetigt double_opt_in_confirmed confirmed_opt_in bevestigd confirme",
    withdrawn="no n false f 0 nein falsch off non nee no_consent nicht_gewuenscht unerwuenscht "
    "nicht_erteilt nicht_eingewilligt nicht_zugestimmt keine_zustimmung keine_werbung entzogen "
    "zurueckgezogen ingetrokken retire revoque desabonne desinscrit uitgeschreven abbestellt "
    "excluded unsubscribed_by_user unsubscribed_by_admin global_unsubscribe withdrawn opted_out "
    "opt_out optout unsubscribed inactive "
    "revoked widerrufen abgemeldet ausgetragen declined abgelehnt refused verweigert not_allowed "
    "widerruf abmeldung austragung ablehnung unsubscribe withdrawal revocation refusal "
    "keine_einwilligung einwilligung_widerrufen nicht_erlaubt verboten denied rejected "
    "deleted geloescht inaktiv blacklisted blocklisted suppressed removed entfernt do_not_allow "
    "do_not_mail do_not_email",
    objected="complaint abuse spam_report objected objection opposed werbeverbot sperre "
    "widerspruch widersprochen "
    "do_not_contact dnc gesperrt "
    "werbesperre werbewiderspruch complained spam_complaint spam junk marked_as_spam",
    bounced="bounced bounce hard_bounce hard_bounced undeliverable nicht_zustellbar cleaned "
    "invalid unzustellbar hardbounce",
    used="used contacted benutzt genutzt",
    renewed="renewed erneuert",
    basis_claimed="basis_claimed presumed mutmasslich legitimate_interest berechtigtes_interesse",
    basis_lost="basis_lost",
)
_SILENT: Final = frozenset(
    ("pending", "never_subscribed", "not_subscribed", "non_subscribed", "transactional", "notset",
     "unknown", "unbekannt", "none", "null", "na", "n_a", "not_specified", "not_set",
     "valid", "verified", "deliverable", "unconfirmed", "unbestaetigt", "gueltig", "neu", "new",
     "ausstehend", "nicht_bestaetigt", "soft_bounce", "softbounce", "k_a", "keine_angabe", "offen",
     "nicht_gefragt", "n_v", "doi_pending", "double_opt_in_pending", "double_opt_in_ausstehend",
     "doi_ausstehend", "doi_versendet", "doi_angefordert", "opt_in_angefordert", "angefragt",
     "awaiting_confirmation", "unverified", "en_attente", "in_afwachting", "not_asked")
)  # fmt: skip
_CHANNELS: Final = _table(
    email="email e_mail mail e_mail_marketing email_marketing newsletter elektronische_post",
    phone="phone telephone call calls telefon anruf anrufe tel telefoon telefono mobile mobil "
    "telefonisch",
    sms="sms text mobile_message textnachricht whatsapp",
    post="post postal courrier postweg briefpost letter brief direct_mail postalisch print mailing",
)
_PURPOSES: Final = _table(
    winback="winback win_back advertising werbung marketing rueckgewinnung kundenrueckgewinnung "
    "direktwerbung",
    newsletter="newsletter mailing_list email_marketing",
    similar_goods="similar_goods aehnliche_waren bestandskunde existing_customer",
    service="service support kundendienst",
)
_PARTIES: Final = _table(
    business="geschaeftlich geschaeft firmenkunde entreprise zakelijk bedrijf professionnel "
    "juridical "
    "business b2b company firma geschaeftskunde gewerbe gewerblich unternehmen "
    "organisation organization gk",
    consumer="privatperson endkunde endverbraucher haushalt particulier particuliers "
    "natural_person "
    "natuerliche_person einzelperson consumer b2c private privat privatkunde person individual "
    "verbraucher pk",
    unknown="unknown unbekannt",
)
_RENEWALS: Final = _table(
    automatic="automatic auto yes y true 1 ja j automatisch automatische_verlaengerung renews "
    "verlaengert_sich stillschweigend oui si auto_renewal auto_renew automatic_renewal wahr x "
    "evergreen tacite automatique stilzwijgend",
    manual="manual manuell on_request auf_anfrage by_hand manual_renewal",
    none="none no n false 0 nein keine ends endet befristet fixed fixed_term non nee falsch "
    "keine_verlaengerung does_not_renew no_renewal non_renewing",
)


_OVER: Final = frozenset(
    ("beendet", "abgelaufen", "ausgelaufen", "erloschen", "inaktiv", "archiviert", "storniert",
     "widerrufen", "abgeschlossen_beendet", "entwurf", "angebot", "expired", "ended", "inactive",
     "archived", "draft", "void", "voided", "offer", "quote")
)  # fmt: skip
#: Words that begin such a status: `Beendet zum 30.06.`, `Closed lost`.
_OVER_WORDS: Final = re.compile(
    r"(?:beendet|abgelaufen|ausgelaufen|erloschen|expired|ended|lapsed|closed(?!_won)|superseded|replaced|"
    r"abgeloest|ersetzt|rejected|abgelehnt|lost|verloren|termine|echu|beeindigd|verlopen)(?:_|$)"
)
#: Words that say, anywhere in a status, that notice was given, and those that deny it.
_GIVEN_UP: Final = re.compile(
    r"(?:^|_)(?:gekuendigt\w*|kuendigung(?:_|$)|cancel(?:l?ed|lation|ing|s)?(?:_|$)|terminat\w+|"
    r"notice_given|notice_received|opgezegd|opzegging|resilie\w*|resiliation|cancelad[oa]|"
    r"disdett[oa]|not_renewing|non_renewing|will_not_renew|wird_nicht_verlaengert|churn\w*)"
)
_NOT_GIVEN_UP: Final = re.compile(
    r"(?:^|_)(?:not|nicht|non|no|keine?|ohne|un)_(?:yet_)?(?:ge)?(?:kuendig|cancel|terminat|opgezegd|"
    r"resili)|zurueck(?:gezogen|genommen)|ruecknahme|revoked|(?:cancellation|kuendigung)_"
    r"(?:withdrawn|rejected|abgelehnt|moeglich)|kuendigung_ab_"
)
#: What stands under a day of notice where none was given.
_NO_NOTICE: Final = frozenset(
    ("", "keine", "kein", "k_a", "n_a", "na", "offen", "open", "ungekuendigt", "aktiv", "active",
     "laufend", "none", "null", "never", "nie", "not_cancelled", "nicht_gekuendigt", "non", "nee",
     "no", "n", "nein", "unknown", "unbekannt")
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
    said = word(cell)
    if not said or said in _SILENT:
        return SILENT
    return _EVENTS.get(said)


#: Marks that say yes, and no, which `normal` would leave out.
_MARKS: Final = {**dict.fromkeys("✓✔☑✅", "yes"), **dict.fromkeys("✗✘❌", "no")}


def word(cell: str) -> str:
    """Return a cell as words are compared here; a tick is a yes."""
    return _MARKS.get(cell.strip().rstrip("\ufe0f"), normal(cell))


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
    return word(cell) in _PLAIN_NO


_PLAIN_NO: Final = frozenset(
    ("no", "n", "false", "f", "0", "nein", "falsch", "not_allowed", "non", "nee", "off",
     "no_consent")
)  # fmt: skip


def channels(cell: str) -> tuple[str, ...] | None:
    """Return the channels of a cell, with commas or an “und” between; None where one is unknown."""
    return _all_of(cell, _CHANNELS)


def purposes(cell: str) -> tuple[str, ...] | None:
    """Return the purposes of a cell, with commas or an “und” between; None where one is unknown."""
    return _all_of(cell, _PURPOSES)


def _all_of(cell: str, known: Mapping[str, str]) -> tuple[str, ...] | None:
    if (whole := known.get(normal(cell))) is not None:
        return (whole,)
    found = [known.get(normal(part)) for part in _BETWEEN.split(cell) if part.strip()]
    named = tuple(dict.fromkeys(each for each in found if each is not None))
    return named if named and None not in found else None


_BETWEEN: Final = re.compile(r"[,;/+&|]|\s(?:und|and|et|en|y|e)\s", re.IGNORECASE)
#: All channels, and how people name them together.
EVERY_CHANNEL: Final = ("email", "phone", "sms", "post")
_EVERY: Final = frozenset(
    ("alle", "alle_kanaele", "saemtliche", "saemtliche_kanaele", "jeder", "all", "all_channels",
     "any", "every_channel", "tous", "tous_les_canaux", "alle_kanalen", "werbung", "marketing")
)  # fmt: skip


def all_channels(cell: str) -> bool:
    """Return whether a cell means every channel, as one who wants none of them says it."""
    return normal(cell) in _EVERY


def is_newsletter(cell: str) -> bool:
    """Return whether a channel is a newsletter, which is more than a channel: a purpose."""
    return normal(cell) == "newsletter"


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
    word = normal(cell)
    return word in _OVER or _OVER_WORDS.match(word) is not None


def is_given_up(cell: str) -> bool:
    """Return whether a contract's status says that notice was given: it does not renew itself."""
    word = normal(cell)
    return _GIVEN_UP.search(word) is not None and _NOT_GIVEN_UP.search(word) is None


def says_so(cell: str) -> bool:
    """Return whether a cell under a header such as “Gekündigt am” says so: a day, a yes, a word."""
    return is_set(cell) and normal(cell) not in _NO_NOTICE


def is_notice_period(cell: str) -> bool:
    """Return whether a cell names a time, such as `3 Monate zum Quartalsende`, and no day."""
    return _TIME.match(normal(cell)) is not None


_TIME: Final = re.compile(
    r"(?:p?\d{1,3}|ein\w*|zwei|drei|vier|sechs|acht|zwoelf|one|two|three|six|twelve)_?"
    r"(?:d|w|m|q|y|t(?:ag|$)|j|mon|wo)\w*"
)


def is_period(cell: str) -> bool:
    """Return whether a cell names the time by which a contract renews itself."""
    return _PERIOD.fullmatch(normal(cell)) is not None


def vat_id(cell: str) -> str:
    """Return a VAT id without spaces, dots and dashes, in capitals."""
    return "".join(char for char in cell.upper() if char.isalnum())


def signal_kind(cell: str) -> str:
    """Return a signal's kind as the book keeps it: `Complaint (open)` is `complaint_open`."""
    word = normal(cell)
    if word in _SIGNALS:
        return _SIGNALS[word]
    return next((kind for mark, kind in _SIGNAL_MARKS if mark.fullmatch(word)), word)


#: More words for the kinds that a rule is shipped for; a kind that says more stays as it is.
_SIGNAL_MARKS: Final = (
    (
        re.compile(
            r"(?:vertrags?)?kuendigung(?:_(?:erhalten|eingegangen|zum|per|kunde|durch_kunde\w*)"
            r"(?!.*(?:zurueck|ruecknahme|widerruf|droh|abgewendet)).*)?|"
            r"opzegging|resiliation|(?:contract|subscription|account)_cancell?(?:ed|ation)|"
            r"customer_subscription_deleted|subscription_deleted|cancellation_(?:request|received)"
        ),
        "notice_given",
    ),
    (
        re.compile(
            r"(?:kunden?)?(?:beschwerden?|reklamation(?:en)?)|customer_complaint|klacht(?:en)?|"
            r"reclamations?|plaintes?|reclamo|queja|maengelruege"
        ),
        "complaint",
    ),
    (
        re.compile(
            r"(?:\d_|erste_|zweite_|dritte_|letzte_)?mahnung(?:en)?(?:_(?:stufe_)?\d)?|mahnstufe_\d|"
            r"zahlungserinnerung|ruecklastschrift|(?:invoice_)?payment_failed|past_due|"
            # A bare “Reminder” is somebody's task.
            r"(?:first_|second_|final_)(?:payment_)?reminder|payment_reminder|dunning(?:_level)?(?:_\d)?|"
            r"zahlung_(?:fehlgeschlagen|ausgeblieben)|inkasso|overdue_invoice"
        ),
        "payment_overdue",
    ),
    (
        re.compile(
            r"(?:e_?mail|newsletter|mailing)_?(?:geoeffnet|opened|open|gelesen)|opens"
        ),
        "email_opened",
    ),
    (
        re.compile(
            r"click(?:s|ed)?|geklickt|"
            r"(?:e_?mail|newsletter|mailing|link)_?(?:geklickt|angeklickt|clicked|click)"
        ),
        "email_clicked",
    ),
    (
        re.compile(
            r"(?:ansprechpartner(?:in)?|kontakt(?:person)?)_(?:ausgeschieden|weg|gegangen|"
            r"gewechselt|hat_gewechselt|nicht_mehr_da)|contact_(?:has_)?left_(?:the_)?company"
        ),
        "contact_left",
    ),
    (
        re.compile(
            r"(?:e_?mail_|newsletter_)?(?:unsubscribed?|opted_out|opt_out|uitgeschreven|desabonne|"
            r"abgemeldet|abmeldung|abbestellt|abbestellung|ausgetragen|austragung)|"
            r"(?:list|group)_unsubscribe"
        ),
        "unsubscribed",
    ),
    (re.compile(r"(?:e_?mail_)?hard_?bounced?|e_?mail_bounced?|permanent_failure"), "bounce"),
    (
        re.compile(r"spam_?(?:report|reported|complaint|beschwerde)|marked_as_spam|abuse_report"),
        "spam_complaint",
    ),
    # A bare “Anfrage” may be one for help.
    (
        re.compile(
            r"(?:preis|produkt|angebots|bestell|liefer)_?anfragen?|"
            r"(?:product|price|pricing|sales)_(?:inquiry|enquiry)|enquiry|(?:price_)?quote_request"
        ),
        "inquiry",
    ),
    (re.compile(r"(?:messe|kunden|shop|filial|web_?site|webseiten)_?besuch|site_visit"), "visit"),
    (re.compile(r"nps_(?:survey|umfrage|response|answer|antwort|wert|befragung)"), "nps"),
)  # fmt: skip


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
