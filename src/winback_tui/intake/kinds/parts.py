"""Fields that a column holds by a part of its header, where no list of headers knows it whole."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from winback_tui.intake import likeness
from winback_tui.intake.fields import normal
from winback_tui.intake.kinds.fields import ALL_OF, HOMES, Column, Kind, What
from winback_tui.intake.kinds.headers import HEADERS

#: What a header says of advertising that somebody does not want.
_UNWANTED: Final = r"_?nicht_(?:erwuenscht|gewuenscht|erlaubt|gestattet|zulaessig)$"
#: Headers of refusals, by parts of them, as `normal` writes them.
_REFUSALS: Final = (
    (
        What.OBJECTION,
        re.compile(
            r"(?:^|_)(?:werbesperre|werbeverbot|werbewiderspruch|werbung_widersprochen|"
            r"widerspruch_werbung|keine_werbung|robinson\w*|do_?not_?contact|kontaktsperre|"
            r"marketing_opt_?out|opt_out_marketing|advertising_objection|geen_reclame|"
            r"pas_de_publicite)(?:_|$)|^(?:opt_?out|dnc|widerspruch)$|"
            rf"^(?:werbung|kontakt|kontaktaufnahme){_UNWANTED}"
        ),
    ),
    (
        What.EMAIL_BOUNCED,
        re.compile(r"bounced?_(?:reason|grund)$|^e_?mail_bounced$|^hard_?bounced?$"),
    ),
    (
        What.EMAIL_OPT_OUT,
        re.compile(
            r"opted_out_of_e_?mail|e_?mail\w*_opted_out$|e_?mail_opt_?out$|^(?:is_)?unsubscribed$|^desabonne$|"
            r"excluded_from_campaigns|(?:^|_)(?:kein_newsletter|keine_e_?mails?|kein_mailing|"
            r"no_newsletter|no_e_?mails?|geen_nieuwsbrief|geen_e_?mail|pas_de_newsletter|"
            r"pas_d_e_?mail)(?:_|$)|newsletter_(?:abgemeldet|abbestellt|gesperrt)$|"
            r"e_?mail_(?:werbe)?(?:sperre|gesperrt|verbot|blocked|unsubscribed)$|mail_?sperre$|"
            r"do_?not_(?:send_)?e_?mails?$|"
            rf"(?:e_?mails?|newsletter|mailings?|e_?mail_?werbung){_UNWANTED}"
        ),
    ),
    (
        What.PHONE_OPT_OUT,
        re.compile(
            r"do_?not_call|(?:^|_)(?:keine?_(?:werbe)?anrufe?|nicht_anrufen|no_calls?|geen_telefoon|"
            r"pas_d_appels?)(?:_|$)|(?:telefon|anruf)_?(?:sperre|verbot|gesperrt)$|phone_opt_?out$|"
            rf"(?:anrufe?|telefon\w*){_UNWANTED}"
        ),
    ),
    (
        What.SMS_OPT_OUT,
        re.compile(r"sms_opt_?out$|(?:^|_)(?:keine_sms|no_sms|geen_sms)(?:_|$)|sms_?(?:sperre|verbot)$"),
    ),
    (
        What.POST_OPT_OUT,
        re.compile(
            r"do_not_allow_(?:postal_)?mails?$|do_?not_postal_?mail|(?:^|_)(?:keine_post|"
            r"keine_briefe?|no_direct_mail|no_post|geen_post)(?:_|$)|post_?(?:sperre|opt_?out|verbot)$"
        ),
    ),
)  # fmt: skip
#: Words in such headers that say of what else they speak.
_NO_REFUSALS: Final = re.compile(r"reason|grund|link|url|(?:^|_)id$|text|quelle|source|modify")


def refusals(kind: Kind, columns: Sequence[str], found: Sequence[Column]) -> list[Column]:
    """Return columns that by parts of their headers hold refusals: none of them may be lost."""
    if What.OBJECTION not in HOMES[kind]:
        return []
    taken = {each.column for each in found}
    more: list[Column] = []
    for column in columns:
        name = normal(likeness.parted(column))
        if column in taken or not name:
            continue
        what = next((what for what, mark in _REFUSALS if mark.search(name)), None)
        bad = _NO_REFUSALS.search(name) if what is not What.EMAIL_BOUNCED else None
        if what is not None and bad is None:
            more.append(Column(column, what))
    return more


#: Consents that a column says, each with the field of its time.
_WITH_TIMES: Final = (
    (What.EMAIL_CONSENT, What.EMAIL_CONSENT_AT),
    (What.SMS_CONSENT, What.SMS_CONSENT_AT),
    (What.PHONE_CONSENT, What.PHONE_CONSENT_AT),
    (What.POST_CONSENT, What.POST_CONSENT_AT),
)
#: Headers of the day of a consent, which do not say of which.
_OF_CONSENT: Final = (
    *("einwilligung_am", "einwilligung_vom", "einwilligung_erteilt_am", "einwilligung_datum"),
    *("einwilligungsdatum", "datum_einwilligung", "datum_der_einwilligung", "eingewilligt_am"),
    *("zustimmung_am", "zustimmung_vom", "consent_date", "consent_at", "consent_timestamp"),
    *("erteilt_am", "toestemming_op", "date_de_consentement", "abonniert_am", "subscribed_at"),
)


#: What a header of a day has before or behind the name of what it is the day of.
_DAY_OF: Final = re.compile(
    r"^(?:datum|date)_(?:der_|des_|of_)?|_(?:am|vom|seit|datum|date|at|on)$"
)


def dated(found: list[Column], by_name: Mapping[str, str]) -> list[Column]:
    """Take days of consents for those of what they name, and one that does not say of which.

    That one is the day of the only consent there is.
    """
    held = {each.field for each in found}
    if not (What.EVENT in held and What.CHANNEL in held):
        for what, at in _WITH_TIMES:
            names = {*HEADERS[what].split(), *(normal(f.column) for f in found if f.field == what)}
            taken = {each.column for each in found}
            own = (
                column
                for name, column in by_name.items()
                if column not in taken and _DAY_OF.sub("", name) in names and _DAY_OF.search(name)
            )
            if what in held and at not in held and (day := next(own, None)) is not None:
                found = [*found, Column(day, at)]
    held = {each.field for each in found}
    if What.EVENT in held and What.CHANNEL in held:
        return found
    said = [(what, at) for what, at in _WITH_TIMES if what in held]
    if len(said) != 1 or said[0][1] in held:
        return found
    bare = next((each for each in found if each.field == What.AT), None)
    if bare is not None:
        return [each._replace(field=said[0][1]) if each == bare else each for each in found]
    taken = {each.column for each in found}
    free = (by_name[name] for name in _OF_CONSENT if name in by_name)
    column = next((each for each in free if each not in taken), None)
    return found if column is None else [*found, Column(column, said[0][1])]


#: Headers of lists that tell of one kind of thing only, and the kind.
_ALL_OF_ONE: Final = (
    (re.compile(r"^nps(?:_|$)|net_promoter|likely.*recommend|wahrscheinlich.*empfehlen"), "nps"),
    (re.compile(r"^mahn(?:datum|stufe|ung|nr|nummer)|^ruecklastschrift"), "payment_overdue"),
    (re.compile(r"^(?:reklamation|beschwerde|complaint|klacht|reclamation)"), "complaint"),
    (
        re.compile(
            r"^kuendigung(?:_(?:am|zum|eingegangen)|seingang|sgrund)|^gekuendigt_(?:am|zum)|"
            r"^cancell?(?:ed_(?:at|on)|ation_(?:date|reason))|^opzegdatum|^date_de_resiliation"
        ),
        "notice_given",
    ),
)  # fmt: skip
_OF_ORDERS: Final = re.compile(r"order|bestell|auftrag|line_?item|invoice|rechnung|warenkorb")
#: Headers of a day, where no other is one.
_OF_DAY: Final = re.compile(
    r"(?:^|_)(?:date|datum|fecha|time|zeit|zeitpunkt)(?:_|$)|datum$|zeitpunkt$|_(?:am|at|on)$"
)


#: Headers of contracts by parts of them, for fields of which there is one such column.
_PARTS: Final = (
    (What.END, re.compile(r"(?:^|_)(?:bis|ende|end|end_date)$|ende_?(?:datum)?$|expir|ablauf")),
    (What.START, re.compile(r"(?:^|_)(?:ab|von|seit|start|start_date)$|beginn$|start(?:datum)?$")),
    (What.CONTRACT, re.compile(r"vertrag\w*_?(?:nr|nummer|no)$|contract_?(?:nr|no|number|id)$")),
    (
        What.AMOUNT,
        re.compile(r"jahres_?(?:beitrag|praemie|betrag|wert|preis|miete|pauschale)|annual|_p_a$"),
    ),
    (What.NOTICE_GIVEN, re.compile(r"^(?:kuendigung|gekuendigt)_")),
    (What.RENEWAL, re.compile(r"verlaenger\w*|(?:^|_)renew\w*|reconduction|verlenging")),
)  # fmt: skip
#: What such a header speaks of else: a notice, an option, a day of something.
_ELSE: Final = {
    What.END: re.compile(r"kuendig|notice|cancel|garantie|warrant|zahl|pay|preis|price|rabatt"),
    What.START: re.compile(r"kuendig|notice|cancel|garantie|warrant|zahl|pay|preis|price|rabatt"),
    What.CONTRACT: re.compile(r"rahmen|alt|old|vorgaenger|parent"),
    What.AMOUNT: re.compile(r"id$|anzahl|count|verbrauch|kwh|vorjahr|last"),
    What.NOTICE_GIVEN: re.compile(
        r"grund|reason|frist|_bis|moeglich|_art|durch|_von|_nr|text|notiz"
    ),
    What.RENEWAL: re.compile(r"date|datum|_(?:am|at|on|bis|ab)$|next|naechste|anzahl|count|preis"),
}


def of_contracts(found: list[Column], columns: Sequence[str]) -> list[Column]:
    """Add the fields that only one column can hold by a part of its header."""
    for what, mark in _PARTS:
        held = {each.field: each.column for each in found}
        if what in held:
            continue
        names = {c: normal(likeness.parted(c)) for c in columns if c not in held.values()}
        likely = [
            column
            for column, name in names.items()
            if mark.search(name) and not _ELSE[what].search(name)
        ]
        if len(likely) == 1:
            found = [*found, Column(likely[0], what)]
    return found


def of_signals(found: list[Column], columns: Sequence[str]) -> list[Column]:
    """Add the kind of all rows where the headers tell it, and the one column of days there is."""
    names = {column: normal(likeness.parted(column)) for column in columns}
    held = {each.field: each.column for each in found}
    if What.DATE not in held:
        taken = set(held.values())
        days = [c for c, name in names.items() if _OF_DAY.search(name) and c not in taken]
        if len(days) == 1:
            found = [*found, Column(days[0], What.DATE)]
    if What.SIGNAL in held:
        return found
    told = [(c, kind) for c, n in names.items() for mark, kind in _ALL_OF_ONE if mark.search(n)]
    if len({kind for _, kind in told}) != 1:
        return found
    column, kind = told[0]
    if kind == "notice_given" and any(map(_OF_ORDERS.search, names.values())):
        # Who calls an order off gives no notice.
        return found
    if _OF_DAY.search(names[column]):
        found = [each for each in found if each.field != What.DATE and each.column != column]
        found.append(Column(column, What.DATE))
    if kind == "nps":
        found = [each for each in found if each.field != What.VALUE and each.column != column]
        found.append(Column(column, What.VALUE))
    return [*found, Column(column, f"{ALL_OF}{kind}")]
