"""What headers most likely mean that stand on no list: by their parts, and without their units.

Standard library only. Whatever is found so is told with the file, and asked about where two columns
are as likely as each other.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from winback_tui.intake.currencies import CODES

#: Letters that are written with two where a keyboard lacks them.
LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "ł": "l"})
_SIGNS: Final = {"€": "EUR", "£": "GBP", "EURO": "EUR", "US$": "USD", "SFR": "CHF"}
_UNIT: Final = re.compile(
    r"^(?P<name>.*?[^\s(\[])\s*(?:\bin\s+|[(\[]\s*(?:in\s+)?|[\s_,/-]+)"
    r"(?P<unit>US\$|€|£|euro|sfr|[a-z]{3})\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"\s*[(\[]\s*(?:stk|stück|pcs|st|pieces|units|anzahl)\.?\s*[)\]]\s*$", re.IGNORECASE
)
#: Ranks of amounts below this are those of single lines.
LINES: Final = 10
#: So much lower than one without tax is the rank of an amount that says nothing of it.
_UNSAID: Final = 2
#: The rank of what a payment service leaves over.
LEFT_OVER: Final = 39
#: Headers whose amounts are in thousands.
_THOUSANDS: Final = re.compile(
    r"\b(?:t€|teur|tsd|k€|keur|tchf|tusd|thousands?|tausend)\b|t€", re.IGNORECASE
)
#: The same of amounts in hundredths.
_HUNDREDTHS: Final = re.compile(
    r"(?:^|_)(?:cents?|ct|rappen|pence|centimes?|oere|minor(?:_units?)?)(?:$|_)"
)


def bare(header: str) -> str:
    """Return a header without the unit behind it: `Betrag (EUR)` is `Betrag`."""
    named = _UNIT.match(header)
    if named and _code(named["unit"]):
        return named["name"]
    return _COUNTED.sub("", header)


def parted(header: str) -> str:
    """Return a header with its words parted: `InvoiceNumber` is `Invoice_Number`."""
    # “MwSt.” and “USt.” are one word each.
    whole = re.sub(r"MwSt|(?<![A-Za-z])USt", lambda found: found[0].lower(), header)
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", whole)


def currency(header: str) -> str:
    """Return the currency that a header names behind its name, "" where it names none."""
    named = _UNIT.match(header)
    return _code(named["unit"]) if named else ""


def thousands(header: str) -> bool:
    """Return whether a header says that its amounts are in thousands."""
    return _THOUSANDS.search(header) is not None


def hundredths(header: str) -> bool:
    """Return whether a header says that its amounts are in cents."""
    return _HUNDREDTHS.search(_plain(header)) is not None


def _code(unit: str) -> str:
    upper = _SIGNS.get(unit.upper(), unit.upper())
    # In lower case a word such as “all” or “top” is no currency; a sign or a shouted code is.
    sure = unit.isupper() or unit in {"€", "£"} or upper in {"EUR", "USD", "CHF", "GBP", "PLN"}
    return upper if upper in CODES and sure else ""


#: A cell that is a number or a day, as no header is.
_CELL: Final = re.compile(r"[-+]?\d[\d.,' ]*|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T].*)?")


def headless(columns: Sequence[str]) -> bool:
    """Return whether what stands in the place of headers are cells: half of it numbers or days."""
    cells = sum(_CELL.fullmatch(column.strip()) is not None for column in columns)
    return len(columns) > 1 and 2 * cells >= len(columns)


def ranked(field: str, columns: Sequence[str]) -> list[tuple[int, str]]:
    """Return the columns that could hold customer, date or amount, the likeliest first.

    Each stands with its rank; columns of one rank are as likely as each other.
    """
    rank = _RANKS.get(field)
    if rank is None:
        return []
    fees = any(re.search(r"fee|gebuehr", _plain(column)) for column in columns)
    found = [(place, column) for column in columns if (place := rank(_plain(column), fees)) >= 0]
    return sorted(found, key=lambda each: each[0])


def without_tax(columns: Sequence[str], chosen: str) -> str | None:
    """Return the column of an amount without tax, where `chosen` is the same and says neither."""
    ranks = ranked("amount", columns)
    rank = next((each for each, column in ranks if column == chosen), None)
    if rank is None or rank % LINES != _UNSAID:
        return None
    same = _whose_amount(chosen)
    return next(
        (
            column
            for each, column in ranks
            if each == rank - _UNSAID
            and (_whose_amount(column) == same or _ANY_AMOUNT.fullmatch(_whose_amount(column)))
        ),
        None,
    )


#: What is left of a header that speaks of an amount and of nothing else, such as a profit.
_ANY_AMOUNT: Final = re.compile(
    r"(?:_|betrag|summe|gesamt|umsatz|wert|total|amount|sum|sales?|revenue|turnover|value|rechnungs?|"
    r"auftrags?|bestell|beleg|orders?|invoice|lines?|items?|positions?|pos|zeilen?|waren|signed|in|"
    r"montant|importe|importo|bedrag|totaal|factuur|facture|eur|chf|usd|gbp)*"
)


def _whose_amount(column: str) -> str:
    """Return a header of an amount without what it says of taxes."""
    rest = _WITH_TAX.sub("_", _WITHOUT_TAX.sub("_", _plain(column)))
    return re.sub(r"_+", "_", re.sub(r"nett(?:o|ed)?|_net(?=_)|untaxed", "_", rest))


#: Headers of the day of a payment, and of any other day.
_PAID_ON: Final = re.compile(
    r"_(?:zahlungs|zahl)_?(?:datum|tag)_|_(?:bezahlt|gezahlt)_am_|_paid_(?:at|on|date)_|_date_paid_|"
    r"_payment_date_|_date_(?:de_|du_)?paiement_|_betaaldatum_|_fecha_(?:de_)?pago_|"
    r"_data_(?:di_)?pagamento_|_zahlungseingang_(?:am_)?(?:datum_)?"
)
_ANY_DAY: Final = re.compile(
    r"datum|date|_tag_|(?:^|_)(?:dato|fecha|data)(?:_|$)|faellig|_due_|_(?:am|at|on)_$|zeitpunkt|timestamp"
)


def paid_on(columns: Sequence[str]) -> str | None:
    """Return the one column of a day, where it is that of the payment."""
    days = [c for c in columns if _ANY_DAY.search(_plain(c)) or _PAID_ON.search(_plain(c))]
    return days[0] if len(days) == 1 and _PAID_ON.search(_plain(days[0])) else None


def rank_of(field: str, column: str) -> int | None:
    """Return the rank of one column for a field, None where it cannot hold it."""
    return next((rank for rank, _ in ranked(field, [column])), None)


def _plain(header: str) -> str:
    """Return a header in small letters and single underscores, words of one case parted."""
    plain = unicodedata.normalize("NFKD", parted(header).casefold().translate(LETTERS))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return "_" + re.sub(r"[^0-9a-z]+", "_", plain).strip("_") + "_"


_NO_DATE: Final = re.compile(
    r"due|faellig|paid|bezahl|zahl(?:ungs|dat|tag)|ship|liefer|versand|modif|updat|change|geaender|"
    r"birth|geburt|valuta|wertstell|value_date|fulfil|deliver|start|end(?:e|_)|von|_bis|ablauf|"
    r"expir|last|letzte|first|erste|until|settle|deposit|payout|refund|cancel|storno|print|druck|"
    r"mandat|candidat|capture|planned|next|naechst|by_|sign|since|seit|visit|import|export|sync|"
    r"echeance|livraison|paiement|naissance|verval|lever|betaal|geboorte|vencimiento|entrega|pago|"
    r"nacimiento|scadenza|consegna|pagament|nascita|forfald|forfall|foedsel|betal|modific|metadata"
)
_DATES: Final = (
    re.compile(r"rechnung|invoice|faktura|fakt|inv_|factu|fattur"),
    re.compile(
        r"bestel|order|auftrag|purchas|kauf|sale|verkauf|commande|achat|vente|koop|pedido|compra|"
        r"venta|ordin|vendit|ordre|koeb"
    ),
    re.compile(r"beleg|document|buchung|booking|transact|post|doc_"),
)
_DATED: Final = re.compile(
    r"date_|datum|_created_(?:at|on)_|fecha_|_fecha|_dato_|dato_$|_data_|^_date_d|"
    r"_(?:bestellt|gekauft|verkauft|gebucht|erstellt|ordered|sold)_(?:am|on|at)_|"
    r"(?:order|bestell|kauf|rechnungs|beleg)_?(?:zeit|zeitpunkt|time|timestamp|tag)_"
)


def _date(name: str, _fees: bool) -> int:
    if not _DATED.search(name) or _NO_DATE.search(name):
        return -1
    return next((place for place, mark in enumerate(_DATES) if mark.search(name)), len(_DATES))


_WITHOUT_TAX: Final = re.compile(
    r"_tax_excluded(?=_)|_untaxed(?=_)|(?:ex|excl|excluding|ohne|exkl|zzgl|before|hors|sin|senza|zonder|exclusief|ekskl|eks)_"
    r"(?:sales_)?(?:taxe?s?|mwst|ust|vat|steuer|tva|btw|iva|moms|mva)_|_ht(?=_)|_bez_dph(?=_)"
)
_WITH_TAX: Final = re.compile(
    r"(?:inc|incl|including|inkl|mit|with|avec|con|inclusief)_"
    r"(?:taxe?s?|mwst|ust|vat|steuer|tva|btw|iva|moms|mva)_|_ttc(?=_)|_s_dph(?=_)"
)
_NO_AMOUNT: Final = re.compile(
    r"tax|steuer|mwst|_ust|_vat|shipping|versand|porto|freight|fracht|fee|gebuehr|discount|rabatt|"
    r"nachlass|refund|erstatt|gutschein|coupon|voucher|_tips?_|paid|bezahlt|_due|offen|_open|"
    r"balance|saldo|quantity|qty|menge|count|anzahl|rate|kurs|number|nummer|_nr_|_no_|_id_|date|"
    r"datum|type|_typ_|weight|gewicht|points|punkte|cost|kosten|margin|marge|_db_|cash|gift|change|"
    r"unit|einzel|percent|prozent|code|currency|waehr|status|deposit|original|ursprung|auslagen|"
    r"_ek_|einkauf|einstand|rohertrag|kumul|cumul|running|_ytd_|remaining|outstanding|restbetrag|restant|precision|fraction_?digits|exponent|adjust|insur|tender|sold_by|sales_(?:channel|rep|person|record|order)|"
    r"_(?:19|20)\d\d_|budget|limit|kredit|credit|debit|soll|haben|items?_(?:sold|count)|orders_|"
    r"lifetime|average|durchschn|_aov_|text|reason|source|name|descri|gekennz|umsatztyp|umsatzart|"
    r"prices_in|valid|zahlart|method|_tva|_btw|_iva_|moms|_mva_|livraison|verzend|envio|spedizion|"
    r"frakt|fragt|_frais|korting|remise|descuento|sconto|rabat|solde|openstaand|unitair|unitario|"
    r"stuk|styk|styck|_vk_(?!wert|summe|gesamt|umsatz|betrag)|betaald|_paye|pagado|pagato"
)
_AMOUNTS: Final = re.compile(
    r"betrag|summe|umsatz|total|amount|revenue|erloes|wert_|netto|_net_|brutto|gross|sales|turnover|"
    r"_value_|gesamtpreis|_sum|(?:net|brut)sum|montant|importe|importo|bedrag|totaal|totale|beloeb|"
    r"beloep|belopp|imponibil|celkem|castka|wartosc|kwota|(?:positions?|pos|zeilen)_?preis"
)
_LINES: Final = re.compile(r"_line_?|_item_|position|_pos_|zeile")


def _amount(name: str, fees: bool) -> int:
    """Return 0 to 39: net before unsaid before gross; a line's before an order's before a part."""
    net, gross = bool(_WITHOUT_TAX.search(name)), bool(_WITH_TAX.search(name))
    rest = _WITH_TAX.sub("_", _WITHOUT_TAX.sub("_", name))
    bare = net and re.fullmatch(r"_+(?:signed_)?", rest) is not None
    if not (bare or _AMOUNTS.search(rest)) or _NO_AMOUNT.search(rest):
        return -1
    net = net or bool(re.search(r"nett|_net_|untaxed|net(?:sum|total|amount|value|price)", rest))
    gross = gross or bool(re.search(r"brut|gross", rest))
    alone = not re.search(r"sales|umsatz|total|summe|gesamt", rest)
    if net and fees and alone:
        # Beside fees “net” is what the payment service leaves over.
        return LEFT_OVER
    level = (
        0
        if _LINES.search(rest)
        else 2
        if re.search(r"sub_?total|zwischen|zahl(?:ungs)?_?betrag", rest)
        else 1
    )
    return level * LINES + (0 if net else 5 if gross else _UNSAID)


_NO_CUSTOMER: Final = re.compile(
    r"note|notiz|group|gruppe|phone|telefon|_city|_ort_|_zip|plz|postcode|postal|countr|_land_|state|"
    r"street|address_?[12]_|strasse|referen|_type|_typ_|status|_po_|_vat|service|since|seit|(?<!ac)count|"
    r"anzahl|tax|product|artikel|item|shop|store|file|campaign|employee|channel|marketplace|owner|"
    r"fax|comment|payment|order_id|segment|class|klasse|total|value|umsatz|revenue|lifetime|orders|"
    r"first_?name|vorname|last_?name|nachname|fname|lname|surname|credit|language|currency|date|datum|"
    r"invoice|discount|rabatt|branch|amount|betrag|fee_|payee|beneficiary|creditor|auftraggeberkonto|iban|_bic_|recipient|ship|liefer|empfaenger|account_?code|sales_?"
)
_WHOSE: Final = re.compile(
    r"customer|client|kunde|kunden|debitor|buyer|kaeufer|besteller|bill|card_?code|payer|patron|contact|"
    r"_user|_account|mandant|abnehmer|partner|company|firma|organi[sz]ation|email|e_mail|klant|"
    r"_kund|acheteur|afnemer|debiteur|courriel|correo|comprador|^_auftraggeber_$"
)
_WHO: Final = (
    re.compile(
        r"(?:customer|client|kunden|debitoren|buyer|klant|kunde?|debiteur)_?"
        r"(?:number|nummer|nr|no|id|code|key)_|card_?code|"
        r"(?:numero|num|code|codigo|codice|cod|no|n|id)_(?:de_|du_|del_)?(?:cliente?|klant)_"
    ),
    re.compile(
        r"(?:customer|client|kunde|buyer|account|user|partner)\w*_(?:number|nummer|nr|no|id|code)_|_userid_"
    ),
    re.compile(r"e_?mail|courriel|correo"),
    re.compile(r"user_?name|nutzername|login"),
    re.compile(r"company|firma|organi[sz]ation"),
    re.compile(
        r"name_|_(?:customer|client|kunde|buyer|kaeufer|debitor|contact|partner|klant|cliente|kund|"
        r"acheteur|debiteur|afnemer|comprador|auftraggeber)_|klantnaam|kundenavn|kundnamn"
    ),
)


def _customer(name: str, _fees: bool) -> int:
    # Odoo calls the customer of an invoice so.
    name = name.replace("_invoice_partner_", "_partner_")
    if not _WHOSE.search(name) or _NO_CUSTOMER.search(name):
        return -1
    return next((place for place, mark in enumerate(_WHO) if mark.search(name)), -1)


_RANKS: Final[dict[str, Callable[[str, bool], int]]] = {
    "date": _date,
    "amount": _amount,
    "customer": _customer,
}
